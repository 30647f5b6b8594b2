#include "service/storage/audit_log.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

static struct audit_row sample_row(int64_t id)
{
    static const char *const actions[] = {"account.add", "account.lock", "accounting",
                                          "round.step"};
    return (struct audit_row){
        .id = id,
        .at_ms = 1000 * id,
        .who = id % 2 == 0 ? BYTES_LIT("li") : BYTES_LIT("ma"),
        .role = BYTES_LIT("office"),
        .address = BYTES_LIT("::1"),
        .action = bytes_from_z(actions[(id - 1) % 4]),
        .target = id % 3 == 0 ? BYTES_LIT("2024-05") : BYTES_LIT("评价期"),
        .outcome = BYTES_LIT("done"),
        .details = BYTES_LIT("{}"),
        .mac = BYTES_LIT("m2345678901234567890123456789012"),
    };
}

static void fill(struct store *store, int64_t count)
{
    struct err err = {.code = OK};
    for (int64_t id = 1; id <= count; id++) {
        struct audit_row row = sample_row(id);
        MUST(audit_put_new(store, &row, &err));
    }
}

static void audit_put_new__keeps_all_columns(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct audit_row row = sample_row(1);
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t id = -1;
    MUST(audit_last(store, &id, mac, &err));
    assert_int_equal(id, 0);
    assert_true(mac[0] == 0 && mac[31] == 0);
    MUST(audit_put_new(store, &row, &err));
    assert_int_equal(audit_put_new(store, &row, &err), ERR_EXISTS);
    row.id = 2;
    row.outcome = BYTES_LIT("lost");
    assert_int_equal(audit_put_new(store, &row, &err), ERR_REFUSED);
    MUST(audit_last(store, &id, mac, &err));
    assert_int_equal(id, 1);
    assert_memory_equal(mac, row.mac.ptr, sizeof mac);
    MUST(audit_get_mac(store, 1, mac, &err));
    assert_memory_equal(mac, row.mac.ptr, sizeof mac);
    assert_int_equal(audit_get_mac(store, 2, mac, &err), ERR_NOT_FOUND);
    row.outcome = BYTES_LIT("done");
    row.mac = BYTES_LIT("short");
    MUST(audit_put_new(store, &row, &err));
    assert_int_equal(audit_last(store, &id, mac, &err), ERR_CORRUPT);
    assert_int_equal(id, 1);
}

static int on_row(void *context, const struct audit_row *row, struct err *err)
{
    struct listing *listing = context;
    struct audit_row same = sample_row(row->id);
    assert_true(row->at_ms == same.at_ms && bytes_equal(row->who, same.who) &&
                bytes_equal(row->role, same.role) && bytes_equal(row->address, same.address) &&
                bytes_equal(row->action, same.action) && bytes_equal(row->target, same.target) &&
                bytes_equal(row->outcome, same.outcome) &&
                bytes_equal(row->details, same.details) && bytes_equal(row->mac, same.mac));
    listing_add(listing, "%d ", (int)row->id);
    return listing->stop_after != 0 && --listing->stop_after == 0
               ? err_set(err, ERR_CANCELED, "stopped")
               : OK;
}

static void audit_each__filters(void **state)
{
    static const struct {
        struct audit_filter filter;
        const char *ids;
    } cases[] = {
        {{.limit = 0}, "1 2 3 4 5 6 7 8 9 "},
        {{.newest_first = true}, "9 8 7 6 5 4 3 2 1 "},
        {{.limit = 2}, "1 2 "},
        {{.limit = 2, .newest_first = true}, "9 8 "},
        {{.limit = 2, .after_id = 4}, "5 6 "},
        {{.limit = 2, .after_id = 4, .newest_first = true}, "3 2 "},
        {{.who = {"li", 2}}, "2 4 6 8 "},
        {{.who = {"l", 1}}, ""},
        {{.target = {"2024-05", 7}}, "3 6 9 "},
        {{.target = {"2024-05", 7}, .who = {"li", 2}}, "6 "},
        {{.action = {"account.lock", 12}}, "2 6 "},
        {{.action = {"account.", 8}}, "1 2 5 6 9 "},
        {{.action = {"account.", 8}, .newest_first = true}, "9 6 5 2 1 "},
        {{.action = {"account", 7}}, ""},
        {{.action = {"%.", 2}}, ""},
        {{.from_ms = 3000, .to_ms = 5000}, "3 4 "},
        {{.from_ms = 8000}, "8 9 "},
        {{.to_ms = 2001, .newest_first = true}, "2 1 "},
    };
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    fill(store, 9);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct listing listing = {.len = 0};
        MUST(audit_each(store, &cases[i].filter, on_row, &listing, &err));
        assert_string_equal(listing.text, cases[i].ids);
    }
    struct listing some = {.stop_after = 2};
    assert_int_equal(audit_each(store, &cases[0].filter, on_row, &some, &err), ERR_CANCELED);
    assert_string_equal(some.text, "1 2 ");
}

static void audit_anchor__stands_for_what_was_deleted(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct audit_filter all = {.limit = 0};
    struct listing listing = {.len = 0};
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t id = -1;
    fill(store, 4);
    MUST(audit_anchor_get(store, &id, mac, &err));
    assert_int_equal(id, 0);
    MUST(audit_anchor_store(store, 1, BYTES_LIT("x2345678901234567890123456789012"), 5, &err));
    MUST(audit_anchor_store(store, 3, BYTES_LIT("a2345678901234567890123456789012"), 6, &err));
    MUST(audit_anchor_get(store, &id, mac, &err));
    assert_true(id == 3 && mac[0] == 'a');
    MUST(audit_delete(store, 3, &err));
    MUST(audit_each(store, &all, on_row, &listing, &err));
    assert_string_equal(listing.text, "4 ");
    MUST(audit_get_mac(store, 3, mac, &err));
    assert_true(mac[0] == 'a');
    assert_int_equal(audit_get_mac(store, 2, mac, &err), ERR_NOT_FOUND);
    MUST(audit_delete(store, 4, &err));
    MUST(audit_last(store, &id, mac, &err));
    assert_true(id == 3 && mac[0] == 'a');
}

static void last_is(struct store *store, int64_t expected)
{
    struct err err = {.code = OK};
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t id = -1;
    MUST(audit_last(store, &id, mac, &err));
    assert_int_equal(id, expected);
}

static void put(struct store *store, int64_t id)
{
    struct err err = {.code = OK};
    struct audit_row row = sample_row(id);
    MUST(audit_put_new(store, &row, &err));
    last_is(store, id);
}

static void audit_last__holds_through_what_is_undone(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    last_is(store, 0);
    put(store, 1);
    MUST(store_commit(store, &err));
    MUST(store_begin(store, &err));
    last_is(store, 1);
    put(store, 2);
    MUST(store_savepoint(store, &err));
    put(store, 3);
    MUST(store_rollback_to(store, &err));
    last_is(store, 2);
    put(store, 3);
    store_rollback(store);
    last_is(store, 1);
    MUST(store_begin_read(store, &err));
    last_is(store, 1);
    store_rollback(store);
}

static int write_and_cut(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct audit_filter all = {.limit = 0};
    struct listing listing = {.len = 0};
    struct audit_row row = sample_row(1);
    unsigned char mac[AUDIT_MAC_BYTES];
    int64_t id = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = audit_put_new(store, &row, err);
    if (rc == OK)
        rc = audit_each(store, &all, on_row, &listing, err);
    if (rc == OK)
        rc = audit_anchor_store(store, 1, row.mac, 7, err);
    if (rc == OK)
        rc = audit_delete(store, 1, err);
    if (rc == OK)
        rc = audit_last(store, &id, mac, err);
    if (rc == OK)
        assert_true(id == 1 && strcmp(listing.text, "1 ") == 0);
    store_rollback(store);
    return rc;
}

static void audit_log__survives_lack_of_memory(void **state)
{
    fault_loop(write_and_cut, *state);
}

static void audit_log__survives_a_failing_disk(void **state)
{
    disk_loop(*state, write_and_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(audit_put_new__keeps_all_columns),
        TEST(audit_each__filters),
        TEST(audit_anchor__stands_for_what_was_deleted),
        TEST(audit_log__survives_lack_of_memory),
        TEST(audit_log__survives_a_failing_disk),
        TEST(audit_last__holds_through_what_is_undone),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
