#include "service/auth/session_book.h"

#include "service/auth/digest.h"

#include "tests/service/auth/office_fixture.h"
#include "tests/support/fault.h"

static struct session_book *load(struct office_fixture *fixture, int64_t after_s)
{
    struct err err = {.code = OK};
    struct session_book *book = NULL;
    MUST(session_book_load(fixture->base.store, OFFICE_FIXTURE_UTC + after_s, &book, &err));
    return book;
}

static enum session_state find(struct session_book *book, const char *secret, int64_t after_s,
                               struct identity *out)
{
    return session_book_find(book, bytes_from_z(secret), true, OFFICE_FIXTURE_UTC + after_s, out);
}

static enum session_state state_of(struct session_book *book, const char *secret, int64_t after_s)
{
    struct identity identity;
    return find(book, secret, after_s, &identity);
}

static void session_book_find__tells_who_it_is(void **state)
{
    struct office_fixture *fixture = *state;
    struct identity who = {.account_id = -1};
    office_add_unit(fixture, "U1");
    int64_t id = office_add(fixture, "bureau", ROLE_LIAISON);
    struct sign_in_outcome session = office_try(fixture, "bureau", true, "", 0);
    struct session_book *book = load(fixture, 0);
    assert_int_equal(session_book_count(book), 1);
    assert_int_equal(find(book, session.secret, 1, &who), SESSION_VALID);
    assert_true(who.account_id == id && who.session_id == session.session_id && who.token_id == 0);
    assert_true(who.role == ROLE_LIAISON && who.access == ACCESS_OF(ROLE_LIAISON));
    assert_true(who.is_partial && !who.is_contractor);
    assert_string_equal(who.stage, "must_change");
    assert_true(bytes_equal(who.name, BYTES_LIT("bureau")));
    assert_true(bytes_equal(who.display_name, BYTES_LIT("某人")));
    assert_true(bytes_equal(who.unit_code, BYTES_LIT("U1")));
    assert_true(bytes_equal(who.csrf, bytes_from_z(session.csrf)));
    assert_true(who.idle_s == 600 && who.ends_utc == OFFICE_FIXTURE_UTC + 43200);
    session_book_free(book);
    session_book_free(NULL);
}

static void session_book_find__knows_nobody_else(void **state)
{
    struct office_fixture *fixture = *state;
    struct identity who = {.account_id = -1};
    (void)office_add(fixture, "aa", ROLE_CALLER);
    struct session_book *empty = load(fixture, 0);
    struct sign_in_outcome session = office_try(fixture, "aa", true, "", 0);
    struct session_book *book = load(fixture, 0);
    char wrong[65];
    memcpy(wrong, session.secret, sizeof wrong);
    wrong[63] = wrong[63] == '0' ? '1' : '0';
    assert_int_equal(find(empty, session.secret, 0, &who), SESSION_NONE);
    assert_int_equal(find(book, wrong, 0, &who), SESSION_NONE);
    assert_int_equal(find(book, "", 0, &who), SESSION_NONE);
    assert_int_equal(find(book, session.csrf, 0, &who), SESSION_NONE);
    wrong[62] = '\0';
    assert_int_equal(find(book, wrong, 0, &who), SESSION_NONE);
    assert_int_equal(
        session_book_find_token(book, bytes_from_z(session.secret), OFFICE_FIXTURE_UTC, &who),
        SESSION_NONE);
    assert_int_equal(who.account_id, -1);
    session_book_free(empty);
    session_book_free(book);
}

static void session_book_load__leaves_out_what_has_ended(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    (void)office_add(fixture, "aa", ROLE_CALLER);
    struct sign_in_outcome ended = office_try(fixture, "aa", true, "", 0);
    struct sign_in_outcome kept = office_try(fixture, "aa", true, "", 0);
    MUST(session_end(&fixture->office, ended.session_id, "sign_out", &err));
    struct session_book *book = load(fixture, 0);
    assert_int_equal(state_of(book, ended.secret, 0), SESSION_NONE);
    assert_int_equal(state_of(book, kept.secret, 0), SESSION_VALID);
    assert_int_equal(session_book_count(book), 1);
    session_book_free(book);

    struct account_row row = office_get(fixture, "aa"); /* as another program might do it */
    row.is_disabled = true;
    row.disabled_utc = OFFICE_FIXTURE_UTC;
    MUST(account_put(fixture->base.store, &row, &err));
    book = load(fixture, 0);
    assert_int_equal(state_of(book, kept.secret, 0), SESSION_NONE);
    session_book_free(book);
}

static void session_book_find__ends_idle_sessions(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(role_limits_put(&fixture->office, ROLE_CALLER, 100, 1000, &err));
    (void)office_add(fixture, "aa", ROLE_CALLER);
    struct sign_in_outcome session = office_try(fixture, "aa", true, "", 0);
    struct session_book *book = load(fixture, 0);
    for (int64_t at = 100; at <= 900; at += 100)
        assert_int_equal(state_of(book, session.secret, at), SESSION_VALID);
    assert_int_equal(state_of(book, session.secret, 50), SESSION_VALID); /* does not turn back */
    assert_int_equal(state_of(book, session.secret, 1000), SESSION_VALID);
    assert_int_equal(state_of(book, session.secret, 1001), SESSION_ENDED);
    assert_int_equal(state_of(book, session.secret, 1000), SESSION_ENDED); /* for ever */
    session_book_free(book);
    book = load(fixture, 0);
    assert_int_equal(session_book_count(book), 1);
    assert_int_equal(state_of(book, session.secret, 101), SESSION_IDLE);
    assert_int_equal(state_of(book, session.secret, 100), SESSION_IDLE);
    assert_int_equal(session_book_count(book), 0);
    session_book_free(book);
}

static void session_book_find__ends_with_the_term_of_a_team(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct account_wish wish = office_wish("aa", ROLE_CALLER);
    struct identity who;
    int64_t id = 0;
    struct team_row team = {.name = BYTES_LIT("外呼"),
                            .kind = BYTES_LIT("contractor"),
                            .has_until = true,
                            .until_day = OFFICE_FIXTURE_UTC / 86400};
    MUST(team_put(&fixture->office, &team, &err));
    wish.team = team.name;
    MUST(account_add(&fixture->office, &wish, OFFICE_FIXTURE_HASH, &id, &err));
    struct sign_in_outcome session = office_try(fixture, "aa", true, "", 16 * 3600 - 100);
    struct session_book *book = load(fixture, 16 * 3600 - 100);
    assert_int_equal(find(book, session.secret, 16 * 3600 - 1, &who), SESSION_VALID);
    assert_true(who.is_contractor);
    assert_int_equal(state_of(book, session.secret, 16 * 3600), SESSION_ENDED);
    session_book_free(book);
}

static void session_book_find_token__knows_scopes_and_end(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    struct identity who = {.token_id = -1};
    char read[65], revoked[65];
    int64_t id = 0, revoked_id = 0;
    MUST(token_add(&fixture->office, BYTES_LIT("工单系统"), BYTES_LIT("read import"),
                   OFFICE_FIXTURE_UTC + 100, read, &id, &err));
    MUST(token_add(&fixture->office, BYTES_LIT("监控"), BYTES_LIT("metrics"),
                   OFFICE_FIXTURE_UTC + 100, revoked, &revoked_id, &err));
    MUST(token_revoke(&fixture->office, revoked_id, &err));
    struct session_book *book = load(fixture, 0);
    assert_int_equal(
        session_book_find_token(book, bytes_from_z(read), OFFICE_FIXTURE_UTC + 99, &who),
        SESSION_VALID);
    assert_true(who.token_id == id && who.account_id == 0 && who.session_id == 0);
    assert_int_equal(who.access, ACCESS_READ_TOKEN | ACCESS_IMPORT_TOKEN);
    assert_true(!who.is_partial && bytes_equal(who.name, BYTES_LIT("工单系统")));
    assert_int_equal(
        session_book_find_token(book, bytes_from_z(read), OFFICE_FIXTURE_UTC + 100, &who),
        SESSION_ENDED);
    assert_int_equal(session_book_find_token(book, bytes_from_z(revoked), OFFICE_FIXTURE_UTC, &who),
                     SESSION_NONE);
    assert_int_equal(state_of(book, read, 0), SESSION_NONE); /* is no cookie */
    assert_int_equal(session_book_count(book), 0);
    session_book_free(book);
}

/* What sweeping told, a line a session. */
struct swept {
    char text[4096];
    size_t len;
};

static void on_swept(void *context, int64_t session_id, int64_t seen_utc, const char *why)
{
    struct swept *swept = context;
    int len =
        snprintf(swept->text + swept->len, sizeof swept->text - swept->len, "%d:%d:%s ",
                 (int)session_id, (int)(seen_utc - OFFICE_FIXTURE_UTC), why != NULL ? why : "-");
    swept->len += (size_t)len;
    assert_true(swept->len < sizeof swept->text);
}

static void check_sweep(struct session_book *book, int64_t after_s, const char *expected)
{
    struct swept swept = {.len = 0};
    session_book_sweep(book, OFFICE_FIXTURE_UTC + after_s, on_swept, &swept);
    assert_string_equal(swept.text, expected);
}

static void session_book_sweep__tells_each_thing_once(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(role_limits_put(&fixture->office, ROLE_CALLER, 100, 300, &err));
    (void)office_add(fixture, "aa", ROLE_CALLER);
    struct sign_in_outcome session = office_try(fixture, "aa", true, "", 0);
    struct session_book *book = load(fixture, 0);
    check_sweep(book, 10, "");
    assert_int_equal(state_of(book, session.secret, 20), SESSION_VALID);
    assert_int_equal(state_of(book, session.secret, 30), SESSION_VALID);
    check_sweep(book, 40, "1:30:- ");
    check_sweep(book, 50, "");
    check_sweep(book, 130, "");
    check_sweep(book, 131, "1:30:idle ");
    check_sweep(book, 132, "");
    assert_int_equal(state_of(book, session.secret, 132), SESSION_NONE);
    session_book_free(book);

    book = load(fixture, 0);
    for (int64_t at = 100; at <= 300; at += 100)
        assert_int_equal(state_of(book, session.secret, at), SESSION_VALID);
    assert_int_equal(state_of(book, session.secret, 301), SESSION_ENDED);
    check_sweep(book, 302, "1:300:absolute ");
    session_book_free(book);
}

static void session_book_take_over__keeps_what_the_store_has_late(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(role_limits_put(&fixture->office, ROLE_CALLER, 100, 1000, &err));
    (void)office_add(fixture, "aa", ROLE_CALLER);
    struct sign_in_outcome seen = office_try(fixture, "aa", true, "", 0);
    struct sign_in_outcome idle = office_try(fixture, "aa", true, "", 0);
    struct sign_in_outcome gone = office_try(fixture, "aa", true, "", 0);
    struct session_book *older = load(fixture, 0);
    assert_int_equal(state_of(older, seen.secret, 90), SESSION_VALID);
    check_sweep(older, 95, "1:90:- ");
    assert_int_equal(state_of(older, seen.secret, 98), SESSION_VALID);
    check_sweep(older, 99, "1:98:- ");
    assert_int_equal(state_of(older, seen.secret, 100), SESSION_VALID);
    assert_int_equal(state_of(older, idle.secret, 101), SESSION_IDLE);
    MUST(session_end(&fixture->office, gone.session_id, "sign_out", &err));
    struct sign_in_outcome fresh = office_try(fixture, "aa", true, "", 101);

    struct session_book *book = load(fixture, 101);
    session_book_take_over(book, older);
    session_book_free(older);
    assert_int_equal(state_of(book, seen.secret, 200), SESSION_VALID);
    assert_int_equal(state_of(book, idle.secret, 50), SESSION_IDLE);
    assert_int_equal(state_of(book, gone.secret, 101), SESSION_NONE);
    assert_int_equal(state_of(book, fresh.secret, 101), SESSION_VALID);
    struct swept swept = {.len = 0};
    session_book_sweep(book, OFFICE_FIXTURE_UTC + 200, on_swept, &swept);
    assert_non_null(strstr(swept.text, "1:200:- "));
    assert_non_null(strstr(swept.text, "2:0:idle "));
    assert_int_equal(swept.len, strlen("1:200:- 2:0:idle "));

    struct session_book *newer = load(fixture, 200); /* the writer has not ended it yet */
    session_book_take_over(newer, book);
    session_book_free(book);
    assert_int_equal(state_of(newer, idle.secret, 50), SESSION_NONE);
    check_sweep(newer, 200, "");
    session_book_free(newer);
}

/* ---- against a model ---- */

enum { MODEL_SESSIONS = 1500, MODEL_STEPS = 20000, MODEL_IDLE_S = 300, MODEL_ABSOLUTE_S = 3000 };

/* What a session is in a list that is searched from its beginning. */
struct model {
    char secret[65];
    int64_t id, created_s, seen_s, stored_s;
    bool is_idle, is_over, is_told;
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void model_put(struct office_fixture *fixture, int64_t account_id, struct model *model,
                      uint32_t *seed)
{
    struct err err = {.code = OK};
    unsigned char digest[32];
    for (int i = 0; i < 64; i++)
        model->secret[i] = "0123456789abcdef"[next_random(seed) % 16];
    model->secret[64] = '\0';
    model->created_s = model->seen_s = model->stored_s = next_random(seed) % 200;
    MUST(sha256_of(bytes_from_z(model->secret), digest, &err));
    struct session_row row = {
        .account_id = account_id,
        .secret_sha256 = {(const char *)digest, 32},
        .csrf = BYTES_LIT("c"),
        .stage = BYTES_LIT("full"),
        .created_utc = OFFICE_FIXTURE_UTC + model->created_s,
        .seen_utc = OFFICE_FIXTURE_UTC + model->seen_s,
    };
    MUST(session_put_new(fixture->base.store, &row, &err));
    model->id = row.id;
}

static enum session_state model_state(struct model *model, int64_t now_s)
{
    if (model->is_told)
        return SESSION_NONE;
    if (!model->is_idle && !model->is_over) {
        model->is_over = now_s - model->created_s > MODEL_ABSOLUTE_S;
        model->is_idle = !model->is_over && now_s - model->seen_s > MODEL_IDLE_S;
    }
    return model->is_over ? SESSION_ENDED : model->is_idle ? SESSION_IDLE : SESSION_VALID;
}

struct model_sweep {
    struct model *models;
    int64_t now_s, told;
};

static void on_model(void *context, int64_t session_id, int64_t seen_utc, const char *why)
{
    struct model_sweep *sweep = context;
    struct model *model = &sweep->models[session_id - sweep->models[0].id];
    const char *expected = model->is_over ? "absolute" : model->is_idle ? "idle" : "";
    assert_int_equal(model->id, session_id);
    assert_int_equal(seen_utc, OFFICE_FIXTURE_UTC + model->seen_s);
    assert_string_equal(why != NULL ? why : "", expected);
    assert_true(why != NULL || model->seen_s > model->stored_s);
    model->is_told = why != NULL;
    model->stored_s = model->seen_s;
    sweep->told++;
}

static void model_sweep(struct session_book *book, struct model *models, int64_t now_s)
{
    struct model_sweep sweep = {.models = models, .now_s = now_s};
    int64_t expected = 0;
    for (int i = 0; i < MODEL_SESSIONS; i++) {
        enum session_state state = model_state(&models[i], now_s);
        expected +=
            !models[i].is_told && (state != SESSION_VALID || models[i].seen_s > models[i].stored_s);
    }
    session_book_sweep(book, OFFICE_FIXTURE_UTC + now_s, on_model, &sweep);
    assert_int_equal(sweep.told, expected);
}

static void session_book__does_as_a_list_would(void **state)
{
    struct office_fixture *fixture = *state;
    static struct model models[MODEL_SESSIONS];
    struct err err = {.code = OK};
    uint32_t seed = 12345;
    int64_t now_s = 200, found = 0;
    memset(models, 0, sizeof models);
    MUST(role_limits_put(&fixture->office, ROLE_CALLER, MODEL_IDLE_S, MODEL_ABSOLUTE_S, &err));
    int64_t account_id = office_add(fixture, "aa", ROLE_CALLER);
    for (int i = 0; i < MODEL_SESSIONS; i++)
        model_put(fixture, account_id, &models[i], &seed);
    struct session_book *book = load(fixture, now_s);
    for (int step = 0; step < MODEL_STEPS; step++) {
        struct model *model = &models[next_random(&seed) % MODEL_SESSIONS];
        struct identity who;
        now_s += next_random(&seed) % 8 == 0;
        enum session_state expected = model_state(model, now_s);
        assert_int_equal(find(book, model->secret, now_s, &who), expected);
        if (expected == SESSION_VALID) {
            assert_int_equal(who.session_id, model->id);
            model->seen_s = now_s;
            found++;
        }
        if (next_random(&seed) % 500 == 0)
            model_sweep(book, models, now_s);
        if (next_random(&seed) % 2000 == 0) {
            struct session_book *newer = load(fixture, now_s);
            session_book_take_over(newer, book);
            session_book_free(book);
            book = newer;
        }
    }
    session_book_free(book);
    assert_true(found > 1000);
}

static int load_once(void *context, struct err *err)
{
    struct office_fixture *fixture = context;
    struct session_book *book = NULL;
    int rc = store_begin_read(fixture->base.store, err);
    if (rc == OK)
        rc = session_book_load(fixture->base.store, OFFICE_FIXTURE_UTC, &book, err);
    if (rc == OK)
        assert_int_equal(session_book_count(book), 1);
    session_book_free(book);
    store_rollback(fixture->base.store);
    return rc;
}

static void session_book_load__survives_lack_of_memory(void **state)
{
    struct office_fixture *fixture = *state;
    struct err err = {.code = OK};
    char secret[65];
    int64_t id = 0;
    (void)office_add(fixture, "aa", ROLE_CALLER);
    (void)office_try(fixture, "aa", true, "", 0);
    MUST(token_add(&fixture->office, BYTES_LIT("监控"), BYTES_LIT("metrics"),
                   OFFICE_FIXTURE_UTC + 100, secret, &id, &err));
    MUST(store_commit(fixture->base.store, &err));
    fault_loop(load_once, fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(session_book_find__tells_who_it_is),
        OFFICE_TEST(session_book_find__knows_nobody_else),
        OFFICE_TEST(session_book_load__leaves_out_what_has_ended),
        OFFICE_TEST(session_book_find__ends_idle_sessions),
        OFFICE_TEST(session_book_find__ends_with_the_term_of_a_team),
        OFFICE_TEST(session_book_find_token__knows_scopes_and_end),
        OFFICE_TEST(session_book_sweep__tells_each_thing_once),
        OFFICE_TEST(session_book_take_over__keeps_what_the_store_has_late),
        OFFICE_TEST(session_book__does_as_a_list_would),
        OFFICE_TEST(session_book_load__survives_lack_of_memory),
    };
    if (!vault_use_allocator())
        return 1;
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
