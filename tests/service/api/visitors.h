#ifndef PINGYI_TESTS_SERVICE_API_VISITORS_H
#define PINGYI_TESTS_SERVICE_API_VISITORS_H

#include "service/auth/accounts.h"
#include "service/auth/digest.h"
#include "service/host/datadir.h"

#include "tests/service/http/served.h"
#include "tests/support/temp_dir.h"

#include <stdio.h>

/* A data directory with one of each kind of visitor in it, whose secrets the tests know. */

enum { VISITOR_NOW_UTC = 1782000000, VISITOR_SECRET_BYTES = 65, VISITOR_SINCE_S = 60 };

enum visitor {
    VISITOR_NOBODY,
    VISITOR_WRONG,                                    /* a cookie of no session */
    VISITOR_ROLES,                                    /* the first role; one each */
    VISITOR_MUST_CHANGE = VISITOR_ROLES + ROLE_COUNT, /* an administrator */
    VISITOR_MUST_ENROL,                               /* an administrator */
    VISITOR_CONTRACTOR,                               /* a supervisor */
    VISITOR_READ_TOKEN,
    VISITOR_IMPORT_TOKEN,
    VISITOR_METRICS_TOKEN,
    VISITOR_EXPIRED_TOKEN, /* of all scopes */
    VISITORS
};

static const char visitor_csrf[] = "5f5f5f5f";

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != OK)                                                                          \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

static inline bool visitor_is_token(enum visitor visitor)
{
    return visitor >= VISITOR_READ_TOKEN;
}

static inline void visitor_name(enum visitor visitor, char out[32])
{
    (void)snprintf(out, 32, "visitor%d", (int)visitor);
}

static inline void visitor_secret(enum visitor visitor, char out[VISITOR_SECRET_BYTES])
{
    (void)snprintf(out, VISITOR_SECRET_BYTES, "%064d", 1000 + (int)visitor);
}

static inline enum role visitor_role(enum visitor visitor)
{
    if (visitor >= VISITOR_ROLES && visitor < VISITOR_MUST_CHANGE)
        return (enum role)(visitor - VISITOR_ROLES);
    return visitor == VISITOR_CONTRACTOR ? ROLE_SUPERVISOR : ROLE_ADMINISTRATOR;
}

static inline void visitor_put_token(struct store *store, enum visitor visitor)
{
    static const char *const scopes[] = {"read", "import", "metrics", "read import metrics"};
    struct err err;
    char name[32], secret[VISITOR_SECRET_BYTES];
    unsigned char digest[SHA256_BYTES];
    visitor_name(visitor, name);
    visitor_secret(visitor, secret);
    MUST(sha256_of(bytes_from_z(secret), digest, &err));
    struct token_row row = {
        .name = bytes_from_z(name),
        .secret_sha256 = {(const char *)digest, sizeof digest},
        .scopes = bytes_from_z(scopes[visitor - VISITOR_READ_TOKEN]),
        .created_by = BYTES_LIT("test"),
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .expires_utc = VISITOR_NOW_UTC + (visitor == VISITOR_EXPIRED_TOKEN ? -1 : 86400),
    };
    MUST(token_put_new(store, &row, &err));
}

static inline void visitor_put_session(struct store *store, enum visitor visitor, int64_t team_id)
{
    struct err err;
    char name[32], secret[VISITOR_SECRET_BYTES];
    unsigned char digest[SHA256_BYTES];
    visitor_name(visitor, name);
    visitor_secret(visitor, secret);
    MUST(sha256_of(bytes_from_z(secret), digest, &err));
    struct account_row account = {
        .name = bytes_from_z(name),
        .display_name = BYTES_LIT("测试"),
        .role = bytes_from_z(role_word(visitor_role(visitor))),
        .team_id = team_id,
        .password = BYTES_LIT("no hash"),
        .must_change = visitor == VISITOR_MUST_CHANGE,
        .totp_is_confirmed = visitor != VISITOR_MUST_CHANGE && visitor != VISITOR_MUST_ENROL,
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .created_by = BYTES_LIT("test"),
    };
    MUST(account_put_new(store, &account, &err));
    struct session_row session = {
        .account_id = account.id,
        .secret_sha256 = {(const char *)digest, sizeof digest},
        .csrf = bytes_from_z(visitor_csrf),
        .stage = visitor == VISITOR_MUST_CHANGE  ? BYTES_LIT("must_change")
                 : visitor == VISITOR_MUST_ENROL ? BYTES_LIT("must_enrol")
                                                 : BYTES_LIT("full"),
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .seen_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .address = BYTES_LIT("127.0.0.1"),
        .agent = BYTES_LIT("test"),
    };
    MUST(session_put_new(store, &session, &err));
}

/* All of them, in a transaction of its own. */
static inline void visitors_put(struct store *store)
{
    struct err err;
    struct team_row team = {
        .name = BYTES_LIT("外包"),
        .kind = BYTES_LIT("contractor"),
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
    };
    MUST(store_begin(store, &err));
    MUST(team_store(store, &team, &err));
    MUST(team_get(store, BYTES_LIT("外包"), &team, &err));
    for (int i = VISITOR_ROLES; i < VISITORS; i++) {
        if (visitor_is_token((enum visitor)i))
            visitor_put_token(store, (enum visitor)i);
        else
            visitor_put_session(store, (enum visitor)i, i == VISITOR_CONTRACTOR ? team.id : 0);
    }
    MUST(store_commit(store, &err));
}

/* The headers that a request of theirs brings. */
static inline void visitor_headers(enum visitor visitor, bool with_csrf, struct buf *out)
{
    char secret[VISITOR_SECRET_BYTES];
    visitor_secret(visitor, secret);
    if (visitor_is_token(visitor))
        buf_printf(out, "Authorization: Bearer %s\r\n", secret);
    else if (visitor != VISITOR_NOBODY)
        buf_printf(out, "Cookie: __Host-pingyi=%s\r\n", secret);
    if (with_csrf && !visitor_is_token(visitor))
        buf_printf(out, "X-CSRF-Token: %s\r\n", visitor_csrf);
}

#endif
