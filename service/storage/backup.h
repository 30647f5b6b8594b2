#ifndef PINGYI_SERVICE_STORAGE_BACKUP_H
#define PINGYI_SERVICE_STORAGE_BACKUP_H

#include "service/storage/store.h"

/* A copy of the database while it is written to (SQLite's backup API), with files beside it inside, verified before it
 * counts. Thread: one owner of the store. */

struct backup_wish {
    /* Now and then; false stops: ERR_CANCELED. May be NULL. */
    bool (*on_progress)(void *context, int64_t done_pages, int64_t total_pages);
    /* Puts the files (backup_file_put) into the copy, within an open transaction. May be NULL. */
    int (*put_files)(void *context, struct store *copy, struct err *err);
    void *context;
};

/* Copy what `store` sees now into a new file `path` (mode 0600). Others go on writing; the store must have no
 * transaction open. The copy is synced and has passed store_check. ERR_EXISTS, ERR_FULL, ERR_IO, ERR_CANCELED,
 * ERR_CORRUPT; after an error no file is left. */
int backup_make(struct store *store, const char *path, const struct backup_wish *wish,
                struct err *err);

/* The pages alone, of whatever schema: what is put by before a migration. Errors as above. `vfs` NULL: the system's. */
int backup_copy(struct store *store, const char *path, const char *vfs, struct err *err);

/* Whether the file is a whole database of this program, not newer than it; an older one is migrated where it lies.
 * ERR_CORRUPT, ERR_VERSION, ERR_NOT_FOUND. */
int backup_check(const char *path, struct err *err);

/* ---- files inside a copy; within an open transaction ---- */
enum { BACKUP_PART_BYTES = 1024 * 1024 };
/* Part `part` (from 0) of the file `name`, at most BACKUP_PART_BYTES. */
int backup_file_put(struct store *copy, struct bytes name, int64_t part, struct bytes content,
                    struct err *err);
typedef int (*backup_file_cb)(void *context, struct bytes name, int64_t part, struct bytes content,
                              struct err *err);
int backup_files_each(struct store *copy, backup_file_cb on_part, void *context, struct err *err);
int backup_files_clear(struct store *copy, struct err *err);

#endif
