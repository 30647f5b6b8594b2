#include "service/rounds/evaluation.h"

#include "service/rounds/composition.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/units.h"

#include "tests/service/datadir_fixture.h"
#include "tests/support/fault.h"

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,原工单编号,工单类型\n"
#define RULES  "[basis]\ndocument = 测试1号\n[on_time]\nmin_orders = 1\n"

static void load(struct fixture *fixture, const char *text, int day)
{
    struct intake_result result = fixture_load(fixture, text, day);
    assert_int_equal(result.status, INTAKE_LOADED);
    intake_result_deinit(&result);
}

static void make_round(struct fixture *fixture, const char *name, const char *from, const char *to,
                       const char *rules)
{
    struct err err = {0};
    struct round_row row = {.name = bytes_from_z(name),
                            .kind = BYTES_LIT("monthly"),
                            .state = BYTES_LIT("draft"),
                            .rules = bytes_from_z(rules)};
    assert_true(day_parse(bytes_from_z(from), &row.from_day));
    assert_true(day_parse(bytes_from_z(to), &row.to_day));
    assert_int_equal(store_begin(fixture->datadir.store, &err), OK);
    assert_int_equal(round_put_new(fixture->datadir.store, &row, &err), OK);
    assert_int_equal(store_commit(fixture->datadir.store, &err), OK);
}

static int compose(struct fixture *fixture, const char *name, int threads, struct composition *out,
                   struct err *err)
{
    struct composition_options options = {
        .round_name = bytes_from_z(name), .now_utc = fixture->now_utc, .threads = threads};
    int rc = store_begin_read(fixture->datadir.store, err);
    if (rc == OK)
        rc = composition_make(&fixture->datadir, &options, out, err);
    store_rollback(fixture->datadir.store);
    return rc;
}

/* "unit orders-excluded-base-on_time #rank" of each unit with orders, joined by "; ", then unmatched and unclear. */
static const char *score(struct fixture *fixture, const char *name, int threads)
{
    static char text[2048];
    struct err err = {0};
    struct composition composition;
    size_t len = 0;
    if (compose(fixture, name, threads, &composition, &err) != OK)
        fail_msg("%s", err.message);
    const struct ranking *ranking = &composition.evaluation.ranking;
    for (size_t i = 0; i < ranking->unit_count; i++) {
        const struct ranking_row *row = &ranking->rows[i];
        if (row->orders > 0)
            len += (size_t)snprintf(text + len, sizeof text - len, BYTES_FMT " %d-%d-%d-%d #%d; ",
                                    BYTES_ARG(row->unit_code), (int)row->orders, (int)row->excluded,
                                    (int)row->on_time_base, (int)row->on_time, row->rank);
    }
    (void)snprintf(text + len, sizeof text - len, "unmatched %d unclear %d",
                   (int)composition.evaluation.unmatched, (int)composition.evaluation.unclear);
    composition_deinit(&composition);
    return text;
}

static const char dump[] =
    HEADER "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,,求助\n"
           "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,,求助\n"
           "A3,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,,求助\n"
           "A3,2024-06-01 08:00:00,甲局,协办,2024-06-05 08:00:00,2024-06-09 08:00:00,已办结,,求助\n"
           "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,,办理中,,求助\n"
           "A5,2024-06-01 08:00:00,乙局,主办,2024-07-05 08:00:00,2024-06-05 08:00:00,已办结,,求助\n"
           "A6,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,,表扬\n"
           "A7,2024-06-01 08:00:00,丙局、丁局,,2024-06-05 08:00:00,,办理中,,求助\n";

/* ---- tests ---- */

static void evaluation__counts_leads_by_deadline(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    const char *expected = "乙局 3-1-2-1 #1; 甲局 2-0-2-1 #1; unmatched 0 unclear 2";
    assert_string_equal(score(fixture, "2024-06", 1), expected);
    assert_string_equal(score(fixture, "2024-06", 2), expected);
}

static void evaluation__a_repeat_of_an_open_order_is_merged(void **state)
{
    struct fixture *fixture = *state;
    load(
        fixture,
        HEADER
        "B1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,,求助\n"
        "B2,2024-06-02 08:00:00,甲局,主办,2024-06-06 08:00:00,2024-06-04 08:00:00,已办结,B1,求助\n"
        "B3,2024-06-05 08:00:00,甲局,主办,2024-06-09 08:00:00,2024-06-07 08:00:00,已办结,B1,求助\n"
        "B4,2024-06-02 08:00:00,乙局,主办,2024-06-06 08:00:00,2024-06-04 08:00:00,已办结,B1,求助\n"
        "B5,2024-06-02 08:00:00,乙局,主办,2024-06-06 08:00:00,2024-06-04 08:00:00,已办结,B0,求助\n",
        0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    /* B2 came while B1 was open; B3 after it had ended (重办); B4 has another lead; B5 repeats an unknown order. */
    assert_string_equal(score(fixture, "2024-06", 1),
                        "乙局 2-0-2-2 #1; 甲局 3-1-2-2 #1; unmatched 0 unclear 0");
}

static void evaluation__bureaus_count_for_their_county(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct unit_row county = {.code = BYTES_LIT("C"),
                              .name = BYTES_LIT("某县"),
                              .class_name = BYTES_LIT("县(区)"),
                              .valid_from = UNIT_DAY_ALWAYS,
                              .valid_to = UNIT_DAY_ALWAYS};
    struct unit_row bureau = {.code = BYTES_LIT("C1"),
                              .name = BYTES_LIT("甲局"),
                              .class_name = BYTES_LIT("县(区)"),
                              .valid_from = UNIT_DAY_ALWAYS,
                              .valid_to = UNIT_DAY_ALWAYS};
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(unit_put(store, &county, county.name, &err), OK);
    bureau.parent_id = county.id;
    assert_int_equal(unit_put(store, &bureau, bureau.name, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    load(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    assert_string_equal(score(fixture, "2024-06", 1), "C 2-0-2-1 #1; unmatched 3 unclear 2");
}

static int close_round(struct fixture *fixture, const char *name, struct err *err)
{
    struct store *store = fixture->datadir.store;
    struct actor actor = {BYTES_LIT("t"), fixture->now_utc};
    struct round_row round;
    struct arena arena;
    arena_init(&arena, RULES_TEXT_MAX_BYTES * 2);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = round_get_kept(store, bytes_from_z(name), &arena, &round, err);
    if (rc == OK)
        rc = round_close(&fixture->datadir, &round, &actor, err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_rollback(store);
    arena_deinit(&arena);
    return rc;
}

static void round_close__freezes_what_was_counted(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    const char *expected = "乙局 3-1-2-1 #1; 甲局 2-0-2-1 #1; unmatched 0 unclear 2";
    load(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    assert_int_equal(close_round(fixture, "2024-06", &err), OK);
    load(fixture,
         HEADER
         "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-02 08:00:00,已办结,,求助\n"
         "A9,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-02 08:00:00,已办结,,求助\n",
         1);
    assert_string_equal(score(fixture, "2024-06", 1), expected);
    assert_int_equal(close_round(fixture, "2024-06", &err), ERR_WRONG_STATE);
    assert_int_equal(intake_undo(&fixture->datadir, 1, fixture->now_utc, NULL, &err), ERR_REFUSED);
}

static void evaluation__judges_each_handling_once_in_closed_rounds_of_a_kind(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    load(fixture, dump, 40);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    make_round(fixture, "again", "2024-06-01", "2024-07-31", RULES);
    assert_string_equal(score(fixture, "again", 2),
                        "乙局 4-1-3-2 #1; 甲局 2-0-2-1 #2; unmatched 0 unclear 2");
    assert_int_equal(close_round(fixture, "2024-06", &err), OK);
    /* Only what the closed round has not judged: A5, due in July, and A6, excluded there and here. */
    assert_string_equal(score(fixture, "again", 2), "乙局 2-1-1-1 #1; unmatched 0 unclear 2");
}

static void round_basis__refuses_a_dump_taken_before_the_periods_end(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct composition composition;
    load(fixture, dump, -10);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    assert_int_equal(compose(fixture, "2024-06", 1, &composition, &err), ERR_REFUSED);
    assert_int_equal(compose(fixture, "nothing", 1, &composition, &err), ERR_NOT_FOUND);
}

static int compose_once(void *context, struct err *err)
{
    struct composition composition;
    int rc = compose(context, "2024-06", 1, &composition, err);
    if (rc == OK)
        composition_deinit(&composition);
    return rc;
}

static void composition__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, dump, 0);
    make_round(fixture, "2024-05", "2024-05-01", "2024-05-31", RULES);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    fault_loop(compose_once, fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(evaluation__counts_leads_by_deadline),
        FIXTURE_TEST(evaluation__a_repeat_of_an_open_order_is_merged),
        FIXTURE_TEST(evaluation__bureaus_count_for_their_county),
        FIXTURE_TEST(round_close__freezes_what_was_counted),
        FIXTURE_TEST(evaluation__judges_each_handling_once_in_closed_rounds_of_a_kind),
        FIXTURE_TEST(round_basis__refuses_a_dump_taken_before_the_periods_end),
        FIXTURE_TEST(composition__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
