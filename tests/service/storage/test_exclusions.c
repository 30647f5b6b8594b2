#include "service/storage/exclusions.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

static struct exclusion_row sample_exclusion(int64_t round_id, int64_t handling_id)
{
    return (struct exclusion_row){
        .round_id = round_id,
        .handling_id = handling_id,
        .order_no = BYTES_LIT("GX1"),
        .reason = BYTES_LIT("jurisdiction"),
        .effect = BYTES_LIT("draw"),
        .basis = BYTES_LIT("办法第十二条"),
        .file_name = BYTES_LIT("申请.pdf"),
        .file_sha256 = BYTES_LIT("f2345678901234567890123456789012"),
        .requested_by = BYTES_LIT("城管局"),
        .requested_utc = 1717300000,
    };
}

static int64_t put_exclusion(struct store *store, int64_t round_id, int64_t handling_id)
{
    struct err err = {.code = OK};
    struct exclusion_row row = sample_exclusion(round_id, handling_id);
    MUST(exclusion_put_new(store, &row, &err));
    return row.id;
}

static int decide(struct store *store, int64_t id, const char *state, const char *who)
{
    struct err err = {.code = OK};
    return exclusion_put_decision(store, id, bytes_from_z(state), bytes_from_z(who), 1717400000,
                                  BYTES_LIT("属实"), &err);
}

static void exclusion_put_decision__tells_who_and_why(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct exclusion_row row;
    int64_t round = put_round(store, "2024-05");
    int64_t id = put_exclusion(store, round, 64);
    MUST(exclusion_get(store, id, &row, &err));
    assert_true(row.id == id && row.round_id == round && row.handling_id == 64);
    assert_true(bytes_equal(row.order_no, BYTES_LIT("GX1")));
    assert_true(bytes_equal(row.reason, BYTES_LIT("jurisdiction")));
    assert_true(bytes_equal(row.effect, BYTES_LIT("draw")));
    assert_true(bytes_equal(row.basis, BYTES_LIT("办法第十二条")));
    assert_true(bytes_equal(row.file_name, BYTES_LIT("申请.pdf")));
    assert_true(bytes_equal(row.file_sha256, BYTES_LIT("f2345678901234567890123456789012")));
    assert_true(bytes_equal(row.state, BYTES_LIT("requested")));
    assert_true(bytes_equal(row.requested_by, BYTES_LIT("城管局")));
    assert_true(row.requested_utc == 1717300000 && row.decided_utc == 0);
    assert_true(row.decided_by.len == 0 && row.decision_why.len == 0);

    assert_int_equal(decide(store, id, "approved", "评议办"), OK);
    MUST(exclusion_get(store, id, &row, &err));
    assert_true(bytes_equal(row.state, BYTES_LIT("approved")));
    assert_true(bytes_equal(row.decided_by, BYTES_LIT("评议办")));
    assert_true(bytes_equal(row.decision_why, BYTES_LIT("属实")));
    assert_int_equal(row.decided_utc, 1717400000);
    assert_int_equal(exclusion_get(store, id + 1, &row, &err), ERR_NOT_FOUND);
}

static void exclusion_put_decision__needs_a_second_person(void **state)
{
    struct store *store = begin(*state);
    int64_t id = put_exclusion(store, put_round(store, "2024-05"), 64);
    assert_int_equal(decide(store, id + 1, "approved", "评议办"), ERR_NOT_FOUND);
    assert_int_equal(decide(store, id, "approved", "城管局"), ERR_PERMISSION);
    assert_int_equal(decide(store, id, "postponed", "评议办"), ERR_REFUSED);
    assert_int_equal(decide(store, id, "requested", "评议办"), ERR_REFUSED);
    assert_int_equal(decide(store, id, "refused", "评议办"), OK);
    assert_int_equal(decide(store, id, "approved", "评议办"), ERR_WRONG_STATE);
}

static void exclusion_put_new__takes_one_in_force_a_handling(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t round = put_round(store, "2024-05");
    int64_t id = put_exclusion(store, round, 64);
    struct exclusion_row again = sample_exclusion(round, 64);
    assert_int_equal(exclusion_put_new(store, &again, &err), ERR_EXISTS);
    assert_int_equal(again.id, 0);
    assert_int_equal(decide(store, id, "refused", "评议办"), OK);
    MUST(exclusion_put_new(store, &again, &err));
    assert_int_equal(decide(store, again.id, "approved", "评议办"), OK);
    assert_int_equal(exclusion_put_new(store, &again, &err), ERR_EXISTS);
    again.round_id = put_round(store, "2024-06");
    MUST(exclusion_put_new(store, &again, &err));
    again.handling_id = 65;
    again.basis = BYTES_NONE;
    assert_int_equal(exclusion_put_new(store, &again, &err), ERR_REFUSED);
}

static int on_exclusion(void *context, const struct exclusion_row *row, struct err *err)
{
    struct listing *listing = context;
    listing_add(listing, "%d:%d ", (int)row->round_id, (int)row->handling_id);
    return listing->stop_after != 0 && --listing->stop_after == 0
               ? err_set(err, ERR_CANCELED, "stopped")
               : OK;
}

static void exclusions_each__is_of_one_round_or_all(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing one = {.len = 0}, all = {.len = 0}, some = {.stop_after = 1};
    int64_t first = put_round(store, "2024-05"), second = put_round(store, "2024-06");
    (void)put_exclusion(store, second, 129);
    (void)put_exclusion(store, first, 128);
    (void)put_exclusion(store, second, 64);
    MUST(exclusions_each(store, second, on_exclusion, &one, &err));
    assert_string_equal(one.text, "2:129 2:64 ");
    MUST(exclusions_each(store, 0, on_exclusion, &all, &err));
    assert_string_equal(all.text, "2:129 1:128 2:64 ");
    assert_int_equal(exclusions_each(store, 0, on_exclusion, &some, &err), ERR_CANCELED);
    assert_string_equal(some.text, "2:129 ");
}

static int request(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct listing listing = {.len = 0};
    struct exclusion_row row = sample_exclusion(1, 64);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = exclusion_put_new(store, &row, err);
    if (rc == OK)
        rc = exclusion_put_decision(store, row.id, BYTES_LIT("approved"), BYTES_LIT("评议办"), 1,
                                    BYTES_NONE, err);
    if (rc == OK)
        rc = exclusions_each(store, 1, on_exclusion, &listing, err);
    if (rc == OK)
        assert_string_equal(listing.text, "1:64 ");
    store_rollback(store);
    return rc;
}

static void prepare_request(struct fixture *fixture)
{
    struct err err = {.code = OK};
    struct store *store = begin(fixture);
    assert_int_equal(put_round(store, "2024-05"), 1);
    MUST(store_commit(store, &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void exclusion__survives_lack_of_memory(void **state)
{
    prepare_request(*state);
    fault_loop(request, *state);
}

static void exclusion__survives_a_failing_disk(void **state)
{
    prepare_request(*state);
    disk_loop(*state, request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exclusion_put_decision__tells_who_and_why),
        TEST(exclusion_put_decision__needs_a_second_person),
        TEST(exclusion_put_new__takes_one_in_force_a_handling),
        TEST(exclusions_each__is_of_one_round_or_all),
        TEST(exclusion__survives_lack_of_memory),
        TEST(exclusion__survives_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
