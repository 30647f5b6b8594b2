#include "service/followup/draw.h"

#include "tests/service/followup/draw_fixture.h"
#include "tests/support/fault.h"
#include "tests/support/table_file.h"

enum { TEXT_MAX_BYTES = 4 * 1024 * 1024 };

/* ---- by seed ---- */

/* All orders of one seed of the golden table, one round each; the reserve keeps every order in ticket order. */
static void draw_golden(struct fixture *fixture, const struct table_file *table, size_t first,
                        size_t end)
{
    struct buf text;
    struct draw_wanted wanted = {.is_exact = true};
    char seed[128];
    struct bytes golden_seed = table_file_text(table, first, "seed");
    (void)snprintf(seed, sizeof seed, BYTES_FMT, BYTES_ARG(golden_seed));
    buf_init(&text, TEXT_MAX_BYTES);
    buf_append_z(&text, "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态\n");
    for (size_t i = first; i < end; i++)
        buf_printf(&text,
                   BYTES_FMT ",2024-06-01 08:00:00," BYTES_FMT
                             ",主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结\n",
                   BYTES_ARG(table_file_text(table, i, "order_id")),
                   BYTES_ARG(table_file_text(table, i, "unit")));
    buf_append_byte(&text, '\0');
    load_dump(fixture, text.ptr, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES "reserve = 100\n");
    wanted.seed = seed;
    wanted.size = 4;
    take(fixture, "2024-06", step_draw, &wanted);
    take(fixture, "2024-06", step_csv, &text);
    for (size_t i = first; i < end; i++) {
        char line[512];
        struct bytes unit = table_file_text(table, i, "unit");
        struct bytes order_id = table_file_text(table, i, "order_id");
        struct bytes ticket = table_file_text(table, i, "ticket");
        (void)snprintf(line, sizeof line, BYTES_FMT ",%d," BYTES_FMT "," BYTES_FMT ",",
                       BYTES_ARG(unit), (int)table_file_count(table, i, "position"),
                       BYTES_ARG(order_id), BYTES_ARG(ticket));
        assert_int_equal(count_lines(&text, line), 1);
    }
    assert_int_equal(count_lines(&text, ",sample"), 4);
    assert_int_equal(count_lines(&text, ",reserve"), (int)(end - first) - 4);
    buf_deinit(&text);
}

static void draw_make__gives_the_golden_tickets_and_positions(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/selection.csv");
    for (size_t first = 0, end = 0; first < table.row_count; first = end) {
        struct bytes seed = table_file_text(&table, first, "seed");
        while (end < table.row_count && bytes_equal(table_file_text(&table, end, "seed"), seed))
            end++;
        if (end - first < 4)
            continue;
        struct fixture fixture;
        fixture_init(&fixture);
        draw_golden(&fixture, &table, first, end);
        fixture_deinit(&fixture);
    }
    table_file_free(&table);
}

static void draw_make__refuses_a_second_draw_until_it_is_abandoned(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct draw_wanted again = {.size = 20, .seed = "other", .is_exact = true};
    struct bytes new_state;
    make_drawn(fixture, 20);
    assert_int_equal(with_round(fixture, "2024-06", step_draw, &again, &err), ERR_WRONG_STATE);
    take(fixture, "2024-06", step_reopen, &new_state);
    take(fixture, "2024-06", step_draw, &again);
    assert_int_equal(again.drawn.no, 2);
    take(fixture, "2024-06", step_verify, NULL);
}

static void draw_make__wants_a_frozen_round_for_a_public_seed(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct draw_wanted wanted = {.size = 20, .seed = "B"};
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    assert_int_equal(with_round(fixture, "2024-06", step_draw, &wanted, &err), ERR_WRONG_STATE);
    take(fixture, "2024-06", step_freeze, NULL);
    take(fixture, "2024-06", step_draw, &wanted);
    assert_int_equal(wanted.drawn.sample, 20);
    take(fixture, "2024-06", step_verify, NULL);
}

static void draw_make__refuses_less_than_the_minimums_and_unprintable_seeds(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct draw_wanted few = {.size = 1, .seed = "s", .is_exact = true};
    struct draw_wanted lines = {.size = 9, .seed = "a\nb", .is_exact = true};
    struct draw_wanted empty = {.size = 9, .seed = "", .is_exact = true};
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    assert_int_equal(with_round(fixture, "2024-06", step_draw, &few, &err), ERR_REFUSED);
    assert_int_equal(with_round(fixture, "2024-06", step_draw, &lines, &err), ERR_FORMAT);
    assert_int_equal(with_round(fixture, "2024-06", step_draw, &empty, &err), ERR_FORMAT);
}

/* Orders 2 and 3, 4 and 5, ... have one number each. */
static void draw_make__counts_one_case_for_a_person(void **state)
{
    struct fixture *fixture = *state;
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    assert_int_equal(draw_exactly(fixture, 90, "s").cases, 46);
}

static void draw_make__counts_each_order_when_persons_may_be_asked_twice(void **state)
{
    struct fixture *fixture = *state;
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30",
                     DRAW_RULES "[frame]\none_per_person = no\n");
    assert_int_equal(draw_exactly(fixture, 90, "s").cases, 90);
}

/* ---- the plan ---- */

static int step_plan(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    struct buf *text = context;
    struct round_basis basis = {.zone = NULL};
    struct draw_plan plan;
    struct draw_wish wish = {.by = DRAW_SIZE_TOTAL, .total = 20, .rate = NAN, .response = NAN};
    buf_clear(text);
    int rc =
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, tester.now_utc, &basis, err);
    if (rc == OK)
        rc = draw_plan_make(&fixture->datadir, round, &basis, &wish, arena, &plan, err);
    for (size_t i = 0; i < plan.framing.unit_count && rc == OK; i++)
        buf_printf(text, BYTES_FMT " %d %d %d; ", BYTES_ARG(plan.units[i].unit->code),
                   (int)plan.units[i].unit->frame, (int)plan.units[i].sample,
                   (int)plan.units[i].reserve);
    if (rc == OK)
        buf_printf(text, "%d of %d to %d%s%c", (int)plan.sample, (int)plan.least, (int)plan.most,
                   plan.is_assumed ? " assumed" : "", '\0');
    round_basis_deinit(&basis);
    return rc;
}

static int step_overview(struct fixture *fixture, const struct round_row *round,
                         struct arena *arena, void *context, struct err *err)
{
    struct buf *text = context;
    struct draw_overview overview;
    buf_clear(text);
    int rc = draw_overview_load(&fixture->datadir, round, arena, &overview, err);
    for (size_t i = 0; i < overview.unit_count && rc == OK; i++)
        buf_printf(text, BYTES_FMT " %d %d %d; ", BYTES_ARG(overview.units[i].code),
                   (int)overview.units[i].frame, (int)overview.units[i].sample,
                   (int)overview.units[i].reserve);
    buf_append_byte(text, '\0');
    return rc;
}

static void draw_plan__is_what_is_drawn(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    const char *expected = "乙局 30 8 8; 甲局 60 12 12; ";
    buf_init(&text, TEXT_MAX_BYTES);
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_plan, &text);
    assert_string_equal(text.ptr, "乙局 30 8 8; 甲局 60 12 12; 20 of 2 to 90 assumed");
    (void)draw_exactly(fixture, 20, "s");
    take(fixture, "2024-06", step_overview, &text);
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

/* ---- topping up ---- */

static int step_top_up(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                       void *context, struct err *err)
{
    const int *count = context;
    (void)arena;
    return draw_top_up(&fixture->datadir, round, BYTES_LIT("甲局"), *count, BYTES_LIT("不够"),
                       &tester, err);
}

static int step_top_up_stranger(struct fixture *fixture, const struct round_row *round,
                                struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    (void)context;
    return draw_top_up(&fixture->datadir, round, BYTES_LIT("丙局"), 1, BYTES_LIT("不够"), &tester,
                       err);
}

static void draw_top_up__releases_the_reserve_in_ticket_order(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct buf text;
    int count = 3;
    int too_many = 10; /* 9 are left */
    buf_init(&text, TEXT_MAX_BYTES);
    make_drawn(fixture, 20);
    take(fixture, "2024-06", step_top_up, &count);
    assert_int_equal(with_round(fixture, "2024-06", step_top_up, &too_many, &err), ERR_REFUSED);
    assert_int_equal(with_round(fixture, "2024-06", step_top_up_stranger, NULL, &err),
                     ERR_NOT_FOUND);
    take(fixture, "2024-06", step_csv, &text);
    assert_int_equal(count_lines(&text, ",sample"), 23);
    struct bytes rest = buf_bytes(&text);
    while (rest.ptr != NULL) {
        struct bytes line = bytes_cut(&rest, '\n');
        if (bytes_starts_with(line, BYTES_LIT("甲局,15,")))
            assert_int_equal(bytes_find(line, BYTES_LIT(",sample")) + 7, line.len);
        if (bytes_starts_with(line, BYTES_LIT("甲局,16,")))
            assert_int_equal(bytes_find(line, BYTES_LIT(",reserve")) + 8, line.len);
    }
    take(fixture, "2024-06", step_verify, NULL); /* as drawn, not as released */
    buf_deinit(&text);
}

static void draw_csv__prints_the_rest_when_asked(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    make_drawn(fixture, 20);
    take(fixture, "2024-06", step_csv_of_all, &text);
    assert_int_equal(count_lines(&text, ",sample"), 20);
    assert_int_equal(count_lines(&text, ",reserve"), 20);
    assert_int_equal(count_lines(&text, ",rest"), 50);
    assert_int_equal(count_lines(&text, "甲局,60,"), 1);
    buf_deinit(&text);
}

/* ---- an empty frame ---- */

static int step_adopt_nothing(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    return draw_adopt(&fixture->datadir, round, NULL, 0, &tester, context, err);
}

static void draw_make__draws_nothing_from_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct bytes state_word = BYTES_NONE;
    struct draw_wanted wanted = {.size = 5, .seed = "B"};
    struct drawn adopted = {0};
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    take(fixture, "2024-06", step_draw, &wanted);
    assert_int_equal(wanted.drawn.sample, 0);
    take(fixture, "2024-06", step_verify, NULL);
    take(fixture, "2024-06", step_csv_of_all, &text);
    assert_int_equal(count_lines(&text, ","), 1);
    take(fixture, "2024-06", step_close, NULL);
    take(fixture, "2024-06", step_reopen, &state_word);
    assert_true(bytes_equal(state_word, BYTES_LIT("drawn")));
    take(fixture, "2024-06", step_reopen, &state_word);
    take(fixture, "2024-06", step_adopt_nothing, &adopted);
    assert_int_equal(adopted.no, 2);
    take(fixture, "2024-06", step_verify, NULL);
    buf_deinit(&text);
}

/* ---- faults ---- */

static int draw_once(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->datadir.store;
    struct round_row round;
    struct draw_wanted wanted = {.size = 20, .seed = "B"};
    struct arena arena;
    arena_init(&arena, TEXT_MAX_BYTES);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = round_get_kept(store, BYTES_LIT("2024-06"), &arena, &round, err);
    if (rc == OK)
        rc = step_draw(fixture, &round, &arena, &wanted, err);
    store_rollback(store);
    arena_deinit(&arena);
    return rc;
}

static void draw_make__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    load_orders(fixture, 12);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    fault_loop(draw_once, fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draw_make__gives_the_golden_tickets_and_positions),
        FIXTURE_TEST(draw_make__refuses_a_second_draw_until_it_is_abandoned),
        FIXTURE_TEST(draw_make__wants_a_frozen_round_for_a_public_seed),
        FIXTURE_TEST(draw_make__refuses_less_than_the_minimums_and_unprintable_seeds),
        FIXTURE_TEST(draw_make__counts_one_case_for_a_person),
        FIXTURE_TEST(draw_make__counts_each_order_when_persons_may_be_asked_twice),
        FIXTURE_TEST(draw_plan__is_what_is_drawn),
        FIXTURE_TEST(draw_top_up__releases_the_reserve_in_ticket_order),
        FIXTURE_TEST(draw_csv__prints_the_rest_when_asked),
        FIXTURE_TEST(draw_make__draws_nothing_from_nothing),
        FIXTURE_TEST(draw_make__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
