#ifndef PINGYI_SERVICE_AUTH_ROLE_H
#define PINGYI_SERVICE_AUTH_ROLE_H

#include "base/bytes.h"

/* Who may do what. Each account has one role; each route names those who may (service/api/routes.c). Thread: any.
 *
 * The three administrators of 等保 are three people: administrator (系统管理员) adds, disables and resets accounts (of
 * the three no more than the first of each: accounts.h) and runs the service; security (安全管理员) gives roles, limits and
 * tokens; auditor (审计管理员) reads the audit log and changes nothing. */
#define ROLES(X)                                                                                   \
    X(ROLE_ADMINISTRATOR, "administrator", "系统管理员")                                           \
    X(ROLE_OFFICE, "office", "评价工作人员")                                                       \
    X(ROLE_SUPERVISOR, "supervisor", "督导员")                                                     \
    X(ROLE_CHECKER, "checker", "复核员")                                                           \
    X(ROLE_CALLER, "caller", "话务员")                                                             \
    X(ROLE_LIAISON, "liaison", "被评单位联络员")                                                   \
    X(ROLE_AUDITOR, "auditor", "审计管理员")                                                       \
    X(ROLE_SECURITY, "security", "安全管理员")

enum role {
#define X(name, word, zh) name,
    ROLES(X)
#undef X
        ROLE_COUNT
};

const char *role_word(enum role role);
const char *role_zh(enum role role);
bool role_from_word(struct bytes word, enum role *out);

/* Bits of a route's `access`. */
#define ACCESS_OF(role) (1U << (role))
enum {
    ACCESS_PUBLIC = 1U << 16, /* nobody is asked who they are */
    ACCESS_PARTIAL =
        1U << 17, /* also to a session that must first change its password or enrol its TOTP */
    ACCESS_READ_TOKEN = 1U << 18,    /* a token with scope `read` */
    ACCESS_IMPORT_TOKEN = 1U << 19,  /* … `import` */
    ACCESS_METRICS_TOKEN = 1U << 20, /* … `metrics` */
    ACCESS_LOOPBACK = 1U << 21,      /* whoever asks from this machine */
    ACCESS_OWN_PEOPLE = 1U << 22,    /* of those above no contractor's people: results per unit */
    ACCESS_ALL_UNITS = 1U << 23,     /* … nobody who sees one unit and those below it alone */
    ACCESS_UNATTENDED =
        1U << 24, /* asked by pages themselves: it keeps no session from being idle */
};
#define ACCESS_ANYONE ((1U << ROLE_COUNT) - 1) /* whoever has signed in */
/* What a token's scope `word` gives: read, import, metrics; 0: no such scope. */
uint32_t access_of_scope(struct bytes word);

bool role_needs_totp(enum role role);                /* all but callers */
bool role_may_be_in_contractor_team(enum role role); /* supervisor, checker, caller */
bool role_watches_others(enum role role);            /* the three administrators */

#endif
