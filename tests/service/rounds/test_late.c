#include "service/rounds/late.h"

#include "service/storage/units.h"

#include "tests/service/rounds/round_fixture.h"
#include "tests/support/fault.h"

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,是否保密\n"
#define RULES  "[basis]\ndocument = 测试1号\n"
#define A1     "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
#define A2     "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,,办理中,\n"
#define B1     "B1,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,,办理中,\n"

/* A1 and A2 are of June, A3 of July. */
static const char dump[] = HEADER A1 A2
    "A3,2024-06-01 08:00:00,甲局,主办,2024-07-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
    "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
    "A4,2024-06-01 08:00:00,甲局,协办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n";

static void setup_round(struct fixture *fixture, round_step_fn step)
{
    load_dump(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    make_round(fixture, "draft", "2024-06-01", "2024-07-31", RULES);
    take(fixture, "2024-06", step, NULL);
}

/* "round count: numbers; " of each round. */
static int find(struct fixture *fixture, int64_t import_id, struct buf *text, struct err *err)
{
    struct arena arena;
    struct late late = {0};
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    buf_clear(text);
    int rc = store_begin_read(fixture->datadir.store, err);
    if (rc == OK)
        rc = late_find(&fixture->datadir, import_id, &arena, &late, err);
    for (size_t i = 0; i < late.round_count; i++) {
        const struct late_round *round = &late.rounds[i];
        buf_printf(text, BYTES_FMT " %d:", BYTES_ARG(round->name), (int)round->orders);
        for (size_t j = 0; j < round->order_no_count; j++)
            buf_printf(text, " " BYTES_FMT, BYTES_ARG(round->order_nos[j]));
        buf_append_z(text, "; ");
    }
    buf_append_byte(text, '\0');
    store_rollback(fixture->datadir.store);
    arena_deinit(&arena);
    return rc != OK ? rc : buf_status(text, err);
}

static void expect_late(struct fixture *fixture, int64_t import_id, const char *expected)
{
    struct err err = {0};
    struct buf text;
    buf_init(&text, 4096);
    if (find(fixture, import_id, &text, &err) != OK)
        fail_msg("%s", err.message);
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

static void late_find__names_what_a_frozen_round_would_count_otherwise(void **state)
{
    static const struct {
        const char *rows, *expected;
    } cases[] = {
        /* in it now */
        {B1, "2024-06 1: B1; "},
        {"A3,2024-06-01 08:00:00,甲局,主办,2024-06-29 08:00:00,2024-06-04 08:00:00,已办结,\n",
         "2024-06 1: A3; "},
        /* no longer */
        {"A1,2024-06-01 08:00:00,甲局,主办,2024-07-05 08:00:00,2024-06-04 08:00:00,已办结,\n",
         "2024-06 1: A1; "},
        /* judged otherwise, of another unit, out of the frame */
        {"A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n",
         "2024-06 1: A2; "},
        {"A1,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n",
         "2024-06 1: A1; "},
        {"A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,是\n",
         "2024-06 1: A1; "},
        /* two leads: nobody's, and still one order */
        {"A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
         "A4,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n",
         "2024-06 1: A4; "},
        {A1 B1 "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,,作废,\n",
         "2024-06 2: A2 B1; "},
        /* nothing to it: the same, another time of closing, closed after the as-of, another period */
        {A1 A2, ""},
        {"A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-03 08:00:00,已办结,\n", ""},
        {"A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-07-01 09:00:00,已办结,\n", ""},
        {"B2,2024-06-01 08:00:00,乙局,主办,2024-07-15 08:00:00,,办理中,\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        char text[2048];
        fixture_init(&fixture);
        setup_round(&fixture, i % 2 == 0 ? step_freeze : step_close);
        (void)snprintf(text, sizeof text, HEADER "%s", cases[i].rows);
        load_dump(&fixture, text, 1);
        expect_late(&fixture, 2, cases[i].expected);
        fixture_deinit(&fixture);
    }
}

static void late_find__says_nothing_of_what_was_frozen_after_the_import(void **state)
{
    struct fixture *fixture = *state;
    setup_round(fixture, step_freeze);
    expect_late(fixture, 1, "");
    load_dump(fixture, HEADER B1, 1);
    expect_late(fixture, 2, "2024-06 1: B1; ");
    expect_late(fixture, 1, "");
}

static void late_find__says_nothing_without_frozen_rounds(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct buf text;
    load_dump(fixture, dump, 0);
    make_round(fixture, "draft", "2024-06-01", "2024-07-31", RULES);
    make_round(fixture, "sum", NULL, NULL, RULES);
    take(fixture, "sum", step_close, NULL);
    load_dump(fixture, HEADER B1, 1);
    expect_late(fixture, 2, "");
    buf_init(&text, 4096);
    assert_int_equal(find(fixture, 3, &text, &err), ERR_NOT_FOUND);
    buf_deinit(&text);
}

static void late_find__leaves_to_a_closed_round_what_that_has_judged(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, 40);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    make_round(fixture, "both", "2024-06-01", "2024-07-31", RULES);
    take(fixture, "2024-06", step_close, NULL);
    take(fixture, "both", step_freeze, NULL);
    load_dump(fixture,
              HEADER
              "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
              "A3,2024-06-01 08:00:00,甲局,主办,2024-07-05 08:00:00,2024-07-06 08:00:00,已办结,\n",
              41);
    expect_late(fixture, 2, "2024-06 1: A2; both 1: A3; ");
}

static void late_find__names_the_first_and_counts_all(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    struct buf expected;
    setup_round(fixture, step_freeze);
    buf_init(&text, 1 << 16);
    buf_init(&expected, 4096);
    buf_append_z(&text, HEADER);
    buf_append_z(&expected, "2024-06 25:");
    for (int i = 10; i < 35; i++) {
        buf_printf(&text, "C%d,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,,办理中,\n", i);
        if (i < 10 + LATE_ORDERS_NAMED)
            buf_printf(&expected, " C%d", i);
    }
    buf_append(&text, (struct bytes){"", 1});
    buf_append(&expected, (struct bytes){"; ", 3});
    load_dump(fixture, text.ptr, 1);
    expect_late(fixture, 2, expected.ptr);
    buf_deinit(&text);
    buf_deinit(&expected);
}

/* Frozen after the import and so not late, though of more orders than are looked at together; then all of them count
 * for another unit. */
static void late_find__follows_many_orders_of_one_import(void **state)
{
    enum { ORDERS = 300 };
    struct fixture *fixture = *state;
    struct store *store = fixture->datadir.store;
    struct err err = {0};
    struct unit_name_row other;
    struct buf text;
    struct buf expected;
    buf_init(&text, 1 << 16);
    buf_init(&expected, 4096);
    buf_append_z(&text, HEADER);
    buf_printf(&expected, "2024-06 %d:", ORDERS);
    for (int i = 0; i < ORDERS; i++) {
        buf_printf(&text, "D%03d,2024-06-01 08:00:00,丙局,主办,2024-06-05 08:00:00,,办理中,\n", i);
        if (i < LATE_ORDERS_NAMED)
            buf_printf(&expected, " D%03d", i);
    }
    buf_append_z(&text, B1);
    buf_append(&text, (struct bytes){"", 1});
    buf_append(&expected, (struct bytes){"; ", 3});
    load_dump(fixture, text.ptr, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    expect_late(fixture, 1, "");
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(
        unit_name_put(store, BYTES_LIT("乙局"), BYTES_LIT("乙局"), BYTES_LIT(""), &other, &err),
        OK);
    assert_int_equal(
        unit_alias_put(store, BYTES_LIT("丙局"), BYTES_LIT("丙局"), other.unit_id, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    expect_late(fixture, 1, expected.ptr);
    buf_deinit(&text);
    buf_deinit(&expected);
}

static int find_once(void *context, struct err *err)
{
    struct buf text;
    buf_init(&text, 4096);
    int rc = find(context, 2, &text, err);
    buf_deinit(&text);
    return rc;
}

static void late_find__survives_every_failed_allocation(void **state)
{
    setup_round(*state, step_freeze);
    load_dump(*state, HEADER B1 "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,,作废,\n", 1);
    fault_loop(find_once, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_find__names_what_a_frozen_round_would_count_otherwise),
        FIXTURE_TEST(late_find__says_nothing_of_what_was_frozen_after_the_import),
        FIXTURE_TEST(late_find__says_nothing_without_frozen_rounds),
        FIXTURE_TEST(late_find__follows_many_orders_of_one_import),
        FIXTURE_TEST(late_find__leaves_to_a_closed_round_what_that_has_judged),
        FIXTURE_TEST(late_find__names_the_first_and_counts_all),
        FIXTURE_TEST(late_find__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
