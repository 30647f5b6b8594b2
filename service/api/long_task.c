#include "service/api/long_task.h"

#include "base/alloc.h"
#include "base/container.h"

#include "service/api/sentences.h"
#include "service/api/subtree.h"
#include "service/api/task_files.h"
#include "service/host/files.h"
#include "service/storage/tasks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TASK_ARENA_BYTES = 64 * 1024, RESULT_MODE = 0600, DETAILS_MAX_BYTES = 4096 };

/* ---- the row, by the task's own connection ---- */

/* Somebody may have canceled it while it waited. */
static int put_running(struct long_task *task, struct datadir *datadir, struct err *err)
{
    struct task_row row;
    int rc = store_begin(datadir->store, err);
    if (rc == OK)
        rc = task_get(datadir->store, task->task.id, &row, err);
    if (rc == OK && !bytes_equal(row.state, BYTES_LIT("queued")))
        rc = err_set(err, ERR_CANCELED, "task %lld was canceled", (long long)task->task.id);
    if (rc == OK)
        rc = task_put_state(datadir->store, task->task.id, BYTES_LIT("running"), BYTES_LIT(""),
                            BYTES_LIT(""), 0, err);
    if (rc == OK)
        rc = store_commit(datadir->store, err);
    store_rollback(datadir->store);
    return rc;
}

static int append_audit(const struct long_task *task, struct audit_chain *chain,
                        struct store *store, enum audit_outcome outcome, json_t *details,
                        struct err *err)
{
    char *text = details != NULL ? json_dumps(details, JSON_COMPACT) : NULL;
    const struct audit_entry entry = {
        .actor = task->actor,
        .action = task->wish.kind->action,
        .target = task->wish.subject,
        .outcome = outcome,
        .details = bytes_from_z(text),
    };
    int rc = text == NULL ? err_set(err, ERR_NOMEM, "could not tell of a task")
                          : audit_append(chain, store, &entry, err);
    mem_free(text);
    return rc;
}

/* With a chain of its own: that of the service is the writer's. */
static int put_audit(struct long_task *task, struct datadir *datadir, json_t *details,
                     struct err *err)
{
    struct audit_chain *chain = NULL;
    int rc = audit_chain_new(datadir->vault, &chain, err);
    if (rc == OK)
        rc = append_audit(task, chain, datadir->store, AUDIT_DONE, details, err);
    audit_chain_free(chain);
    return rc;
}

static int put_done(struct long_task *task, struct datadir *datadir, struct err *err)
{
    int rc = task_put_state(datadir->store, task->task.id, BYTES_LIT("done"),
                            bytes_from_z(task->message), bytes_from_z(task->result_type),
                            service_now_utc(task->service), err);
    if (rc == OK)
        rc = store_commit(datadir->store, err);
    task->has_ended = rc == OK;
    return rc;
}

int long_task_commit(struct long_task *task, struct datadir *datadir, json_t *details,
                     struct err *err)
{
    int rc = task_is_canceled(&task->task)
                 ? err_set(err, ERR_CANCELED, "task %lld was canceled", (long long)task->task.id)
                 : put_audit(task, datadir, details, err);
    json_decref(details);
    return rc == OK ? put_done(task, datadir, err) : rc;
}

int long_task_finish(struct long_task *task, struct datadir *datadir, json_t *details,
                     struct err *err)
{
    store_rollback(datadir->store);
    int rc = store_begin(datadir->store, err);
    if (rc == OK)
        rc = put_audit(task, datadir, details, err);
    json_decref(details);
    return rc == OK ? put_done(task, datadir, err) : rc;
}

int long_task_finish_noted(struct long_task *task, struct datadir *datadir, struct err *err)
{
    int rc = store_begin(datadir->store, err);
    return rc == OK ? put_done(task, datadir, err) : rc;
}

/* What the row says of a task that ended otherwise than done. */
static struct bytes state_of_failure(const struct long_task *task)
{
    if (task->task.err.code != ERR_CANCELED)
        return BYTES_LIT("failed");
    return atomic_load(&task->task.is_interrupted) ? BYTES_LIT("interrupted")
                                                   : BYTES_LIT("canceled");
}

static void say_failure(struct long_task *task)
{
    const struct err *failure = &task->task.err;
    const char *known = sentence_zh_of(failure);
    if (task->message[0] != '\0' && failure->code != ERR_CANCELED)
        return;
    if (known != NULL)
        long_task_say(task, "%s", known);
    else
        long_task_say(task, "%s（%s）", sentence_zh(failure->code), failure->message);
}

/* Within a transaction. */
static int put_failure(const struct long_task *task, struct audit_chain *chain, struct store *store,
                       struct err *err)
{
    json_t *details = json_pack("{s:s, s:s}", "task", task->wish.kind->word, "code",
                                err_text((int)task->task.err.code));
    int rc = append_audit(task, chain, store, AUDIT_FAILED, details, err);
    json_decref(details);
    if (rc != OK)
        return rc;
    return task_put_state(store, task->task.id, state_of_failure(task), bytes_from_z(task->message),
                          BYTES_LIT(""), service_now_utc(task->service), err);
}

/* It ended otherwise than done. What fails here is left to the writer. */
static void put_failed(struct long_task *task, struct datadir *datadir)
{
    struct err err = {.code = OK};
    struct audit_chain *chain = NULL;
    int rc = audit_chain_new(datadir->vault, &chain, &err);
    if (rc == OK)
        rc = store_begin(datadir->store, &err);
    if (rc == OK)
        rc = put_failure(task, chain, datadir->store, &err);
    if (rc == OK)
        rc = store_commit(datadir->store, &err);
    task->has_ended = rc == OK;
    store_rollback(datadir->store);
    audit_chain_free(chain);
}

/* ---- running ---- */

static int run(struct task *base, struct err *err)
{
    struct long_task *task = CONTAINER_OF(base, struct long_task, task);
    struct datadir datadir = {0};
    task->has_begun = true;
    int rc = datadir_open(task->service->datadir.path, STORE_READWRITE, &datadir, err);
    if (rc != OK)
        return rc;
    task->actor.at_ms = service_now_utc(task->service) * 1000;
    task_files_sweep(&datadir, service_now_utc(task->service));
    rc = put_running(task, &datadir, err);
    if (rc == OK) {
        rc = task->wish.kind->run(task, &datadir, err);
        store_rollback(datadir.store);
    }
    if (rc != OK) {
        say_failure(task);
        put_failed(task, &datadir);
    }
    datadir_close(&datadir);
    return rc;
}

int long_task_keep(struct long_task *task, const char *type, struct bytes content, struct err *err)
{
    char path[TASK_PATH_BYTES];
    int rc = task_files_result(&task->service->datadir, task->task.id, path, err);
    if (rc == OK)
        rc = files_replace(path, content, RESULT_MODE, err);
    if (rc == OK)
        task->result_type = type;
    return rc;
}

void long_task_say(struct long_task *task, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(task->message, sizeof task->message, format, args);
    va_end(args);
}

/* ---- ends that the task could not store ---- */

static void free_task(struct long_task *task)
{
    arena_deinit(&task->arena);
    mem_free(task);
}

static int act_end(struct action *action, struct store *store, struct err *err)
{
    const struct long_task *task = CONTAINER_OF(action, struct long_task, end);
    return put_failure(task, task->service->chain, store, err);
}

static void keep_unended(struct long_task *task)
{
    task->next = task->service->unended;
    task->service->unended = task;
}

/* When the service stops, its next start says that the task was interrupted. */
static void on_end_stored(struct action *action)
{
    struct long_task *task = CONTAINER_OF(action, struct long_task, end);
    if (action->rc == OK || task->service->is_stopping)
        free_task(task);
    else
        keep_unended(task);
}

static void store_end(struct long_task *task)
{
    struct err err;
    task->end = (struct action){.act = act_end, .done = on_end_stored};
    if (writer_submit(task->service->writer, &task->end, &err) != OK)
        keep_unended(task);
}

void long_task_end_all(struct service *service)
{
    struct long_task *task = service->unended;
    service->unended = NULL;
    while (task != NULL) {
        struct long_task *next = task->next;
        store_end(task);
        task = next;
    }
}

void long_task_forget_all(struct service *service)
{
    while (service->unended != NULL) {
        struct long_task *task = service->unended;
        service->unended = task->next;
        free_task(task);
    }
}

/* ---- asking for one ---- */

struct long_request {
    struct long_wish wish;
    bool takes_body;
    int64_t id; /* once written */
};

static void release(struct task *base)
{
    struct long_task *task = CONTAINER_OF(base, struct long_task, task);
    /* Whoever cancels one that waits writes its row. */
    bool is_failed =
        base->state == TASK_FAILED || (base->state == TASK_CANCELED && task->has_begun);
    if (task->upload.len > 0)
        task_files_remove_upload(&task->service->datadir, base->id);
    if (is_failed && !task->has_ended && !task->service->is_stopping) {
        say_failure(task);
        store_end(task);
    } else {
        free_task(task);
    }
}

/* A text of the request in the task's own memory. */
static bool take(struct long_task *task, struct bytes *text)
{
    *text = text->ptr != NULL ? arena_copy(&task->arena, *text) : BYTES_LIT("");
    return text->ptr != NULL;
}

static struct long_task *make(struct call *call, const struct long_request *request)
{
    struct long_task *task = mem_calloc(1, sizeof *task);
    if (task == NULL)
        return NULL;
    task->service = call->service;
    task->wish = request->wish;
    task->actor = call->actor;
    task->task = (struct task){
        .id = request->id,
        .kind = request->wish.kind->word,
        .account_id = call->who.account_id != 0 ? call->who.account_id : -call->who.token_id,
        .run = run,
        .release = release,
    };
    arena_init(&task->arena, TASK_ARENA_BYTES);
    bool is_whole = take(task, &task->wish.subject) && take(task, &task->wish.text) &&
                    take(task, &task->actor.who) && take(task, &task->actor.role) &&
                    take(task, &task->actor.address);
    if (is_whole && request->takes_body)
        is_whole = task_files_take_upload(&call->service->datadir, request->id,
                                          exchange_body_path(call->exchange), request->wish.subject,
                                          &task->arena, &task->upload);
    if (is_whole)
        return task;
    free_task(task);
    return NULL;
}

/* The row is there, and the task is not: memory or disk gave out, or the service stops. */
static int put_unstarted(struct call *call, struct store *store, struct err *err)
{
    const struct long_request *request = call->input;
    return task_put_state(store, request->id, BYTES_LIT("failed"),
                          BYTES_LIT("内存或磁盘空间不足，或服务正在停止，未能开始，请重新提交"),
                          BYTES_LIT(""), call->now_utc, err);
}

static json_t *accepted(int64_t id)
{
    return json_pack("{s:I}", "task", (json_int_t)id);
}

static void answer_busy(struct call *call)
{
    const struct http_problem problem = {
        .status = 503,
        .code = "busy",
        .detail = BYTES_LIT("排队的任务过多，请稍后再试。"),
        .retry_after_s = 60,
    };
    call_answer_problem(call, &problem);
}

/* The answer is out of our hands once its receipt is stored: it is 202, and the row tells what became of the task. */
static void answer_accepted(struct call *call)
{
    const struct long_request *request = call->input;
    call_answer_json(call, 202, accepted(request->id));
}

static void queue(struct call *call)
{
    const struct long_request *request = call->input;
    struct long_task *task = make(call, request);
    struct err err;
    call_give_place_back(call);
    if (task != NULL && tasks_submit(call->service->tasks, &task->task, &err) == OK) {
        call_answer(call);
        return;
    }
    if (task != NULL)
        release(&task->task);
    call_write_unkeyed(call, put_unstarted, answer_accepted);
}

static int put_row(struct call *call, struct store *store, struct err *err)
{
    struct long_request *request = call->input;
    struct task_row row = {
        .account_id = call->who.account_id != 0 ? call->who.account_id : -call->who.token_id,
        .kind = bytes_from_z(request->wish.kind->word),
        .who = call->actor.who,
        .subject = request->wish.subject,
        .state = BYTES_LIT("queued"),
        .created_utc = call->now_utc,
    };
    int rc = task_put_new(store, &row, err);
    if (rc != OK)
        return rc;
    request->id = row.id;
    call->status = 202;
    return call_put_json(call, accepted(row.id), err);
}

void long_task_start(struct call *call, const struct long_wish *wish, bool takes_body)
{
    struct long_request *request = call_alloc(call, sizeof *request);
    if (request == NULL)
        return;
    *request = (struct long_request){.wish = *wish, .takes_body = takes_body};
    call->input = request;
    struct err err;
    if (tasks_hold_place(call->service->tasks, &err) != OK) {
        answer_busy(call);
        return;
    }
    call->holds_task_place = true;
    call_write(call, put_row, queue);
}

/* ---- what becomes of it ---- */

enum {
    TASKS_AUDIENCE =
        ACCESS_OF(ROLE_OFFICE) | ACCESS_OF(ROLE_AUDITOR) | ACCESS_OF(ROLE_ADMINISTRATOR),
    IMPORTS_AUDIENCE = ACCESS_OF(ROLE_OFFICE) | ACCESS_OF(ROLE_AUDITOR),
    ROUNDS_AUDIENCE = IMPORTS_AUDIENCE | AUDIENCE_COUNTY,
};

static void publish(struct service *service, const char *name, uint32_t audience, json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (text != NULL)
        events_publish(service->events, name, audience, bytes_from_z(text));
    mem_free(text);
}

void long_task_changed(void *context, struct task *base)
{
    struct service *service = context;
    const struct long_task *task = CONTAINER_OF(base, struct long_task, task);
    publish(service, "task", TASKS_AUDIENCE,
            json_pack("{s:I, s:s, s:o, s:s, s:I, s:I}", "id", (json_int_t)base->id, "kind",
                      base->kind, "subject", json_bytes(task->wish.subject), "state",
                      task_state_word(base->state), "done", (json_int_t)base->done, "total",
                      (json_int_t)base->total));
    const char *changes = task->wish.kind->changes;
    if (base->state == TASK_DONE && changes != NULL)
        publish(service, changes,
                strcmp(changes, "round") == 0 ? ROUNDS_AUDIENCE : IMPORTS_AUDIENCE,
                json_pack("{s:o}", "subject", json_bytes(task->wish.subject)));
}
