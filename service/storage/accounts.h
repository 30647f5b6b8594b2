#ifndef PINGYI_SERVICE_STORAGE_ACCOUNTS_H
#define PINGYI_SERVICE_STORAGE_ACCOUNTS_H

#include "service/storage/store.h"

/* Accounts, teams, sessions, tokens, recovery codes. Needs an open transaction. Bytes given out stay valid until the
 * next call on the store; the bytes of a row may be written back in that call. */

struct team_row {
    int64_t id;
    struct bytes name;
    struct bytes kind; /* own, contractor */
    bool has_until;
    int64_t until_day;
    int64_t max_accounts; /* 0: no limit */
    int64_t created_utc;
};

struct account_row {
    int64_t id;
    struct bytes name, display_name;
    struct bytes role;                 /* service/auth/role.h */
    int64_t team_id;                   /* 0: none */
    struct bytes team_name, team_kind; /* empty: none */
    bool team_has_until;
    int64_t team_until_day;
    struct bytes unit_code;
    struct bytes password; /* the hash */
    int64_t password_utc;
    bool must_change;
    struct bytes totp; /* sealed; empty: none */
    bool totp_is_confirmed;
    int64_t totp_step;
    int64_t failures, failed_utc, locked_until_utc;
    bool is_disabled;
    int64_t disabled_utc, signed_in_utc; /* 0: never */
    int64_t created_utc;
    struct bytes created_by;
};

struct session_row {
    int64_t id, account_id;
    struct bytes account_name; /* where sessions are listed */
    struct bytes secret_sha256, csrf, stage;
    int64_t created_utc, seen_utc;
    struct bytes address, agent;
    int64_t ended_utc; /* 0: not */
    struct bytes ended_why;
};

struct token_row {
    int64_t id;
    struct bytes name, secret_sha256, scopes, created_by;
    int64_t created_utc, expires_utc, revoked_utc;
};

int account_get(struct store *store, struct bytes name, struct account_row *out, struct err *err);
int account_get_by_id(struct store *store, int64_t id, struct account_row *out, struct err *err);
int account_put_new(struct store *store, struct account_row *row,
                    struct err *err); /* fills id; ERR_EXISTS */
/* All columns but id, name, created_*. */
int account_put(struct store *store, const struct account_row *row, struct err *err);
typedef int (*account_cb)(void *context, const struct account_row *row, struct err *err);
/* By name, beginning after `after` (empty: from the first), at most `limit` (0: all). */
int accounts_each(struct store *store, struct bytes after, int64_t limit, account_cb on_account,
                  void *context, struct err *err);

/* Enabled ones. */
int accounts_count_of_role(struct store *store, struct bytes role, int64_t *out_count,
                           struct err *err);
int accounts_count_of_team(struct store *store, int64_t team_id, int64_t *out_count,
                           struct err *err);
/* Whether there is one at all, enabled or not. */
int accounts_have_role(struct store *store, struct bytes role, bool *out, struct err *err);

int team_get(struct store *store, struct bytes name, struct team_row *out, struct err *err);
int team_store(struct store *store, const struct team_row *row,
               struct err *err); /* by name: new or changed */
typedef int (*team_cb)(void *context, const struct team_row *row, struct err *err);
int teams_each(struct store *store, team_cb on_team, void *context, struct err *err);

int session_put_new(struct store *store, struct session_row *row, struct err *err);
int session_get(struct store *store, int64_t id, struct session_row *out, struct err *err);
int session_put_stage(struct store *store, int64_t id, struct bytes stage, struct err *err);
int session_put_seen(struct store *store, int64_t id, int64_t seen_utc, struct err *err);
int session_put_ended(struct store *store, int64_t id, int64_t at_utc, struct bytes why,
                      struct err *err); /* once: a later end changes nothing */
/* Of one account, but `keep` (0: none). */
int sessions_put_ended(struct store *store, int64_t account_id, int64_t keep, int64_t at_utc,
                       struct bytes why, struct err *err);
/* Delete those that ended at `before_utc` or earlier. */
int sessions_forget(struct store *store, int64_t before_utc, struct err *err);
typedef int (*session_cb)(void *context, const struct session_row *row, struct err *err);
/* Those that have not ended; account_id 0: of all. Newest first. */
int sessions_each(struct store *store, int64_t account_id, session_cb on_session, void *context,
                  struct err *err);

int token_put_new(struct store *store, struct token_row *row, struct err *err);
int token_put_revoked(struct store *store, int64_t id, int64_t at_utc, struct err *err);
typedef int (*token_cb)(void *context, const struct token_row *row, struct err *err);
int tokens_each(struct store *store, token_cb on_token, void *context,
                struct err *err); /* revoked ones too */

/* Replaces those the account had. */
int recovery_codes_put(struct store *store, int64_t account_id, const unsigned char (*sha256s)[32],
                       int count, struct err *err);
/* Marks it used. ERR_NOT_FOUND: no such code, or used. *out_left are those not used yet. */
int recovery_code_use(struct store *store, int64_t account_id, const unsigned char sha256[32],
                      int64_t at_utc, int *out_left, struct err *err);
int recovery_codes_left(struct store *store, int64_t account_id, int *out_left, struct err *err);

/* Defaults are the caller's: ERR_NOT_FOUND without a row. */
int role_limits_get(struct store *store, struct bytes role, int64_t *out_idle_s,
                    int64_t *out_absolute_s, struct err *err);
int role_limits_store(struct store *store, struct bytes role, int64_t idle_s, int64_t absolute_s,
                      struct err *err);

/* Failed sign-ins under names that no account has, by the name's digest. */
struct stranger_row {
    int64_t failures, failed_utc;
};
int stranger_get(struct store *store, const unsigned char name_sha256[32], struct stranger_row *out,
                 struct err *err); /* zeros without a row */
int stranger_store(struct store *store, const unsigned char name_sha256[32],
                   const struct stranger_row *row, struct err *err);
/* Those that failed last at `before_utc` or earlier, and the oldest beyond `most`. */
int strangers_forget(struct store *store, int64_t before_utc, int64_t most, struct err *err);

#endif
