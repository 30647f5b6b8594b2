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
    char phone
        [128]; /* config.ini: [organ] phone, by which people who are called can ask whether it was us */
    char demonstration
        [128]; /* config.ini: [organ] demonstration, printed wherever data is shown; empty: real data */
};

/* Create the directory (mode 0700) with key, database and config. ERR_EXISTS when there is a database in it. */
int datadir_create(const char *path, struct err *err);

/* ERR_NOT_FOUND (never initialised), ERR_PERMISSION (others can read it), ERR_WRONG_STATE (its key is being replaced),
 * and what vault_open and store_open say. */
int datadir_open(const char *path, enum store_mode mode, struct datadir *out, struct err *err);
/* To write, also while its key is being replaced: for who does that. */
int datadir_open_rotating(const char *path, struct datadir *out, struct err *err);

/* Another connection to the same database. */
int datadir_open_store(const struct datadir *datadir, enum store_mode mode, struct store **out,
                       struct err *err);
/* "<dir>/<name>", to be freed with mem_free; NULL with ERR_NOMEM or ERR_LIMIT in err. */
char *datadir_path(const char *dir, const char *name, struct err *err);
void datadir_close(struct datadir *datadir); /* accepts a zeroed one */

/* The directory with its folders (mode 0700), without key or database; those that are there stay. ERR_PERMISSION when
 * it is open to others. */
int datadir_make_directories(const char *path, struct err *err);

/* Be the one service of the directory `path`, until *out_fd is closed or the process ends: service.lock. ERR_BUSY when
 * another one is. */
int datadir_lock_service(const char *path, int *out_fd, struct err *err);

/* Whether a service is at work on it: then who else writes takes small slices and pauses between them. */
bool datadir_is_served(const struct datadir *datadir);

#endif
