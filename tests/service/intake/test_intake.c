#include "service/intake/intake.h"

#include "base/alloc.h"

#include "service/storage/orders.h"
#include "service/storage/units.h"

#include "tests/service/datadir_fixture.h"
#include "tests/support/fault.h"

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,回复内容\n"

static void assert_counts(struct intake_result *result, int64_t accepted, int64_t updated,
                          int64_t unchanged, int64_t rejected)
{
    assert_int_equal(result->status, INTAKE_LOADED);
    assert_int_equal(result->counts.accepted, accepted);
    assert_int_equal(result->counts.updated, updated);
    assert_int_equal(result->counts.unchanged, unchanged);
    assert_int_equal(result->counts.rejected, rejected);
    assert_int_equal(result->counts.rows, accepted + updated + unchanged + rejected);
}

static void load_counts(struct fixture *fixture, const char *text, int day, int64_t accepted,
                        int64_t updated, int64_t unchanged, int64_t rejected)
{
    struct intake_result result = fixture_load(fixture, text, day);
    assert_counts(&result, accepted, updated, unchanged, rejected);
    intake_result_deinit(&result);
}

/* The handlings of an order as "unit:part:closed" joined by spaces; "none" when the order is not there. */
static const char *order_text(struct fixture *fixture, const char *order_no)
{
    static char text[1024];
    struct err err = {0};
    struct order_row order;
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int count = 0;
    struct store *store = fixture->datadir.store;
    assert_int_equal(store_begin_read(store, &err), OK);
    int rc = order_get(store, bytes_from_z(order_no), &order, &err);
    (void)snprintf(text, sizeof text, "none");
    if (rc == OK) {
        text[0] = '\0';
        assert_int_equal(handlings_get(store, order.id, rows, &count, &err), OK);
    }
    for (int i = 0; i < count; i++) {
        struct unit_name_row name = {0};
        size_t len = strlen(text);
        if (rows[i].unit_name_id != 0)
            assert_int_equal(unit_name_get(store, rows[i].unit_name_id, &name, &err), OK);
        (void)snprintf(text + len, sizeof text - len, "%s" BYTES_FMT ":%c:%d", i > 0 ? " " : "",
                       BYTES_ARG(name.name), "lsu"[rows[i].fact.part],
                       rows[i].fact.closed.kind != MOMENT_NONE);
    }
    store_rollback(store);
    return text;
}

/* ---- tests ---- */

static const char first_dump[] = HEADER
    "A1,2024-06-01 08:00:00,住建局,主办,2024-06-05 08:00:00,,办理中,\n"
    "A2,2024-06-01 09:00:00,城管局,主办,2024-06-05 08:00:00,2024-06-02 10:00:00,已办结,已修好\n"
    "A2,2024-06-01 09:00:00,住建局,协办,2024-06-05 08:00:00,2024-06-02 10:00:00,已办结,配合\n"
    "A3,2024-06-01 10:00:00,教育局、体育局,,2024-06-05 08:00:00,,办理中,\n";

static void intake__counts_and_parts_of_a_first_dump(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    assert_string_equal(order_text(fixture, "A1"), "住建局:l:0");
    assert_string_equal(order_text(fixture, "A2"), "城管局:l:1 住建局:s:1");
    assert_string_equal(order_text(fixture, "A3"), "教育局:u:0 体育局:u:0");
}

static void intake__the_same_file_again_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    struct intake_result again = fixture_load(fixture, first_dump, 1);
    assert_int_equal(again.status, INTAKE_ALREADY_LOADED);
    assert_int_equal(again.import_id, 1);
    intake_result_deinit(&again);
}

static void intake__identical_rows_in_another_file_are_unchanged(void **state)
{
    struct fixture *fixture = *state;
    char longer[sizeof first_dump + 8];
    (void)snprintf(longer, sizeof longer, "%s\n", first_dump);
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    load_counts(fixture, longer, 1, 0, 0, 4, 0);
}

static void intake__a_later_dump_updates_and_transfers(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    load_counts(
        fixture,
        HEADER
        "A1,2024-06-01 08:00:00,交通局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
        "A2,2024-06-01 09:00:00,城管局,主办,2024-06-05 08:00:00,,办理中,\n",
        1, 0, 2, 0, 0);
    assert_string_equal(order_text(fixture, "A1"), "交通局:l:1");
    assert_string_equal(order_text(fixture, "A2"), "城管局:l:0 住建局:s:1");
}

static void intake__a_transfer_is_found_whatever_the_order_of_rows(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    /* The new unit comes before the old one, which is still there: joint handling, not a transfer. */
    load_counts(fixture,
                HEADER "A1,2024-06-01 08:00:00,交通局,协办,2024-06-05 08:00:00,,办理中,\n"
                       "A1,2024-06-01 08:00:00,住建局,主办,2024-06-05 08:00:00,,办理中,\n",
                1, 1, 0, 1, 0);
    assert_string_equal(order_text(fixture, "A1"), "住建局:l:0 交通局:s:0");
}

static void intake__an_older_dump_adds_but_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture, first_dump, 2, 4, 0, 0, 0);
    load_counts(
        fixture,
        HEADER
        "A1,2024-06-01 08:00:00,住建局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
        "A9,2024-06-01 08:00:00,住建局,主办,2024-06-05 08:00:00,,办理中,\n",
        1, 1, 0, 1, 0);
    assert_string_equal(order_text(fixture, "A1"), "住建局:l:0");
    assert_string_equal(order_text(fixture, "A9"), "住建局:l:0");
}

static void intake__doubled_rows_of_one_file(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture,
                HEADER "B1,2024-06-01 08:00:00,住建局,主办,,,办理中,\n"
                       "B1,2024-06-01 08:00:00,住建局,主办,,,办理中,\n"
                       "B1,2024-06-01 08:00:00,住建局,主办,,2024-06-04 08:00:00,已办结,\n"
                       "B1,2024-06-01 08:00:00,城管局,主办,,,办理中,\n",
                0, 2, 1, 1, 0);
    assert_string_equal(order_text(fixture, "B1"), "住建局:u:1 城管局:u:0");
}

static void intake__rejects_are_counted_and_do_not_stop_the_file(void **state)
{
    struct fixture *fixture = *state;
    load_counts(fixture,
                HEADER ",2024-06-01 08:00:00,住建局,主办,,,办理中,\n"
                       "C1,昨天,住建局,主办,,,办理中,\n"
                       "C2,2024-06-01 08:00:00,,主办,,,办理中,\n"
                       "C3,2024-06-01 08:00:00,住建局,主办,,,办理中,\n"
                       "C4,2024-06-01 08:00:00,,,,,直接答复,\n",
                0, 2, 0, 0, 3);
    assert_string_equal(order_text(fixture, "C3"), "住建局:l:0");
    assert_string_equal(order_text(fixture, "C4"), ":l:0");
}

static void intake__a_file_that_is_no_dump_is_refused_and_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct intake_result result = fixture_load(fixture, "a,b\n1,2\n", 0);
    assert_int_equal(result.status, INTAKE_REFUSED);
    assert_true(result.reason[0] != '\0');
    intake_result_deinit(&result);
    load_counts(fixture, first_dump, 1, 4, 0, 0, 0);
}

static void intake_undo__gives_back_what_stood_before(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
    load_counts(
        fixture,
        HEADER
        "A1,2024-06-01 08:00:00,交通局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
        "A2,2024-06-01 09:00:00,水利局,协办,,,办理中,\n"
        "A7,2024-06-01 08:00:00,住建局,主办,,,办理中,\n",
        1, 1, 2, 0, 0);
    assert_string_equal(order_text(fixture, "A1"), "交通局:l:1");
    assert_string_equal(order_text(fixture, "A2"), "城管局:l:1 水利局:s:0");
    assert_int_equal(intake_undo(&fixture->datadir, 1, fixture->now_utc, NULL, &err), ERR_REFUSED);
    assert_int_equal(intake_undo(&fixture->datadir, 2, fixture->now_utc, NULL, &err), OK);
    assert_string_equal(order_text(fixture, "A1"), "住建局:l:0");
    assert_string_equal(order_text(fixture, "A2"), "城管局:l:1 住建局:s:1");
    assert_string_equal(order_text(fixture, "A7"), "none");
    assert_int_equal(intake_undo(&fixture->datadir, 2, fixture->now_utc, NULL, &err),
                     ERR_WRONG_STATE);
    assert_int_equal(intake_undo(&fixture->datadir, 1, fixture->now_utc, NULL, &err), OK);
    assert_string_equal(order_text(fixture, "A1"), "none");
    assert_int_equal(store_check(fixture->datadir.store, &err), OK);
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
}

static void intake__a_dry_run_stores_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct intake_result result;
    struct intake_options options = {.profile = fixture->profile,
                                     .form = FORM_OPEN,
                                     .now_utc = fixture->now_utc,
                                     .dry_run = true,
                                     .one_thread = true};
    test_file_write(fixture->file, bytes_from_z(first_dump));
    assert_int_equal(intake_load(&fixture->datadir, fixture->file, &options, &result, &err), OK);
    assert_counts(&result, 4, 0, 0, 0);
    intake_result_deinit(&result);
    assert_string_equal(order_text(fixture, "A1"), "none");
    load_counts(fixture, first_dump, 0, 4, 0, 0, 0);
}

/* ---- faults ---- */

static int load_all_or_nothing(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct intake_result result;
    struct intake_options options = {.profile = fixture->profile,
                                     .form = FORM_OPEN,
                                     .now_utc = fixture->now_utc,
                                     .one_thread = true};
    int rc = intake_load(&fixture->datadir, fixture->file, &options, &result, err);
    if (rc != OK)
        return rc;
    /* Loaded already: an earlier run has failed in its undo. */
    int64_t import_id = result.import_id;
    if (result.status != INTAKE_ALREADY_LOADED)
        assert_counts(&result, 4, 0, 0, 0);
    intake_result_deinit(&result);
    return intake_undo(&fixture->datadir, import_id, fixture->now_utc, NULL, err);
}

static void intake__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    test_file_write(fixture->file, bytes_from_z(first_dump));
    fault_loop(load_all_or_nothing, fixture);
    datadir_close(&fixture->datadir);
    assert_int_equal(datadir_open(fixture->data, STORE_READWRITE, &fixture->datadir, &err), OK);
    assert_int_equal(store_check(fixture->datadir.store, &err), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(intake__counts_and_parts_of_a_first_dump),
        FIXTURE_TEST(intake__the_same_file_again_changes_nothing),
        FIXTURE_TEST(intake__identical_rows_in_another_file_are_unchanged),
        FIXTURE_TEST(intake__a_later_dump_updates_and_transfers),
        FIXTURE_TEST(intake__a_transfer_is_found_whatever_the_order_of_rows),
        FIXTURE_TEST(intake__an_older_dump_adds_but_changes_nothing),
        FIXTURE_TEST(intake__doubled_rows_of_one_file),
        FIXTURE_TEST(intake__rejects_are_counted_and_do_not_stop_the_file),
        FIXTURE_TEST(intake__a_file_that_is_no_dump_is_refused_and_leaves_nothing),
        FIXTURE_TEST(intake_undo__gives_back_what_stood_before),
        FIXTURE_TEST(intake__a_dry_run_stores_nothing),
        FIXTURE_TEST(intake__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
