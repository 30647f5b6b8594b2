#include "service/api/handlers.h"

#include "reports/qr_svg.h"

#include "service/api/account_json.h"
#include "service/api/call.h"
#include "service/auth/proof.h"

#include <string.h>

/* One's own account. Whoever has somebody's session but not the password or the app must not be able to guess either
 * here: a wrong one counts as a failed sign-in, and after as many the account is locked. */

enum { CODE_MAX_BYTES = 32, PIECE_MAX_BYTES = 64 * 1024 };

/* ---- what it is ---- */

static int put_limits(struct call *call, struct store *store, json_t *object, struct err *err)
{
    int64_t idle_s, absolute_s;
    int rc = role_limits_load(store, call->who.role, &idle_s, &absolute_s, err);
    if (rc == OK && (json_object_set_new(object, "idle_s", json_integer(idle_s)) != 0 ||
                     json_object_set_new(object, "absolute_s", json_integer(absolute_s)) != 0))
        rc = err_set(err, ERR_NOMEM, "could not show the limits");
    return rc;
}

static int put_session(struct call *call, bool has_totp, int codes_left, json_t *object,
                       struct err *err)
{
    const struct datadir *datadir = &call->service->datadir;
    json_t *more =
        json_pack("{s:s, s:o, s:o, s:o, s:s, s:s}", "stage", call->who.stage, "csrf",
                  json_bytes(call->who.csrf), "ends_at", json_time(call->who.ends_utc),
                  "recovery_codes_left", has_totp ? json_integer(codes_left) : json_null(), "organ",
                  datadir->organ, "demonstration", datadir->demonstration);
    int failed = json_object_update(object, more);
    json_decref(more);
    return failed == 0 ? OK : err_set(err, ERR_NOMEM, "could not show the session");
}

static int show(struct call *call, struct store *store, struct err *err)
{
    struct account_row row;
    int left = 0;
    int rc = account_get_by_id(store, call->who.account_id, &row, err);
    if (rc != OK)
        return rc;
    bool has_totp = row.totp_is_confirmed;
    json_t *object = account_to_json(&row, call->now_utc);
    rc = recovery_codes_left(store, call->who.account_id, &left, err);
    if (rc == OK)
        rc = put_limits(call, store, object, err);
    if (rc == OK)
        rc = put_session(call, has_totp, left, object, err);
    if (rc == OK)
        return call_put_json(call, object, err);
    json_decref(object);
    return rc;
}

void account_show(struct http_exchange *exchange)
{
    call_read(call_of(exchange), show, NULL);
}

/* ---- a proof that fails ---- */

/* As a sign-in with a wrong password: it counts, waits and locks alike. */
static int count_failure(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    struct sign_in sign_in = {
        .name = call->who.name,
        .address = call->actor.address,
        .agent = exchange_header(call->exchange, "User-Agent"),
    };
    struct sign_in_outcome outcome;
    return account_sign_in(&office, &sign_in, &outcome, err);
}

/* Within the write: of several guesses that were under way at once the first that failed stops the others, whatever
 * they bring. */
static int check_not_locked(struct call *call, struct store *store, struct err *err)
{
    struct sign_in_look look;
    int rc = account_look(store, call->who.name, call->now_utc, &look, err);
    if (rc == OK && look.retry_after_s > 0)
        rc = call_refuse(call, 429, "locked", "验证失败次数过多，请稍后再试。", err);
    return rc;
}

static bool is_locked(struct call *call, int64_t retry_after_s)
{
    if (retry_after_s <= 0)
        return false;
    struct http_problem problem = {
        .status = 429,
        .code = "locked",
        .detail = BYTES_LIT("验证失败次数过多，请稍后再试。"),
        .retry_after_s = (int)retry_after_s,
    };
    call_answer_problem(call, &problem);
    return true;
}

/* ---- password: receipt? (writer) --> look (reader) --> compare and hash (lane) --> change, or count the failure
 * (writer) ---- */

struct password_change {
    struct bytes current, wanted;
    struct sign_in_look look;
    bool holds;
    char hash[PASSWORD_HASH_BYTES];
};

static int look(struct call *call, struct store *store, struct err *err)
{
    struct password_change *change = call->input;
    return account_look(store, call->who.name, call->now_utc, &change->look, err);
}

static int compare_and_hash(struct call *call, struct store *store, struct err *err)
{
    struct password_change *change = call->input;
    (void)store;
    int rc = password_verify(change->look.password_hash, change->current, &change->holds, err);
    if (rc == OK && change->holds && bytes_equal(change->current, change->wanted))
        rc = call_refuse(call, 400, "same_password", "新密码不能与当前密码相同。", err);
    if (rc == OK && change->holds)
        rc = password_hash(change->wanted, change->hash, err);
    call_wipe_text(change->current);
    call_wipe_text(change->wanted);
    return rc;
}

static int change_password(struct call *call, struct store *store, struct err *err)
{
    struct password_change *change = call->input;
    struct account_office office = call_office(call, store);
    struct session_row session;
    int rc = check_not_locked(call, store, err);
    if (rc == OK)
        rc = account_change_password(&office, call->who.account_id, change->hash,
                                     call->who.session_id, err);
    if (rc == OK)
        rc = session_get(store, call->who.session_id, &session, err);
    if (rc == OK)
        rc = call_put_json(call, json_pack("{s:o}", "stage", json_bytes(session.stage)), err);
    return rc;
}

static void answer_wrong_password(struct call *call)
{
    struct http_problem problem = {
        .status = 403,
        .code = "wrong_password",
        .detail = BYTES_LIT("当前密码有误。"),
        .field = BYTES_LIT("current"),
    };
    call_answer_problem(call, &problem);
}

static void on_compared(struct call *call)
{
    struct password_change *change = call->input;
    if (!change->holds) {
        call_write_unkeyed(call, count_failure, answer_wrong_password);
        return;
    }
    call->touches_accounts = true;
    call_write(call, change_password, NULL);
}

static void on_looked(struct call *call)
{
    struct password_change *change = call->input;
    if (!is_locked(call, change->look.retry_after_s))
        call_hash(call, compare_and_hash, on_compared);
}

static void on_looked_up(struct call *call)
{
    call_read(call, look, on_looked);
}

void account_put_password(struct http_exchange *exchange)
{
    static const char *const names[] = {"current", "new", NULL};
    struct call *call = call_of(exchange);
    struct password_change *change = call_alloc(call, sizeof *change);
    json_t *object = change != NULL ? call_json(call, names) : NULL;
    if (object == NULL ||
        !call_text(call, object, "current", true, PASSWORD_MAX_BYTES, &change->current) ||
        !call_text(call, object, "new", true, PASSWORD_MAX_BYTES, &change->wanted))
        return;
    call_wipe_member(object, "current");
    call_wipe_member(object, "new");
    enum password_fault fault = password_examine(change->wanted, call->who.name);
    if (fault != PASSWORD_GOOD) {
        call_refuse_field(call, "new", password_fault_zh(fault));
        return;
    }
    call->input = change;
    call_look_up(call, on_looked_up);
}

/* ---- TOTP ---- */

static int put_secret(struct call *call, const unsigned char secret[TOTP_SECRET_BYTES],
                      struct err *err)
{
    struct buf text, uri, svg;
    buf_init(&text, PIECE_MAX_BYTES);
    buf_init(&uri, PIECE_MAX_BYTES);
    buf_init(&svg, PIECE_MAX_BYTES);
    totp_secret_render(secret, &text);
    totp_uri_render(secret, bytes_from_z(call->service->datadir.organ), call->who.name, &uri);
    int rc = buf_status(&text, err);
    if (rc == OK)
        rc = buf_status(&uri, err);
    if (rc == OK)
        rc = qr_svg_render(buf_bytes(&uri), "绑定动态口令的二维码", &svg, err);
    if (rc == OK)
        rc = call_put_json(call,
                           json_pack("{s:o, s:o, s:o}", "secret", json_bytes(buf_bytes(&text)),
                                     "uri", json_bytes(buf_bytes(&uri)), "qr_svg",
                                     json_bytes(buf_bytes(&svg))),
                           err);
    buf_wipe(&text);
    buf_wipe(&uri);
    buf_wipe(&svg);
    return rc;
}

static int begin_totp(struct call *call, struct store *store, struct err *err)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    struct account_office office = call_office(call, store);
    int rc = account_begin_totp(&office, call->who.account_id, secret, err);
    if (rc == ERR_WRONG_STATE)
        rc = call_refuse(call, 409, "has_totp",
                         "已绑定动态口令；更换手机的，请联系安全管理员先行解除。", err);
    if (rc == OK)
        rc = put_secret(call, secret, err);
    explicit_bzero(secret, sizeof secret);
    return rc;
}

void account_start_totp(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->has_secrets = true;
    call_write(call, begin_totp, NULL);
}

static int put_codes(struct call *call, char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES],
                     struct err *err)
{
    json_t *array = json_array();
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        (void)json_array_append_new(array, json_string(codes[i]));
    bool is_whole = json_array_size(array) == RECOVERY_CODES;
    json_t *answer = json_pack("{s:o}", "recovery_codes", array);
    if (!is_whole) {
        json_decref(answer);
        return err_set(err, ERR_NOMEM, "could not show the recovery codes");
    }
    return call_put_json(call, answer, err);
}

static int confirm_totp(struct call *call, struct store *store, struct err *err)
{
    struct bytes *code = call->input;
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    struct account_office office = call_office(call, store);
    int rc = account_confirm_totp(&office, call->who.account_id, call->who.session_id, *code, codes,
                                  err);
    if (rc == ERR_REFUSED)
        rc = call_refuse(call, 403, "wrong_code",
                         "动态口令有误；请核对手机时间是否准确，等下一个口令出现后再输入。", err);
    if (rc == OK)
        rc = put_codes(call, codes, err);
    explicit_bzero(codes, sizeof codes);
    return rc;
}

/* The code out of {`name`: code}; NULL: a problem was answered. */
static struct bytes *take_code(struct call *call, const char *name)
{
    const char *const names[] = {name, NULL};
    struct bytes *code = call_alloc(call, sizeof *code);
    json_t *object = code != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, name, true, CODE_MAX_BYTES, code))
        return NULL;
    return code;
}

void account_finish_totp(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->input = take_code(call, "code");
    if (call->input == NULL)
        return;
    call->has_secrets = true;
    call->touches_accounts = true;
    call_write(call, confirm_totp, NULL);
}

/* ---- recovery codes ---- */

static int renew_codes(struct call *call, struct store *store, struct err *err)
{
    struct bytes *code = call->input;
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    struct account_office office = call_office(call, store);
    bool holds = false;
    int rc = check_not_locked(call, store, err);
    if (rc == OK)
        rc = account_check_totp(&office, call->who.account_id, *code, &holds, err);
    if (rc == OK && !holds) {
        /* The failure is stored with the answer, so nothing of it is an error. */
        rc = count_failure(call, store, err);
        (void)call_refuse(call, 403, "wrong_code", "动态口令有误。", &(struct err){.code = OK});
        return rc;
    }
    if (rc == OK)
        rc = account_renew_recovery(&office, call->who.account_id, codes, err);
    if (rc == OK)
        rc = put_codes(call, codes, err);
    explicit_bzero(codes, sizeof codes);
    return rc;
}

/* Without a key: whose answer got lost asks for new ones with another code. */
void account_put_recovery_codes(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->input = take_code(call, "totp");
    if (call->input != NULL)
        call_write_unkeyed(call, renew_codes, NULL);
}
