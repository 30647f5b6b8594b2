#include "service/auth/accounts.h"

#include "base/civil.h"
#include "base/utf8.h"

#include "service/auth/digest.h"
#include "service/auth/office.h"
#include "service/auth/secret.h"

#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

enum { AGENT_MAX_BYTES = 200, DETAILS_BYTES = 160, CODE_DIGITS = 6 };

/* One try, on its way. */
struct attempt {
    const struct account_office *office;
    const struct sign_in *sign_in;
    bool is_known;
    struct held_account account; /* if known */
    enum role role;
    unsigned char name_sha256[SHA256_BYTES];
    struct stranger_row failures; /* of the account, or of the name that is none */
    const char *factor;           /* what was shown besides the password, for the audit log */
};

/* ---- failures ---- */

static struct stranger_row still_counted(struct stranger_row failures, int64_t now_utc)
{
    /* A clock that was set back must not lock anybody for the time it was ahead. */
    bool is_forgotten = now_utc - failures.failed_utc >= SIGN_IN_LOCK_S ||
                        failures.failed_utc - now_utc >= SIGN_IN_LOCK_S;
    return is_forgotten ? (struct stranger_row){.failures = 0} : failures;
}

static int64_t seconds_to_wait(struct stranger_row failures, int64_t now_utc)
{
    int64_t pause_s = SIGN_IN_LOCK_S;
    if (failures.failures <= 0)
        return 0;
    if (failures.failures < SIGN_IN_FAILURES)
        pause_s = (int64_t)1 << (failures.failures - 1);
    int64_t wait_s = failures.failed_utc + pause_s - now_utc;
    return wait_s > 0 ? wait_s : 0;
}

/* The strangers are looked up for accounts too, and both are written alike: the time tells nothing. `row` is NULL for
 * a stranger. */
static int load_failures(struct store *store, const unsigned char name_sha256[SHA256_BYTES],
                         const struct account_row *row, int64_t now_utc, struct stranger_row *out,
                         struct err *err)
{
    struct stranger_row failures = {.failures = 0};
    int rc = stranger_get(store, name_sha256, &failures, err);
    if (rc != OK)
        return rc;
    if (row != NULL)
        failures = (struct stranger_row){.failures = row->failures, .failed_utc = row->failed_utc};
    *out = still_counted(failures, now_utc);
    return OK;
}

static int load_if_known(struct held_account *account, struct store *store, struct bytes name,
                         bool *out_is_known, struct err *err)
{
    struct err unknown = {.code = OK};
    int rc = held_account_load(account, store, name, &unknown);
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = unknown;
        return rc;
    }
    *out_is_known = rc == OK;
    return OK;
}

int account_look(struct store *store, struct bytes name, int64_t now_utc, struct sign_in_look *out,
                 struct err *err)
{
    struct held_account account = {.row = {.id = 0}};
    struct stranger_row failures = {.failures = 0};
    struct sign_in_look look = {.retry_after_s = 0};
    unsigned char name_sha256[SHA256_BYTES];
    bool is_known = false;
    int rc = load_if_known(&account, store, name, &is_known, err);
    if (rc == OK)
        rc = sha256_of(name, name_sha256, err);
    if (rc == OK)
        rc = load_failures(store, name_sha256, is_known ? &account.row : NULL, now_utc, &failures,
                           err);
    if (rc == OK && is_known && account.row.password.len >= sizeof look.password_hash)
        rc = err_set(err, ERR_CORRUPT, "account %jd has a hash of %zu bytes",
                     (intmax_t)account.row.id, account.row.password.len);
    if (rc == OK) {
        if (is_known)
            memcpy(look.password_hash, account.row.password.ptr, account.row.password.len);
        look.retry_after_s = seconds_to_wait(failures, now_utc);
        *out = look;
    }
    held_account_deinit(&account);
    return rc;
}

/* The account itself, or, before it has proved to be that one, nobody. */
static struct audit_actor actor_of(const struct attempt *attempt, bool is_proved)
{
    const struct account_row *row = &attempt->account.row;
    return (struct audit_actor){
        .who = is_proved ? row->name : BYTES_LIT("-"),
        .role = is_proved ? row->role : BYTES_LIT("-"),
        .address = attempt->sign_in->address,
        .at_ms = attempt->office->actor.at_ms,
    };
}

static int audit_attempt(const struct attempt *attempt, bool is_proved, const char *action,
                         enum audit_outcome outcome, const char *details, struct err *err)
{
    struct account_office office = *attempt->office;
    /* A name that is no account's may be a password in the wrong field: it is not written down. */
    struct bytes target = attempt->is_known ? attempt->account.row.name : BYTES_LIT("-");
    office.actor = actor_of(attempt, is_proved);
    return office_audit(&office, action, target, outcome, details, err);
}

static int store_failures(struct attempt *attempt, struct err *err)
{
    struct store *store = attempt->office->store;
    struct account_row *row = &attempt->account.row;
    int rc =
        strangers_forget(store, attempt->office->now_utc - SIGN_IN_LOCK_S, STRANGERS_MAX - 1, err);
    if (rc != OK)
        return rc;
    if (!attempt->is_known)
        return stranger_store(store, attempt->name_sha256, &attempt->failures, err);
    row->failures = attempt->failures.failures;
    row->failed_utc = attempt->failures.failed_utc;
    row->locked_until_utc = row->failures < SIGN_IN_FAILURES ? 0 : row->failed_utc + SIGN_IN_LOCK_S;
    return account_put(store, row, err);
}

static int fail(struct attempt *attempt, const char *what, struct sign_in_outcome *out,
                struct err *err)
{
    char details[DETAILS_BYTES];
    int64_t now_utc = attempt->office->now_utc;
    attempt->failures.failures++;
    attempt->failures.failed_utc = now_utc;
    (void)snprintf(details, sizeof details, "{\"wrong\":\"%s\",\"failures\":%jd}", what,
                   (intmax_t)attempt->failures.failures);
    int rc = store_failures(attempt, err);
    if (rc == OK)
        rc = audit_attempt(attempt, false, "session.open", AUDIT_FAILED, details, err);
    if (rc == OK && attempt->failures.failures == SIGN_IN_FAILURES)
        rc = audit_attempt(attempt, false, "account.lock", AUDIT_DONE, NULL, err);
    out->result = SIGN_IN_WRONG;
    out->retry_after_s = seconds_to_wait(attempt->failures, now_utc);
    return rc;
}

/* ---- the second factor ---- */

/* Apps show "123 456". False: not six digits. */
static bool read_digits(struct bytes typed, char out[CODE_DIGITS])
{
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.ptr[i] == ' ')
            continue;
        if (typed.ptr[i] < '0' || typed.ptr[i] > '9' || count == CODE_DIGITS)
            return false;
        out[count++] = typed.ptr[i];
    }
    return count == CODE_DIGITS;
}

static int check_totp(struct attempt *attempt, const char digits[CODE_DIGITS], bool *out_holds,
                      struct err *err)
{
    struct account_row *row = &attempt->account.row;
    const struct account_office *office = attempt->office;
    unsigned char secret[TOTP_SECRET_BYTES];
    int rc = office_open_totp(office, row, secret, err);
    if (rc == OK)
        *out_holds = totp_holds(secret, (struct bytes){digits, CODE_DIGITS}, office->now_utc,
                                row->totp_step, &row->totp_step);
    OPENSSL_cleanse(secret, sizeof secret);
    attempt->factor = "totp";
    return rc;
}

static int check_recovery(struct attempt *attempt, bool *out_holds, int *out_left, struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    struct err unknown = {.code = OK};
    attempt->factor = "recovery";
    if (!recovery_code_digest(attempt->sign_in->code, digest))
        return OK;
    int rc = recovery_code_use(attempt->office->store, attempt->account.row.id, digest,
                               attempt->office->now_utc, out_left, &unknown);
    *out_holds = rc == OK;
    if (rc == OK || rc == ERR_NOT_FOUND)
        return OK;
    *err = unknown;
    return rc;
}

/* ---- a session ---- */

struct oldest {
    int64_t seen;   /* sessions, newest first */
    int64_t end_id; /* 0: there is room */
};

static int on_open_session(void *context, const struct session_row *row, struct err *err)
{
    struct oldest *oldest = context;
    (void)err;
    if (++oldest->seen >= SESSIONS_PER_ACCOUNT && oldest->end_id == 0)
        oldest->end_id = row->id;
    return OK;
}

static int make_room(const struct attempt *attempt, struct err *err)
{
    const struct account_office *office = attempt->office;
    struct account_office by_account = *office;
    struct oldest oldest = {.seen = 0};
    by_account.actor = actor_of(attempt, true);
    int64_t kept_s = (int64_t)AUDIT_KEPT_DAYS * SECONDS_A_DAY;
    int rc = sessions_forget(office->store, office->now_utc - kept_s, err);
    if (rc == OK)
        rc = sessions_each(office->store, attempt->account.row.id, on_open_session, &oldest, err);
    return rc == OK && oldest.end_id != 0 ? session_end(&by_account, oldest.end_id, "replaced", err)
                                          : rc;
}

static int put_session(struct attempt *attempt, struct sign_in_outcome *out, struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    struct buf agent;
    struct bytes given = attempt->sign_in->agent;
    if (given.len > AGENT_MAX_BYTES)
        given.len = AGENT_MAX_BYTES;
    buf_init(&agent, 3 * (size_t)AGENT_MAX_BYTES);
    utf8_append_repaired(&agent, given);
    int rc = buf_status(&agent, err);
    if (rc == OK)
        rc = office_make_secret(out->csrf, digest, err);
    if (rc == OK)
        rc = office_make_secret(out->secret, digest, err);
    struct session_row session = {
        .account_id = attempt->account.row.id,
        .secret_sha256 = {(const char *)digest, sizeof digest},
        .csrf = bytes_from_z(out->csrf),
        .stage = bytes_from_z(out->stage),
        .created_utc = attempt->office->now_utc,
        .seen_utc = attempt->office->now_utc,
        .address = attempt->sign_in->address,
        .agent = buf_bytes(&agent),
    };
    if (rc == OK)
        rc = session_put_new(attempt->office->store, &session, err);
    out->session_id = session.id;
    buf_deinit(&agent);
    return rc;
}

static int open_session(struct attempt *attempt, struct sign_in_outcome *out, struct err *err)
{
    char details[DETAILS_BYTES];
    struct account_row *row = &attempt->account.row;
    row->failures = row->failed_utc = row->locked_until_utc = 0;
    row->signed_in_utc = attempt->office->now_utc;
    out->result = SIGN_IN_OPENED;
    out->account_id = row->id;
    out->stage = account_stage(row, attempt->role);
    int rc = account_put(attempt->office->store, row, err);
    if (rc == OK)
        rc = make_room(attempt, err);
    if (rc == OK)
        rc = put_session(attempt, out, err);
    (void)snprintf(details, sizeof details, "{\"session\":%jd,\"stage\":\"%s\",\"factor\":\"%s\"}",
                   (intmax_t)out->session_id, out->stage, attempt->factor);
    return rc == OK ? audit_attempt(attempt, true, "session.open", AUDIT_DONE, details, err) : rc;
}

/* ---- deciding ---- */

static bool has_ended(const struct attempt *attempt)
{
    const struct account_row *row = &attempt->account.row;
    return row->is_disabled ||
           (row->team_has_until && attempt->office->now_utc > office_day_end(row->team_until_day));
}

/* Behind the password, which holds. */
static int decide_second(struct attempt *attempt, struct sign_in_outcome *out, struct err *err)
{
    char digits[CODE_DIGITS];
    bool holds = false;
    int rc = OK;
    if (has_ended(attempt)) {
        out->result = SIGN_IN_ENDED;
        return audit_attempt(attempt, true, "session.open", AUDIT_REFUSED, "{\"why\":\"ended\"}",
                             err);
    }
    if (!attempt->account.row.totp_is_confirmed)
        return open_session(attempt, out, err);
    if (attempt->sign_in->code.len == 0) {
        out->result = SIGN_IN_NEEDS_CODE;
        return OK;
    }
    if (read_digits(attempt->sign_in->code, digits))
        rc = check_totp(attempt, digits, &holds, err);
    else
        rc = check_recovery(attempt, &holds, &out->recovery_codes_left, err);
    OPENSSL_cleanse(digits, sizeof digits);
    if (rc != OK)
        return rc;
    return holds ? open_session(attempt, out, err) : fail(attempt, "code", out, err);
}

static int decide(struct attempt *attempt, struct sign_in_outcome *out, struct err *err)
{
    const struct sign_in *sign_in = attempt->sign_in;
    out->retry_after_s = seconds_to_wait(attempt->failures, attempt->office->now_utc);
    if (out->retry_after_s > 0) {
        out->result = SIGN_IN_LOCKED;
        return OK;
    }
    if (!attempt->is_known || !sign_in->password_holds ||
        !secret_equal(sign_in->password_hash, attempt->account.row.password))
        return fail(attempt, "password", out, err);
    return decide_second(attempt, out, err);
}

int account_sign_in(const struct account_office *office, const struct sign_in *sign_in,
                    struct sign_in_outcome *out, struct err *err)
{
    struct attempt attempt = {.office = office, .sign_in = sign_in, .factor = "none"};
    struct sign_in_outcome outcome = {.stage = "", .recovery_codes_left = -1};
    struct held_account *account = &attempt.account;
    int rc = load_if_known(account, office->store, sign_in->name, &attempt.is_known, err);
    if (rc == OK && attempt.is_known)
        rc = account_role(&account->row, &attempt.role, err);
    if (rc == OK)
        rc = sha256_of(sign_in->name, attempt.name_sha256, err);
    if (rc == OK)
        rc = load_failures(office->store, attempt.name_sha256,
                           attempt.is_known ? &account->row : NULL, office->now_utc,
                           &attempt.failures, err);
    if (rc == OK)
        rc = decide(&attempt, &outcome, err);
    if (rc == OK)
        *out = outcome;
    OPENSSL_cleanse(&outcome, sizeof outcome);
    held_account_deinit(account);
    return rc;
}
