#include "service/followup/drawing.h"

#include "tests/service/followup/draw_fixture.h"
#include "tests/support/fault.h"

#include <sqlite3.h>

enum { ORDERS = 60, ENTRIES = 90, ARENA_BYTES = 1024 * 1024 };

/* ---- draws of both kinds ---- */

struct wanted {
    int threads;
    bool keeps_all;
    struct drawing drawing;
    struct selection *selection;
};

static int select_from(struct fixture *fixture, const struct round_row *round,
                       struct wanted *wanted, struct err *err)
{
    struct drawing *drawing = &wanted->drawing;
    int rc = drawing_begin(&fixture->datadir, round, drawing, err);
    if (rc != OK)
        return rc;
    drawing->kind = DRAW_BY_EXACT_SEED;
    drawing->seed = BYTES_LIT("seed");
    drawing->threads = wanted->threads;
    for (size_t i = 0; i < drawing->unit_count; i++) {
        drawing->units[i].sample = 7 + (int64_t)i;
        drawing->units[i].reserve = 5;
    }
    return drawing_select(drawing, wanted->keeps_all, &wanted->selection, err);
}

static int step_select(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                       void *context, struct err *err)
{
    (void)arena;
    return select_from(fixture, round, context, err);
}

static void wanted_deinit(struct wanted *wanted)
{
    selection_free(wanted->selection);
    drawing_deinit(&wanted->drawing);
}

static void make_frozen(struct fixture *fixture)
{
    load_orders(fixture, ORDERS);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_freeze, NULL);
}

static void check_same(const struct wanted *one, const struct wanted *other)
{
    assert_int_equal(one->drawing.unit_count, 2);
    for (size_t i = 0; i < one->drawing.unit_count; i++) {
        size_t count = selection_count(one->selection, i);
        assert_int_equal(selection_frame(one->selection, i), selection_frame(other->selection, i));
        assert_int_equal(count, selection_count(other->selection, i));
        assert_true(count == (one->keeps_all ? (size_t)one->drawing.units[i].frame : 12 + i));
        for (size_t k = 0; k < count; k++) {
            struct selected a = selection_at(one->selection, i, k);
            struct selected b = selection_at(other->selection, i, k);
            assert_true(bytes_equal(a.order_no, b.order_no));
            assert_memory_equal(a.ticket, b.ticket, DIGEST_BYTES);
            assert_true(a.reference == b.reference && a.position == b.position && a.part == b.part);
        }
    }
}

static void drawing_select__gives_the_same_with_two_threads(void **state)
{
    struct fixture *fixture = *state;
    make_frozen(fixture);
    for (int keeps_all = 0; keeps_all <= 1; keeps_all++) {
        struct wanted one = {.threads = 1, .keeps_all = keeps_all == 1};
        struct wanted two = {.threads = 2, .keeps_all = keeps_all == 1};
        take(fixture, "2024-06", step_select, &one);
        take(fixture, "2024-06", step_select, &two);
        assert_int_equal(one.drawing.frame.entries, ENTRIES);
        check_same(&one, &two);
        wanted_deinit(&one);
        wanted_deinit(&two);
    }
}

/* ---- what another connection does not see ---- */

static int step_freeze_and_select(struct fixture *fixture, const struct round_row *round,
                                  struct arena *arena, void *context, struct err *err)
{
    struct round_row frozen;
    int rc = step_freeze(fixture, round, arena, NULL, err);
    if (rc == OK)
        rc = round_get_kept(fixture->datadir.store, BYTES_LIT("2024-06"), arena, &frozen, err);
    return rc == OK ? select_from(fixture, &frozen, context, err) : rc;
}

static void drawing_select__sees_what_this_transaction_has_frozen(void **state)
{
    struct fixture *fixture = *state;
    struct wanted at_once = {.threads = 2};
    struct wanted later = {.threads = 1};
    load_orders(fixture, ORDERS);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    take(fixture, "2024-06", step_freeze_and_select, &at_once);
    take(fixture, "2024-06", step_select, &later);
    check_same(&later, &at_once);
    wanted_deinit(&at_once);
    wanted_deinit(&later);
}

static int step_refreeze_and_select(struct fixture *fixture, const struct round_row *round,
                                    struct arena *arena, void *context, struct err *err)
{
    struct bytes state;
    struct round_row reopened;
    int rc = step_reopen(fixture, round, arena, &state, err);
    if (rc == OK)
        rc = round_get_kept(fixture->datadir.store, BYTES_LIT("2024-06"), arena, &reopened, err);
    return rc == OK ? step_freeze_and_select(fixture, &reopened, arena, context, err) : rc;
}

/* The committed frame is the one before: without the orders that came since. */
static void drawing_select__does_not_take_the_frame_before(void **state)
{
    struct fixture *fixture = *state;
    struct wanted at_once = {.threads = 2};
    make_frozen(fixture);
    load_dump(fixture,
              "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态\n"
              "A99,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结\n",
              1);
    take(fixture, "2024-06", step_refreeze_and_select, &at_once);
    assert_int_equal(at_once.drawing.frame.no, 2);
    assert_int_equal(selection_frame(at_once.selection, 0) + selection_frame(at_once.selection, 1),
                     ENTRIES + 1);
    wanted_deinit(&at_once);
}

/* ---- frames that were changed ---- */

/* Behind the store's back, as someone with a tool would. */
static void change_frame(struct fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    char path[TEMP_DIR_BYTES + 32];
    (void)snprintf(path, sizeof path, "%s/pingyi.db", fixture->data);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database), 1);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static void drawing_select__refuses_a_frame_of_other_entries(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *change, *back, *named;
    } cases[] = {
        /* A23 lies in the middle: either half could miss what stands beside it. */
        {"INSERT INTO frame_entries SELECT round_id, unit, order_no || 'x', 1 FROM frame_entries "
         "WHERE order_no = 'A23'",
         "DELETE FROM frame_entries WHERE order_no = 'A23x'", "entries"},
        {"UPDATE frame_entries SET unit = 2 WHERE order_no = 'A9'",
         "UPDATE frame_entries SET unit = 1 WHERE order_no = 'A9'", "belongs to no unit"},
        {"UPDATE frame_entries SET unit = -1 WHERE order_no = 'B1'",
         "UPDATE frame_entries SET unit = 0 WHERE order_no = 'B1'", "belongs to no unit"},
        {"UPDATE frame_entries SET unit = 1 WHERE order_no = 'B1'",
         "UPDATE frame_entries SET unit = 0 WHERE order_no = 'B1'", "entries"},
        {"DELETE FROM frame_entries WHERE order_no = 'A23'", NULL, "entries"},
    };
    make_frozen(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        change_frame(fixture, cases[i].change);
        for (int threads = 1; threads <= 2; threads++) {
            struct wanted wanted = {.threads = threads};
            struct err err = {0};
            int rc = with_round(fixture, "2024-06", step_select, &wanted, &err);
            if (rc != ERR_CORRUPT || strstr(err.message, cases[i].named) == NULL ||
                wanted.selection != NULL)
                fail_msg("case %zu with %d threads: %d \"%s\"", i, threads, rc, err.message);
            wanted_deinit(&wanted);
        }
        if (cases[i].back != NULL)
            change_frame(fixture, cases[i].back);
    }
}

/* ---- faults ---- */

static int select_once(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct wanted wanted = {.threads = 2};
    struct store *store = fixture->datadir.store;
    struct round_row round;
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    int rc = store_begin_read(store, err);
    if (rc == OK)
        rc = round_get_kept(store, BYTES_LIT("2024-06"), &arena, &round, err);
    if (rc == OK)
        rc = select_from(fixture, &round, &wanted, err);
    store_rollback(store);
    wanted_deinit(&wanted);
    arena_deinit(&arena);
    return rc;
}

static void drawing_select__survives_every_failed_allocation(void **state)
{
    make_frozen(*state);
    fault_loop(select_once, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(drawing_select__gives_the_same_with_two_threads),
        FIXTURE_TEST(drawing_select__sees_what_this_transaction_has_frozen),
        FIXTURE_TEST(drawing_select__does_not_take_the_frame_before),
        FIXTURE_TEST(drawing_select__refuses_a_frame_of_other_entries),
        FIXTURE_TEST(drawing_select__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
