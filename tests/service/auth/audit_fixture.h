#ifndef PINGYI_TESTS_SERVICE_AUTH_AUDIT_FIXTURE_H
#define PINGYI_TESTS_SERVICE_AUTH_AUDIT_FIXTURE_H

#include "service/auth/audit.h"
#include "service/storage/audit_log.h"

#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* A store with a vault and a chain, and a log of a few entries. */
struct audit_fixture {
    char directory[TEMP_DIR_BYTES];
    char path[TEMP_DIR_BYTES + 32], key[TEMP_DIR_BYTES + 32];
    struct store *store;
    struct vault *vault;
    struct audit_chain *chain;
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != OK)                                                                          \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* 2024-07-01T00:00:00.000Z */
#define AUDIT_FIXTURE_MS INT64_C(1719792000000)

static inline void audit_fixture_init(struct audit_fixture *fixture)
{
    struct err err = {.code = OK};
    memset(fixture, 0, sizeof *fixture);
    temp_dir_make(fixture->directory);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/pingyi.db", fixture->directory);
    (void)snprintf(fixture->key, sizeof fixture->key, "%s/vault.key", fixture->directory);
    struct store_options options = {.path = fixture->path, .mode = STORE_CREATE};
    MUST(store_open(&options, &fixture->store, &err));
    MUST(vault_create(fixture->key, &err));
    MUST(vault_open(fixture->key, &fixture->vault, &err));
    MUST(audit_chain_new(fixture->vault, &fixture->chain, &err));
}

static inline void audit_fixture_deinit(struct audit_fixture *fixture)
{
    audit_chain_free(fixture->chain);
    vault_free(fixture->vault);
    store_close(fixture->store);
    temp_dir_remove(fixture->directory);
}

static inline int audit_fixture_setup(void **state)
{
    static struct audit_fixture fixture;
    audit_fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static inline int audit_fixture_teardown(void **state)
{
    audit_fixture_deinit(*state);
    return 0;
}

#define AUDIT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, audit_fixture_setup, audit_fixture_teardown)

static inline struct audit_entry audit_fixture_entry(int64_t at_ms)
{
    return (struct audit_entry){
        .actor = {.who = BYTES_LIT("cli:root"),
                  .role = BYTES_LIT("cli"),
                  .address = BYTES_LIT("10.0.0.1"),
                  .at_ms = at_ms},
        .action = "round.step",
        .target = BYTES_LIT("2024-05"),
        .outcome = AUDIT_DONE,
        .details = BYTES_LIT("{\"step\":\"freeze\"}"),
    };
}

/* `count` entries, a second apart, committed. */
static inline void audit_fixture_fill(struct audit_fixture *fixture, int count)
{
    struct err err = {.code = OK};
    MUST(store_begin(fixture->store, &err));
    for (int i = 0; i < count; i++) {
        struct audit_entry entry = audit_fixture_entry(AUDIT_FIXTURE_MS + 1000 * i);
        MUST(audit_append(fixture->chain, fixture->store, &entry, &err));
    }
    MUST(store_commit(fixture->store, &err));
}

#endif
