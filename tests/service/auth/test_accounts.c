#include "tests/service/auth/office_fixture.h"
#include "tests/support/fault.h"

static int add(struct office_fixture *fixture, const struct account_wish *wish, struct err *err)
{
    int64_t id = 0;
    return account_add(&fixture->office, wish, OFFICE_FIXTURE_HASH, &id, err);
}

static void account_add__checks_every_field(void **state)
{
    struct office_fixture *fixture = *state;
    static const struct {
        const char *name, *display_name;
        enum role role;
        const char *team, *unit_code;
        int rc;
        const char *field;
    } cases[] = {
        {"li", "李", ROLE_CALLER, "", "", OK, ""},
        {"li.na_2-x", "李娜", ROLE_OFFICE, "", "", OK, ""},
        {"a2345678901234567890123456789012", "李", ROLE_AUDITOR, "本办", "", OK, ""},
        {"county", "云岭县", ROLE_OFFICE, "", "U1", OK, ""},
        {"bureau", "城管局", ROLE_LIAISON, "", "U1", OK, ""},
        {"caller", "话务员", ROLE_CALLER, "外呼", "", OK, ""},
        {"l", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"a23456789012345678901234567890123", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"2li", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"Li", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"li na", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"cli:root", "李", ROLE_CALLER, "", "", ERR_FORMAT, "name"},
        {"lina", "", ROLE_CALLER, "", "", ERR_FORMAT, "display_name"},
        {"lina", "李\n娜", ROLE_CALLER, "", "", ERR_FORMAT, "display_name"},
        {"lina", "\xff", ROLE_CALLER, "", "", ERR_FORMAT, "display_name"},
        {"lina", "李", ROLE_CALLER, "不存在", "", ERR_NOT_FOUND, "team"},
        {"lina", "李", ROLE_OFFICE, "外呼", "", ERR_REFUSED, "contractor"},
        {"lina", "李", ROLE_ADMINISTRATOR, "外呼", "", ERR_REFUSED, "contractor"},
        {"lina", "李", ROLE_LIAISON, "", "", ERR_FORMAT, "unit_code"},
        {"lina", "李", ROLE_CALLER, "", "U1", ERR_FORMAT, "unit_code"},
        {"lina", "李", ROLE_OFFICE, "", "U2", ERR_NOT_FOUND, "U2"},
        {"li", "李", ROLE_CALLER, "", "", ERR_EXISTS, "li"},
    };
    office_add_unit(fixture, "U1");
    office_add_team(fixture, "本办", "own", 0);
    office_add_team(fixture, "外呼", "contractor", 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {.code = OK};
        struct account_wish wish = {
            .name = bytes_from_z(cases[i].name),
            .display_name = bytes_from_z(cases[i].display_name),
            .role = cases[i].role,
            .team = bytes_from_z(cases[i].team),
            .unit_code = bytes_from_z(cases[i].unit_code),
        };
        int rc = add(fixture, &wish, &err);
        if (rc != cases[i].rc || (rc != OK && strstr(err.message, cases[i].field) == NULL))
            fail_msg("case %d: %d %s", (int)i, rc, err.message);
    }
    struct account_row row = office_get(fixture, "bureau");
    assert_true(row.must_change && !row.is_disabled && row.created_utc == OFFICE_FIXTURE_UTC);
    assert_true(bytes_equal(row.created_by, BYTES_LIT("cli:root")));
    assert_true(bytes_equal(row.role, BYTES_LIT("liaison")));
    assert_true(bytes_equal(row.unit_code, BYTES_LIT("U1")));
}

static void account_add__keeps_a_team_within_its_number(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct account_wish wish = office_wish("aa", ROLE_CALLER);
    office_add_team(fixture, "外呼", "contractor", 2);
    wish.team = BYTES_LIT("外呼");
    MUST(add(fixture, &wish, &err));
    wish.name = BYTES_LIT("bb");
    MUST(add(fixture, &wish, &err));
    wish.name = BYTES_LIT("cc");
    assert_int_equal(add(fixture, &wish, &err), ERR_REFUSED);
    MUST(account_set_enabled(&fixture->office, BYTES_LIT("aa"), false, &err));
    MUST(add(fixture, &wish, &err));
    assert_int_equal(account_set_enabled(&fixture->office, BYTES_LIT("aa"), true, &err),
                     ERR_REFUSED);
    (void)office_add(fixture, "dd", ROLE_CALLER);
    wish.name = BYTES_LIT("dd");
    assert_int_equal(account_set_role(&fixture->office, &wish, &err), ERR_REFUSED);
    wish.name = BYTES_LIT("cc"); /* is in it already */
    wish.role = ROLE_SUPERVISOR;
    MUST(account_set_role(&fixture->office, &wish, &err));
}

/* Else they would make themselves what watches them: the first password is theirs to read. */
static void account_add__gives_an_administrator_no_second_self(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    static const enum role roles[] = {ROLE_ADMINISTRATOR, ROLE_SECURITY, ROLE_AUDITOR};
    char name[] = "watcher-a";
    (void)office_add(fixture, "adm", ROLE_ADMINISTRATOR);
    fixture->office.actor =
        (struct audit_actor){.who = BYTES_LIT("adm"), .role = BYTES_LIT("administrator")};
    struct account_wish wish = office_wish("sec", ROLE_SECURITY);
    MUST(add(fixture, &wish, &err));
    wish = office_wish("aud", ROLE_AUDITOR);
    MUST(add(fixture, &wish, &err));
    MUST(account_set_enabled(&fixture->office, BYTES_LIT("sec"), false, &err));
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        wish = office_wish(name, roles[i]);
        assert_int_equal(add(fixture, &wish, &err), ERR_PERMISSION);
    }
    wish = office_wish(name, ROLE_OFFICE);
    MUST(add(fixture, &wish, &err));
    fixture->office.actor =
        (struct audit_actor){.who = BYTES_LIT("cli:root"), .role = BYTES_LIT("cli")};
    (void)office_add(fixture, "sec2", ROLE_SECURITY);
}

static void account__leaves_an_administrator(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    struct err err = {.code = OK};
    struct account_wish wish = office_wish("adm1", ROLE_OFFICE);
    (void)office_add(fixture, "adm1", ROLE_ADMINISTRATOR);
    (void)office_add(fixture, "sec", ROLE_SECURITY);
    assert_int_equal(account_set_enabled(office, wish.name, false, &err), ERR_REFUSED);
    assert_int_equal(account_set_role(office, &wish, &err), ERR_REFUSED);
    wish.role = ROLE_ADMINISTRATOR;
    MUST(account_set_role(office, &wish, &err));
    (void)office_add(fixture, "adm2", ROLE_ADMINISTRATOR);
    MUST(account_set_enabled(office, BYTES_LIT("adm2"), false, &err));
    assert_int_equal(account_set_enabled(office, wish.name, false, &err), ERR_REFUSED);
    MUST(account_set_enabled(office, BYTES_LIT("adm2"), true, &err));
    wish.role = ROLE_OFFICE;
    office->actor.who = wish.name;
    assert_int_equal(account_set_role(office, &wish, &err), ERR_REFUSED);
    office->actor.who = BYTES_LIT("sec");
    MUST(account_set_role(office, &wish, &err));
    assert_true(bytes_equal(office_get(fixture, "adm1").role, BYTES_LIT("office")));
    assert_int_equal(account_set_enabled(office, BYTES_LIT("adm2"), false, &err), ERR_REFUSED);
}

static void account__changes_end_its_sessions(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    struct err err = {.code = OK};
    struct account_wish wish = office_wish("aa", ROLE_CHECKER);
    struct bytes name = BYTES_LIT("aa");
    (void)office_add(fixture, "aa", ROLE_CALLER);
    (void)office_add(fixture, "bb", ROLE_CALLER);
    int64_t other = office_try(fixture, "bb", true, "", 0).session_id;

    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    MUST(account_set_role(office, &wish, &err));
    assert_true(office_is_ended(fixture, session, "role"));
    session = office_try(fixture, "aa", true, "", 1).session_id;
    MUST(account_reset_totp(office, name, &err));
    assert_true(office_is_ended(fixture, session, "totp"));
    session = office_try(fixture, "aa", true, "", 2).session_id;
    MUST(account_set_enabled(office, name, false, &err));
    assert_true(office_is_ended(fixture, session, "disabled"));
    MUST(account_set_enabled(office, name, true, &err));
    session = office_try(fixture, "aa", true, "", 3).session_id;
    MUST(account_reset(office, name, "$argon2id$second", &err));
    assert_true(office_is_ended(fixture, session, "password"));
    assert_true(office_get(fixture, "aa").must_change);
    assert_int_equal(office_try(fixture, "aa", true, "", 4).result, SIGN_IN_WRONG);
    assert_true(office_is_ended(fixture, other, ""));
}

static void account_change_password__keeps_one_session(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct session_row row;
    int64_t id = office_add(fixture, "aa", ROLE_CALLER);
    (void)office_add(fixture, "bb", ROLE_CALLER);
    int64_t foreign = office_try(fixture, "bb", true, "", 0).session_id;
    int64_t first = office_try(fixture, "aa", true, "", 0).session_id;
    struct sign_in_outcome second = office_try(fixture, "aa", true, "", 1);
    assert_string_equal(second.stage, "must_change");
    assert_int_equal(account_change_password(&fixture->office, id, "$n", foreign, &err),
                     ERR_NOT_FOUND);
    MUST(account_change_password(&fixture->office, id, "$n", second.session_id, &err));
    assert_true(office_is_ended(fixture, first, "password"));
    MUST(session_get(fixture->base.store, second.session_id, &row, &err));
    assert_true(row.ended_utc == 0 && bytes_equal(row.stage, BYTES_LIT("full")));
    assert_true(bytes_equal(office_get(fixture, "aa").password, BYTES_LIT("$n")));
    assert_int_equal(account_change_password(&fixture->office, id, "$m", first, &err),
                     ERR_NOT_FOUND);
}

static void account_totp__is_bound_step_by_step(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    struct err err = {.code = OK};
    struct session_row row;
    unsigned char secret[TOTP_SECRET_BYTES], again[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], code[7];
    int64_t id = office_add(fixture, "aa", ROLE_OFFICE);
    int64_t stolen = office_try(fixture, "aa", true, "", 0).session_id;
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    MUST(account_change_password(office, id, OFFICE_FIXTURE_HASH, session, &err));
    stolen = office_try(fixture, "aa", true, "", 0).session_id;
    MUST(session_get(office->store, session, &row, &err));
    assert_true(bytes_equal(row.stage, BYTES_LIT("must_enrol")));

    assert_int_equal(account_renew_recovery(office, id, codes, &err), ERR_WRONG_STATE);
    assert_int_equal(account_confirm_totp(office, id, session, BYTES_LIT("123456"), codes, &err),
                     ERR_WRONG_STATE);
    MUST(account_begin_totp(office, id, again, &err));
    MUST(account_begin_totp(office, id, secret, &err));
    assert_memory_not_equal(secret, again, sizeof secret);
    assert_true(
        bytes_find(office_get(fixture, "aa").totp, (struct bytes){(const char *)secret, 4}) ==
        office_get(fixture, "aa").totp.len);
    office_code(again, 0, code);
    assert_int_equal(account_confirm_totp(office, id, session, bytes_from_z(code), codes, &err),
                     ERR_REFUSED);
    assert_false(office_get(fixture, "aa").totp_is_confirmed);
    office_code(secret, 0, code);
    MUST(account_confirm_totp(office, id, session, bytes_from_z(code), codes, &err));
    assert_true(office_get(fixture, "aa").totp_is_confirmed);
    assert_true(office_is_ended(fixture, stolen, "totp"));
    MUST(session_get(office->store, session, &row, &err));
    assert_true(row.ended_utc == 0 && bytes_equal(row.stage, BYTES_LIT("full")));

    assert_int_equal(account_begin_totp(office, id, again, &err), ERR_WRONG_STATE);
    assert_int_equal(account_confirm_totp(office, id, session, bytes_from_z(code), codes, &err),
                     ERR_WRONG_STATE);
    MUST(account_reset_totp(office, BYTES_LIT("aa"), &err));
    assert_int_equal(office_get(fixture, "aa").totp.len, 0);
    int left = -1;
    MUST(recovery_codes_left(office->store, id, &left, &err));
    assert_int_equal(left, 0);
    assert_string_equal(office_try(fixture, "aa", true, "", 1).stage, "must_enrol");
}

static void token__needs_name_scopes_and_an_end(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    static const struct {
        const char *name, *scopes;
        int64_t after_s;
        int rc;
    } cases[] = {
        {"工单系统", "read import", 1, OK},
        {"工单系统", "read", 1, ERR_EXISTS},
        {"监控", "metrics", 1, OK},
        {"", "read", 1, ERR_FORMAT},
        {"甲", "", 1, ERR_FORMAT},
        {"甲", "write", 1, ERR_FORMAT},
        {"甲", "read  import", 1, ERR_FORMAT},
        {"甲", "read read", 1, ERR_FORMAT},
        {"甲", "read", 0, ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {.code = OK};
        char secret[65] = "";
        int64_t id = 0;
        int rc = token_add(office, bytes_from_z(cases[i].name), bytes_from_z(cases[i].scopes),
                           OFFICE_FIXTURE_UTC + cases[i].after_s, secret, &id, &err);
        if (rc != cases[i].rc)
            fail_msg("case %d: %d %s", (int)i, rc, err.message);
        assert_int_equal(strlen(secret), rc == OK ? 64 : 0);
        assert_int_equal(id != 0, rc == OK);
    }
    struct err err = {.code = OK};
    char secret[65];
    int64_t id = 0;
    MUST(token_revoke(office, 1, &err));
    assert_int_equal(token_revoke(office, 99, &err), ERR_NOT_FOUND);
    MUST(token_add(office, BYTES_LIT("工单系统"), BYTES_LIT("read"), OFFICE_FIXTURE_UTC + 1, secret,
                   &id, &err));
}

static void team_put__changes_all_but_its_kind(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct team_row team = {.name = BYTES_LIT("外呼"), .kind = BYTES_LIT("contractor")}, got;
    MUST(team_put(&fixture->office, &team, &err));
    team.has_until = true;
    team.until_day = 20000;
    MUST(team_put(&fixture->office, &team, &err));
    MUST(team_get(fixture->base.store, team.name, &got, &err));
    assert_true(got.has_until && got.until_day == 20000 && got.created_utc == OFFICE_FIXTURE_UTC);
    team.kind = BYTES_LIT("own");
    assert_int_equal(team_put(&fixture->office, &team, &err), ERR_REFUSED);
    team.kind = BYTES_LIT("other");
    assert_int_equal(team_put(&fixture->office, &team, &err), ERR_FORMAT);
    team = (struct team_row){.kind = BYTES_LIT("own")};
    assert_int_equal(team_put(&fixture->office, &team, &err), ERR_FORMAT);
    team.name = BYTES_LIT("乙");
    team.max_accounts = -1;
    assert_int_equal(team_put(&fixture->office, &team, &err), ERR_FORMAT);
}

static void role_limits__stay_within_bounds(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    struct err err = {.code = OK};
    int64_t idle = 0, absolute = 0;
    MUST(role_limits_load(office->store, ROLE_CALLER, &idle, &absolute, &err));
    assert_true(idle == 600 && absolute == 43200);
    assert_int_equal(role_limits_put(office, ROLE_CALLER, 59, 3600, &err), ERR_FORMAT);
    assert_int_equal(role_limits_put(office, ROLE_CALLER, 86401, 604800, &err), ERR_FORMAT);
    assert_int_equal(role_limits_put(office, ROLE_CALLER, 301, 300, &err), ERR_FORMAT);
    assert_int_equal(role_limits_put(office, ROLE_CALLER, 60, 299, &err), ERR_FORMAT);
    assert_int_equal(role_limits_put(office, ROLE_CALLER, 60, 604801, &err), ERR_FORMAT);
    MUST(role_limits_put(office, ROLE_CALLER, 60, 300, &err));
    MUST(role_limits_load(office->store, ROLE_CALLER, &idle, &absolute, &err));
    assert_true(idle == 60 && absolute == 300);
    MUST(role_limits_load(office->store, ROLE_OFFICE, &idle, &absolute, &err));
    assert_true(idle == 600 && absolute == 43200);
}

static void account__enters_what_is_done_to_it(void **state)
{
    struct office_fixture *fixture = *state;
    struct account_office *office = &fixture->office;
    struct err err = {.code = OK};
    struct bytes name = BYTES_LIT("aa");
    struct account_wish wish = office_wish("aa", ROLE_OFFICE);
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES], token[65];
    int64_t token_id = 0;
    int64_t id = office_add(fixture, "aa", ROLE_CALLER);
    MUST(account_set_role(office, &wish, &err));
    MUST(account_set_enabled(office, name, false, &err));
    MUST(account_set_enabled(office, name, false, &err)); /* is so already */
    MUST(account_set_enabled(office, name, true, &err));
    MUST(account_reset(office, name, OFFICE_FIXTURE_HASH, &err));
    MUST(account_unlock(office, name, &err));
    int64_t session = office_try(fixture, "aa", true, "", 0).session_id;
    MUST(account_change_password(office, id, OFFICE_FIXTURE_HASH, session, &err));
    office_enrol(fixture, id, session, 0, secret, codes);
    MUST(account_renew_recovery(office, id, codes, &err));
    MUST(account_reset_totp(office, name, &err));
    session = office_try(fixture, "aa", true, "", 1).session_id;
    MUST(session_end(office, session, "sign_out", &err));
    MUST(session_end(office, session, "revoked", &err)); /* is so already */
    session = office_try(fixture, "aa", true, "", 2).session_id;
    MUST(session_end(office, session, "revoked", &err));
    assert_int_equal(session_end(office, 99, "revoked", &err), ERR_NOT_FOUND);
    office_add_team(fixture, "外呼", "contractor", 0);
    office_add_team(fixture, "外呼", "contractor", 5);
    MUST(role_limits_put(office, ROLE_CALLER, 1800, 43200, &err));
    MUST(token_add(office, BYTES_LIT("甲"), BYTES_LIT("read"), OFFICE_FIXTURE_UTC + 9, token,
                   &token_id, &err));
    MUST(token_revoke(office, token_id, &err));
    assert_string_equal(office_log(fixture, 0), "cli:root account.add aa done\n"
                                                "cli:root account.role aa done\n"
                                                "cli:root account.disable aa done\n"
                                                "cli:root account.enable aa done\n"
                                                "cli:root account.reset aa done\n"
                                                "cli:root account.unlock aa done\n"
                                                "aa session.open aa done\n"
                                                "cli:root account.password aa done\n"
                                                "cli:root account.totp aa done\n"
                                                "cli:root account.recovery aa done\n"
                                                "cli:root account.totp_reset aa done\n"
                                                "aa session.open aa done\n"
                                                "cli:root session.close aa done\n"
                                                "aa session.open aa done\n"
                                                "cli:root session.revoke aa done\n"
                                                "cli:root team.add 外呼 done\n"
                                                "cli:root team.change 外呼 done\n"
                                                "cli:root role.limits caller done\n"
                                                "cli:root token.add 1 done\n"
                                                "cli:root token.revoke 1 done\n");
}

/* From the account to its last session; as after an error, all is rolled back. */
static int live(void *context, struct err *err)
{
    struct office_fixture *fixture = context;
    struct account_office *office = &fixture->office;
    struct account_wish wish = office_wish("aa", ROLE_OFFICE);
    struct sign_in sign_in = {
        .name = wish.name, .password_holds = true, .password_hash = BYTES_LIT(OFFICE_FIXTURE_HASH)};
    struct sign_in_outcome outcome = {.session_id = 0};
    struct sign_in_look look;
    unsigned char secret[TOTP_SECRET_BYTES];
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES] = {""}, code[7] = "", token[65];
    int64_t id = 0;
    int rc = store_begin(office->store, err);
    if (rc == OK)
        rc = account_add(office, &wish, OFFICE_FIXTURE_HASH, &id, err);
    if (rc == OK)
        rc = account_look(office->store, wish.name, office->now_utc, &look, err);
    if (rc == OK)
        rc = account_sign_in(office, &sign_in, &outcome, err);
    if (rc == OK)
        rc = account_begin_totp(office, id, secret, err);
    if (rc == OK)
        office_code(secret, 0, code);
    if (rc == OK)
        rc = account_confirm_totp(office, id, outcome.session_id, bytes_from_z(code), codes, err);
    sign_in.code = bytes_from_z(codes[3]);
    if (rc == OK)
        rc = account_sign_in(office, &sign_in, &outcome, err);
    if (rc == OK)
        assert_true(outcome.result == SIGN_IN_OPENED && outcome.recovery_codes_left == 9);
    if (rc == OK)
        rc = account_sign_in(office, &sign_in, &outcome, err);
    if (rc == OK)
        assert_int_equal(outcome.result, SIGN_IN_WRONG);
    if (rc == OK)
        rc = token_add(office, BYTES_LIT("甲"), BYTES_LIT("read"), INT64_MAX, token, &id, err);
    if (rc == OK)
        rc = account_reset(office, wish.name, OFFICE_FIXTURE_HASH, err);
    store_rollback(office->store);
    return rc;
}

static void account__survives_lack_of_memory(void **state)
{
    struct office_fixture *fixture = *state;
    store_rollback(fixture->base.store);
    fault_loop(live, fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(account_add__checks_every_field),
        OFFICE_TEST(account_add__keeps_a_team_within_its_number),
        OFFICE_TEST(account_add__gives_an_administrator_no_second_self),
        OFFICE_TEST(account__leaves_an_administrator),
        OFFICE_TEST(account__changes_end_its_sessions),
        OFFICE_TEST(account_change_password__keeps_one_session),
        OFFICE_TEST(account_totp__is_bound_step_by_step),
        OFFICE_TEST(token__needs_name_scopes_and_an_end),
        OFFICE_TEST(team_put__changes_all_but_its_kind),
        OFFICE_TEST(role_limits__stay_within_bounds),
        OFFICE_TEST(account__enters_what_is_done_to_it),
        OFFICE_TEST(account__survives_lack_of_memory),
    };
    if (!vault_use_allocator())
        return 1;
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
