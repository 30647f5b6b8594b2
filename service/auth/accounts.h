#ifndef PINGYI_SERVICE_AUTH_ACCOUNTS_H
#define PINGYI_SERVICE_AUTH_ACCOUNTS_H

#include "service/auth/audit.h"
#include "service/auth/password.h"
#include "service/auth/role.h"
#include "service/auth/totp.h"
#include "service/storage/accounts.h"

/* What is done to accounts, by the pages and by `user` alike. All need an open write transaction; each appends its
 * entry to the audit log in it. After an error the caller rolls back. Slow hashes are made before, outside the
 * transaction. */

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
bool account_name_is_good(struct bytes name);
/* ERR_EXISTS; ERR_FORMAT names the field; ERR_NOT_FOUND (team, unit); ERR_REFUSED (role not for that team, team full).
 * ERR_PERMISSION: who adds is an administrator, who would know the password of another of the three administrators: of
 * each of these roles only the very first account is theirs to add, further ones get the role from security.
 * The password was given by us: it must be changed at first sign-in. */
int account_add(const struct account_office *office, const struct account_wish *wish,
                const char *password_hash, int64_t *out_id, struct err *err);
/* The last enabled administrator cannot be disabled or change role: ERR_REFUSED. Ends the account's sessions. Enabling:
 * ERR_REFUSED when its team is full. What is so already is OK, without an entry. */
int account_set_enabled(const struct account_office *office, struct bytes name, bool is_enabled,
                        struct err *err);
/* Role, team and unit as wished, by name; an empty display name leaves the one it has. Errors as of account_add;
 * nobody changes their own role: ERR_REFUSED. Ends the account's sessions. */
int account_set_role(const struct account_office *office, const struct account_wish *wish,
                     struct err *err);
int account_reset(const struct account_office *office, struct bytes name, const char *password_hash,
                  struct err *err); /* also unlocks; ends sessions */
int account_reset_totp(const struct account_office *office, struct bytes name, struct err *err);
int account_unlock(const struct account_office *office, struct bytes name, struct err *err);

/* ---- one's own ---- */
/* Other sessions of the account end; `keep_session` stays, in the stage that is left to go through. ERR_NOT_FOUND when
 * it is no open session of the account. */
int account_change_password(const struct account_office *office, int64_t account_id,
                            const char *password_hash, int64_t keep_session, struct err *err);
/* A new secret, not in force until it is confirmed. ERR_WRONG_STATE when another is in force: an administrator lifts
 * that one (account_reset_totp), so that a session left open cannot. */
int account_begin_totp(const struct account_office *office, int64_t account_id,
                       unsigned char out_secret[TOTP_SECRET_BYTES], struct err *err);
/* ERR_REFUSED: not the code. ERR_WRONG_STATE: none was begun, or it is in force. Gives new recovery codes, the only
 * time they are seen. Other sessions of the account end, so that none opened with a password alone lives on;
 * `keep_session` as above. */
int account_confirm_totp(const struct account_office *office, int64_t account_id,
                         int64_t keep_session, struct bytes code,
                         char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err);
int account_renew_recovery(const struct account_office *office, int64_t account_id,
                           char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err);

/* ---- signing in ----
 * Two steps, because the hash is slow: look at what the account has (a reader), compare (the hashing lane), then decide
 * here.
 *
 * After failure 1, 2, 3, 4 the next try waits 1, 2, 4, 8 s, after the fifth SIGN_IN_LOCK_S; one before its time is
 * refused whatever it brings, and counts as none. Failures are forgotten SIGN_IN_LOCK_S after the last. Names that are
 * no account's count in a table of their own (strangers): what is told, what is written and how long it takes is the
 * same. No more than STRANGERS_MAX are kept, the oldest go first: at 0.1 s a hash in a lane of width 1, some 3,000 can
 * be tried before the first is forgotten anyway, so that none goes early and nobody learns by that. */
enum { SIGN_IN_FAILURES = 5, SIGN_IN_LOCK_S = 300, STRANGERS_MAX = 8192 };

/* What the steps before need. In any transaction. */
struct sign_in_look {
    char password_hash[PASSWORD_HASH_BYTES]; /* empty: no such account; compared all the same */
    int64_t retry_after_s; /* not 0: account_sign_in would refuse now, so no hash need be made */
};
int account_look(struct store *store, struct bytes name, int64_t now_utc, struct sign_in_look *out,
                 struct err *err);

enum sign_in_result {
    SIGN_IN_OPENED,
    SIGN_IN_WRONG, /* name, password or code: which of them is not told */
    SIGN_IN_NEEDS_CODE, /* the password holds; a TOTP or recovery code is asked for; counts as no failure */
    SIGN_IN_LOCKED, /* before its time, for retry_after_s more; also told of names that do not exist */
    SIGN_IN_ENDED, /* disabled, or the team's term is over: told only when the password holds */
};
struct sign_in {
    struct bytes name;
    bool password_holds; /* what the lane found, for the row below */
    /* That it compared with: if the account's has changed since, the result is WRONG. */
    struct bytes password_hash;
    struct bytes code; /* TOTP or recovery code, or empty */
    struct bytes address, agent;
};
struct sign_in_outcome {
    enum sign_in_result result;
    int64_t account_id, session_id; /* 0 unless opened, and what follows is empty */
    char secret[65];                /* the cookie's value, hex; never stored */
    char csrf[65];
    const char *stage;       /* "full", "must_change", "must_enrol" */
    int64_t retry_after_s;   /* of LOCKED, and of WRONG: until the next try is looked at */
    int recovery_codes_left; /* -1: none was used */
};
/* Counts the failure or opens a session, with its entry in the audit log. A failure is a result, not an error: commit.
 * The session's secret is new each time. Of more than SESSIONS_PER_ACCOUNT the oldest ends; what has ended is forgotten
 * after AUDIT_KEPT_DAYS. */
enum { SESSIONS_PER_ACCOUNT = 5 };
int account_sign_in(const struct account_office *office, const struct sign_in *sign_in,
                    struct sign_in_outcome *out, struct err *err);

/* Sessions. `why` is one of the words of sessions.ended_why: sign_out, idle and absolute are entered as session.close,
 * others as session.revoke. */
int session_end(const struct account_office *office, int64_t session_id, const char *why,
                struct err *err); /* ERR_NOT_FOUND; ended already is OK */

/* Tokens of other systems. `secret` is told once. Scopes are words with a blank between: read, import, metrics.
 * ERR_FORMAT names the field; ERR_EXISTS: a token in force has that name. */
int token_add(const struct account_office *office, struct bytes name, struct bytes scopes,
              int64_t expires_utc, char out_secret[65], int64_t *out_id, struct err *err);
int token_revoke(const struct account_office *office, int64_t id, struct err *err);

/* Teams and limits. Of a team, by name, all but its kind may change: ERR_REFUSED. The sessions of its accounts end with
 * its last day. ERR_FORMAT names the field. */
int team_put(const struct account_office *office, const struct team_row *team, struct err *err);
int role_limits_put(const struct account_office *office, enum role role, int64_t idle_s,
                    int64_t absolute_s, struct err *err);
/* Those in force: the role's own, or the defaults. In any transaction. */
enum { SESSION_IDLE_S = 600, SESSION_ABSOLUTE_S = 12 * 3600 };
int role_limits_load(struct store *store, enum role role, int64_t *out_idle_s,
                     int64_t *out_absolute_s, struct err *err);

#endif
