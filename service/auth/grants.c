#include "service/auth/accounts.h"

#include "service/auth/digest.h"
#include "service/auth/office.h"

#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

/* What is granted for a time: sessions, tokens, the terms of teams, the limits of roles. */

enum { GRANT_NAME_MAX = 64, DETAILS_BYTES = 160 };

/* ---- sessions ---- */

static const char *action_of_end(struct bytes why)
{
    bool is_close = bytes_equal(why, BYTES_LIT("sign_out")) ||
                    bytes_equal(why, BYTES_LIT("idle")) || bytes_equal(why, BYTES_LIT("absolute"));
    return is_close ? "session.close" : "session.revoke";
}

int session_end(const struct account_office *office, int64_t session_id, const char *why,
                struct err *err)
{
    struct session_row session = {.id = 0};
    struct held_account account = {.row = {.id = 0}};
    char details[DETAILS_BYTES];
    int rc = session_get(office->store, session_id, &session, err);
    if (rc != OK || session.ended_utc != 0)
        return rc;
    (void)snprintf(details, sizeof details, "{\"session\":%jd,\"why\":\"%s\"}",
                   (intmax_t)session_id, why);
    rc = held_account_load_by_id(&account, office->store, session.account_id, err);
    if (rc == OK)
        rc = session_put_ended(office->store, session_id, office->now_utc, bytes_from_z(why), err);
    if (rc == OK)
        rc = office_audit(office, action_of_end(bytes_from_z(why)), account.row.name, AUDIT_DONE,
                          details, err);
    held_account_deinit(&account);
    return rc;
}

/* ---- tokens ---- */

static bool scopes_are_good(struct bytes scopes)
{
    uint32_t seen = 0;
    while (scopes.ptr != NULL) {
        uint32_t scope = access_of_scope(bytes_cut(&scopes, ' '));
        if (scope == 0 || (seen & scope) != 0)
            return false;
        seen |= scope;
    }
    return seen != 0;
}

struct same_name {
    struct bytes name;
    int64_t now_utc;
};

static int on_token(void *context, const struct token_row *row, struct err *err)
{
    const struct same_name *same = context;
    if (row->revoked_utc != 0 || row->expires_utc <= same->now_utc ||
        !bytes_equal(row->name, same->name))
        return OK;
    return err_set(err, ERR_EXISTS, "token %jd is named \"" BYTES_FMT "\" already",
                   (intmax_t)row->id, BYTES_ARG(same->name));
}

static int check_token(const struct account_office *office, struct bytes name, struct bytes scopes,
                       int64_t expires_utc, struct err *err)
{
    struct same_name same = {.name = name, .now_utc = office->now_utc};
    if (!office_text_is_good(name, GRANT_NAME_MAX))
        return err_set(err, ERR_FORMAT, "name: needs 1 to %d characters", GRANT_NAME_MAX);
    if (!scopes_are_good(scopes))
        return err_set(err, ERR_FORMAT, "scopes: \"" BYTES_FMT "\" are no scopes",
                       BYTES_ARG(scopes));
    if (expires_utc <= office->now_utc)
        return err_set(err, ERR_FORMAT, "expires: lies in the past");
    return tokens_each(office->store, on_token, &same, err);
}

static int audit_token(const struct account_office *office, const char *action, int64_t id,
                       struct err *err)
{
    char target[DETAILS_BYTES];
    (void)snprintf(target, sizeof target, "%jd", (intmax_t)id);
    return office_audit(office, action, bytes_from_z(target), AUDIT_DONE, NULL, err);
}

int token_add(const struct account_office *office, struct bytes name, struct bytes scopes,
              int64_t expires_utc, char out_secret[65], int64_t *out_id, struct err *err)
{
    char secret[SHA256_HEX_BYTES];
    unsigned char digest[SHA256_BYTES];
    struct token_row token = {
        .name = name,
        .scopes = scopes,
        .secret_sha256 = {(const char *)digest, sizeof digest},
        .created_by = office->actor.who,
        .created_utc = office->now_utc,
        .expires_utc = expires_utc,
    };
    int rc = check_token(office, name, scopes, expires_utc, err);
    if (rc == OK)
        rc = office_make_secret(secret, digest, err);
    if (rc == OK)
        rc = token_put_new(office->store, &token, err);
    if (rc == OK)
        rc = audit_token(office, "token.add", token.id, err);
    if (rc == OK) {
        memcpy(out_secret, secret, sizeof secret);
        *out_id = token.id;
    }
    OPENSSL_cleanse(secret, sizeof secret);
    return rc;
}

int token_revoke(const struct account_office *office, int64_t id, struct err *err)
{
    int rc = token_put_revoked(office->store, id, office->now_utc, err);
    return rc == OK ? audit_token(office, "token.revoke", id, err) : rc;
}

/* ---- teams ---- */

static int check_kind(struct bytes kind, const struct team_row *former, struct err *err)
{
    if (!bytes_equal(kind, BYTES_LIT("own")) && !bytes_equal(kind, BYTES_LIT("contractor")))
        return err_set(err, ERR_FORMAT, "kind: \"" BYTES_FMT "\" is no kind of team",
                       BYTES_ARG(kind));
    if (former != NULL && !bytes_equal(kind, former->kind))
        return err_set(err, ERR_REFUSED, "team %jd stays \"" BYTES_FMT "\"", (intmax_t)former->id,
                       BYTES_ARG(former->kind));
    return OK;
}

int team_put(const struct account_office *office, const struct team_row *team, struct err *err)
{
    struct team_row former = {.id = 0};
    struct team_row row = *team;
    char details[DETAILS_BYTES];
    row.created_utc = office->now_utc;
    if (!office_text_is_good(team->name, GRANT_NAME_MAX))
        return err_set(err, ERR_FORMAT, "name: needs 1 to %d characters", GRANT_NAME_MAX);
    if (team->max_accounts < 0)
        return err_set(err, ERR_FORMAT, "max_accounts: %jd", (intmax_t)team->max_accounts);
    struct err none = {.code = OK};
    int rc = team_get(office->store, team->name, &former, &none);
    bool is_new = rc == ERR_NOT_FOUND;
    if (rc != OK && !is_new) {
        *err = none;
        return rc;
    }
    rc = check_kind(team->kind, is_new ? NULL : &former, err);
    if (rc == OK)
        rc = team_store(office->store, &row, err);
    (void)snprintf(details, sizeof details, "{\"kind\":\"" BYTES_FMT "\",\"max_accounts\":%jd}",
                   BYTES_ARG(team->kind), (intmax_t)team->max_accounts);
    return rc == OK ? office_audit(office, is_new ? "team.add" : "team.change", team->name,
                                   AUDIT_DONE, details, err)
                    : rc;
}

/* ---- limits ---- */

int role_limits_put(const struct account_office *office, enum role role, int64_t idle_s,
                    int64_t absolute_s, struct err *err)
{
    enum { IDLE_MIN_S = 60, IDLE_MAX_S = 86400, ABSOLUTE_MIN_S = 300, ABSOLUTE_MAX_S = 604800 };
    struct bytes word = bytes_from_z(role_word(role));
    char details[DETAILS_BYTES];
    if (idle_s < IDLE_MIN_S || idle_s > IDLE_MAX_S || idle_s > absolute_s)
        return err_set(err, ERR_FORMAT, "idle_s: %jd", (intmax_t)idle_s);
    if (absolute_s < ABSOLUTE_MIN_S || absolute_s > ABSOLUTE_MAX_S)
        return err_set(err, ERR_FORMAT, "absolute_s: %jd", (intmax_t)absolute_s);
    (void)snprintf(details, sizeof details, "{\"idle_s\":%jd,\"absolute_s\":%jd}", (intmax_t)idle_s,
                   (intmax_t)absolute_s);
    int rc = role_limits_store(office->store, word, idle_s, absolute_s, err);
    return rc == OK ? office_audit(office, "role.limits", word, AUDIT_DONE, details, err) : rc;
}

int role_limits_load(struct store *store, enum role role, int64_t *out_idle_s,
                     int64_t *out_absolute_s, struct err *err)
{
    struct err none = {.code = OK};
    int64_t idle_s = SESSION_IDLE_S, absolute_s = SESSION_ABSOLUTE_S;
    int rc = role_limits_get(store, bytes_from_z(role_word(role)), &idle_s, &absolute_s, &none);
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = none;
        return rc;
    }
    *out_idle_s = idle_s;
    *out_absolute_s = absolute_s;
    return OK;
}
