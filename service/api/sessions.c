#include "service/api/handlers.h"

#include "service/api/account_json.h"
#include "service/api/call.h"

#include <stdio.h>
#include <string.h>

/* Signing in and out, and the list of sessions.
 *
 *   sessions_open: look (reader) --> compare (hashing lane) --> sign_in (writer) --> book --> answer
 *
 * A name that no account has goes the same way, in the same time. */

enum { NAME_MAX_BYTES = 64, CODE_MAX_BYTES = 32, COOKIE_MAX_BYTES = 160 };

struct opening {
    struct bytes name, password, code, agent;
    struct sign_in_look look;
    bool password_holds;
    struct sign_in_outcome outcome;
};

static void answer_wait(struct call *call, int64_t retry_after_s)
{
    struct http_problem problem = {
        .status = 429,
        .code = "locked",
        .detail = BYTES_LIT("登录失败次数过多，请稍后再试；忘记密码的，请联系系统管理员重置。"),
        .retry_after_s = retry_after_s < INT32_MAX ? (int)retry_after_s : INT32_MAX,
    };
    call_answer_problem(call, &problem);
}

static void answer_refusal(struct call *call, int status, const char *code, const char *detail_zh)
{
    struct http_problem problem = {
        .status = status,
        .code = code,
        .detail = bytes_from_z(detail_zh),
    };
    call_answer_problem(call, &problem);
}

/* ---- step 3: the decision ---- */

static int put_opened(struct call *call, struct store *store, struct opening *opening,
                      struct err *err)
{
    struct account_row row;
    const struct sign_in_outcome *outcome = &opening->outcome;
    int rc = account_get_by_id(store, outcome->account_id, &row, err);
    if (rc != OK)
        return rc;
    json_t *left = outcome->recovery_codes_left >= 0 ? json_integer(outcome->recovery_codes_left)
                                                     : json_null();
    return call_put_json(call,
                         json_pack("{s:s, s:s, s:o, s:o}", "csrf", outcome->csrf, "stage",
                                   outcome->stage, "recovery_codes_left", left, "account",
                                   account_to_json(&row, call->now_utc)),
                         err);
}

static int sign_in(struct call *call, struct store *store, struct err *err)
{
    struct opening *opening = call->input;
    struct account_office office = call_office(call, store);
    struct sign_in sign_in = {
        .name = opening->name,
        .password_holds = opening->password_holds,
        .password_hash = bytes_from_z(opening->look.password_hash),
        .code = opening->code,
        .address = call->actor.address,
        .agent = opening->agent,
    };
    int rc = account_sign_in(&office, &sign_in, &opening->outcome, err);
    if (rc != OK || opening->outcome.result != SIGN_IN_OPENED)
        return rc;
    call->touches_accounts = true;
    return put_opened(call, store, opening, err);
}

static void give_cookie(struct call *call, const char *secret)
{
    char cookie[COOKIE_MAX_BYTES];
    (void)snprintf(cookie, sizeof cookie,
                   "__Host-pingyi=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", secret,
                   *secret == '\0' ? "; Max-Age=0" : "");
    exchange_add_header(call->exchange, "Set-Cookie", bytes_from_z(cookie));
    explicit_bzero(cookie, sizeof cookie);
}

static void on_decided(struct call *call)
{
    struct opening *opening = call->input;
    struct sign_in_outcome *outcome = &opening->outcome;
    switch (outcome->result) {
    case SIGN_IN_OPENED:
        exchange_set_account(call->exchange, outcome->account_id);
        give_cookie(call, outcome->secret);
        explicit_bzero(outcome->secret, sizeof outcome->secret);
        call->status = 201;
        call_answer(call);
        break;
    case SIGN_IN_WRONG:
        answer_refusal(call, 401, "wrong", "账号、密码或动态口令有误。");
        break;
    case SIGN_IN_NEEDS_CODE:
        answer_refusal(call, 401, "totp_required", "请输入动态口令。");
        break;
    case SIGN_IN_LOCKED:
        answer_wait(call, outcome->retry_after_s > 0 ? outcome->retry_after_s : 1);
        break;
    case SIGN_IN_ENDED:
        answer_refusal(call, 403, "ended", "账号已停用或期限已满，请联系系统管理员。");
        break;
    }
}

/* ---- step 2: the slow hash ---- */

static int compare(struct call *call, struct store *store, struct err *err)
{
    struct opening *opening = call->input;
    (void)store;
    int rc = password_verify(opening->look.password_hash, opening->password,
                             &opening->password_holds, err);
    call_wipe_text(opening->password);
    return rc;
}

static void on_compared(struct call *call)
{
    call_write_unkeyed(call, sign_in, on_decided);
}

/* ---- step 1: what the account has ---- */

static int look(struct call *call, struct store *store, struct err *err)
{
    struct opening *opening = call->input;
    return account_look(store, opening->name, call->now_utc, &opening->look, err);
}

static void on_looked(struct call *call)
{
    struct opening *opening = call->input;
    if (opening->look.retry_after_s > 0)
        answer_wait(call, opening->look.retry_after_s);
    else
        call_hash(call, compare, on_compared);
}

void sessions_open(struct http_exchange *exchange)
{
    static const char *const names[] = {"name", "password", "totp", "recovery", NULL};
    struct call *call = call_of(exchange);
    struct bytes totp, recovery;
    struct opening *opening = call_alloc(call, sizeof *opening);
    json_t *object = opening != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, "name", true, NAME_MAX_BYTES, &opening->name) ||
        !call_text(call, object, "password", true, PASSWORD_MAX_BYTES, &opening->password) ||
        !call_text(call, object, "totp", false, CODE_MAX_BYTES, &totp) ||
        !call_text(call, object, "recovery", false, CODE_MAX_BYTES, &recovery))
        return;
    call_wipe_member(object, "password");
    opening->code = totp.len > 0 ? totp : recovery;
    opening->agent = exchange_header(exchange, "User-Agent");
    call->input = opening;
    call_read(call, look, on_looked);
}

/* ---- the list ---- */

struct listing {
    json_t *items;
    int64_t current_session;
};

static int on_session(void *context, const struct session_row *row, struct err *err)
{
    struct listing *listing = context;
    json_t *item = session_to_json(row, listing->current_session);
    if (json_array_append_new(listing->items, item) != 0)
        return err_set(err, ERR_NOMEM, "could not list the sessions");
    return OK;
}

static int list(struct call *call, struct store *store, int64_t account_id, struct err *err)
{
    struct listing listing = {.items = json_array(), .current_session = call->who.session_id};
    int rc = sessions_each(store, account_id, on_session, &listing, err);
    if (rc == OK)
        return call_put_json(call, list_to_json(listing.items, NULL), err);
    json_decref(listing.items);
    return rc;
}

/* {"account": name}: of one account, else of all. */
static int list_all(struct call *call, struct store *store, struct err *err)
{
    struct account_row row = {.id = 0};
    struct bytes name = exchange_query(call->exchange, "account");
    int rc = name.ptr != NULL ? account_get(store, name, &row, err) : OK;
    return rc == OK ? list(call, store, row.id, err) : rc;
}

static int list_own(struct call *call, struct store *store, struct err *err)
{
    return list(call, store, call->who.account_id, err);
}

void sessions_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list_all, NULL);
}

void sessions_list_own(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list_own, NULL);
}

/* ---- ending ---- */

static int end_current(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    return session_end(&office, call->who.session_id, "sign_out", err);
}

static void on_signed_out(struct call *call)
{
    give_cookie(call, "");
    call->status = 204;
    call_answer(call);
}

void sessions_close_current(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->touches_accounts = true;
    call_write_unkeyed(call, end_current, on_signed_out);
}

/* One's own, or anybody's for who looks after accounts. That another's is there is not told to others. */
static int end_by_id(struct call *call, struct store *store, struct err *err)
{
    struct session_row row;
    int64_t id = *(int64_t *)call->input;
    struct account_office office = call_office(call, store);
    bool may_all =
        (call->who.access & (ACCESS_OF(ROLE_ADMINISTRATOR) | ACCESS_OF(ROLE_SECURITY))) != 0;
    int rc = session_get(store, id, &row, err);
    if (rc == OK && row.account_id != call->who.account_id && !may_all)
        rc = err_set(err, ERR_NOT_FOUND, "no session %jd", (intmax_t)id);
    return rc == OK ? session_end(&office, id, "revoked", err) : rc;
}

void sessions_close(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    int64_t *id = call_alloc(call, sizeof *id);
    if (id == NULL || !call_param_id(call, "id", id))
        return;
    call->input = id;
    call->status = 204;
    call->touches_accounts = true;
    call_write_unkeyed(call, end_by_id, NULL);
}
