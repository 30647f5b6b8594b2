#ifndef PINGYI_SERVICE_AUTH_ACCOUNTS_H
#define PINGYI_SERVICE_AUTH_ACCOUNTS_H

#include "service/auth/audit.h"
#include "service/auth/password.h"
#include "service/auth/role.h"
#include "service/auth/totp.h"
#include "service/storage/accounts.h"

/* What is done to accounts, by the pages and by `user` alike. All need an open write transaction; each appends its entry to
 * the audit log in it. After an error the caller rolls back. Slow hashes are made before, outside the transaction. */

struct account_office { /* what all of them need; borrowed */
    struct store *store;
    struct audit_chain *chain;
    struct sealer totp_sealer; /* purpose "totp" */
    struct audit_actor actor;
    int64_t now_utc;
};

struct account_wish {
    struct bytes name;         /* 2 to 32 of a-z 0-9 . _ -, beginning with a letter */
    struct bytes display_name; /* 1 to 64 characters */
    enum role role;
    struct bytes team; /* empty: none */
    struct bytes
        unit_code; /* empty: all units; of offices and liaisons only; a liaison needs one */
};
/* ERR_EXISTS; ERR_FORMAT names the field; ERR_NOT_FOUND (team, unit); ERR_REFUSED (role not for that team, team full).
 * The password was given by us: it must be changed at first sign-in. */
int account_add(const struct account_office *office, const struct account_wish *wish,
                const char *password_hash, int64_t *out_id, struct err *err);
/* The last enabled administrator cannot be disabled or change role: ERR_REFUSED. Ends the account's sessions. */
int account_set_enabled(const struct account_office *office, struct bytes name, bool is_enabled,
                        struct err *err);
int account_set_role(const struct account_office *office, const struct account_wish *wish,
                     struct err *err);
int account_reset(const struct account_office *office, struct bytes name, const char *password_hash,
                  struct err *err); /* also unlocks; ends sessions */
int account_reset_totp(const struct account_office *office, struct bytes name, struct err *err);
int account_unlock(const struct account_office *office, struct bytes name, struct err *err);

/* ---- one's own ---- */
/* Other sessions of the account end; `keep_session` stays. */
int account_change_password(const struct account_office *office, int64_t account_id,
                            const char *password_hash, int64_t keep_session, struct err *err);
/* A new secret, not in force until it is confirmed. */
int account_begin_totp(const struct account_office *office, int64_t account_id,
                       unsigned char out_secret[TOTP_SECRET_BYTES], struct err *err);
/* ERR_REFUSED: not the code. Gives new recovery codes, the only time they are seen. */
int account_confirm_totp(const struct account_office *office, int64_t account_id, struct bytes code,
                         char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err);
int account_renew_recovery(const struct account_office *office, int64_t account_id,
                           char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err);

/* ---- signing in ----
 * Two steps, because the hash is slow: load what the account has (a reader), compare (the hashing lane), then decide here. */
enum { SIGN_IN_FAILURES = 5, SIGN_IN_LOCK_S = 300 };

enum sign_in_result {
    SIGN_IN_OPENED,
    SIGN_IN_WRONG, /* name, password or code: which of them is not told */
    SIGN_IN_NEEDS_CODE, /* the password holds; a TOTP or recovery code is asked for; counts as no failure */
    SIGN_IN_LOCKED, /* until locked_until_utc; also told of names that do not exist, after as many failures */
    SIGN_IN_ENDED, /* disabled, or the team's term is over: told only when the password holds */
};
struct sign_in {
    struct bytes name;
    bool password_holds; /* what the lane found, for the row below */
    struct bytes
        password_hash; /* that it compared with: if the account's has changed since, the result is WRONG */
    struct bytes code; /* TOTP or recovery code, or empty */
    struct bytes address, agent;
};
struct sign_in_outcome {
    enum sign_in_result result;
    int64_t account_id, session_id;
    char secret[65]; /* the cookie's value, hex; never stored */
    char csrf[65];
    const char *stage;       /* "full", "must_change", "must_enrol" */
    int64_t retry_after_s;   /* back-off after failures, or of the lock */
    int recovery_codes_left; /* -1: none was used */
};
/* Counts the failure or opens a session, with its entry in the audit log. A failure is a result, not an error: commit. */
int account_sign_in(const struct account_office *office, const struct sign_in *sign_in,
                    struct sign_in_outcome *out, struct err *err);

/* Sessions. */
int session_end(const struct account_office *office, int64_t session_id, const char *why,
                struct err *err); /* ERR_NOT_FOUND; ended already is OK */

/* Tokens of other systems. `secret` is told once. */
int token_add(const struct account_office *office, struct bytes name, struct bytes scopes,
              int64_t expires_utc, char out_secret[65], int64_t *out_id, struct err *err);
int token_revoke(const struct account_office *office, int64_t id, struct err *err);

/* Teams and limits. */
int team_put(const struct account_office *office, const struct team_row *team, struct err *err);
int role_limits_put(const struct account_office *office, enum role role, int64_t idle_s,
                    int64_t absolute_s, struct err *err);

#endif
