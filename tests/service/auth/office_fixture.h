#ifndef PINGYI_TESTS_SERVICE_AUTH_OFFICE_FIXTURE_H
#define PINGYI_TESTS_SERVICE_AUTH_OFFICE_FIXTURE_H

#include "service/auth/accounts.h"
#include "service/storage/units.h"

#include "tests/service/auth/audit_fixture.h"

#include <liboath/oath.h>

/* An office with an audit log, and people who sign in. Passwords are not hashed: a hash is a text like another, and
 * whether a password holds is a value. Its clock is a value too. */
struct office_fixture {
    struct audit_fixture base;
    struct vault_sealer *sealer;
    struct account_office office;
    char log[4096]; /* log_of's */
    size_t log_len;
};

#define OFFICE_FIXTURE_UTC  INT64_C(1719792000)
#define OFFICE_FIXTURE_HASH "$argon2id$first"

static inline void office_fixture_connect(struct office_fixture *fixture)
{
    fixture->office = (struct account_office){
        .store = fixture->base.store,
        .chain = fixture->base.chain,
        .totp_sealer = vault_sealer_door(fixture->sealer),
        .actor = {.who = BYTES_LIT("cli:root"),
                  .role = BYTES_LIT("cli"),
                  .at_ms = OFFICE_FIXTURE_UTC * 1000},
        .now_utc = OFFICE_FIXTURE_UTC,
    };
}

static inline int office_fixture_setup(void **state)
{
    static struct office_fixture fixture;
    struct err err = {.code = OK};
    memset(&fixture, 0, sizeof fixture);
    audit_fixture_init(&fixture.base);
    MUST(vault_sealer_new(fixture.base.vault, "totp", &fixture.sealer, &err));
    MUST(store_begin(fixture.base.store, &err));
    office_fixture_connect(&fixture);
    *state = &fixture;
    return 0;
}

static inline int office_fixture_teardown(void **state)
{
    struct office_fixture *fixture = *state;
    vault_sealer_free(fixture->sealer);
    store_rollback(fixture->base.store);
    audit_fixture_deinit(&fixture->base);
    return 0;
}

#define OFFICE_TEST(name)                                                                          \
    cmocka_unit_test_setup_teardown(name, office_fixture_setup, office_fixture_teardown)

static inline struct account_wish office_wish(const char *name, enum role role)
{
    return (struct account_wish){
        .name = bytes_from_z(name), .display_name = BYTES_LIT("某人"), .role = role};
}

static inline int64_t office_add(struct office_fixture *fixture, const char *name, enum role role)
{
    struct err err = {.code = OK};
    struct account_wish wish = office_wish(name, role);
    int64_t id = 0;
    if (role == ROLE_LIAISON)
        wish.unit_code = BYTES_LIT("U1");
    MUST(account_add(&fixture->office, &wish, OFFICE_FIXTURE_HASH, &id, &err));
    return id;
}

static inline void office_add_unit(struct office_fixture *fixture, const char *code)
{
    struct err err = {.code = OK};
    struct unit_row unit = {.code = bytes_from_z(code),
                            .name = bytes_from_z(code),
                            .class_name = BYTES_LIT("区县"),
                            .valid_from = UNIT_DAY_ALWAYS,
                            .valid_to = UNIT_DAY_ALWAYS};
    MUST(unit_put(fixture->base.store, &unit, unit.name, &err));
}

static inline void office_add_team(struct office_fixture *fixture, const char *name,
                                   const char *kind, int64_t max_accounts)
{
    struct err err = {.code = OK};
    struct team_row team = {
        .name = bytes_from_z(name), .kind = bytes_from_z(kind), .max_accounts = max_accounts};
    MUST(team_put(&fixture->office, &team, &err));
}

static inline struct account_row office_get(struct office_fixture *fixture, const char *name)
{
    struct err err = {.code = OK};
    struct account_row row;
    MUST(account_get(fixture->base.store, bytes_from_z(name), &row, &err));
    return row;
}

/* A first password was changed: the account needs no more than its second factor. */
static inline void office_settle(struct office_fixture *fixture, const char *name)
{
    struct err err = {.code = OK};
    struct account_row row = office_get(fixture, name);
    row.must_change = false;
    MUST(account_put(fixture->base.store, &row, &err));
}

/* A try `after_s` seconds after the fixture's beginning, with that code. */
static inline struct sign_in_outcome office_try(struct office_fixture *fixture, const char *name,
                                                bool holds, const char *code, int64_t after_s)
{
    struct err err = {.code = OK};
    struct sign_in_outcome outcome;
    struct sign_in sign_in = {
        .name = bytes_from_z(name),
        .password_holds = holds,
        .password_hash = BYTES_LIT(OFFICE_FIXTURE_HASH),
        .code = bytes_from_z(code),
        .address = BYTES_LIT("10.0.0.7"),
        .agent = BYTES_LIT("Mozilla/5.0"),
    };
    fixture->office.now_utc = OFFICE_FIXTURE_UTC + after_s;
    MUST(account_sign_in(&fixture->office, &sign_in, &outcome, &err));
    return outcome;
}

/* The code of an app `after_s` seconds after the beginning. */
static inline void office_code(const unsigned char secret[TOTP_SECRET_BYTES], int64_t after_s,
                               char out[7])
{
    uint64_t step = (uint64_t)(OFFICE_FIXTURE_UTC + after_s) / 30;
    assert_int_equal(oath_hotp_generate((const char *)secret, TOTP_SECRET_BYTES, step, 6, false,
                                        OATH_HOTP_DYNAMIC_TRUNCATION, out),
                     OATH_OK);
}

/* Bind a second factor in that session; the step of `after_s` is used up. */
static inline void office_enrol(struct office_fixture *fixture, int64_t account_id,
                                int64_t session_id, int64_t after_s,
                                unsigned char out_secret[TOTP_SECRET_BYTES],
                                char out_codes[RECOVERY_CODES][RECOVERY_CODE_BYTES])
{
    struct err err = {.code = OK};
    char code[7];
    fixture->office.now_utc = OFFICE_FIXTURE_UTC + after_s;
    MUST(account_begin_totp(&fixture->office, account_id, out_secret, &err));
    office_code(out_secret, after_s, code);
    MUST(account_confirm_totp(&fixture->office, account_id, session_id, bytes_from_z(code),
                              out_codes, &err));
}

static inline int office_on_entry(void *context, const struct audit_row *row, struct err *err)
{
    struct office_fixture *fixture = context;
    (void)err;
    int len =
        snprintf(fixture->log + fixture->log_len, sizeof fixture->log - fixture->log_len,
                 BYTES_FMT " " BYTES_FMT " " BYTES_FMT " " BYTES_FMT "\n", BYTES_ARG(row->who),
                 BYTES_ARG(row->action), BYTES_ARG(row->target), BYTES_ARG(row->outcome));
    fixture->log_len += (size_t)len;
    assert_true(fixture->log_len < sizeof fixture->log);
    return OK;
}

/* The log behind entry `after_id`, a line an entry: who, action, target, outcome. */
static inline const char *office_log(struct office_fixture *fixture, int64_t after_id)
{
    struct err err = {.code = OK};
    struct audit_filter filter = {.after_id = after_id};
    fixture->log_len = 0;
    fixture->log[0] = '\0';
    MUST(audit_each(fixture->base.store, &filter, office_on_entry, fixture, &err));
    return fixture->log;
}

static inline int64_t office_log_end(struct office_fixture *fixture)
{
    struct err err = {.code = OK};
    unsigned char mac[32];
    int64_t id = 0;
    MUST(audit_last(fixture->base.store, &id, mac, &err));
    return id;
}

/* Why a session has ended; "" when it has not. */
static inline struct bytes office_ended_why(struct office_fixture *fixture, int64_t session_id)
{
    struct err err = {.code = OK};
    struct session_row row;
    MUST(session_get(fixture->base.store, session_id, &row, &err));
    return row.ended_why;
}

static inline bool office_is_ended(struct office_fixture *fixture, int64_t session_id,
                                   const char *why)
{
    return bytes_equal(office_ended_why(fixture, session_id), bytes_from_z(why));
}

#endif
