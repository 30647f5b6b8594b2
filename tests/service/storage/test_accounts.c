#include "service/storage/accounts.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

#define DIGEST_A "a2345678901234567890123456789012"
#define DIGEST_B "b2345678901234567890123456789012"

static struct account_row sample_account(const char *name)
{
    return (struct account_row){
        .name = bytes_from_z(name),
        .display_name = BYTES_LIT("张三"),
        .role = BYTES_LIT("caller"),
        .password = BYTES_LIT("$argon2id$"),
        .password_utc = 1717300000,
        .must_change = true,
        .created_utc = 1717300000,
        .created_by = BYTES_LIT("cli:root"),
    };
}

static int64_t put_account(struct store *store, const char *name)
{
    struct err err = {.code = OK};
    struct account_row row = sample_account(name);
    MUST(account_put_new(store, &row, &err));
    return row.id;
}

static struct team_row sample_team(const char *name)
{
    return (struct team_row){
        .name = bytes_from_z(name),
        .kind = BYTES_LIT("contractor"),
        .has_until = true,
        .until_day = 19900,
        .max_accounts = 3,
        .created_utc = 1717300000,
    };
}

static int64_t put_session(struct store *store, int64_t account_id, struct bytes digest)
{
    struct err err = {.code = OK};
    struct session_row row = {
        .account_id = account_id,
        .secret_sha256 = digest,
        .csrf = BYTES_LIT("c5f"),
        .stage = BYTES_LIT("must_enrol"),
        .created_utc = 1717300100,
        .seen_utc = 1717300100,
        .address = BYTES_LIT("10.0.0.7"),
        .agent = BYTES_LIT("Mozilla/5.0"),
    };
    MUST(session_put_new(store, &row, &err));
    return row.id;
}

static void account_put__stores_every_column(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct team_row team = sample_team("外呼一组");
    struct account_row row = sample_account("zhang.san"), got;
    MUST(team_store(store, &team, &err));
    MUST(team_get(store, team.name, &team, &err));
    MUST(account_put_new(store, &row, &err));
    MUST(account_get_by_id(store, row.id, &got, &err));
    assert_true(bytes_equal(got.name, BYTES_LIT("zhang.san")) && got.must_change);
    assert_true(got.team_id == 0 && got.team_name.len == 0 && got.unit_code.len == 0);
    assert_true(got.totp.len == 0 && !got.is_disabled && got.signed_in_utc == 0);
    assert_true(bytes_equal(got.created_by, BYTES_LIT("cli:root")));

    struct account_row changed = {
        .id = row.id,
        .display_name = BYTES_LIT("李四"),
        .role = BYTES_LIT("checker"),
        .team_id = team.id,
        .unit_code = BYTES_LIT("U1"),
        .password = BYTES_LIT("$other$"),
        .password_utc = 2,
        .totp = {"\0\1\2", 3},
        .totp_is_confirmed = true,
        .totp_step = 3,
        .failures = 4,
        .failed_utc = 5,
        .locked_until_utc = 6,
        .is_disabled = true,
        .disabled_utc = 7,
        .signed_in_utc = 8,
    };
    MUST(account_put(store, &changed, &err));
    MUST(account_get(store, BYTES_LIT("zhang.san"), &got, &err));
    assert_true(got.id == row.id && got.created_utc == 1717300000);
    assert_true(bytes_equal(got.display_name, BYTES_LIT("李四")));
    assert_true(bytes_equal(got.role, BYTES_LIT("checker")));
    assert_true(bytes_equal(got.team_name, BYTES_LIT("外呼一组")));
    assert_true(bytes_equal(got.team_kind, BYTES_LIT("contractor")));
    assert_true(got.team_id == team.id && got.team_has_until && got.team_until_day == 19900);
    assert_true(bytes_equal(got.unit_code, BYTES_LIT("U1")));
    assert_true(bytes_equal(got.password, BYTES_LIT("$other$")) && got.password_utc == 2);
    assert_true(!got.must_change && got.totp_is_confirmed && got.totp_step == 3);
    assert_int_equal(bytes_compare(got.totp, changed.totp), 0);
    assert_true(got.failures == 4 && got.failed_utc == 5 && got.locked_until_utc == 6);
    assert_true(got.is_disabled && got.disabled_utc == 7 && got.signed_in_utc == 8);
}

static void account_put__takes_a_name_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct account_row row = sample_account("a1");
    (void)put_account(store, "a1");
    assert_int_equal(account_put_new(store, &row, &err), ERR_EXISTS);
    assert_int_equal(row.id, 0);
    row.id = 99;
    assert_int_equal(account_put(store, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(account_get(store, BYTES_LIT("A1"), &row, &err), ERR_NOT_FOUND);
    assert_int_equal(account_get_by_id(store, 99, &row, &err), ERR_NOT_FOUND);
}

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT " ", BYTES_ARG(row->name));
    return OK;
}

static void accounts_each__goes_by_name(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, some = {.len = 0};
    (void)put_account(store, "b");
    (void)put_account(store, "c");
    (void)put_account(store, "a");
    MUST(accounts_each(store, BYTES_NONE, 0, on_account, &all, &err));
    assert_string_equal(all.text, "a b c ");
    MUST(accounts_each(store, BYTES_LIT("a"), 1, on_account, &some, &err));
    assert_string_equal(some.text, "b ");
}

static void accounts_count__counts_enabled_ones(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct team_row team = sample_team("外呼一组");
    struct account_row row = sample_account("a");
    int64_t of_role = -1, of_team = -1;
    MUST(team_store(store, &team, &err));
    MUST(team_get(store, team.name, &team, &err));
    row.team_id = team.id;
    MUST(account_put_new(store, &row, &err));
    (void)put_account(store, "b");
    MUST(accounts_count_of_role(store, BYTES_LIT("caller"), &of_role, &err));
    MUST(accounts_count_of_team(store, team.id, &of_team, &err));
    assert_true(of_role == 2 && of_team == 1);
    row.is_disabled = true;
    row.disabled_utc = 1;
    MUST(account_put(store, &row, &err));
    MUST(accounts_count_of_role(store, BYTES_LIT("caller"), &of_role, &err));
    MUST(accounts_count_of_team(store, team.id, &of_team, &err));
    assert_true(of_role == 1 && of_team == 0);
}

static int on_team(void *context, const struct team_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT ":%d:%d ", BYTES_ARG(row->name), (int)row->max_accounts,
                row->has_until ? (int)row->until_day : -1);
    return OK;
}

static void team_store__changes_by_name(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0};
    struct team_row team = sample_team("b"), got;
    MUST(team_store(store, &team, &err));
    team = sample_team("a");
    MUST(team_store(store, &team, &err));
    team.has_until = false;
    team.max_accounts = 0;
    team.created_utc = 1;
    MUST(team_store(store, &team, &err));
    MUST(teams_each(store, on_team, &all, &err));
    assert_string_equal(all.text, "a:0:-1 b:3:19900 ");
    MUST(team_get(store, BYTES_LIT("a"), &got, &err));
    assert_true(got.created_utc == 1717300000 && bytes_equal(got.kind, BYTES_LIT("contractor")));
    assert_int_equal(team_get(store, BYTES_LIT("c"), &got, &err), ERR_NOT_FOUND);
}

static int on_session(void *context, const struct session_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%d:" BYTES_FMT ":%d ", (int)row->id, BYTES_ARG(row->account_name),
                (int)row->seen_utc - 1717300000);
    return OK;
}

static void session__ends_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct session_row got;
    int64_t id = put_session(store, put_account(store, "a"), BYTES_LIT(DIGEST_A));
    MUST(session_put_stage(store, id, BYTES_LIT("full"), &err));
    MUST(session_put_seen(store, id, 1717300200, &err));
    MUST(session_put_seen(store, id, 1717300150, &err));
    MUST(session_get(store, id, &got, &err));
    assert_true(bytes_equal(got.account_name, BYTES_LIT("a")) && got.seen_utc == 1717300200);
    assert_true(bytes_equal(got.secret_sha256, BYTES_LIT(DIGEST_A)));
    assert_true(bytes_equal(got.csrf, BYTES_LIT("c5f")));
    assert_true(bytes_equal(got.stage, BYTES_LIT("full")) && got.created_utc == 1717300100);
    assert_true(bytes_equal(got.address, BYTES_LIT("10.0.0.7")));
    assert_true(bytes_equal(got.agent, BYTES_LIT("Mozilla/5.0")));
    assert_true(got.ended_utc == 0 && got.ended_why.len == 0);
    MUST(session_put_ended(store, id, 1717300300, BYTES_LIT("idle"), &err));
    MUST(session_put_ended(store, id, 1717300400, BYTES_LIT("revoked"), &err));
    MUST(session_get(store, id, &got, &err));
    assert_true(got.ended_utc == 1717300300 && bytes_equal(got.ended_why, BYTES_LIT("idle")));
    assert_int_equal(session_get(store, id + 1, &got, &err), ERR_NOT_FOUND);
    assert_int_equal(session_put_stage(store, id + 1, BYTES_LIT("full"), &err), ERR_NOT_FOUND);
}

static void sessions_each__lists_open_ones_newest_first(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, own = {.len = 0}, left = {.len = 0};
    int64_t a = put_account(store, "a"), b = put_account(store, "b");
    (void)put_session(store, a, BYTES_LIT("1"));
    (void)put_session(store, a, BYTES_LIT("2"));
    (void)put_session(store, b, BYTES_LIT("3"));
    (void)put_session(store, a, BYTES_LIT("4"));
    MUST(sessions_each(store, 0, on_session, &all, &err));
    assert_string_equal(all.text, "4:a:100 3:b:100 2:a:100 1:a:100 ");
    MUST(sessions_each(store, b, on_session, &own, &err));
    assert_string_equal(own.text, "3:b:100 ");
    MUST(sessions_put_ended(store, a, 2, 1717300300, BYTES_LIT("password"), &err));
    MUST(sessions_each(store, 0, on_session, &left, &err));
    assert_string_equal(left.text, "3:b:100 2:a:100 ");

    struct session_row got;
    MUST(sessions_put_ended(store, a, 0, 1717300301, BYTES_LIT("role"), &err));
    MUST(sessions_forget(store, 1717300300, &err));
    assert_int_equal(session_get(store, 1, &got, &err), ERR_NOT_FOUND);
    assert_int_equal(session_get(store, 4, &got, &err), ERR_NOT_FOUND);
    MUST(session_get(store, 2, &got, &err));
    MUST(session_get(store, 3, &got, &err));
}

static int on_token(void *context, const struct token_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT ":" BYTES_FMT ":%d:%d ", BYTES_ARG(row->name),
                BYTES_ARG(row->scopes), (int)row->expires_utc, (int)row->revoked_utc);
    return OK;
}

static void token__is_revoked_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0};
    struct token_row row = {.name = BYTES_LIT("工单系统"),
                            .secret_sha256 = BYTES_LIT(DIGEST_A),
                            .scopes = BYTES_LIT("read import"),
                            .created_by = BYTES_LIT("sec"),
                            .created_utc = 1,
                            .expires_utc = 9};
    MUST(token_put_new(store, &row, &err));
    MUST(token_put_revoked(store, row.id, 5, &err));
    MUST(token_put_revoked(store, row.id, 6, &err));
    assert_int_equal(token_put_revoked(store, row.id + 1, 6, &err), ERR_NOT_FOUND);
    MUST(tokens_each(store, on_token, &all, &err));
    assert_string_equal(all.text, "工单系统:read import:9:5 ");
}

static void recovery_code_use__takes_each_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    unsigned char codes[2][32];
    int left = -1;
    int64_t a = put_account(store, "a"), b = put_account(store, "b");
    memcpy(codes[0], DIGEST_A, 32);
    memcpy(codes[1], DIGEST_B, 32);
    MUST(recovery_codes_put(store, a, (const unsigned char(*)[32])codes, 2, &err));
    assert_int_equal(recovery_code_use(store, b, codes[0], 7, &left, &err), ERR_NOT_FOUND);
    assert_int_equal(left, -1);
    MUST(recovery_code_use(store, a, codes[0], 7, &left, &err));
    assert_int_equal(left, 1);
    assert_int_equal(recovery_code_use(store, a, codes[0], 8, &left, &err), ERR_NOT_FOUND);
    MUST(recovery_codes_put(store, a, (const unsigned char(*)[32])codes, 1, &err));
    assert_int_equal(recovery_code_use(store, a, codes[1], 9, &left, &err), ERR_NOT_FOUND);
    MUST(recovery_code_use(store, a, codes[0], 9, &left, &err));
    assert_int_equal(left, 0);
    MUST(recovery_codes_left(store, b, &left, &err));
    assert_int_equal(left, 0);
}

static void role_limits__are_kept_by_role(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t idle = 0, absolute = 0;
    assert_int_equal(role_limits_get(store, BYTES_LIT("caller"), &idle, &absolute, &err),
                     ERR_NOT_FOUND);
    MUST(role_limits_store(store, BYTES_LIT("caller"), 900, 7200, &err));
    MUST(role_limits_store(store, BYTES_LIT("caller"), 1800, 3600, &err));
    MUST(role_limits_get(store, BYTES_LIT("caller"), &idle, &absolute, &err));
    assert_true(idle == 1800 && absolute == 3600);
}

static void strangers_forget__keeps_the_newest(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct stranger_row row = {.failures = -1};
    unsigned char digest[32] = {0};
    MUST(stranger_get(store, digest, &row, &err));
    assert_true(row.failures == 0 && row.failed_utc == 0);
    for (int i = 0; i < 10; i++) {
        row = (struct stranger_row){.failures = i + 1, .failed_utc = 100 + i};
        digest[0] = (unsigned char)i;
        MUST(stranger_store(store, digest, &row, &err));
    }
    row = (struct stranger_row){.failures = 20, .failed_utc = 109};
    MUST(stranger_store(store, digest, &row, &err));
    MUST(strangers_forget(store, 102, 4, &err));
    for (int i = 0; i < 10; i++) {
        digest[0] = (unsigned char)i;
        MUST(stranger_get(store, digest, &row, &err));
        assert_int_equal(row.failures, i < 6 ? 0 : i == 9 ? 20 : i + 1);
    }
    MUST(strangers_forget(store, 107, 4, &err));
    digest[0] = 7;
    MUST(stranger_get(store, digest, &row, &err));
    assert_int_equal(row.failures, 0);
    digest[0] = 8;
    MUST(stranger_get(store, digest, &row, &err));
    assert_int_equal(row.failures, 9);
}

/* An account that comes, signs in and goes. */
static int live(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct listing sessions = {.len = 0};
    struct account_row row = sample_account("a");
    struct session_row session = {.secret_sha256 = BYTES_LIT(DIGEST_A),
                                  .csrf = BYTES_LIT("c"),
                                  .stage = BYTES_LIT("full"),
                                  .seen_utc = 1717300001};
    unsigned char code[1][32] = {{1}};
    int left = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = account_put_new(store, &row, err);
    session.account_id = row.id;
    if (rc == OK)
        rc = session_put_new(store, &session, err);
    if (rc == OK)
        rc = recovery_codes_put(store, row.id, (const unsigned char(*)[32])code, 1, err);
    if (rc == OK)
        rc = recovery_code_use(store, row.id, code[0], 1, &left, err);
    if (rc == OK)
        rc = sessions_each(store, row.id, on_session, &sessions, err);
    if (rc == OK)
        assert_string_equal(sessions.text, "1:a:1 ");
    if (rc == OK)
        rc = sessions_put_ended(store, row.id, 0, 2, BYTES_LIT("disabled"), err);
    if (rc == OK)
        rc = strangers_forget(store, 0, 1, err);
    store_rollback(store);
    return rc;
}

static void account__survives_lack_of_memory(void **state)
{
    fault_loop(live, *state);
}

static void account__survives_a_failing_disk(void **state)
{
    disk_loop(*state, live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(account_put__stores_every_column),
        TEST(account_put__takes_a_name_once),
        TEST(accounts_each__goes_by_name),
        TEST(accounts_count__counts_enabled_ones),
        TEST(team_store__changes_by_name),
        TEST(session__ends_once),
        TEST(sessions_each__lists_open_ones_newest_first),
        TEST(token__is_revoked_once),
        TEST(recovery_code_use__takes_each_once),
        TEST(role_limits__are_kept_by_role),
        TEST(strangers_forget__keeps_the_newest),
        TEST(account__survives_lack_of_memory),
        TEST(account__survives_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
