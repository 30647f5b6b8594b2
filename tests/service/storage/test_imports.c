#include "service/storage/imports.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "service/storage/connection.h"
#include "service/storage/rounds.h"
#include "tests/service/storage/fixture.h"

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

static void dump_rows(struct store *store, const char *sql, struct buf *out)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            buf_printf(out, "%s|", text != NULL ? text : "NULL");
        }
        buf_append_byte(out, '\n');
    }
    (void)sqlite3_finalize(statement);
}

/* All that an import may write, but its own row, as text. */
static void dump(struct store *store, struct buf *out)
{
    static const char *const tables[] = {
        "SELECT * FROM orders ORDER BY id",
        "SELECT * FROM handlings ORDER BY id",
        "SELECT * FROM person_orders ORDER BY phone_key, order_id",
        "SELECT * FROM order_versions ORDER BY id, changed_by",
        "SELECT * FROM handling_versions ORDER BY id, changed_by",
        "SELECT * FROM sightings ORDER BY import_id, handling_id",
        "SELECT * FROM pending_orders",
        "SELECT * FROM pending_handlings",
        "SELECT * FROM rejects ORDER BY id",
        "SELECT * FROM record_flags ORDER BY import_id, line",
    };
    buf_init(out, 1 << 20);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        buf_printf(out, "%s\n", tables[i]);
        dump_rows(store, tables[i], out);
    }
    assert_int_equal(out->rc, OK);
}

static void begin_import(struct store *store, struct import_row *row, unsigned char digest)
{
    struct err err = {.code = OK};
    *row = sample_import(digest);
    MUST(import_put_loading(store, row, &err));
    row->end_order_id = row->first_order_id;
}

static int64_t add_order(struct store *store, struct import_row *row)
{
    struct err err = {.code = OK};
    char order_no[24];
    int64_t id = row->end_order_id++;
    (void)snprintf(order_no, sizeof order_no, "GX%d", (int)id);
    struct order_row order = sample_order(id, row->id, order_no);
    struct handling_row handling = sample_handling(id, 0, row->id);
    struct person_order person = {order.phone_key, id};
    int64_t stored_id = 0;
    MUST(orders_put_new(store, &order, 1, &stored_id, &err));
    MUST(handlings_put_new(store, &handling, 1, &err));
    if (order.phone_key != 0)
        MUST(person_orders_put(store, &person, 1, &err));
    return id;
}

static void end_import(struct store *store, struct import_row *row)
{
    struct err err = {.code = OK};
    MUST(orders_apply_pending(store, row->id, &err));
    MUST(orders_index_changed_persons(store, row->id, &err));
    row->loaded_utc = 1717200100;
    MUST(import_put_loaded(store, row, &err));
}

/* The import changes what an older order says: its person, its unit; and adds another unit's part. */
static void change_order(struct store *store, const struct import_row *row, int64_t order_id)
{
    struct err err = {.code = OK};
    struct order_row order;
    MUST(order_get_by_id(store, order_id, &order, &err));
    order.phone_key = 55;
    order.import_id = row->id;
    MUST(pending_order_put(store, &order, &err));
    struct handling_row handling = sample_handling(order_id, 0, row->id);
    handling.unit_name_id = 8;
    MUST(pending_handling_put(store, &handling, &err));
    MUST(sighting_put(store, row->id, handling.id, SIGHTING_CHANGED, &err));
    struct handling_row added = sample_handling(order_id, 1, row->id);
    MUST(pending_handling_put(store, &added, &err));
    MUST(sighting_put(store, row->id, added.id, SIGHTING_ADDED, &err));
}

static void import__goes_from_loading_to_loaded(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row row, second = sample_import(2), found;
    int64_t id = 0;
    begin_import(store, &row, 1);
    assert_int_equal(import_put_loading(store, &second, &err), ERR_BUSY);
    MUST(import_loading(store, &id, &err));
    assert_int_equal(id, row.id);
    assert_int_equal(import_find(store, row.sha256, row.profile_sha256, &found, &err),
                     ERR_NOT_FOUND);
    (void)add_order(store, &row);
    row.counts = (struct import_counts){.rows = 15,
                                        .accepted = 1,
                                        .updated = 2,
                                        .unchanged = 4,
                                        .rejected = 8,
                                        .contradictions = 16,
                                        .bad_dates = 32,
                                        .flag_disagreements = 64,
                                        .newest_event_utc = 128};
    end_import(store, &row);
    assert_int_equal(import_put_loaded(store, &row, &err), ERR_WRONG_STATE);
    MUST(import_loading(store, &id, &err));
    assert_int_equal(id, 0);

    MUST(import_find(store, row.sha256, row.profile_sha256, &found, &err));
    assert_int_equal(found.id, row.id);
    assert_true(bytes_equal(found.state, BYTES_LIT("loaded")));
    assert_true(bytes_equal(found.file_name, row.file_name));
    assert_memory_equal(found.sha256, row.sha256, 32);
    assert_memory_equal(&found.counts, &row.counts, sizeof row.counts);
    assert_int_equal(found.end_order_id, row.first_order_id + 1);
    assert_int_equal(import_get(store, 99, &found, &err), ERR_NOT_FOUND);
}

static void import_clear__goes_in_slices(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row old, row;
    struct buf before, after;
    begin_import(store, &old, 1);
    int64_t old_order = add_order(store, &old);
    end_import(store, &old);
    dump(store, &before);
    begin_import(store, &row, 2);
    for (int i = 0; i < 5; i++)
        (void)add_order(store, &row);
    change_order(store, &row, old_order);
    MUST(record_flags_put(store, row.id, 2, 64, 1, &err));
    MUST(reject_put(store, row.id, 1, 3, BYTES_LIT("x"), BYTES_NONE, BYTES_NONE, &err));
    bool done = false;
    int calls = 0;
    for (; !done; calls++)
        MUST(import_clear(store, row.id, 2, &done, &err));
    assert_int_equal(calls, 3);
    dump(store, &after);
    assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
    assert_int_equal(import_get(store, row.id, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(import_clear(store, old.id, 2, &done, &err), ERR_WRONG_STATE);
    buf_deinit(&before);
    buf_deinit(&after);
}

static void import_undo__restores_what_was(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row old, row, again;
    struct buf before, after;
    begin_import(store, &old, 1);
    int64_t order = add_order(store, &old);
    (void)add_order(store, &old);
    end_import(store, &old);
    dump(store, &before);

    begin_import(store, &row, 2);
    (void)add_order(store, &row);
    change_order(store, &row, order);
    MUST(record_flags_put(store, row.id, 2, 64, 1, &err));
    MUST(reject_put(store, row.id, 1, 3, BYTES_LIT("x"), BYTES_NONE, BYTES_NONE, &err));
    end_import(store, &row);
    dump(store, &after);
    assert_false(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
    buf_deinit(&after);

    MUST(import_undo(store, row.id, 1717300000, &err));
    dump(store, &after);
    assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
    assert_int_equal(import_undo(store, row.id, 1717300000, &err), ERR_WRONG_STATE);

    /* The same file loads again, and no order's id is given twice. */
    begin_import(store, &again, 2);
    assert_int_equal(again.first_order_id, row.end_order_id);
    end_import(store, &again);
    buf_deinit(&before);
    buf_deinit(&after);
}

static void import_blocked_by__names_later_imports_and_frozen_rounds(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row old, row;
    int64_t later = 1;
    struct bytes round;
    begin_import(store, &old, 1);
    int64_t order = add_order(store, &old);
    end_import(store, &old);
    MUST(import_blocked_by(store, old.id, &later, &round, &err));
    assert_int_equal(later, 0);
    assert_int_equal(round.len, 0);

    begin_import(store, &row, 2);
    change_order(store, &row, order);
    end_import(store, &row);
    MUST(import_blocked_by(store, old.id, &later, &round, &err));
    assert_int_equal(later, row.id);
    MUST(import_blocked_by(store, row.id, &later, &round, &err));
    assert_int_equal(later, 0);

    MUST(database_exec(
        store,
        BYTES_LIT("INSERT INTO rounds (id, name, kind, from_day, to_day, rules, state)"
                  " VALUES (1, '2024-05', 'monthly', 1, 2, '', 'closed');"
                  "INSERT INTO round_facts (round_id, id, received_at, traits,"
                  " extension_count, merged_repeat, judgement)"
                  " SELECT 1, id, received_at, traits, extension_count, 0, 0"
                  " FROM handlings WHERE id % 64 = 0"),
        "close a round", &err));
    static const char *const frozen[] = {"frozen", "drawn", "calling", "closed", "scored"};
    for (size_t i = 0; i < sizeof frozen / sizeof *frozen; i++) {
        MUST(round_put_state(store, 1, bytes_from_z(frozen[i]), 0, &err));
        MUST(import_blocked_by(store, row.id, &later, &round, &err));
        assert_true(bytes_equal(round, BYTES_LIT("2024-05")));
        MUST(import_blocked_by(store, old.id, &later, &round, &err));
        assert_true(bytes_equal(round, BYTES_LIT("2024-05")));
    }
    MUST(round_put_state(store, 1, BYTES_LIT("draft"), 0, &err));
    MUST(import_blocked_by(store, row.id, &later, &round, &err));
    assert_int_equal(round.len, 0);
}

struct touched {
    int64_t ids[8];
    size_t count, stop_at;
};

static int on_touched(void *context, int64_t handling_id, struct err *err)
{
    struct touched *touched = context;
    assert_in_range(touched->count, 0, 7);
    touched->ids[touched->count++] = handling_id;
    return touched->count == touched->stop_at ? err_set(err, ERR_CANCELED, "stopped") : OK;
}

/* The import tells of order `order_id` alone that it repeats another one. */
static void tell_repeat(struct store *store, const struct import_row *row, int64_t order_id)
{
    struct err err = {.code = OK};
    struct order_row order;
    MUST(order_get_by_id(store, order_id, &order, &err));
    order.repeat_of = BYTES_LIT("GX1");
    order.import_id = row->id;
    MUST(pending_order_put(store, &order, &err));
}

static void import_touched_each__gives_what_was_added_or_changed(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row old, row, later;
    struct touched touched = {.count = 0}, some = {.stop_at = 2}, of_old = {.count = 0};
    begin_import(store, &old, 1);
    for (int i = 0; i < 4; i++)
        (void)add_order(store, &old);
    end_import(store, &old);

    /* Order 1 is named and says the same, 2 is changed, 3 is told to repeat, 4 not named; 5 is new. */
    begin_import(store, &row, 2);
    MUST(sighting_put(store, row.id, 64, SIGHTING_UNCHANGED, &err));
    change_order(store, &row, 2);
    tell_repeat(store, &row, 3);
    int64_t added = add_order(store, &row);
    end_import(store, &row);
    begin_import(store, &later, 3);
    change_order(store, &later, 4);
    (void)add_order(store, &later);
    end_import(store, &later);

    MUST(import_touched_each(store, row.id, on_touched, &touched, &err));
    const int64_t expected[] = {128, 129, 192, added * HANDLINGS_AN_ORDER};
    assert_int_equal(touched.count, sizeof expected / sizeof *expected);
    assert_memory_equal(touched.ids, expected, sizeof expected);
    assert_int_equal(import_touched_each(store, row.id, on_touched, &some, &err), ERR_CANCELED);
    assert_int_equal(some.count, 2);
    MUST(import_touched_each(store, old.id, on_touched, &of_old, &err));
    assert_int_equal(of_old.count, 6); /* its orders, with the parts that came later */
    assert_int_equal(import_touched_each(store, 99, on_touched, &some, &err), ERR_NOT_FOUND);
}

static int count_reject(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                        struct bytes header, struct bytes sealed, struct err *err)
{
    (void)err;
    assert_int_equal(line, reject_id + 2);
    assert_true(bytes_equal(reason, BYTES_LIT("bad_time")));
    assert_true(bytes_equal(header, BYTES_LIT("受理时间")));
    assert_true(bytes_equal(sealed, BYTES_LIT("x")));
    ++*(int *)context;
    return OK;
}

static int add_flags(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                     struct err *err)
{
    (void)line;
    (void)handling_id;
    (void)err;
    *(uint32_t *)context += flags;
    return OK;
}

static void rejects_and_flags__are_given_back_by_import(void **state)
{
    struct err err = {.code = OK};
    struct store *store = store_of(state);
    struct import_row row;
    begin_import(store, &row, 1);
    for (int i = 0; i < 3; i++) {
        int64_t id = 0;
        MUST(reject_next_id(store, &id, &err));
        MUST(reject_put(store, row.id, id, id + 2, BYTES_LIT("bad_time"), BYTES_LIT("受理时间"),
                        BYTES_LIT("x"), &err));
    }
    int rejects = 0;
    MUST(rejects_each(store, row.id, count_reject, &rejects, &err));
    assert_int_equal(rejects, 3);

    uint32_t flags = 0;
    MUST(record_flags_put(store, row.id, 2, 64, 1, &err));
    MUST(record_flags_put(store, row.id, 2, 64, 4, &err));
    MUST(record_flags_each(store, row.id, 0, add_flags, &flags, &err));
    assert_int_equal(flags, 5);
    flags = 0;
    MUST(record_flags_each(store, 0, 64, add_flags, &flags, &err));
    assert_int_equal(flags, 0); /* not loaded yet */
    end_import(store, &row);
    MUST(record_flags_each(store, 0, 64, add_flags, &flags, &err));
    assert_int_equal(flags, 5);
}

int main(void)
{
    storage_use_allocator();
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(import__goes_from_loading_to_loaded),
        TEST(import_clear__goes_in_slices),
        TEST(import_undo__restores_what_was),
        TEST(import_blocked_by__names_later_imports_and_frozen_rounds),
        TEST(import_touched_each__gives_what_was_added_or_changed),
        TEST(rejects_and_flags__are_given_back_by_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
