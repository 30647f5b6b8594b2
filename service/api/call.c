#include "service/api/call.h"

#include "base/alloc.h"
#include "base/container.h"

#include "service/api/followup_news.h"
#include "service/auth/hmac.h"
#include "service/host/files.h"

#include <stdio.h>
#include <string.h>

/* A call goes through one to three steps, each begun by its handler or by the `respond` of the step before:
 *
 *   call_read, …count, …hash -> WORKING (a lane) ------------------------------> finish
 *   call_write, …_unkeyed ---> WRITING (the writer) --book touched--> RELOADING --> finish
 *   call_write_shown --------> WRITING --> SHOWING (a lane) ----------------------> finish
 *
 * finish answers a refusal or an error, or hands on to `respond`. What a write refuses, as what admission does, is
 * first entered in the audit log, by one more write. */

enum { ANSWER_MAX_BYTES = HTTP_ANSWER_MAX_BYTES, STATUS_DIGITS = 3 };

struct call *call_of(struct http_exchange *exchange)
{
    return exchange_state(exchange);
}

static void finish(struct call *call)
{
    bool is_refused = call->problem.status != 0 && call->rc == call->run_rc;
    if (is_refused) {
        struct http_problem problem = call->problem;
        call_answer_problem(call, &problem);
    } else if (call->rc != OK) {
        call_fail(call);
    } else if (call->respond != NULL) {
        call->respond(call);
    } else {
        call_answer(call);
    }
}

static void begin(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                  void (*respond)(struct call *))
{
    call->run = run;
    call->show = NULL;
    call->respond = respond;
    call->problem = (struct http_problem){0};
    call->rc = call->run_rc = OK;
    buf_deinit(&call->answer);
    buf_init(&call->answer, ANSWER_MAX_BYTES);
    /* Here, for it is the loop that gives it back: memory of one thread that another frees is dear. */
    (void)buf_reserve(&call->answer, 1);
}

/* Nothing was begun: queues are full, or the service is stopping. Either way it is for a moment. */
static void give_way(struct call *call)
{
    call->rc = ERR_BUSY;
    call_fail(call);
}

/* ---- lanes ---- */

static int run_work(struct work *work, struct store *store, struct err *err)
{
    struct call *call = CONTAINER_OF(work, struct call, job.work);
    call->run_rc = call->run(call, store, err);
    return call->run_rc;
}

static void on_work_done(struct work *work)
{
    struct call *call = CONTAINER_OF(work, struct call, job.work);
    call->rc = work->rc;
    call->err = work->err;
    finish(call);
}

static void submit_work(struct call *call, struct lane *lane)
{
    call->job.work = (struct work){.run = run_work, .done = on_work_done};
    if (lane_submit(lane, &call->job.work, &call->err) != OK)
        give_way(call);
}

void call_read(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *))
{
    begin(call, run, respond);
    submit_work(call, call->service->readers);
}

void call_count(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                void (*respond)(struct call *))
{
    begin(call, run, respond);
    submit_work(call, call->service->counter);
}

void call_hash(struct call *call, int (*run)(struct call *, struct store *, struct err *),
               void (*respond)(struct call *))
{
    begin(call, run, respond);
    submit_work(call, call->service->hasher);
}

/* Not on the loop; nor within a snapshot, which would keep the log from beginning anew. */
static int hash_body(struct call *call, struct store *store, struct err *err)
{
    unsigned char *sha256 = arena_alloc(exchange_arena(call->exchange), SHA256_BYTES);
    store_rollback(store);
    if (sha256 == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the hash of a body");
    call->body_sha256 = sha256;
    return files_sha256(exchange_body_path(call->exchange), sha256, err);
}

void call_hash_body(struct call *call, void (*next)(struct call *))
{
    call_read(call, hash_body, next);
}

/* ---- refusals ---- */

static int enter_refusal(struct call *call, struct store *store, struct err *err)
{
    enum { DETAILS_BYTES = 160 };
    char details[DETAILS_BYTES];
    const struct http_problem *problem = &call->refusal.problem;
    (void)snprintf(details, sizeof details, "{\"operation\":\"%s\",\"why\":\"%s\"}",
                   exchange_route(call->exchange)->operation,
                   problem->code != NULL ? problem->code : "refused");
    struct audit_entry entry = {
        .actor = call->actor,
        .action = "access.refuse",
        .target = exchange_path(call->exchange),
        .outcome = AUDIT_REFUSED,
        .details = bytes_from_z(details),
    };
    return audit_append(call->service->chain, store, &entry, err);
}

static void answer_refusal(struct call *call)
{
    call->problem = call->refusal.problem;
    call->rc = call->run_rc = call->refusal.rc;
    call->err = call->refusal.err;
    finish(call);
}

/* A few a second: whoever is refused by the thousand fills no disk, and is in the log all the same. */
static bool may_enter_refusal(struct call *call)
{
    struct service *service = call->service;
    if (service->refused_utc != call->now_utc) {
        service->refused_utc = call->now_utc;
        service->refusals = 0;
    }
    return service->refusals++ < SERVICE_REFUSALS_A_SECOND;
}

static void refuse(struct call *call)
{
    call->touches_accounts = false;
    call->refusal.problem = call->problem;
    call->refusal.rc = call->rc;
    call->refusal.err = call->err;
    if (may_enter_refusal(call))
        call_write_unkeyed(call, enter_refusal, answer_refusal);
    else
        finish(call);
}

void call_refuse_access(struct call *call, const struct http_problem *problem)
{
    call->problem = *problem;
    call->rc = call->run_rc = ERR_REFUSED;
    refuse(call);
}

/* ---- the writer ---- */

/* A receipt is the status and the answer: "201 {…}". Of an answer with secrets it is the refusal that repeats get. */
static int keep_answer(struct call *call, struct err *err)
{
    struct buf *kept = &call->job.action.answer;
    if (call->has_secrets) {
        buf_append_z(kept, "409 {\"repeated\":true}");
    } else {
        buf_append_integer(kept, call->status);
        buf_append_byte(kept, ' ');
        buf_append(kept, buf_bytes(&call->answer));
    }
    return buf_status(kept, err);
}

static int act(struct action *action, struct store *store, struct err *err)
{
    struct call *call = CONTAINER_OF(action, struct call, job.action);
    call->problem = (struct http_problem){0}; /* of a run that was rolled back, */
    call->moved_round = BYTES_NONE;
    buf_clear(&call->answer); /* as this is */
    int rc = call->run(call, store, err);
    if (rc == OK && action->key.account != 0)
        rc = keep_answer(call, err);
    call->run_rc = rc;
    return rc;
}

/* The answer of the first time, whose handler's words are all in the receipt. */
static void take_receipt(struct call *call, struct bytes receipt)
{
    int64_t status = 0;
    call->is_repeat = true;
    if (call->show == NULL)
        call->respond = NULL;
    if (receipt.len <= STATUS_DIGITS ||
        !bytes_to_int64((struct bytes){receipt.ptr, STATUS_DIGITS}, &status)) {
        call->rc =
            err_set(&call->err, ERR_CORRUPT, "a receipt of %zu bytes has no status", receipt.len);
        return;
    }
    call->status = (int)status;
    buf_append(&call->answer,
               (struct bytes){receipt.ptr + STATUS_DIGITS + 1, receipt.len - STATUS_DIGITS - 1});
    call->rc = buf_status(&call->answer, &call->err);
    if (status == 409)
        call->problem = (struct http_problem){
            .status = 409,
            .code = "secret_was_shown",
            .detail = BYTES_LIT("该操作已办理，其中的密码或密钥只显示一次。未能记下的，请重新办理"
                                "（重置密码、重新绑定或新建令牌）。"),
        };
}

/* The first answer and each repeat alike are made of the reference, by a reader. */
static void show(struct call *call)
{
    call->reference = arena_copy(exchange_arena(call->exchange), buf_bytes(&call->answer));
    if (call->reference.ptr != NULL) {
        call_read(call, call->show, call->respond);
        return;
    }
    call->rc = err_set(&call->err, ERR_NOMEM, "no memory for what is to be shown");
    call_fail(call);
}

static void on_book_reloaded(struct book_wait *wait)
{
    finish(CONTAINER_OF(wait, struct call, book_wait));
}

/* What /healthz tells: whether the last batch held. */
static void note_batch(struct call *call)
{
    struct service *service = call->service;
    if (call->rc == ERR_IO || call->rc == ERR_FULL || call->rc == ERR_CORRUPT)
        service->write_failed_utc = service_now_utc(service);
    else if (call->rc == OK && !call->job.action.was_repeated)
        service->write_failed_utc = 0;
}

static void on_action_done(struct action *action)
{
    struct call *call = CONTAINER_OF(action, struct call, job.action);
    call->rc = action->rc;
    if (call->rc != OK)
        call->err = action->err;
    note_batch(call);
    if (call->rc == OK && action->was_repeated)
        take_receipt(call, buf_bytes(&action->answer));
    buf_deinit(&action->answer);
    if (call->rc == OK && !action->was_repeated && call->moved_round.len > 0)
        followup_news_tell(call->service, call->moved_round);
    if (call->rc == OK && call->touches_accounts) {
        call->book_wait = (struct book_wait){.done = on_book_reloaded};
        service_reload_book(call->service, &call->book_wait);
        return;
    }
    if (call->rc == OK && call->show != NULL) {
        show(call);
        return;
    }
    bool is_refused =
        call->rc == call->run_rc && (call->rc == ERR_REFUSED || call->rc == ERR_PERMISSION);
    if (is_refused)
        refuse(call);
    else
        finish(call);
}

static void submit_action(struct call *call, struct receipt_key key,
                          void (*done)(struct action *action))
{
    struct action *action = &call->job.action;
    *action = (struct action){.act = act, .done = done, .key = key};
    buf_init(&action->answer, ANSWER_MAX_BYTES + STATUS_DIGITS + 1);
    (void)buf_reserve(&action->answer, 1);
    if (writer_submit(call->service->writer, action, &call->err) != OK) {
        buf_deinit(&action->answer);
        give_way(call);
    }
}

static bool is_key(struct bytes key)
{
    if (key.len == 0 || key.len > RECEIPT_KEY_MAX_BYTES)
        return false;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] < '!' || key.ptr[i] > '~')
            return false;
    }
    return true;
}

/* Over method, target and body, which neither of the first two can be confused with. It lies in the store for days, and
 * in backups, and a body may hold a password: so it is an HMAC, whose key lies elsewhere, by which nobody can guess. */
static int digest_request(struct call *call, unsigned char out[HMAC_BYTES])
{
    unsigned char sha256[SHA256_BYTES];
    struct sha256 *digest = call->service->request_digest;
    struct bytes method = bytes_from_z(http_method_word(exchange_method(call->exchange)));
    struct bytes body = call->body_sha256 != NULL
                            ? (struct bytes){(const char *)call->body_sha256, SHA256_BYTES}
                            : exchange_body(call->exchange);
    int rc = sha256_feed(digest, method, &call->err);
    if (rc == OK)
        rc = sha256_feed(digest, BYTES_LIT(" "), &call->err);
    if (rc == OK)
        rc = sha256_feed(digest, exchange_target(call->exchange), &call->err);
    if (rc == OK)
        rc = sha256_feed(digest, BYTES_LIT("\n"), &call->err);
    if (rc == OK)
        rc = sha256_feed(digest, body, &call->err);
    if (rc == OK)
        rc = sha256_finish(digest, sha256, &call->err);
    if (rc == OK)
        rc = hmac_of(call->service->request_hmac,
                     (struct bytes){(const char *)sha256, sizeof sha256}, out, &call->err);
    return rc;
}

static void submit_keyed(struct call *call, void (*done)(struct action *action))
{
    struct receipt_key key = {
        .account = call->who.account_id != 0 ? call->who.account_id : -call->who.token_id,
        .key = exchange_header(call->exchange, "Idempotency-Key"),
    };
    if (!is_key(key.key)) {
        call_refuse_field(call, "Idempotency-Key",
                          "请在请求头 Idempotency-Key 中给出 1 至 64 个 ASCII 可见字符。");
        return;
    }
    call->rc = digest_request(call, key.request_sha256);
    if (call->rc != OK)
        call_fail(call);
    else
        submit_action(call, key, done);
}

void call_write(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                void (*respond)(struct call *))
{
    begin(call, run, respond);
    submit_keyed(call, on_action_done);
}

void call_write_shown(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                      int (*show_it)(struct call *, struct store *, struct err *),
                      void (*respond)(struct call *))
{
    begin(call, run, respond);
    call->show = show_it;
    submit_keyed(call, on_action_done);
}

/* Only run when there is no receipt, and leaves none. */
static int find_no_receipt(struct call *call, struct store *store, struct err *err)
{
    (void)call;
    (void)store;
    return err_set(err, ERR_NOT_FOUND, "the key was not used before");
}

static void on_looked_up(struct action *action)
{
    struct call *call = CONTAINER_OF(action, struct call, job.action);
    if (action->rc != ERR_NOT_FOUND) {
        on_action_done(action);
        return;
    }
    buf_deinit(&action->answer);
    call->respond(call);
}

void call_look_up(struct call *call, void (*next)(struct call *))
{
    begin(call, find_no_receipt, next);
    submit_keyed(call, on_looked_up);
}

void call_write_unkeyed(struct call *call, int (*run)(struct call *, struct store *, struct err *),
                        void (*respond)(struct call *))
{
    begin(call, run, respond);
    submit_action(call, (struct receipt_key){.account = 0}, on_action_done);
}

/* ---- within a write ---- */

struct account_office call_office(struct call *call, struct store *store)
{
    return (struct account_office){
        .store = store,
        .chain = call->service->chain,
        .totp_sealer = vault_sealer_door(call->service->totp_sealer),
        .actor = call->actor,
        .now_utc = call->now_utc,
    };
}

int call_audit(struct call *call, struct store *store, const char *action, struct bytes target,
               struct bytes details, struct err *err)
{
    struct audit_entry entry = {
        .actor = call->actor,
        .action = action,
        .target = target,
        .outcome = AUDIT_DONE,
        .details = details,
    };
    return audit_append(call->service->chain, store, &entry, err);
}

int call_audit_id(struct call *call, struct store *store, const char *action, int64_t id,
                  struct bytes details, struct err *err)
{
    char target[32];
    (void)snprintf(target, sizeof target, "%jd", (intmax_t)id);
    return call_audit(call, store, action, bytes_from_z(target), details, err);
}
