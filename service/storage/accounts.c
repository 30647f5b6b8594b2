#include "service/storage/accounts.h"

#include "service/storage/database.h"

#include <assert.h>

/* ---- accounts ---- */

/* Columns of account_get, account_get_by_id and accounts_each. */
static void read_account(sqlite3_stmt *statement, struct account_row *out)
{
    enum { ID, NAME, DISPLAY_NAME, ROLE, TEAM, TEAM_NAME, TEAM_KIND, TEAM_UNTIL, UNIT_CODE };
    enum { PASSWORD = UNIT_CODE + 1, PASSWORD_UTC, MUST_CHANGE, TOTP, TOTP_IS_CONFIRMED };
    enum { TOTP_STEP = TOTP_IS_CONFIRMED + 1, FAILURES, FAILED, LOCKED_UNTIL, DISABLED };
    enum { SIGNED_IN = DISABLED + 1, CREATED, CREATED_BY };
    *out = (struct account_row){
        .id = sqlite3_column_int64(statement, ID),
        .name = database_column_text(statement, NAME),
        .display_name = database_column_text(statement, DISPLAY_NAME),
        .role = database_column_text(statement, ROLE),
        .team_id = sqlite3_column_int64(statement, TEAM),
        .team_name = database_column_text(statement, TEAM_NAME),
        .team_kind = database_column_text(statement, TEAM_KIND),
        .team_has_until = sqlite3_column_type(statement, TEAM_UNTIL) != SQLITE_NULL,
        .team_until_day = sqlite3_column_int64(statement, TEAM_UNTIL),
        .unit_code = database_column_text(statement, UNIT_CODE),
        .password = database_column_text(statement, PASSWORD),
        .password_utc = sqlite3_column_int64(statement, PASSWORD_UTC),
        .must_change = sqlite3_column_int(statement, MUST_CHANGE) != 0,
        .totp = database_column_blob(statement, TOTP),
        .totp_is_confirmed = sqlite3_column_int(statement, TOTP_IS_CONFIRMED) != 0,
        .totp_step = sqlite3_column_int64(statement, TOTP_STEP),
        .failures = sqlite3_column_int64(statement, FAILURES),
        .failed_utc = sqlite3_column_int64(statement, FAILED),
        .locked_until_utc = sqlite3_column_int64(statement, LOCKED_UNTIL),
        .is_disabled = sqlite3_column_type(statement, DISABLED) != SQLITE_NULL,
        .disabled_utc = sqlite3_column_int64(statement, DISABLED),
        .signed_in_utc = sqlite3_column_int64(statement, SIGNED_IN),
        .created_utc = sqlite3_column_int64(statement, CREATED),
        .created_by = database_column_text(statement, CREATED_BY),
    };
}

int account_get(struct store *store, struct bytes name, struct account_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_find_named(store, "account_get", "account", name, &statement, err);
    if (rc == OK)
        read_account(statement, out);
    return rc;
}

static int no_account(int64_t id, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "no account has the id %jd", (intmax_t)id);
}

int account_get_by_id(struct store *store, int64_t id, struct account_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "account_get_by_id", &id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return no_account(id, err);
    read_account(statement, out);
    return OK;
}

/* Text that is NULL when empty. */
static void bind_optional_text(sqlite3_stmt *statement, int at, struct bytes text)
{
    if (text.len == 0)
        (void)sqlite3_bind_null(statement, at);
    else
        database_bind_text(statement, at, text);
}

enum { PUT_FIELDS_END = 16 };

/* Parameters that account_put_new and account_put begin with. */
static void bind_account(sqlite3_stmt *statement, const struct account_row *row)
{
    enum { DISPLAY_NAME = 1, ROLE, TEAM, UNIT_CODE, PASSWORD, PASSWORD_UTC, MUST_CHANGE, TOTP };
    enum { TOTP_IS_CONFIRMED = TOTP + 1, TOTP_STEP, FAILURES, FAILED, LOCKED_UNTIL, DISABLED };
    enum { SIGNED_IN = DISABLED + 1, END };
    static_assert((int)END == (int)PUT_FIELDS_END, "what follows is bound from there");
    database_bind_text(statement, DISPLAY_NAME, row->display_name);
    database_bind_text(statement, ROLE, row->role);
    database_bind_id(statement, TEAM, row->team_id);
    bind_optional_text(statement, UNIT_CODE, row->unit_code);
    database_bind_text(statement, PASSWORD, row->password);
    (void)sqlite3_bind_int64(statement, PASSWORD_UTC, row->password_utc);
    (void)sqlite3_bind_int(statement, MUST_CHANGE, row->must_change);
    if (row->totp.len == 0)
        (void)sqlite3_bind_null(statement, TOTP);
    else
        database_bind_blob(statement, TOTP, row->totp);
    (void)sqlite3_bind_int(statement, TOTP_IS_CONFIRMED, row->totp_is_confirmed);
    (void)sqlite3_bind_int64(statement, TOTP_STEP, row->totp_step);
    (void)sqlite3_bind_int64(statement, FAILURES, row->failures);
    (void)sqlite3_bind_int64(statement, FAILED, row->failed_utc);
    (void)sqlite3_bind_int64(statement, LOCKED_UNTIL, row->locked_until_utc);
    database_bind_id(statement, DISABLED, row->is_disabled ? row->disabled_utc : 0);
    database_bind_id(statement, SIGNED_IN, row->signed_in_utc);
}

/* Run a statement that gives back the id of the row it wrote; *out_id is 0 when it wrote none. */
static int run_for_id(struct store *store, sqlite3_stmt *statement, int64_t *out_id,
                      struct err *err)
{
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    int64_t id = row ? sqlite3_column_int64(statement, 0) : 0;
    if (row)
        rc = database_run(store, statement, err);
    if (rc == OK)
        *out_id = id;
    return rc;
}

int account_put_new(struct store *store, struct account_row *row, struct err *err)
{
    enum { NAME = PUT_FIELDS_END, CREATED, CREATED_BY };
    sqlite3_stmt *statement = NULL;
    int64_t id = 0;
    int rc = database_take(store, "account_put_new", &statement, err);
    if (rc != OK)
        return rc;
    bind_account(statement, row);
    database_bind_text(statement, NAME, row->name);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    database_bind_text(statement, CREATED_BY, row->created_by);
    rc = run_for_id(store, statement, &id, err);
    if (rc == OK && id == 0)
        rc = err_set(err, ERR_EXISTS, "an account is named \"" BYTES_FMT "\" already",
                     BYTES_ARG(row->name));
    if (rc == OK)
        row->id = id;
    return rc;
}

int account_put(struct store *store, const struct account_row *row, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int64_t id = 0;
    int rc = database_take(store, "account_put", &statement, err);
    if (rc != OK)
        return rc;
    bind_account(statement, row);
    (void)sqlite3_bind_int64(statement, PUT_FIELDS_END, row->id);
    rc = run_for_id(store, statement, &id, err);
    return rc == OK && id == 0 ? no_account(row->id, err) : rc;
}

int accounts_each(struct store *store, struct bytes after, int64_t limit, account_cb on_account,
                  void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "accounts_each", &statement, err);
    if (rc == OK) {
        database_bind_text(statement, 1, after);
        (void)sqlite3_bind_int64(statement, 2, limit > 0 ? limit : INT64_MAX);
    }
    while (database_next(store, statement, &rc, err)) {
        struct account_row account;
        read_account(statement, &account);
        rc = on_account(context, &account, err);
    }
    return rc;
}

static int count_of_role(struct store *store, const char *query, struct bytes role,
                         int64_t *out_count, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, query, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, role);
    return database_integer(store, statement, out_count, err);
}

int accounts_count_of_role(struct store *store, struct bytes role, int64_t *out_count,
                           struct err *err)
{
    return count_of_role(store, "accounts_count_of_role", role, out_count, err);
}

int accounts_have_role(struct store *store, struct bytes role, bool *out, struct err *err)
{
    int64_t count = 0;
    int rc = count_of_role(store, "accounts_have_role", role, &count, err);
    if (rc == OK)
        *out = count > 0;
    return rc;
}

int accounts_count_of_team(struct store *store, int64_t team_id, int64_t *out_count,
                           struct err *err)
{
    return database_integer_with(store, "accounts_count_of_team", &team_id, 1, out_count, err);
}

/* ---- teams ---- */

/* Columns of team_get and teams_each. */
static void read_team(sqlite3_stmt *statement, struct team_row *out)
{
    enum { ID, NAME, KIND, UNTIL, MAX_ACCOUNTS, CREATED };
    *out = (struct team_row){
        .id = sqlite3_column_int64(statement, ID),
        .name = database_column_text(statement, NAME),
        .kind = database_column_text(statement, KIND),
        .has_until = sqlite3_column_type(statement, UNTIL) != SQLITE_NULL,
        .until_day = sqlite3_column_int64(statement, UNTIL),
        .max_accounts = sqlite3_column_int64(statement, MAX_ACCOUNTS),
        .created_utc = sqlite3_column_int64(statement, CREATED),
    };
}

int team_get(struct store *store, struct bytes name, struct team_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_find_named(store, "team_get", "team", name, &statement, err);
    if (rc == OK)
        read_team(statement, out);
    return rc;
}

int team_store(struct store *store, const struct team_row *row, struct err *err)
{
    enum { NAME = 1, KIND, UNTIL, MAX_ACCOUNTS, CREATED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "team_store", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, row->name);
    database_bind_text(statement, KIND, row->kind);
    if (row->has_until)
        (void)sqlite3_bind_int64(statement, UNTIL, row->until_day);
    else
        (void)sqlite3_bind_null(statement, UNTIL);
    (void)sqlite3_bind_int64(statement, MAX_ACCOUNTS, row->max_accounts);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    return database_run(store, statement, err);
}

int teams_each(struct store *store, team_cb on_team, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "teams_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct team_row team;
        read_team(statement, &team);
        rc = on_team(context, &team, err);
    }
    return rc;
}

/* ---- sessions ---- */

int session_put_new(struct store *store, struct session_row *row, struct err *err)
{
    enum { ACCOUNT = 1, SECRET_SHA256, CSRF, STAGE, CREATED, SEEN, ADDRESS, AGENT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "session_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ACCOUNT, row->account_id);
    database_bind_blob(statement, SECRET_SHA256, row->secret_sha256);
    database_bind_text(statement, CSRF, row->csrf);
    database_bind_text(statement, STAGE, row->stage);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    (void)sqlite3_bind_int64(statement, SEEN, row->seen_utc);
    database_bind_text(statement, ADDRESS, row->address);
    database_bind_text(statement, AGENT, row->agent);
    return run_for_id(store, statement, &row->id, err);
}

/* Columns of session_get and sessions_each. */
static void read_session(sqlite3_stmt *statement, struct session_row *out)
{
    enum { ID, ACCOUNT, ACCOUNT_NAME, SECRET_SHA256, CSRF, STAGE, CREATED, SEEN, ADDRESS, AGENT };
    enum { ENDED = AGENT + 1, ENDED_WHY };
    *out = (struct session_row){
        .id = sqlite3_column_int64(statement, ID),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .account_name = database_column_text(statement, ACCOUNT_NAME),
        .secret_sha256 = database_column_blob(statement, SECRET_SHA256),
        .csrf = database_column_text(statement, CSRF),
        .stage = database_column_text(statement, STAGE),
        .created_utc = sqlite3_column_int64(statement, CREATED),
        .seen_utc = sqlite3_column_int64(statement, SEEN),
        .address = database_column_text(statement, ADDRESS),
        .agent = database_column_text(statement, AGENT),
        .ended_utc = sqlite3_column_int64(statement, ENDED),
        .ended_why = database_column_text(statement, ENDED_WHY),
    };
}

static int no_session(int64_t id, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "no session has the id %jd", (intmax_t)id);
}

int session_get(struct store *store, int64_t id, struct session_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "session_get", &id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return no_session(id, err);
    read_session(statement, out);
    return OK;
}

int session_put_stage(struct store *store, int64_t id, struct bytes stage, struct err *err)
{
    enum { STAGE = 1, ID };
    sqlite3_stmt *statement = NULL;
    int64_t found = 0;
    int rc = database_take(store, "session_put_stage", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, STAGE, stage);
    (void)sqlite3_bind_int64(statement, ID, id);
    rc = run_for_id(store, statement, &found, err);
    return rc == OK && found == 0 ? no_session(id, err) : rc;
}

int session_put_seen(struct store *store, int64_t id, int64_t seen_utc, struct err *err)
{
    return database_run_with(store, "session_put_seen", (const int64_t[]){seen_utc, id}, 2, err);
}

int session_put_ended(struct store *store, int64_t id, int64_t at_utc, struct bytes why,
                      struct err *err)
{
    enum { ENDED = 1, WHY, ID };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "session_put_ended", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ENDED, at_utc);
    database_bind_text(statement, WHY, why);
    (void)sqlite3_bind_int64(statement, ID, id);
    return database_run(store, statement, err);
}

int sessions_put_ended(struct store *store, int64_t account_id, int64_t keep, int64_t at_utc,
                       struct bytes why, struct err *err)
{
    enum { ENDED = 1, WHY, ACCOUNT, KEEP };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "sessions_put_ended", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ENDED, at_utc);
    database_bind_text(statement, WHY, why);
    (void)sqlite3_bind_int64(statement, ACCOUNT, account_id);
    (void)sqlite3_bind_int64(statement, KEEP, keep);
    return database_run(store, statement, err);
}

int sessions_forget(struct store *store, int64_t before_utc, struct err *err)
{
    return database_run_with(store, "sessions_delete_ended", &before_utc, 1, err);
}

int sessions_each(struct store *store, int64_t account_id, session_cb on_session, void *context,
                  struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int64_t last_account = account_id != 0 ? account_id : INT64_MAX;
    int rc = database_take_with(store, "sessions_each", (int64_t[]){account_id, last_account}, 2,
                                &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct session_row session;
        read_session(statement, &session);
        rc = on_session(context, &session, err);
    }
    return rc;
}

/* ---- tokens ---- */

int token_put_new(struct store *store, struct token_row *row, struct err *err)
{
    enum { NAME = 1, SECRET_SHA256, SCOPES, CREATED_BY, CREATED, EXPIRES };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "token_put_new", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, row->name);
    database_bind_blob(statement, SECRET_SHA256, row->secret_sha256);
    database_bind_text(statement, SCOPES, row->scopes);
    database_bind_text(statement, CREATED_BY, row->created_by);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    (void)sqlite3_bind_int64(statement, EXPIRES, row->expires_utc);
    return run_for_id(store, statement, &row->id, err);
}

int token_put_revoked(struct store *store, int64_t id, int64_t at_utc, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int64_t found = 0;
    int rc = database_take_with(store, "token_put_revoked", (const int64_t[]){at_utc, id}, 2,
                                &statement, err);
    if (rc == OK)
        rc = run_for_id(store, statement, &found, err);
    if (rc == OK && found == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no token has the id %jd", (intmax_t)id);
    return rc;
}

int tokens_each(struct store *store, token_cb on_token, void *context, struct err *err)
{
    enum { ID, NAME, SECRET_SHA256, SCOPES, CREATED_BY, CREATED, EXPIRES, REVOKED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "tokens_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct token_row token = {
            .id = sqlite3_column_int64(statement, ID),
            .name = database_column_text(statement, NAME),
            .secret_sha256 = database_column_blob(statement, SECRET_SHA256),
            .scopes = database_column_text(statement, SCOPES),
            .created_by = database_column_text(statement, CREATED_BY),
            .created_utc = sqlite3_column_int64(statement, CREATED),
            .expires_utc = sqlite3_column_int64(statement, EXPIRES),
            .revoked_utc = sqlite3_column_int64(statement, REVOKED),
        };
        rc = on_token(context, &token, err);
    }
    return rc;
}

/* ---- recovery codes ---- */

static struct bytes digest_bytes(const unsigned char sha256[32])
{
    return (struct bytes){(const char *)sha256, 32};
}

int recovery_codes_put(struct store *store, int64_t account_id, const unsigned char (*sha256s)[32],
                       int count, struct err *err)
{
    enum { ACCOUNT = 1, SHA256 };
    int rc = database_run_with(store, "recovery_codes_delete", &account_id, 1, err);
    for (int i = 0; i < count && rc == OK; i++) {
        sqlite3_stmt *statement = NULL;
        rc = database_take(store, "recovery_code_put", &statement, err);
        if (rc != OK)
            break;
        (void)sqlite3_bind_int64(statement, ACCOUNT, account_id);
        database_bind_blob(statement, SHA256, digest_bytes(sha256s[i]));
        rc = database_run(store, statement, err);
    }
    return rc;
}

int recovery_codes_left(struct store *store, int64_t account_id, int *out_left, struct err *err)
{
    int64_t left = 0;
    int rc = database_integer_with(store, "recovery_codes_left", &account_id, 1, &left, err);
    if (rc == OK)
        *out_left = (int)left;
    return rc;
}

int recovery_code_use(struct store *store, int64_t account_id, const unsigned char sha256[32],
                      int64_t at_utc, int *out_left, struct err *err)
{
    enum { USED = 1, ACCOUNT, SHA256 };
    sqlite3_stmt *statement = NULL;
    int64_t found = 0;
    int rc = database_take(store, "recovery_code_use", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, USED, at_utc);
    (void)sqlite3_bind_int64(statement, ACCOUNT, account_id);
    database_bind_blob(statement, SHA256, digest_bytes(sha256));
    rc = run_for_id(store, statement, &found, err);
    if (rc == OK && found == 0)
        rc = err_set(err, ERR_NOT_FOUND, "account %jd has no such recovery code",
                     (intmax_t)account_id);
    return rc == OK ? recovery_codes_left(store, account_id, out_left, err) : rc;
}

/* ---- limits ---- */

int role_limits_get(struct store *store, struct bytes role, int64_t *out_idle_s,
                    int64_t *out_absolute_s, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "role_limits_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, role);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "role \"" BYTES_FMT "\" has no limits of its own",
                       BYTES_ARG(role));
    *out_idle_s = sqlite3_column_int64(statement, 0);
    *out_absolute_s = sqlite3_column_int64(statement, 1);
    (void)sqlite3_reset(statement);
    return OK;
}

int role_limits_store(struct store *store, struct bytes role, int64_t idle_s, int64_t absolute_s,
                      struct err *err)
{
    enum { ROLE = 1, IDLE, ABSOLUTE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "role_limits_store", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, ROLE, role);
    (void)sqlite3_bind_int64(statement, IDLE, idle_s);
    (void)sqlite3_bind_int64(statement, ABSOLUTE, absolute_s);
    return database_run(store, statement, err);
}

/* ---- strangers ---- */

int stranger_get(struct store *store, const unsigned char name_sha256[32], struct stranger_row *out,
                 struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "stranger_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, 1, digest_bytes(name_sha256));
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    *out = (struct stranger_row){
        .failures = row ? sqlite3_column_int64(statement, 0) : 0,
        .failed_utc = row ? sqlite3_column_int64(statement, 1) : 0,
    };
    (void)sqlite3_reset(statement);
    return OK;
}

int stranger_store(struct store *store, const unsigned char name_sha256[32],
                   const struct stranger_row *row, struct err *err)
{
    enum { SHA256 = 1, FAILURES, FAILED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "stranger_store", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SHA256, digest_bytes(name_sha256));
    (void)sqlite3_bind_int64(statement, FAILURES, row->failures);
    (void)sqlite3_bind_int64(statement, FAILED, row->failed_utc);
    return database_run(store, statement, err);
}

int strangers_forget(struct store *store, int64_t before_utc, int64_t most, struct err *err)
{
    int rc = database_run_with(store, "strangers_delete_before", &before_utc, 1, err);
    if (rc == OK)
        rc = database_run_with(store, "strangers_delete_beyond", (const int64_t[]){INT64_MAX, most},
                               2, err);
    return rc;
}
