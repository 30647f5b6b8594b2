#include "service/auth/role.h"

#include <assert.h>

static const struct {
    const char *word, *zh;
} roles[ROLE_COUNT] = {
#define X(name, word, zh) {word, zh},
    ROLES(X)
#undef X
};

const char *role_word(enum role role)
{
    assert(role < ROLE_COUNT);
    return roles[role].word;
}

const char *role_zh(enum role role)
{
    assert(role < ROLE_COUNT);
    return roles[role].zh;
}

bool role_from_word(struct bytes word, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (bytes_equal(word, bytes_from_z(roles[i].word))) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

uint32_t access_of_scope(struct bytes word)
{
    if (bytes_equal(word, BYTES_LIT("read")))
        return ACCESS_READ_TOKEN;
    if (bytes_equal(word, BYTES_LIT("import")))
        return ACCESS_IMPORT_TOKEN;
    return bytes_equal(word, BYTES_LIT("metrics")) ? ACCESS_METRICS_TOKEN : 0;
}

bool role_needs_totp(enum role role)
{
    return role != ROLE_CALLER;
}

bool role_watches_others(enum role role)
{
    return role == ROLE_ADMINISTRATOR || role == ROLE_SECURITY || role == ROLE_AUDITOR;
}

bool role_may_be_in_contractor_team(enum role role)
{
    return role == ROLE_SUPERVISOR || role == ROLE_CHECKER || role == ROLE_CALLER;
}
