#ifndef PINGYI_SERVICE_STORAGE_BACKUP_H
#define PINGYI_SERVICE_STORAGE_BACKUP_H

#include "service/storage/store.h"

/* A copy of the database while it is written to (SQLite's backup API), verified before it counts. */

/* Copy into a new file `path` (mode 0600; ERR_EXISTS), in steps of pages between which writers get their turn; then
 * integrity_check the copy. `on_progress` may be NULL; false stops: ERR_CANCELED. After an error no file is left. */
int backup_make(struct store *store, const char *path,
                bool (*on_progress)(void *context, int64_t done_pages, int64_t total_pages),
                void *context, struct err *err);

/* Whether a file is a whole database of this program, not newer than it. ERR_CORRUPT, ERR_VERSION, ERR_NOT_FOUND. */
int backup_check(const char *path, struct err *err);

#endif
