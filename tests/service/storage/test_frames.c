#include "service/storage/frames.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

static void frame_get_last__gives_the_newest_freezing(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct frame_row row;
    int64_t round = put_round(store, "2024-05");
    int64_t other = put_round(store, "2024-06");
    assert_int_equal(frame_get_last(store, round, &row, &err), ERR_NOT_FOUND);
    put_frame(store, round, 1);
    put_frame(store, round, 2);
    put_frame(store, other, 3);
    MUST(frame_get_last(store, round, &row, &err));
    assert_int_equal(row.no, 2);
    MUST(frame_get(store, round, 1, &row, &err));
    assert_true(row.round_id == round && row.no == 1 && row.entries == 4);
    assert_true(bytes_equal(row.listing_sha256, BYTES_LIT("l2345678901234567890123456789012")));
    assert_true(bytes_equal(row.rules_sha256, BYTES_LIT("r2345678901234567890123456789012")));
    assert_true(bytes_equal(row.secret_sha256, BYTES_LIT("s2345678901234567890123456789012")));
    assert_true(bytes_equal(row.sealed_secret, BYTES_LIT("sealed secret")));
    assert_int_equal(row.frozen_utc, 1717200000);
    assert_int_equal(frame_get(store, round, 3, &row, &err), ERR_NOT_FOUND);
    row = (struct frame_row){.round_id = round, .no = 2};
    assert_int_equal(frame_put_new(store, &row, &err), ERR_EXISTS);
    row = (struct frame_row){.round_id = 99, .no = 1};
    assert_int_equal(frame_put_new(store, &row, &err), ERR_REFUSED);
}

static int on_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    int64_t *count = context;
    (void)err;
    assert_int_equal(row->unit, *count);
    assert_true(bytes_equal(row->code, *count == 0 ? BYTES_LIT("A") : BYTES_LIT("B")));
    assert_int_equal(row->entries, *count == 0 ? 3 : 1);
    ++*count;
    return OK;
}

static int on_left_out(void *context, int64_t unit, int reason, int64_t orders, struct err *err)
{
    struct listing *listing = context;
    (void)err;
    listing_add(listing, "%d:%d:%d ", (int)unit, reason, (int)orders);
    return OK;
}

static void frame_units_each__comes_by_unit(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t round = put_round(store, "2024-05");
    struct frame_unit_row first = {0, BYTES_LIT("A"), 3}, second = {1, BYTES_LIT("B"), 1};
    int64_t count = 0;
    struct listing left_out = {.len = 0};
    MUST(frame_unit_put(store, round, &second, &err));
    MUST(frame_unit_put(store, round, &first, &err));
    assert_int_equal(frame_unit_put(store, round, &first, &err), ERR_EXISTS);
    MUST(frame_units_each(store, round, on_unit, &count, &err));
    assert_int_equal(count, 2);
    MUST(frame_left_out_put(store, round, 1, 2, 7, &err));
    MUST(frame_left_out_put(store, round, 0, 6, 5, &err));
    MUST(frame_left_out_put(store, round, 0, 3, 1, &err));
    MUST(frame_left_out_each(store, round, on_left_out, &left_out, &err));
    assert_string_equal(left_out.text, "0:3:1 0:6:5 1:2:7 ");
}

static int on_entry(void *context, const struct frame_entry *entry, struct err *err)
{
    struct listing *listing = context;
    listing_add(listing, "%d:" BYTES_FMT ":%d ", (int)entry->unit, BYTES_ARG(entry->order_no),
                (int)entry->handling_id);
    return listing->stop_after != 0 && --listing->stop_after == 0
               ? err_set(err, ERR_CANCELED, "stopped")
               : OK;
}

/* Orders 1 to 4 have numbers that sort otherwise than their ids. */
static void put_orders(struct store *store)
{
    static const char *const numbers[] = {"GX9", "GX10", "gx1", "市1"};
    struct err err = {.code = OK};
    for (int64_t i = 1; i <= 4; i++) {
        int64_t id = 0;
        struct order_row order = sample_order(i, 1, numbers[i - 1]);
        MUST(orders_put_new(store, &order, 1, &id, &err));
    }
}

static int put_pending(struct store *store, struct err *err)
{
    static const struct {
        int64_t handling_id, unit;
    } pending[] = {{64, 0}, {65, 1}, {128, 0}, {192, 0}, {256, 0}};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof pending / sizeof *pending; i++)
        rc = frame_pending_put(store, pending[i].handling_id, pending[i].unit, err);
    return rc;
}

static void frame_apply_pending__sorts_by_unit_and_number(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, none = {.len = 0}, some = {.stop_after = 2};
    int64_t round = put_round(store, "2024-05");
    put_orders(store);
    MUST(put_pending(store, &err));
    MUST(frame_apply_pending(store, round, &err));
    MUST(frame_entries_each(store, round, on_entry, &all, &err));
    assert_string_equal(all.text, "0:GX10:128 0:GX9:64 0:gx1:192 0:市1:256 1:GX9:65 ");
    assert_int_equal(frame_entries_each(store, round, on_entry, &some, &err), ERR_CANCELED);
    assert_string_equal(some.text, "0:GX10:128 0:GX9:64 ");

    /* From both ends. */
    struct listing front = {.len = 0}, back = {.len = 0}, whole = {.len = 0};
    MUST(frame_entries_each_from(store, round, FRAME_FRONT, 2, on_entry, &front, &err));
    assert_string_equal(front.text, "0:GX10:128 0:GX9:64 ");
    MUST(frame_entries_each_from(store, round, FRAME_BACK, 3, on_entry, &back, &err));
    assert_string_equal(back.text, "1:GX9:65 0:市1:256 0:gx1:192 ");
    MUST(frame_entries_each_from(store, round, FRAME_FRONT, 6, on_entry, &whole, &err));
    assert_string_equal(whole.text, all.text);

    /* Nothing waits any more: the next frame has its own. */
    int64_t other = put_round(store, "2024-06");
    MUST(frame_apply_pending(store, other, &err));
    MUST(frame_entries_each(store, other, on_entry, &none, &err));
    assert_int_equal(none.len, 0);
}

static void frame_apply_pending__refuses_what_cannot_be(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t round = put_round(store, "2024-05");
    put_orders(store);
    MUST(frame_pending_put(store, 64, 0, &err));
    MUST(frame_pending_put(store, 65, 0, &err));
    assert_int_equal(frame_apply_pending(store, round, &err), ERR_EXISTS);
    store_rollback(store);

    MUST(store_begin(store, &err));
    round = put_round(store, "2024-05");
    put_orders(store);
    MUST(frame_pending_put(store, 64, 0, &err));
    MUST(frame_pending_put(store, 5 * HANDLINGS_AN_ORDER, 0, &err));
    assert_int_equal(frame_apply_pending(store, round, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.message, "1 of 2"));
}

static void frame_entry_get__finds_an_order_in_any_unit(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct frame_entry entry;
    int64_t round = put_round(store, "2024-05");
    struct frame_unit_row first = {0, BYTES_LIT("A"), 3}, second = {1, BYTES_LIT("B"), 1};
    MUST(frame_unit_put(store, round, &first, &err));
    MUST(frame_unit_put(store, round, &second, &err));
    put_orders(store);
    MUST(frame_pending_put(store, 64, 1, &err));
    MUST(frame_pending_put(store, 65, 0, &err));
    MUST(frame_pending_put(store, 128, 1, &err));
    MUST(frame_apply_pending(store, round, &err));
    MUST(frame_entry_get(store, round, BYTES_LIT("GX9"), &entry, &err));
    assert_true(entry.unit == 0 && entry.handling_id == 65);
    MUST(frame_entry_get(store, round, BYTES_LIT("GX10"), &entry, &err));
    assert_true(entry.unit == 1 && entry.handling_id == 128);
    assert_true(bytes_equal(entry.order_no, BYTES_LIT("GX10")));
    assert_int_equal(frame_entry_get(store, round, BYTES_LIT("gx1"), &entry, &err), ERR_NOT_FOUND);
    assert_int_equal(frame_entry_get(store, round + 1, BYTES_LIT("GX9"), &entry, &err),
                     ERR_NOT_FOUND);
}

static void frame_drop__keeps_the_evidence(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing left = {.len = 0};
    struct frame_row row;
    int64_t rounds[2], count = 0;
    put_orders(store);
    for (int i = 0; i < 2; i++) {
        struct frame_unit_row unit = {0, BYTES_LIT("A"), 3};
        rounds[i] = put_round(store, i == 0 ? "2024-05" : "2024-06");
        put_frame(store, rounds[i], 1);
        MUST(frame_unit_put(store, rounds[i], &unit, &err));
        MUST(frame_left_out_put(store, rounds[i], 0, 2, 7, &err));
        MUST(frame_pending_put(store, 64, 0, &err));
        MUST(frame_apply_pending(store, rounds[i], &err));
    }
    MUST(frame_drop(store, rounds[0], &err));
    MUST(frame_entries_each(store, rounds[0], on_entry, &left, &err));
    MUST(frame_left_out_each(store, rounds[0], on_left_out, &left, &err));
    MUST(frame_units_each(store, rounds[0], on_unit, &count, &err));
    assert_true(left.len == 0 && count == 0);
    MUST(frame_get_last(store, rounds[0], &row, &err));
    MUST(frame_entries_each(store, rounds[1], on_entry, &left, &err));
    MUST(frame_left_out_each(store, rounds[1], on_left_out, &left, &err));
    MUST(frame_units_each(store, rounds[1], on_unit, &count, &err));
    assert_string_equal(left.text, "0:GX9:64 0:2:7 ");
    assert_int_equal(count, 1);
}

static int freeze(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct listing listing = {.len = 0};
    struct frame_entry entry;
    int rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = put_pending(fixture->store, err);
    if (rc == OK)
        rc = frame_apply_pending(fixture->store, 1, err);
    if (rc == OK)
        rc = frame_entries_each(fixture->store, 1, on_entry, &listing, err);
    if (rc == OK)
        assert_string_equal(listing.text, "0:GX10:128 0:GX9:64 0:gx1:192 0:市1:256 1:GX9:65 ");
    if (rc == OK)
        rc = frame_entry_get(fixture->store, 1, BYTES_LIT("GX9"), &entry, err);
    if (rc == OK)
        rc = frame_drop(fixture->store, 1, err);
    store_rollback(fixture->store);
    return rc;
}

static void prepare_freeze(struct fixture *fixture)
{
    struct err err = {.code = OK};
    struct frame_unit_row unit = {0, BYTES_LIT("A"), 4};
    struct store *store = begin(fixture);
    assert_int_equal(put_round(store, "2024-05"), 1);
    MUST(frame_unit_put(store, 1, &unit, &err));
    put_orders(store);
    MUST(store_commit(store, &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void frame__survives_lack_of_memory(void **state)
{
    prepare_freeze(*state);
    fault_loop(freeze, *state);
}

static void frame__survives_a_failing_disk(void **state)
{
    prepare_freeze(*state);
    disk_loop(*state, freeze);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frame_get_last__gives_the_newest_freezing),
        TEST(frame_units_each__comes_by_unit),
        TEST(frame_apply_pending__sorts_by_unit_and_number),
        TEST(frame_apply_pending__refuses_what_cannot_be),
        TEST(frame_entry_get__finds_an_order_in_any_unit),
        TEST(frame_drop__keeps_the_evidence),
        TEST(frame__survives_lack_of_memory),
        TEST(frame__survives_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
