#ifndef PINGYI_SERVICE_HOST_BACKUP_H
#define PINGYI_SERVICE_HOST_BACKUP_H

#include "service/host/datadir.h"
#include "service/storage/backup.h"

/* A data directory in one file: the database, and in it evidence/ and config.ini. Never vault.key, never tls/: whoever
 * has the backup alone can open nothing that is sealed. Thread: any, with a connection of its own. */

/* Into a new file. `store` is a connection without an open transaction; others go on writing. Errors as backup_make. */
int datadir_backup(const struct datadir *datadir, struct store *store, const char *path,
                   bool (*on_progress)(void *context, int64_t done_pages, int64_t total_pages),
                   void *context, struct err *err);

/* Make of a backup the database, evidence and config.ini of the data directory `path`, which is made if it is not
 * there. One that is there must have no database (ERR_EXISTS) unless `replace`: then the old database goes to
 * backups/before-restore-UTC.db first. vault.key stays as it is; *out_has_key says whether one is there. ERR_BUSY while
 * a service or an import is at work; ERR_CORRUPT, ERR_VERSION about the backup, which is not changed. */
int datadir_restore(const char *path, const char *backup, bool replace, int64_t now_utc,
                    bool *out_has_key, struct err *err);

#endif
