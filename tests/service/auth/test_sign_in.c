#include "service/auth/digest.h"

#include "tests/service/auth/office_fixture.h"

static void account_sign_in__opens_a_session_of_its_own_each_time(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct session_row row;
    unsigned char digest[32];
    int64_t id = office_add(fixture, "aa", ROLE_CALLER);
    struct sign_in_outcome first = office_try(fixture, "aa", true, "", 0);
    struct sign_in_outcome second = office_try(fixture, "aa", true, "", 0);
    assert_int_equal(first.result, SIGN_IN_OPENED);
    assert_true(first.account_id == id && first.recovery_codes_left == -1);
    assert_true(first.session_id != second.session_id);
    assert_string_not_equal(first.secret, second.secret);
    assert_string_not_equal(first.csrf, second.csrf);
    assert_string_not_equal(first.csrf, first.secret);
    assert_true(strspn(first.secret, "0123456789abcdef") == 64 && strlen(first.secret) == 64);
    assert_int_equal(strlen(first.csrf), 64);

    MUST(sha256_of(bytes_from_z(first.secret), digest, &err));
    MUST(session_get(fixture->base.store, first.session_id, &row, &err));
    assert_int_equal(row.secret_sha256.len, 32);
    assert_memory_equal(row.secret_sha256.ptr, digest, 32);
    assert_true(bytes_equal(row.csrf, bytes_from_z(first.csrf)));
    assert_true(bytes_equal(row.address, BYTES_LIT("10.0.0.7")));
    assert_true(bytes_equal(row.stage, bytes_from_z(first.stage)));
    assert_true(row.created_utc == OFFICE_FIXTURE_UTC && row.seen_utc == OFFICE_FIXTURE_UTC);
    assert_int_equal(office_get(fixture, "aa").signed_in_utc, OFFICE_FIXTURE_UTC);
}

static void account_sign_in__tells_what_is_left_to_do(void **state)
{
    struct office_fixture *fixture = *state;
    (void)office_add(fixture, "caller", ROLE_CALLER);
    (void)office_add(fixture, "office", ROLE_OFFICE);
    assert_string_equal(office_try(fixture, "caller", true, "", 0).stage, "must_change");
    assert_string_equal(office_try(fixture, "office", true, "", 0).stage, "must_change");
    office_settle(fixture, "caller");
    office_settle(fixture, "office");
    assert_string_equal(office_try(fixture, "caller", true, "", 0).stage, "full");
    assert_string_equal(office_try(fixture, "office", true, "", 0).stage, "must_enrol");
}

static void account_sign_in__cuts_and_mends_the_agent(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct session_row row;
    struct sign_in_outcome outcome;
    char agent[4096];
    (void)office_add(fixture, "aa", ROLE_CALLER);
    memset(agent, 'x', sizeof agent);
    agent[0] = '\xff';
    struct sign_in sign_in = {
        .name = BYTES_LIT("aa"),
        .password_holds = true,
        .password_hash = BYTES_LIT(OFFICE_FIXTURE_HASH),
        .agent = {agent, sizeof agent},
    };
    MUST(account_sign_in(&fixture->office, &sign_in, &outcome, &err));
    MUST(session_get(fixture->base.store, outcome.session_id, &row, &err));
    assert_int_equal(row.agent.len, 200 - 1 + 3);
    assert_memory_equal(row.agent.ptr, "\xef\xbf\xbdx", 4);
}

static void account_sign_in__ends_the_oldest_session_of_six(void **state)
{
    struct office_fixture *fixture = *state;
    int64_t ids[7];
    (void)office_add(fixture, "aa", ROLE_CALLER);
    for (int i = 0; i < 7; i++)
        ids[i] = office_try(fixture, "aa", true, "", i).session_id;
    for (int i = 0; i < 7; i++)
        assert_true(office_is_ended(fixture, ids[i], i < 2 ? "replaced" : ""));
    assert_non_null(strstr(office_log(fixture, 0), "aa session.revoke aa done\n"));

    struct err err = {.code = OK};
    struct session_row row;
    (void)office_try(fixture, "aa", true, "",
                     184 * 86400 + 5); /* the first ended at 5 s, the second at 6 */
    assert_int_equal(session_get(fixture->base.store, ids[0], &row, &err), ERR_NOT_FOUND);
    MUST(session_get(fixture->base.store, ids[1], &row, &err));
    MUST(session_get(fixture->base.store, ids[2], &row, &err));
}

static void account_sign_in__compares_with_the_hash_of_now(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    (void)office_add(fixture, "aa", ROLE_CALLER);
    MUST(account_reset(&fixture->office, BYTES_LIT("aa"), "$argon2id$other", &err));
    assert_int_equal(office_try(fixture, "aa", true, "", 0).result, SIGN_IN_WRONG);
}

/* What one meets who tries a name; the same whether it exists or not. */
struct met {
    int result;
    int64_t retry_after_s, looked_retry_s;
};

static struct met try_once(struct office_fixture *fixture, const char *name, int64_t after_s)
{
    struct err err = {.code = OK};
    struct sign_in_look look;
    MUST(account_look(fixture->base.store, bytes_from_z(name), OFFICE_FIXTURE_UTC + after_s, &look,
                      &err));
    struct sign_in_outcome outcome = office_try(fixture, name, false, "", after_s);
    assert_true(outcome.session_id == 0 && outcome.account_id == 0);
    assert_true(outcome.secret[0] == '\0' && outcome.csrf[0] == '\0');
    return (struct met){outcome.result, outcome.retry_after_s, look.retry_after_s};
}

static void account_sign_in__waits_longer_and_locks_for_any_name(void **state)
{
    struct office_fixture *fixture = *state;
    static const struct {
        int64_t after_s;
        struct met met;
    } tries[] = {
        {0, {SIGN_IN_WRONG, 1, 0}},     {0, {SIGN_IN_LOCKED, 1, 1}},
        {1, {SIGN_IN_WRONG, 2, 0}},     {2, {SIGN_IN_LOCKED, 1, 1}},
        {3, {SIGN_IN_WRONG, 4, 0}},     {3, {SIGN_IN_LOCKED, 4, 4}},
        {7, {SIGN_IN_WRONG, 8, 0}},     {14, {SIGN_IN_LOCKED, 1, 1}},
        {15, {SIGN_IN_WRONG, 300, 0}},  {15, {SIGN_IN_LOCKED, 300, 300}},
        {314, {SIGN_IN_LOCKED, 1, 1}},  {315, {SIGN_IN_WRONG, 1, 0}},
        {316, {SIGN_IN_WRONG, 2, 0}},   {616, {SIGN_IN_WRONG, 1, 0}}, /* forgotten */
        {900, {SIGN_IN_WRONG, 2, 0}},   {899, {SIGN_IN_LOCKED, 3, 3}},
        {-5000, {SIGN_IN_WRONG, 1, 0}}, /* a clock set back locks nobody for long */
    };
    (void)office_add(fixture, "known", ROLE_OFFICE);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        static const char *const names[] = {"known", "unknown", "Not A Name", ""};
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            struct met met = try_once(fixture, names[j], tries[i].after_s);
            if (met.result != tries[i].met.result ||
                met.retry_after_s != tries[i].met.retry_after_s ||
                met.looked_retry_s != tries[i].met.looked_retry_s)
                fail_msg("\"%s\" at %d: %d, %d, looked %d", names[j], (int)tries[i].after_s,
                         met.result, (int)met.retry_after_s, (int)met.looked_retry_s);
        }
    }
}

static void account_sign_in__is_refused_while_locked_whatever_it_brings(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    static const int64_t times[] = {0, 1, 3, 7, 15};
    (void)office_add(fixture, "aa", ROLE_CALLER);
    for (int i = 0; i < 5; i++)
        assert_int_equal(office_try(fixture, "aa", false, "", times[i]).result, SIGN_IN_WRONG);
    assert_int_equal(office_get(fixture, "aa").locked_until_utc, OFFICE_FIXTURE_UTC + 315);
    assert_int_equal(office_try(fixture, "aa", true, "", 314).result, SIGN_IN_LOCKED);
    MUST(account_unlock(&fixture->office, BYTES_LIT("aa"), &err));
    assert_int_equal(office_try(fixture, "aa", true, "", 314).result, SIGN_IN_OPENED);
    assert_int_equal(office_get(fixture, "aa").failures, 0);
    assert_int_equal(office_get(fixture, "aa").locked_until_utc, 0);
    assert_int_equal(office_try(fixture, "aa", false, "", 315).retry_after_s, 1);
    assert_int_equal(office_get(fixture, "aa").failures, 1);
    assert_int_equal(office_try(fixture, "aa", true, "", 316).result, SIGN_IN_OPENED);
    assert_int_equal(office_get(fixture, "aa").failures, 0);
}

static void account_sign_in__enters_failures_without_the_name_typed(void **state)
{
    struct office_fixture *fixture = *state;
    static const int64_t times[] = {0, 1, 3, 7, 15, 16};
    (void)office_add(fixture, "aa", ROLE_CALLER);
    int64_t before = office_log_end(fixture);
    for (int i = 0; i < 6; i++)
        (void)office_try(fixture, "aa", false, "", times[i]);
    assert_string_equal(office_log(fixture, before), "- session.open aa failed\n"
                                                     "- session.open aa failed\n"
                                                     "- session.open aa failed\n"
                                                     "- session.open aa failed\n"
                                                     "- session.open aa failed\n"
                                                     "- account.lock aa done\n");
    before = office_log_end(fixture);
    for (int i = 0; i < 6; i++)
        (void)office_try(fixture, "my-secret-password", false, "", times[i]);
    assert_string_equal(office_log(fixture, before), "- session.open - failed\n"
                                                     "- session.open - failed\n"
                                                     "- session.open - failed\n"
                                                     "- session.open - failed\n"
                                                     "- session.open - failed\n"
                                                     "- account.lock - done\n");
}

static void account_sign_in__tells_of_an_end_only_behind_the_password(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct account_wish wish = office_wish("bb", ROLE_CALLER);
    int64_t id = 0;
    struct team_row team = {.name = BYTES_LIT("外呼"),
                            .kind = BYTES_LIT("contractor"),
                            .has_until = true,
                            .until_day = OFFICE_FIXTURE_UTC / 86400};
    MUST(team_put(&fixture->office, &team, &err));
    wish.team = team.name;
    MUST(account_add(&fixture->office, &wish, OFFICE_FIXTURE_HASH, &id, &err));
    (void)office_add(fixture, "aa", ROLE_CALLER);
    MUST(account_set_enabled(&fixture->office, BYTES_LIT("aa"), false, &err));
    assert_int_equal(office_try(fixture, "aa", true, "", 0).result, SIGN_IN_ENDED);
    assert_int_equal(office_try(fixture, "aa", false, "", 0).result, SIGN_IN_WRONG);
    /* That day ends at midnight in the east: 16 hours after the beginning, which is midnight in UTC. */
    assert_int_equal(office_try(fixture, "bb", true, "", 16 * 3600 - 1).result, SIGN_IN_OPENED);
    assert_int_equal(office_try(fixture, "bb", true, "", 16 * 3600).result, SIGN_IN_ENDED);
    assert_int_equal(office_try(fixture, "bb", false, "", 16 * 3600).result, SIGN_IN_WRONG);
}

static void account_sign_in__asks_for_the_second_factor(void **state)
{
    struct office_fixture *fixture = *state;
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], code[7], typed[16];
    int64_t id = office_add(fixture, "aa", ROLE_OFFICE);
    office_settle(fixture, "aa");
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    office_enrol(fixture, id, session, 0, secret, codes);

    assert_int_equal(office_try(fixture, "aa", true, "", 60).result, SIGN_IN_NEEDS_CODE);
    assert_int_equal(office_try(fixture, "aa", true, "", 60).result, SIGN_IN_NEEDS_CODE);
    office_code(secret, 0, code); /* the one it was bound with */
    assert_int_equal(office_try(fixture, "aa", true, code, 20).result, SIGN_IN_WRONG);
    office_code(secret, 60, code);
    (void)snprintf(typed, sizeof typed, "%.3s %s", code, code + 3);
    struct sign_in_outcome outcome = office_try(fixture, "aa", true, typed, 60);
    assert_int_equal(outcome.result, SIGN_IN_OPENED);
    assert_string_equal(outcome.stage, "full");
    assert_int_equal(outcome.recovery_codes_left, -1);
    assert_int_equal(office_try(fixture, "aa", true, code, 60).result, SIGN_IN_WRONG);
    assert_int_equal(office_try(fixture, "aa", true, code, 89).result, SIGN_IN_WRONG);
    office_code(secret, 90, code);
    assert_int_equal(office_try(fixture, "aa", false, code, 92).result, SIGN_IN_WRONG);
    /* It was not used up by a wrong password. */
    assert_int_equal(office_try(fixture, "aa", true, code, 96).result, SIGN_IN_OPENED);
}

static void account_sign_in__takes_each_recovery_code_once(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], renewed[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    int64_t id = office_add(fixture, "aa", ROLE_OFFICE);
    office_settle(fixture, "aa");
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    office_enrol(fixture, id, session, 0, secret, codes);
    for (int i = 0; i < RECOVERY_CODES - 1; i++) {
        struct sign_in_outcome outcome = office_try(fixture, "aa", true, codes[i], i * 1000);
        assert_int_equal(outcome.result, SIGN_IN_OPENED);
        assert_int_equal(outcome.recovery_codes_left, RECOVERY_CODES - 1 - i);
        outcome = office_try(fixture, "aa", true, codes[i], i * 1000 + 1);
        assert_int_equal(outcome.result, SIGN_IN_WRONG);
        assert_int_equal(outcome.recovery_codes_left, -1);
    }
    MUST(account_renew_recovery(&fixture->office, id, renewed, &err));
    assert_int_equal(office_try(fixture, "aa", true, codes[9], 20000).result, SIGN_IN_WRONG);
    assert_int_equal(office_try(fixture, "aa", true, renewed[9], 20001).result, SIGN_IN_OPENED);
    assert_int_equal(office_try(fixture, "aa", true, "no such code", 20002).result, SIGN_IN_WRONG);
}

static void account_sign_in__counts_wrong_codes_too(void **state)
{
    struct office_fixture *fixture = *state;
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], code[7];
    static const int64_t times[] = {100, 101, 103, 107, 115};
    int64_t id = office_add(fixture, "aa", ROLE_OFFICE);
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    office_enrol(fixture, id, session, 0, secret, codes);
    for (int i = 0; i < 5; i++) {
        office_code(secret, times[i], code);
        code[i] = (char)('0' + (code[i] - '0' + 1) % 10);
        assert_int_equal(office_try(fixture, "aa", true, code, times[i]).result, SIGN_IN_WRONG);
    }
    office_code(secret, 116, code);
    assert_int_equal(office_try(fixture, "aa", true, code, 116).result, SIGN_IN_LOCKED);
    office_code(secret, 415, code);
    assert_int_equal(office_try(fixture, "aa", true, code, 415).result, SIGN_IN_OPENED);
}

static void account_sign_in__tells_when_a_secret_cannot_be_opened(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct sign_in_outcome outcome = {.session_id = -7};
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    int64_t id = office_add(fixture, "aa", ROLE_OFFICE);
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    office_enrol(fixture, id, session, 0, secret, codes);
    struct account_row row = office_get(fixture, "aa");
    row.totp = BYTES_LIT("what another key sealed, or nobody did");
    MUST(account_put(fixture->base.store, &row, &err));
    struct sign_in sign_in = {.name = BYTES_LIT("aa"),
                              .password_holds = true,
                              .password_hash = BYTES_LIT(OFFICE_FIXTURE_HASH),
                              .code = BYTES_LIT("123456")};
    assert_int_equal(account_sign_in(&fixture->office, &sign_in, &outcome, &err), ERR_CORRUPT);
    assert_int_equal(outcome.session_id, -7);
}

static void account_look__gives_the_hash_or_nothing(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct sign_in_look look;
    (void)office_add(fixture, "aa", ROLE_CALLER);
    MUST(account_look(fixture->base.store, BYTES_LIT("aa"), OFFICE_FIXTURE_UTC, &look, &err));
    assert_string_equal(look.password_hash, OFFICE_FIXTURE_HASH);
    assert_int_equal(look.retry_after_s, 0);
    MUST(account_look(fixture->base.store, BYTES_LIT("bb"), OFFICE_FIXTURE_UTC, &look, &err));
    assert_string_equal(look.password_hash, "");
    assert_int_equal(look.retry_after_s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(account_sign_in__opens_a_session_of_its_own_each_time),
        OFFICE_TEST(account_sign_in__tells_what_is_left_to_do),
        OFFICE_TEST(account_sign_in__cuts_and_mends_the_agent),
        OFFICE_TEST(account_sign_in__ends_the_oldest_session_of_six),
        OFFICE_TEST(account_sign_in__compares_with_the_hash_of_now),
        OFFICE_TEST(account_sign_in__waits_longer_and_locks_for_any_name),
        OFFICE_TEST(account_sign_in__is_refused_while_locked_whatever_it_brings),
        OFFICE_TEST(account_sign_in__enters_failures_without_the_name_typed),
        OFFICE_TEST(account_sign_in__tells_of_an_end_only_behind_the_password),
        OFFICE_TEST(account_sign_in__asks_for_the_second_factor),
        OFFICE_TEST(account_sign_in__takes_each_recovery_code_once),
        OFFICE_TEST(account_sign_in__counts_wrong_codes_too),
        OFFICE_TEST(account_sign_in__tells_when_a_secret_cannot_be_opened),
        OFFICE_TEST(account_look__gives_the_hash_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
