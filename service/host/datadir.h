#ifndef PINGYI_SERVICE_HOST_DATADIR_H
#define PINGYI_SERVICE_HOST_DATADIR_H

#include "service/auth/vault.h"
#include "service/storage/store.h"

/* The data directory: pingyi.db, vault.key, tls/, backups/, evidence/, config.ini. Thread: one owner. */
struct datadir {
    char *path;
    struct store *store;
    struct vault *vault;
    char organ[128]; /* config.ini: [organ] name, 市绩效办 until it is set */
    char demonstration
        [128]; /* config.ini: [organ] demonstration, printed wherever data is shown; empty: real data */
};

/* Create the directory (mode 0700) with key, database and config. ERR_EXISTS when there is a database in it. */
int datadir_create(const char *path, struct err *err);

/* ERR_NOT_FOUND (never initialised), ERR_PERMISSION (others can read it), and what vault_open and store_open say. */
int datadir_open(const char *path, enum store_mode mode, struct datadir *out, struct err *err);

/* Another connection to the same database. */
int datadir_open_store(const struct datadir *datadir, enum store_mode mode, struct store **out,
                       struct err *err);
void datadir_close(struct datadir *datadir); /* accepts a zeroed one */

#endif
