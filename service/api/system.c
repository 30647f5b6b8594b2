#include "service/api/handlers.h"

#include "service/api/call.h"
#include "service/api/figures.h"

/* What those who watch over the service ask. */

enum { FAILURE_SHOWN_S = 30, METRICS_MAX_BYTES = 1024 * 1024 };

/* A writer that nobody asks anything of cannot show that its disk has recovered, so a failure is not shown for ever. */
static bool is_writing(const struct service *service, int64_t now_utc)
{
    return service->write_failed_utc == 0 || now_utc - service->write_failed_utc >= FAILURE_SHOWN_S;
}

void system_health(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    const struct service *service = call->service;
    if (service->is_stopping || !is_writing(service, call->now_utc)) {
        struct http_problem problem = {
            .status = 503,
            .code = service->is_stopping ? "stopping" : "disk_failed",
            .detail = service->is_stopping ? BYTES_LIT("服务正在停止。")
                                           : BYTES_LIT("数据未能写入磁盘，请检查磁盘。"),
            .retry_after_s = 5,
        };
        call_answer_problem(call, &problem);
        return;
    }
    call_release(call);
    exchange_answer(exchange, 200, "text/plain; charset=utf-8", BYTES_LIT("ok\n"));
}

static void put(struct buf *out, const char *name, const char *type, const char *help,
                int64_t value)
{
    buf_printf(out, "# HELP pingyi_%s %s\n# TYPE pingyi_%s %s\npingyi_%s %jd\n", name, help, name,
               type, name, (intmax_t)value);
}

static void put_writer(struct service *service, struct buf *out)
{
    struct writer_counts counts;
    writer_read_counts(service->writer, &counts);
    put(out, "writer_actions_total", "counter", "Writes run.", counts.actions);
    put(out, "writer_batches_total", "counter", "Transactions committed.", counts.batches);
    put(out, "writer_failed_batches_total", "counter", "Transactions that failed.",
        counts.failed_batches);
    put(out, "writer_repeated_total", "counter", "Writes answered from their receipt.",
        counts.repeated);
    put(out, "writer_refused_total", "counter", "Writes refused by a full queue.",
        counts.refused_busy);
    put(out, "writer_waiting", "gauge", "Writes in the queue.", counts.waiting);
    put(out, "writer_last_commit_microseconds", "gauge", "Of the last transaction.",
        counts.last_commit_us);
    put(out, "writer_max_commit_microseconds", "gauge", "Of the slowest.", counts.max_commit_us);
}

static void put_desk(const struct service *service, struct buf *out)
{
    const struct desk_counts *counts = &service->desk_counts;
    put(out, "cases_leased_total", "counter", "Cases given to callers.", counts->leased);
    put(out, "dials_total", "counter", "Dials begun.", counts->dials);
    put(out, "dials_finished_total", "counter", "Dials ended by their caller.", counts->finished);
}

void system_metrics(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct service *service = call->service;
    struct buf out;
    buf_init(&out, METRICS_MAX_BYTES);
    http_server_metrics(service->http, &out);
    put_writer(service, &out);
    put(&out, "readers_waiting", "gauge", "Reads in the queue.",
        (int64_t)lane_waiting(service->readers));
    put(&out, "counter_waiting", "gauge", "Reads of results in the queue.",
        (int64_t)lane_waiting(service->counter));
    put(&out, "counts_total", "counter", "Rounds counted and results rendered, to be kept.",
        figures_counted(service->figures));
    put(&out, "hasher_waiting", "gauge", "Passwords in the queue.",
        (int64_t)lane_waiting(service->hasher));
    put_desk(service, &out);
    put(&out, "sessions", "gauge", "Sessions that are open.", session_book_count(service->book));
    call->rc = buf_status(&out, &call->err);
    if (call->rc != OK) {
        call_fail(call);
    } else {
        call_release(call);
        exchange_answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", buf_bytes(&out));
    }
    buf_deinit(&out);
}
