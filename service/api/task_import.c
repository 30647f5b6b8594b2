#include "base/alloc.h"
#include "base/civil.h"

#include "service/api/handlers.h"
#include "service/api/import_view.h"
#include "service/api/json_value.h"
#include "service/api/long_task.h"
#include "service/api/task_files.h"
#include "service/host/files.h"
#include "service/intake/intake.h"

#include <inttypes.h>
#include <stdio.h>

/* Loading a dump that came over the network, and taking one back. */

enum { RESULT_MAX_BYTES = 16 * 1024 * 1024, PROFILE_NAME_MAX_BYTES = 64 };

/* ---- load ---- */

static void on_progress(void *context, int64_t done_bytes, int64_t total_bytes, int64_t rows)
{
    struct long_task *task = context;
    (void)rows;
    task_progress(&task->task, done_bytes, total_bytes);
}

static bool should_stop(void *context)
{
    const struct long_task *task = context;
    return task_is_canceled(&task->task);
}

static void say_result(struct long_task *task, const struct intake_result *result)
{
    const struct import_counts *counts = &result->counts;
    if (result->status == INTAKE_REFUSED)
        long_task_say(task, "未导入：%s", import_refusal_sentence(result->refusal));
    else if (result->status == INTAKE_ALREADY_LOADED)
        long_task_say(task, "该文件已导入（批次 %" PRId64 "），没有任何变化", result->import_id);
    else
        long_task_say(task,
                      "已导入（批次 %" PRId64 "）：共 %" PRId64 " 行，新增 %" PRId64
                      "，更新 %" PRId64 "，未变 %" PRId64 "，问题数据 %" PRId64,
                      result->import_id, counts->rows, counts->accepted, counts->updated,
                      counts->unchanged, counts->rejected);
}

/* What the audit log and the result tell: the file and its counts, nothing of what is in it. */
static json_t *result_to_json(const struct long_task *task, const struct intake_result *result)
{
    json_t *object = json_pack("{s:o, s:s, s:I, s:s}", "file", json_bytes(task->wish.subject),
                               "sha256", result->sha256, "import", (json_int_t)result->import_id,
                               "status", intake_status_word(result->status));
    if (import_counts_to_json(object, &result->counts) == 0)
        return object;
    json_decref(object);
    return NULL;
}

static int keep_result(struct long_task *task, json_t *object, struct err *err)
{
    struct buf text;
    buf_init(&text, RESULT_MAX_BYTES);
    int rc = json_print(&text, json_incref(object), err);
    if (rc == OK)
        rc = buf_status(&text, err);
    if (rc == OK)
        rc = long_task_keep(task, "application/json", buf_bytes(&text), err);
    buf_deinit(&text);
    return rc;
}

/* The dump is loaded by now, whatever becomes of this: it cannot be canceled any more. */
static int tell_loaded(struct long_task *task, struct datadir *datadir,
                       const struct intake_result *result, struct err *err)
{
    json_t *object = result_to_json(task, result);
    int rc = object != NULL ? keep_result(task, object, err)
                            : err_set(err, ERR_NOMEM, "could not tell of an import");
    say_result(task, result);
    json_decref(object);
    return rc == OK ? long_task_finish_noted(task, datadir, err) : rc;
}

static int load_with(struct long_task *task, struct datadir *datadir, const struct profile *profile,
                     const struct audit_desk *desk, struct err *err)
{
    struct intake_result result;
    const struct intake_options options = {
        .profile = profile,
        .form = FORM_OPEN,
        .extracted_utc = task->wish.number,
        .now_utc = service_now_utc(task->service),
        .add_units = task->wish.flag,
        .desk = desk,
        .on_progress = on_progress,
        .should_stop = should_stop,
        .progress_context = task,
    };
    int rc = intake_load(datadir, task->upload.ptr, &options, &result, err);
    if (rc == OK) {
        rc = result.status == INTAKE_REFUSED
                 ? err_set(err, ERR_REFUSED, "refused: %s", result.reason)
                 : tell_loaded(task, datadir, &result, err);
        if (result.status == INTAKE_REFUSED)
            say_result(task, &result);
        intake_result_deinit(&result);
    }
    return rc;
}

static int load(struct long_task *task, struct datadir *datadir, struct err *err)
{
    struct profile *profile = NULL;
    struct audit_desk desk = {.actor = task->actor};
    struct bytes name = task->wish.text.len > 0 ? task->wish.text : BYTES_LIT("auto");
    int rc = profile_builtin(name, &profile, err);
    if (rc == OK)
        rc = audit_chain_new(datadir->vault, &desk.chain, err);
    if (rc == OK)
        rc = load_with(task, datadir, profile, &desk, err);
    audit_chain_free(desk.chain);
    profile_free(profile);
    return rc;
}

static const struct long_kind kind_load = {"import", "import.load", "import", load};

/* ---- what the request says ---- */

/* RFC 3339, or a day, which means its end in the office's zone. */
static bool parse_time(struct bytes text, int64_t *out_utc)
{
    int64_t day = 0;
    if (text.ptr == NULL || time_parse(text, out_utc))
        return true;
    if (!day_parse(text, &day))
        return false;
    *out_utc = (day + 1) * SECONDS_A_DAY - OFFICE_OFFSET_S - 1;
    return true;
}

static bool parse_flag(struct bytes text, bool *out)
{
    *out = text.ptr != NULL && bytes_equal(text, BYTES_LIT("1"));
    return text.ptr == NULL || *out || bytes_equal(text, BYTES_LIT("0"));
}

static void start_load(struct call *call)
{
    const struct long_wish *wish = call->input;
    long_task_start(call, wish, true);
}

void imports_load(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct bytes profile = exchange_query(exchange, "profile");
    struct bytes ini = BYTES_NONE;
    struct long_wish *wish = call_alloc(call, sizeof *wish);
    if (wish == NULL)
        return;
    *wish = (struct long_wish){
        .kind = &kind_load, .subject = exchange_query(exchange, "name"), .text = profile};
    call->input = wish;
    if (!task_files_is_name(wish->subject))
        call_refuse_field(call, "name", "请用参数 name 给出文件名（不含目录，不超过 200 字节）。");
    else if (profile.ptr != NULL && !profile_builtin_text(profile, &ini))
        call_refuse_field(call, "profile", "没有这个导入模板。");
    else if (!parse_time(exchange_query(exchange, "extracted_at"), &wish->number))
        call_refuse_field(call, "extracted_at",
                          "数据提取时间须写作 2024-06-03T08:00:00+08:00 或 2024-06-03。");
    else if (!parse_flag(exchange_query(exchange, "add_units"), &wish->flag))
        call_refuse_field(call, "add_units", "add_units 只能是 0 或 1。");
    else
        call_hash_body(call, start_load);
}

/* ---- undo ---- */

static int undo(struct long_task *task, struct datadir *datadir, struct err *err)
{
    int64_t id = task->wish.number;
    struct audit_desk desk = {.actor = task->actor};
    int rc = audit_chain_new(datadir->vault, &desk.chain, err);
    if (rc == OK)
        rc = intake_undo(datadir, id, service_now_utc(task->service), &desk, err);
    audit_chain_free(desk.chain);
    if (rc != OK)
        return rc;
    long_task_say(task, "已撤销批次 %" PRId64 "；同一文件可以再次导入", id);
    return long_task_finish_noted(task, datadir, err);
}

static const struct long_kind kind_undo = {"undo", "import.undo", "import", undo};

void imports_undo(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    char subject[32];
    struct long_wish wish = {.kind = &kind_undo};
    if (!call_param_id(call, "id", &wish.number))
        return;
    (void)snprintf(subject, sizeof subject, "%" PRId64, wish.number);
    wish.subject = arena_copy(exchange_arena(exchange), bytes_from_z(subject));
    if (wish.subject.ptr == NULL) {
        call->rc = err_set(&call->err, ERR_NOMEM, "could not take a request");
        call_fail(call);
        return;
    }
    long_task_start(call, &wish, false);
}
