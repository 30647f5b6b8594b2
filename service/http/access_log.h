#ifndef PINGYI_SERVICE_HTTP_ACCESS_LOG_H
#define PINGYI_SERVICE_HTTP_ACCESS_LOG_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>

/* One logfmt line a request, with nothing personal in it: no address, no path as it came, no query.
 *
 *     time=2026-05-31T10:00:00Z method=GET route=/api/v1/rounds/{id} status=200 bytes=512 us=840 account=7
 *
 * `route` is the pattern of the route's table, "asset", or "-". Lines gather in memory and are written beside the
 * loop; when the disk does not keep up they are dropped and counted. Thread: loop. */

enum { ACCESS_LOG_MAX_BYTES = 1 << 20 };

struct access_line {
    int64_t utc;
    const char *method, *route;
    int status;
    int64_t bytes, us, account_id;
};

struct access_log {
    uv_loop_t *loop;
    FILE *file; /* NULL: no log */
    struct buf filling, writing;
    size_t written; /* of `writing` */
    uv_fs_t request;
    bool is_writing;
    int64_t dropped;
    int64_t stamp_utc; /* of `stamp` */
    char stamp[40];
    void (*idle)(void *context); /* a write has ended and no other began */
    void *context;
};

void access_log_init(struct access_log *log, uv_loop_t *loop, FILE *file,
                     void (*idle)(void *context), void *context);
void access_log_deinit(struct access_log *log); /* when it is not writing */
void access_log_append(struct access_log *log, const struct access_line *line);
/* Write what there is. True: a write has begun just now, and `idle` will be called. */
bool access_log_flush(struct access_log *log);

#endif
