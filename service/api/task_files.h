#ifndef PINGYI_SERVICE_API_TASK_FILES_H
#define PINGYI_SERVICE_API_TASK_FILES_H

#include "base/arena.h"

#include "service/host/datadir.h"

/* What tasks have on disk: DATA/uploads/ID/NAME, a file that came with a request, until its task has ended; and
 * DATA/results/ID, what a task made, for 30 days. Thread: any. */

enum { TASK_PATH_BYTES = 4096, RESULT_KEPT_S = 30 * 86400 };

/* Make both directories; uploads that an earlier process left go. At the start, before there are tasks. ERR_IO,
 * ERR_FULL. */
int task_files_open(const struct datadir *datadir, struct err *err);
/* Results that are older than they are kept go. */
void task_files_sweep(const struct datadir *datadir, int64_t now_utc);

/* Whether a name may be that of a file in a directory: no slash, not "." or "..", at most 200 bytes. */
bool task_files_is_name(struct bytes name);
/* Rename `path` into the uploads; *out is the arena's. False: it could not be. */
bool task_files_take_upload(const struct datadir *datadir, int64_t id, const char *path,
                            struct bytes name, struct arena *arena, struct bytes *out);
void task_files_remove_upload(const struct datadir *datadir, int64_t id);

/* ERR_LIMIT: the data directory's own path is too long. */
int task_files_result(const struct datadir *datadir, int64_t id, char out[TASK_PATH_BYTES],
                      struct err *err);

#endif
