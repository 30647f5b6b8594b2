#include "service/http/access_log.h"

#include "base/civil.h"

#include <inttypes.h>
#include <string.h>

void access_log_init(struct access_log *log, uv_loop_t *loop, FILE *file,
                     void (*idle)(void *context), void *context)
{
    *log = (struct access_log){.loop = loop, .file = file, .idle = idle, .context = context};
    buf_init(&log->filling, ACCESS_LOG_MAX_BYTES);
    buf_init(&log->writing, ACCESS_LOG_MAX_BYTES);
    if (file != NULL)
        (void)fflush(file);
}

void access_log_deinit(struct access_log *log)
{
    buf_deinit(&log->filling);
    buf_deinit(&log->writing);
}

static void make_stamp(struct access_log *log, int64_t utc)
{
    char text[TIME_TEXT_BYTES];
    enum { SECONDS_END = 19 }; /* behind "2026-05-31T10:00:00" */
    time_format(utc, 0, text);
    (void)snprintf(log->stamp, sizeof log->stamp, "%.*sZ", SECONDS_END, text);
    log->stamp_utc = utc;
}

void access_log_append(struct access_log *log, const struct access_line *line)
{
    char text[512];
    if (log->file == NULL)
        return;
    if (log->stamp_utc != line->utc)
        make_stamp(log, line->utc);
    int len = snprintf(text, sizeof text,
                       "time=%s method=%s route=%s status=%d bytes=%" PRId64 " us=%" PRId64
                       " account=%" PRId64 "\n",
                       log->stamp, line->method, line->route, line->status, line->bytes, line->us,
                       line->account_id);
    if (len <= 0 || (size_t)len >= sizeof text)
        return;
    if (log->filling.len + (size_t)len > ACCESS_LOG_MAX_BYTES) {
        log->dropped++;
        return;
    }
    buf_append(&log->filling, (struct bytes){text, (size_t)len});
    if (log->filling.rc != OK) {
        log->filling.rc = OK;
        log->dropped++;
    }
}

static void on_written(uv_fs_t *request);

static bool write_rest(struct access_log *log)
{
    uv_buf_t rest =
        uv_buf_init(log->writing.ptr + log->written, (unsigned)(log->writing.len - log->written));
    log->request.data = log;
    log->is_writing =
        uv_fs_write(log->loop, &log->request, fileno(log->file), &rest, 1, -1, on_written) == 0;
    return log->is_writing;
}

/* A log that cannot be written is no reason to answer nobody: what was to be written is lost, and counted. */
static void on_written(uv_fs_t *request)
{
    struct access_log *log = request->data;
    ssize_t written = request->result;
    uv_fs_req_cleanup(request);
    log->is_writing = false;
    if (written > 0) {
        log->written += (size_t)written;
        if (log->written < log->writing.len && write_rest(log))
            return;
    } else {
        log->dropped++;
    }
    buf_clear(&log->writing);
    log->idle(log->context);
}

bool access_log_flush(struct access_log *log)
{
    if (log->is_writing || log->filling.len == 0)
        return false;
    struct buf full = log->filling;
    log->filling = log->writing;
    log->writing = full;
    log->written = 0;
    if (write_rest(log))
        return true;
    log->dropped++;
    buf_clear(&log->writing);
    return false;
}
