#include "service/storage/orders.h"

#include "base/alloc.h"
#include "tests/service/storage/fixture.h"
#include "tests/support/fault.h"

static int set_up(void **state)
{
    struct err err = {.code = OK};
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    if (fixture == NULL)
        return -1;
    fixture_init(fixture);
    MUST(store_begin(fixture->store, &err));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_deinit(*state);
    mem_free(*state);
    return 0;
}

static struct store *store_of(void **state)
{
    struct fixture *fixture = *state;
    return fixture->store;
}

/* A handling in which no two fields hold the same value. */
static struct handling_row full_handling(void)
{
    return (struct handling_row){
        .id = 5 * HANDLINGS_AN_ORDER + 63,
        .unit_name_id = 2,
        .fact = {.received = {1714521600, MOMENT_INSTANT},
                 .dispatched = {1714521700, MOMENT_INSTANT},
                 .accepted = {1714608000, MOMENT_DAY},
                 .due = {1715126400, MOMENT_DAY},
                 .extension_asked = {0, MOMENT_INSTANT},
                 .extended_due = {-86400, MOMENT_DAY},
                 .submitted = {1714800001, MOMENT_INSTANT},
                 .closed = {1714800002, MOMENT_INSTANT},
                 .extension_count = 0,
                 .marks = FACT_URGENT | FACT_HAS_REPEAT_OF,
                 .kind = ORDER_KIND_PRAISE,
                 .status = ORDER_STATUS_MERGED,
                 .part = HANDLING_PART_UNCLEAR,
                 .flag = OVERDUE_FLAG_OVERDUE},
        .first_closed = {1714780800, MOMENT_DAY},
        .redo_count = 3,
        .role = HANDLING_ROLE_SUPPORT,
        .urgency_id = 11,
        .status_id = 12,
        .hotline_resolved_id = 13,
        .hotline_satisfaction_id = 14,
        .unit_resolved_id = 15,
        .import_id = 4,
    };
}

static void assert_same_handling(const struct handling_row *a, const struct handling_row *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->import_id, b->import_id);
    assert_int_equal(a->fact.part, b->fact.part);
    assert_true(handling_row_equal(a, b));
}

static void put_new(struct store *store, const struct order_row *row)
{
    struct err err = {.code = OK};
    int64_t id = 0;
    MUST(orders_put_new(store, row, 1, &id, &err));
    assert_int_equal(id, row->id);
}

/* ---- rows ---- */

static void order_put__gives_back_what_was_put(void **state)
{
    struct err err = {.code = OK};
    struct order_row row = {.id = 5,
                            .order_no = BYTES_LIT("GX20240500000001"),
                            .import_id = 4,
                            .category_id = 1,
                            .region_id = 2,
                            .channel_id = 3,
                            .repeat_of = BYTES_LIT("GX20240400000009"),
                            .phone_key = INT64_MIN,
                            .sealed = {"\0\xFF", 2}};
    struct order_row out;
    put_new(store_of(state), &row);
    MUST(order_get(store_of(state), row.order_no, &out, &err));
    assert_int_equal(out.id, 5);
    assert_int_equal(out.import_id, 4);
    assert_int_equal(out.category_id, 1);
    assert_int_equal(out.region_id, 2);
    assert_int_equal(out.channel_id, 3);
    assert_int_equal(out.phone_key, INT64_MIN);
    assert_true(bytes_equal(out.order_no, row.order_no));
    assert_true(bytes_equal(out.repeat_of, row.repeat_of));
    assert_true(bytes_equal(out.sealed, row.sealed));

    struct order_row bare = {.id = 5, .order_no = row.order_no, .import_id = 4, .sealed = {"", 0}};
    MUST(order_put(store_of(state), &bare, &err));
    MUST(order_get_by_id(store_of(state), 5, &out, &err));
    assert_int_equal(out.category_id, 0);
    assert_int_equal(out.phone_key, 0);
    assert_int_equal(out.repeat_of.len, 0);
    assert_int_equal(out.sealed.len, 0);
    assert_int_equal(order_get_by_id(store_of(state), 6, &out, &err), ERR_NOT_FOUND);
    assert_int_equal(order_get(store_of(state), BYTES_LIT("GX2"), &out, &err), ERR_NOT_FOUND);
}

static void orders_put_new__stores_nothing_under_a_taken_number(void **state)
{
    struct err err = {.code = OK};
    struct order_row first = sample_order(1, 1, "GX1");
    struct order_row second = sample_order(2, 1, "GX1");
    int64_t id = 0;
    put_new(store_of(state), &first);
    MUST(orders_put_new(store_of(state), &second, 1, &id, &err));
    assert_int_equal(id, 1);
    assert_int_equal(order_get_by_id(store_of(state), 2, &second, &err), ERR_NOT_FOUND);
    struct order_row third = sample_order(2, 1, "GX2");
    put_new(store_of(state), &third);
}

static void orders_put_new__tells_new_from_known_row_by_row(void **state)
{
    struct err err = {.code = OK};
    struct order_row known = sample_order(1, 1, "GX1");
    put_new(store_of(state), &known);
    const struct order_row rows[] = {
        sample_order(2, 1, "GX2"), sample_order(3, 1, "GX1"), sample_order(4, 1, "GX4"),
        sample_order(5, 1, "GX2"), /* as the first one */
    };
    const int64_t expected[] = {2, 1, 4, 2};
    int64_t ids[4] = {0};
    struct order_row out;
    MUST(orders_put_new(store_of(state), rows, 4, ids, &err));
    assert_memory_equal(ids, expected, sizeof ids);
    MUST(order_get(store_of(state), BYTES_LIT("GX4"), &out, &err));
    assert_int_equal(out.id, 4);
    assert_true(bytes_equal(out.sealed, rows[2].sealed));
    MUST(orders_put_new(store_of(state), rows, 0, ids, &err));
}

static void handlings_put_new__takes_all_or_nothing(void **state)
{
    struct err err = {.code = OK};
    struct handling_row found[HANDLINGS_AN_ORDER];
    int count = 0;
    const struct handling_row rows[] = {sample_handling(5, 0, 1), full_handling()};
    MUST(handlings_put_new(store_of(state), rows, 2, &err));
    MUST(handlings_get(store_of(state), 5, found, &count, &err));
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++)
        assert_same_handling(&found[i], &rows[i]);
    struct handling_row others[] = {sample_handling(8, 0, 1), sample_handling(8, 0, 1)};
    assert_int_equal(handlings_put_new(store_of(state), others, 2, &err), ERR_EXISTS);
    MUST(handlings_get(store_of(state), 8, found, &count, &err));
    assert_int_equal(count, 0);
}

static void handling_put__gives_back_what_was_put(void **state)
{
    struct err err = {.code = OK};
    struct handling_row rows[] = {sample_handling(5, 0, 1), full_handling()};
    struct handling_row stored[HANDLINGS_AN_ORDER];
    int count = 0;
    MUST(handling_put(store_of(state), &rows[1], &err));
    MUST(handling_put(store_of(state), &rows[0], &err));
    MUST(handlings_get(store_of(state), 5, stored, &count, &err));
    assert_int_equal(count, 2);
    assert_same_handling(&stored[0], &rows[0]);
    assert_same_handling(&stored[1], &rows[1]);

    rows[1] = sample_handling(5, 63, 9);
    MUST(handling_put(store_of(state), &rows[1], &err));
    MUST(handlings_get(store_of(state), 5, stored, &count, &err));
    assert_int_equal(count, 2);
    assert_same_handling(&stored[1], &rows[1]);
    MUST(handlings_get(store_of(state), 6, stored, &count, &err));
    assert_int_equal(count, 0);
}

static void handling_row_equal__sees_each_field_but_id_import_and_part(void **state)
{
    (void)state;
    const struct handling_row row = full_handling();
    struct handling_row other = row;
    other.id = other.import_id = 99;
    other.fact.part = HANDLING_PART_LEAD;
    assert_true(handling_row_equal(&row, &other));
#define DIFFERS(change)                                                                            \
    other = row;                                                                                   \
    other.change;                                                                                  \
    assert_false(handling_row_equal(&row, &other))
    DIFFERS(unit_name_id = 0);
    DIFFERS(fact.received.seconds++);
    DIFFERS(fact.dispatched.seconds++);
    DIFFERS(fact.accepted.kind = MOMENT_INSTANT);
    DIFFERS(fact.due.kind = MOMENT_NONE);
    DIFFERS(fact.extension_asked.seconds++);
    DIFFERS(fact.extended_due.seconds++);
    DIFFERS(fact.submitted.seconds++);
    DIFFERS(fact.closed.seconds++);
    DIFFERS(fact.extension_count = -1);
    DIFFERS(fact.marks = 0);
    DIFFERS(fact.kind = ORDER_KIND_HELP);
    DIFFERS(fact.status = ORDER_STATUS_OPEN);
    DIFFERS(fact.flag = OVERDUE_FLAG_NONE);
    DIFFERS(first_closed.seconds++);
    DIFFERS(redo_count++);
    DIFFERS(role = HANDLING_ROLE_LEAD);
    DIFFERS(urgency_id++);
    DIFFERS(status_id++);
    DIFFERS(hotline_resolved_id++);
    DIFFERS(hotline_satisfaction_id++);
    DIFFERS(unit_resolved_id++);
#undef DIFFERS
}

/* ---- what waits, and history ---- */

struct seen {
    struct store *store;
    int64_t ids[8];
    struct handling_row rows[8];
    int64_t phone_keys[8];
    int count;
};

static int drop_next(void *context, const struct handling_row *row, struct err *err)
{
    struct seen *seen = context;
    seen->ids[seen->count++] = row->id;
    return pending_handling_delete(seen->store, row->id + 1, err);
}

static void pending_handlings_each__bears_changes_by_its_reader(void **state)
{
    struct err err = {.code = OK};
    struct seen seen = {.store = store_of(state)};
    static const int64_t orders[] = {1, 1, 1, 2};
    static const int places[] = {0, 1, 2, 0};
    for (size_t i = 0; i < 4; i++) {
        struct handling_row row = sample_handling(orders[i], places[i], 2);
        MUST(pending_handling_put(seen.store, &row, &err));
    }
    MUST(pending_handlings_each(seen.store, drop_next, &seen, &err));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.ids[0], 64);
    assert_int_equal(seen.ids[1], 66);
    assert_int_equal(seen.ids[2], 128);
    struct handling_row row;
    assert_int_equal(pending_handling_get(seen.store, 65, &row, &err), ERR_NOT_FOUND);
}

static int keep_handling(void *context, int64_t changed_by, const struct handling_row *row,
                         struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->ids[seen->count] = changed_by;
    seen->rows[seen->count++] = *row;
    return OK;
}

static int keep_order(void *context, int64_t changed_by, const struct order_row *row,
                      struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->ids[seen->count] = changed_by;
    seen->phone_keys[seen->count++] = row->phone_key;
    return OK;
}

static void orders_apply_pending__keeps_what_it_replaces(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct order_row order = sample_order(5, 1, "GX5");
    struct handling_row first = sample_handling(5, 0, 1);
    struct handling_row changed = full_handling();
    struct handling_row added = sample_handling(5, 1, 2);
    changed.id = first.id;
    put_new(store, &order);
    MUST(handling_put(store, &first, &err));
    order.phone_key = 77;
    MUST(pending_order_put(store, &order, &err));
    MUST(pending_handling_put(store, &changed, &err));
    MUST(pending_handling_put(store, &added, &err));
    MUST(orders_apply_pending(store, 2, &err));

    struct handling_row stored[HANDLINGS_AN_ORDER];
    struct order_row stored_order;
    int count = 0;
    MUST(handlings_get(store, 5, stored, &count, &err));
    assert_int_equal(count, 2);
    assert_same_handling(&stored[0], &changed);
    assert_same_handling(&stored[1], &added);
    MUST(order_get_by_id(store, 5, &stored_order, &err));
    assert_int_equal(stored_order.phone_key, 77);
    assert_int_equal(pending_order_get(store, 5, &stored_order, &err), ERR_NOT_FOUND);
    assert_int_equal(pending_handling_get(store, first.id, &stored[0], &err), ERR_NOT_FOUND);

    struct seen seen = {.count = 0};
    MUST(handling_versions_each(store, first.id, keep_handling, &seen, &err));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], 2);
    assert_same_handling(&seen.rows[0], &first);
    MUST(handling_versions_each(store, added.id, keep_handling, &seen, &err));
    assert_int_equal(seen.count, 1);
    seen.count = 0;
    MUST(order_versions_each(store, 5, keep_order, &seen, &err));
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.phone_keys[0], 1005);
}

static void sighting_put__keeps_the_strongest(void **state)
{
    struct err err = {.code = OK};
    bool seen = true;
    MUST(sighting_get(store_of(state), 2, 64, &seen, &err));
    assert_false(seen);
    MUST(sighting_put(store_of(state), 2, 64, SIGHTING_ADDED, &err));
    MUST(sighting_put(store_of(state), 2, 64, SIGHTING_UNCHANGED, &err));
    MUST(sighting_get(store_of(state), 2, 64, &seen, &err));
    assert_true(seen);
}

static void term_put__gives_one_id_a_text(void **state)
{
    struct err err = {.code = OK};
    int64_t first = 0, again = 0, other = 0, none = 1;
    MUST(term_put(store_of(state), BYTES_LIT("市政"), &first, &err));
    MUST(term_put(store_of(state), BYTES_LIT("供水"), &other, &err));
    MUST(term_put(store_of(state), BYTES_LIT("市政"), &again, &err));
    MUST(term_put(store_of(state), BYTES_NONE, &none, &err));
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
    assert_int_equal(none, 0);
    struct bytes text;
    MUST(term_get(store_of(state), other, &text, &err));
    assert_true(bytes_equal(text, BYTES_LIT("供水")));
    MUST(term_get(store_of(state), 0, &text, &err));
    assert_int_equal(text.len, 0);
    assert_int_equal(term_get(store_of(state), 99, &text, &err), ERR_NOT_FOUND);
}

/* ---- facts ---- */

static int keep_fact(void *context, const struct fact_row *row, struct err *err)
{
    struct seen *seen = context;
    if (row->handling_id == 9 * HANDLINGS_AN_ORDER)
        return err_set(err, ERR_CANCELED, "enough");
    seen->ids[seen->count] = row->handling_id;
    seen->rows[seen->count++] = (struct handling_row){
        .id = row->handling_id, .unit_name_id = row->unit_name_id, .fact = row->fact};
    return OK;
}

static void facts_each__gives_a_range_in_order(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct handling_row full = full_handling();
    struct handling_row rows[] = {sample_handling(9, 0, 1), full, sample_handling(5, 0, 1),
                                  sample_handling(4, 0, 1)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        MUST(handling_put(store, &rows[i], &err));
    struct seen seen = {.count = 0};
    MUST(facts_each(store, 5 * HANDLINGS_AN_ORDER, 9 * HANDLINGS_AN_ORDER, keep_fact, &seen, &err));
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.ids[0], 5 * HANDLINGS_AN_ORDER);
    assert_int_equal(seen.ids[1], full.id);
    struct handling_row expected = {.unit_name_id = full.unit_name_id, .fact = full.fact};
    expected.fact.accepted = (struct moment){0, MOMENT_NONE};
    assert_true(handling_row_equal(&seen.rows[1], &expected));
    assert_int_equal(seen.rows[1].fact.part, HANDLING_PART_UNCLEAR);

    assert_int_equal(facts_each(store, 0, INT64_MAX, keep_fact, &seen, &err), ERR_CANCELED);
    assert_string_equal(err.message, "enough");
}

static void facts_end_id__hides_the_import_that_is_loading(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    int64_t end = 0;
    MUST(facts_end_id(store, &end, &err));
    assert_int_equal(end, 0);
    struct order_row order = sample_order(8, 1, "GX8");
    struct handling_row handling = full_handling();
    handling.id = 8 * HANDLINGS_AN_ORDER + 2;
    put_new(store, &order);
    MUST(handling_put(store, &handling, &err));
    MUST(facts_end_id(store, &end, &err));
    assert_int_equal(end, handling.id + 1);
    struct import_row row = sample_import(1);
    MUST(import_put_loading(store, &row, &err));
    MUST(facts_end_id(store, &end, &err));
    assert_int_equal(end, 9 * HANDLINGS_AN_ORDER);
}

/* ---- faults ---- */

static int rewrite_without_memory(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct order_row order = sample_order(5, 1, "GX5");
    struct handling_row handling = full_handling();
    struct order_row stored;
    int rc = order_put(store, &order, err);
    if (rc == OK)
        rc = handling_put(store, &handling, err);
    if (rc == OK)
        rc = pending_order_put(store, &order, err);
    if (rc == OK)
        rc = pending_handling_put(store, &handling, err);
    if (rc == OK)
        rc = orders_apply_pending(store, 2, err);
    if (rc == OK)
        rc = orders_index_changed_persons(store, 2, err);
    if (rc == OK)
        rc = order_get(store, BYTES_LIT("GX5"), &stored, err);
    if (rc == OK)
        assert_true(bytes_equal(stored.sealed, order.sealed));
    store_rollback(store);
    if (rc != OK)
        return rc;
    return store_begin(store, err);
}

static int reopen_and_rewrite(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    int rc = store_open(&options, &fixture->store, err);
    if (rc == OK)
        rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = rewrite_without_memory(fixture, err);
    store_close(fixture->store);
    fixture->store = NULL;
    return rc;
}

static void orders__survive_failing_memory(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    fault_loop(reopen_and_rewrite, fixture);
}

int main(void)
{
    storage_use_allocator();
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(order_put__gives_back_what_was_put),
        TEST(orders_put_new__stores_nothing_under_a_taken_number),
        TEST(orders_put_new__tells_new_from_known_row_by_row),
        TEST(handlings_put_new__takes_all_or_nothing),
        TEST(handling_put__gives_back_what_was_put),
        TEST(handling_row_equal__sees_each_field_but_id_import_and_part),
        TEST(pending_handlings_each__bears_changes_by_its_reader),
        TEST(orders_apply_pending__keeps_what_it_replaces),
        TEST(sighting_put__keeps_the_strongest),
        TEST(term_put__gives_one_id_a_text),
        TEST(facts_each__gives_a_range_in_order),
        TEST(facts_end_id__hides_the_import_that_is_loading),
        TEST(orders__survive_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
