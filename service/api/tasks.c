#include "service/api/call.h"
#include "service/api/handlers.h"
#include "service/api/long_task.h"
#include "service/api/task_files.h"
#include "service/storage/tasks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Tasks as their rows tell of them, and those that run with how far they are. */

enum { PAGE = 50 };

struct task_ask {
    int64_t id; /* 0: the list */
    int64_t after;
    json_t *shown; /* a reader's, until the loop has added what it knows */
    char path[TASK_PATH_BYTES];
    char name[64];
    const char *type;
};

/* NULL: answered. */
static struct task_ask *ask_of(struct call *call)
{
    struct task_ask *ask = call_alloc(call, sizeof *ask);
    call->input = ask;
    return ask;
}

/* Another system sees the tasks that it has asked for, no other. */
static bool may_see(const struct call *call, const struct task_row *row)
{
    return call->who.token_id == 0 || row->account_id == -call->who.token_id;
}

static json_t *row_to_json(const struct task_row *row)
{
    char link[64];
    (void)snprintf(link, sizeof link, "/api/v1/tasks/%lld/result", (long long)row->id);
    bool has_result = row->result_type.len > 0;
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "id",
                     (json_int_t)row->id, "kind", json_bytes(row->kind), "who",
                     json_bytes(row->who), "subject", json_bytes(row->subject), "state",
                     json_bytes(row->state), "message", json_bytes(row->message), "result",
                     has_result ? json_string(link) : json_null(), "created_at",
                     json_time(row->created_utc), "ended_at", json_time(row->ended_utc), "done",
                     (json_int_t)0, "total", (json_int_t)0);
}

/* How far it is, of one that waits or runs. */
static void add_progress(struct service *service, json_t *shown)
{
    const struct task *task =
        tasks_find(service->tasks, json_integer_value(json_object_get(shown, "id")));
    if (task == NULL)
        return;
    (void)json_object_set_new(shown, "done", json_integer(task->done));
    (void)json_object_set_new(shown, "total", json_integer(task->total));
}

/* ---- list and show ---- */

static int on_task(void *context, const struct task_row *row, struct err *err)
{
    if (json_array_append_new(context, row_to_json(row)) != 0)
        return err_set(err, ERR_NOMEM, "could not list tasks");
    return OK;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct task_ask *ask = call->input;
    json_t *rows = json_array();
    int rc = tasks_each(store, ask->after, PAGE, on_task, rows, err);
    if (rc == OK)
        ask->shown = rows;
    else
        json_decref(rows);
    return rc;
}

static void answer_list(struct call *call)
{
    struct task_ask *ask = call->input;
    size_t count = json_array_size(ask->shown);
    for (size_t i = 0; i < count; i++)
        add_progress(call->service, json_array_get(ask->shown, i));
    json_t *last =
        count == PAGE ? json_object_get(json_array_get(ask->shown, count - 1), "id") : NULL;
    json_t *next = last != NULL ? json_incref(last) : json_null();
    call_answer_json(call, 200, json_pack("{s:o, s:o}", "items", ask->shown, "after", next));
}

void tasks_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct task_ask *ask = ask_of(call);
    if (ask != NULL && call_query_integer(call, "after", 1, INT64_MAX, &ask->after))
        call_read(call, list, answer_list);
}

static int get_seen(struct call *call, struct store *store, struct task_row *out, struct err *err)
{
    const struct task_ask *ask = call->input;
    int rc = task_get(store, ask->id, out, err);
    if (rc == OK && !may_see(call, out))
        rc = err_set(err, ERR_NOT_FOUND, "task %lld", (long long)ask->id);
    return rc;
}

static int show(struct call *call, struct store *store, struct err *err)
{
    struct task_ask *ask = call->input;
    struct task_row row;
    int rc = get_seen(call, store, &row, err);
    if (rc != OK)
        return rc;
    ask->shown = row_to_json(&row);
    return ask->shown != NULL ? OK : err_set(err, ERR_NOMEM, "could not show a task");
}

static void answer_task(struct call *call)
{
    struct task_ask *ask = call->input;
    add_progress(call->service, ask->shown);
    call_answer_json(call, 200, ask->shown);
}

void tasks_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct task_ask *ask = ask_of(call);
    if (ask != NULL && call_param_id(call, "id", &ask->id))
        call_read(call, show, answer_task);
}

/* ---- cancel ---- */

/* One that waits is canceled here and finds its row so; one that runs is asked to stop. */
static int cancel(struct call *call, struct store *store, struct err *err)
{
    const struct task_ask *ask = call->input;
    struct task_row row;
    int rc = get_seen(call, store, &row, err);
    if (rc != OK)
        return rc;
    bool is_queued = bytes_equal(row.state, BYTES_LIT("queued"));
    if (!is_queued && !bytes_equal(row.state, BYTES_LIT("running")))
        return call_refuse(call, 409, "wrong_state", "任务已结束，不能取消。", err);
    if (is_queued)
        rc = task_put_state(store, ask->id, BYTES_LIT("canceled"), BYTES_LIT("已取消"),
                            BYTES_LIT(""), call->now_utc, err);
    call->status = 202;
    return rc == OK ? call_audit_id(call, store, "task.cancel", ask->id, BYTES_NONE, err) : rc;
}

static void answer_cancel(struct call *call)
{
    const struct task_ask *ask = call->input;
    struct task *task = tasks_find(call->service->tasks, ask->id);
    if (task != NULL)
        tasks_cancel(call->service->tasks, task);
    call_answer_json(call, 202, json_pack("{s:I}", "task", (json_int_t)ask->id));
}

void tasks_stop_one(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct task_ask *ask = ask_of(call);
    if (ask != NULL && call_param_id(call, "id", &ask->id))
        call_write_unkeyed(call, cancel, answer_cancel);
}

/* ---- result ---- */

/* Media types of results, with the ending of the file that one saves. The exchange takes static words alone. */
static const char *const types[][2] = {
    {"application/json", "json"},
    {"text/html; charset=utf-8", "html"},
    {"text/csv; charset=utf-8", "csv"},
};

static int find_result(struct call *call, struct store *store, struct err *err)
{
    struct task_ask *ask = call->input;
    struct task_row row;
    int rc = get_seen(call, store, &row, err);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!bytes_equal(row.result_type, bytes_from_z(types[i][0])))
            continue;
        ask->type = types[i][0];
        (void)snprintf(ask->name, sizeof ask->name, BYTES_FMT "-%lld.%s", BYTES_ARG(row.kind),
                       (long long)row.id, types[i][1]);
    }
    if (ask->type == NULL)
        return call_refuse(call, 404, "no_result", "该任务没有结果文件。", err);
    rc = task_files_result(&call->service->datadir, ask->id, ask->path, err);
    if (rc == OK && access(ask->path, R_OK) != 0)
        return call_refuse(call, 404, "no_result", "结果文件只保留 30 天，已清除。", err);
    return rc;
}

static void answer_result(struct call *call)
{
    const struct task_ask *ask = call->input;
    call_release(call);
    exchange_answer_file(call->exchange, ask->type, ask->path, ask->name, false);
}

void tasks_result(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct task_ask *ask = ask_of(call);
    if (ask != NULL && call_param_id(call, "id", &ask->id))
        call_read(call, find_result, answer_result);
}
