#include "service/storage/call_records.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

/* A campaign with two cases: three dials of the number 11 by zhang, and one of 12. */
enum { ZHANG = 1, TEAM = 1 };

static struct store *begin_with_dials(struct fixture *fixture)
{
    struct store *store = begin(fixture);
    put_contractor(store, "外包");
    assert_int_equal(put_account(store, "zhang", "caller", TEAM), ZHANG);
    int64_t campaign = put_campaign(store, "2024-05");
    static const struct {
        int64_t case_id, started;
    } dials[] = {{1, 1000}, {1, 1100}, {1, 5000}, {2, 1100}};
    for (int64_t id = 1; id <= 2; id++) {
        assert_int_equal(put_fresh(store, campaign, id), id);
        put_number(store, id, 1, 10 + id);
    }
    for (size_t i = 0; i < sizeof dials / sizeof *dials; i++) {
        struct dial_row dial = sample_dial(dials[i].case_id, 1, 10 + dials[i].case_id, ZHANG);
        dial.started_utc = dials[i].started;
        (void)put_dial(store, &dial, 50, "2.21");
    }
    return store;
}

static int64_t put_file(struct store *store, const char *sha256)
{
    struct err err = {.code = OK};
    struct call_record_file_row row = {.file_name = BYTES_LIT("话单.csv"),
                                       .sha256 = bytes_from_z(sha256),
                                       .imported_utc = 1717400000,
                                       .who = BYTES_LIT("zhao")};
    MUST(call_record_file_put_new(store, &row, &err));
    return row.id;
}

static int on_file(void *context, const struct call_record_file_row *row, struct err *err)
{
    (void)err;
    assert_true(bytes_equal(row->file_name, BYTES_LIT("话单.csv")));
    assert_true(bytes_equal(row->who, BYTES_LIT("zhao")) && row->imported_utc == 1717400000);
    listing_add(context, BYTES_FMT " %jd %jd %jd %jd;", BYTES_ARG(row->sha256), (intmax_t)row->rows,
                (intmax_t)row->matched, (intmax_t)row->unmatched, (intmax_t)row->rejected);
    return OK;
}

static void call_record_files__are_loaded_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    struct call_record_file_row counts = {.rows = 15, .matched = 8, .unmatched = 4, .rejected = 3};
    counts.id = put_file(store, "a");
    (void)put_file(store, "b");
    MUST(call_record_file_put_counts(store, &counts, &err));
    MUST(call_record_files_each(store, on_file, &listing, &err));
    assert_string_equal(listing.text, "b 0 0 0 0;a 15 8 4 3;");
    struct call_record_file_row same = {.file_name = BYTES_LIT("y"), .sha256 = BYTES_LIT("a")};
    assert_int_equal(call_record_file_put_new(store, &same, &err), ERR_EXISTS);
    counts.id = 99;
    assert_int_equal(call_record_file_put_counts(store, &counts, &err), ERR_NOT_FOUND);
}

static void put_record(struct store *store, int64_t dial_id)
{
    struct err err = {.code = OK};
    struct call_record_row row = {.file_id = 1,
                                  .line = 2,
                                  .phone_key = 11,
                                  .sealed = BYTES_LIT("sealed number"),
                                  .started_utc = 1003,
                                  .seconds = 40,
                                  .line_name = BYTES_LIT("0778-12345"),
                                  .dial_id = dial_id};
    MUST(call_record_next_id(store, &row.id, &err));
    MUST(call_record_put_new(store, &row, &err));
}

static void call_record_find_dial__takes_the_nearest_that_is_free(void **state)
{
    struct store *store = begin_with_dials(*state);
    struct err err = {.code = OK};
    int64_t dial = 0;
    (void)put_file(store, "a");
    MUST(call_record_find_dial(store, 11, 1040, 60, &dial, &err));
    assert_int_equal(dial, 1);
    MUST(call_record_find_dial(store, 11, 1060, 60, &dial, &err));
    assert_int_equal(dial, 2);
    put_record(store, dial);
    MUST(call_record_find_dial(store, 11, 1060, 60, &dial, &err));
    assert_int_equal(dial, 1);
    put_record(store, dial);
    assert_int_equal(call_record_find_dial(store, 11, 1060, 60, &dial, &err), ERR_NOT_FOUND);
    assert_int_equal(dial, 1);
    MUST(call_record_find_dial(store, 11, 4940, 60, &dial, &err));
    assert_int_equal(dial, 3);
    assert_int_equal(call_record_find_dial(store, 11, 4939, 60, &dial, &err), ERR_NOT_FOUND);
    assert_int_equal(call_record_find_dial(store, 13, 1000, 60, &dial, &err), ERR_NOT_FOUND);
}

static int on_record(void *context, const struct call_record_row *row, struct err *err)
{
    (void)err;
    assert_true(row->file_id == 1 && row->line == 2 && row->phone_key == 11 && row->dial_id == 0);
    assert_true(bytes_equal(row->sealed, BYTES_LIT("sealed number")) && row->started_utc == 1003);
    assert_true(bytes_equal(row->line_name, BYTES_LIT("0778-12345")) && row->seconds == 40);
    listing_add(context, "%jd ", (intmax_t)row->id);
    return OK;
}

static int on_dial(void *context, const struct unmatched_dial *dial, struct err *err)
{
    (void)err;
    assert_true(dial->account_id == ZHANG && dial->team_id == TEAM);
    assert_true(bytes_equal(dial->account_name, BYTES_LIT("zhang")));
    assert_true(bytes_equal(dial->code, BYTES_LIT("2.21")));
    listing_add(context, "%jd/%jd:%jd-%jd ", (intmax_t)dial->case_id, (intmax_t)dial->dial_id,
                (intmax_t)dial->started_utc, (intmax_t)dial->ended_utc);
    return OK;
}

static void unmatched__are_records_and_dials(void **state)
{
    struct store *store = begin_with_dials(*state);
    struct err err = {.code = OK};
    struct listing records = {.len = 0}, page = {.len = 0}, dials = {.len = 0}, some = {.len = 0};
    struct listing elsewhere = {.len = 0}, newest = {.len = 0};
    int64_t count = 0;
    (void)put_file(store, "a");
    put_record(store, 0);
    put_record(store, 2);
    put_record(store, 0);
    put_record(store, 0);
    struct dial_row going_on = sample_dial(2, 1, 12, ZHANG);
    MUST(dial_put_new(store, &going_on, &err));
    MUST(call_records_each_unmatched(store, 0, 10, on_record, &records, &err));
    assert_string_equal(records.text, "1 3 4 ");
    MUST(call_records_each_unmatched(store, 1, 1, on_record, &page, &err));
    assert_string_equal(page.text, "3 ");
    MUST(call_records_each_unmatched_newest(store, 2, on_record, &newest, &err));
    assert_string_equal(newest.text, "4 3 ");
    MUST(call_records_count_unmatched(store, &count, &err));
    assert_int_equal(count, 3);
    MUST(dials_each_unmatched(store, 1, 1000, 5000, 0, 10, on_dial, &dials, &err));
    assert_string_equal(dials.text, "1/1:1000-1050 1/3:5000-5050 2/4:1100-1150 ");
    MUST(dials_each_unmatched(store, 1, 1001, 4999, 1, 10, on_dial, &some, &err));
    assert_string_equal(some.text, "2/4:1100-1150 ");
    MUST(dials_each_unmatched(store, 2, 0, 9000, 0, 10, on_dial, &elsewhere, &err));
    assert_int_equal(elsewhere.len, 0);
}

static int on_package(void *context, const struct package_row *row, struct err *err)
{
    (void)err;
    assert_true(row->campaign_id == 1 && row->team_id == TEAM);
    assert_true(bytes_equal(row->team_name, BYTES_LIT("外包")));
    listing_add(context, "%jd:" BYTES_FMT "/%jd ", (intmax_t)row->id, BYTES_ARG(row->mark),
                (intmax_t)row->out);
    return OK;
}

static void packages__are_found_by_their_mark(void **state)
{
    struct store *store = begin_with_dials(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    struct package_row read, row = {.campaign_id = 1,
                                    .team_id = TEAM,
                                    .mark = BYTES_LIT("K7"),
                                    .cases = 2,
                                    .made_utc = 1717400000,
                                    .made_by = BYTES_LIT("zhao"),
                                    .until_day = 210};
    MUST(package_put_new(store, &row, &err));
    MUST(package_case_put(store, row.id, 2, &err));
    MUST(package_get_by_mark(store, BYTES_LIT("K7"), &read, &err));
    assert_true(read.id == row.id && read.cases == 2 && read.until_day == 210);
    assert_true(read.made_utc == 1717400000 && bytes_equal(read.made_by, BYTES_LIT("zhao")));
    assert_int_equal(package_get_by_mark(store, BYTES_LIT("K8"), &read, &err), ERR_NOT_FOUND);
    assert_int_equal(package_put_new(store, &row, &err), ERR_EXISTS);
    row.mark = BYTES_LIT("K8");
    MUST(package_put_new(store, &row, &err));
    MUST(packages_each(store, 1, on_package, &listing, &err));
    assert_string_equal(listing.text, "1:K7/0 2:K8/0 ");
    assert_int_equal(package_case_put(store, row.id, 99, &err), ERR_REFUSED);
}

static int on_span(void *context, int64_t from_utc, int64_t to_utc, int64_t imported_utc,
                   struct err *err)
{
    (void)err;
    listing_add(context, "%jd-%jd@%jd;", (intmax_t)from_utc, (intmax_t)to_utc,
                (intmax_t)imported_utc);
    return OK;
}

static void call_record_spans_each__is_by_file_and_put_dial_matches_later(void **state)
{
    struct store *store = begin_with_dials(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    int64_t dial_id = 0;
    int64_t files[] = {put_file(store, "a"), put_file(store, "b")};
    static const struct {
        size_t file;
        int64_t started;
    } records[] = {{1, 4000}, {0, 7000}, {0, 6000}, {1, 1003}};
    struct call_record_row row = {.phone_key = 11, .sealed = BYTES_LIT("sealed number")};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        row.file_id = files[records[i].file];
        row.started_utc = records[i].started;
        MUST(call_record_next_id(store, &row.id, &err));
        MUST(call_record_put_new(store, &row, &err));
    }
    MUST(call_record_spans_each(store, on_span, &listing, &err));
    assert_string_equal(listing.text, "1003-4000@1717400000;6000-7000@1717400000;");
    MUST(call_record_find_dial(store, 11, 1003, 10, &dial_id, &err));
    MUST(call_record_put_dial(store, row.id, dial_id, &err));
    assert_int_equal(call_record_find_dial(store, 11, 1003, 10, &dial_id, &err), ERR_NOT_FOUND);
    assert_int_equal(call_record_put_dial(store, 99, dial_id, &err), ERR_NOT_FOUND);
}

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct call_record_file_row file = {.sha256 = BYTES_LIT("b"), .who = BYTES_LIT("w")};
    struct call_record_row record = {.line = 2, .phone_key = 11, .sealed = BYTES_LIT("s")};
    struct package_row package = {.campaign_id = 1, .team_id = TEAM, .mark = BYTES_LIT("K7")};
    struct listing listing = {.len = 0};
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = call_record_file_put_new(store, &file, err);
    record.file_id = file.id;
    if (rc == OK)
        rc = call_record_next_id(store, &record.id, err);
    if (rc == OK)
        rc = call_record_find_dial(store, 11, 1000, 60, &record.dial_id, err);
    if (rc == OK)
        rc = call_record_put_new(store, &record, err);
    if (rc == OK)
        rc = dials_each_unmatched(store, 1, 0, 9000, 0, 10, on_dial, &listing, err);
    if (rc == OK)
        rc = package_put_new(store, &package, err);
    if (rc == OK)
        rc = package_case_put(store, package.id, 1, err);
    if (rc == OK)
        assert_string_equal(listing.text, "1/2:1100-1150 1/3:5000-5050 2/4:1100-1150 ");
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_commit(begin_with_dials(fixture), &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void call_records__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void call_records__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

static int on_packed(void *context, int64_t case_id, struct err *err)
{
    (void)err;
    listing_add(context, "%jd ", (intmax_t)case_id);
    return OK;
}

static void package_order__is_found_by_its_case_and_number(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct bytes order_no;
    int64_t campaign = put_campaign(store, "2024-05");
    int64_t case_id = put_fresh(store, campaign, 1);
    put_contractor(store, "外包一组");
    struct package_row package = {.campaign_id = campaign, .team_id = 1, .mark = BYTES_LIT("A1")};
    struct package_row later = {.campaign_id = campaign, .team_id = 1, .mark = BYTES_LIT("A2")};
    struct package_row found;
    MUST(package_put_new(store, &package, &err));
    assert_int_equal(package_order_put(store, package.id, case_id, 1, 1, &err), ERR_REFUSED);
    MUST(package_case_put(store, package.id, case_id, &err));
    MUST(package_order_put(store, package.id, case_id, 1, 1, &err));
    MUST(package_order_get(store, package.id, case_id, 1, &order_no, &err));
    assert_true(bytes_equal(order_no, BYTES_LIT("A1")));
    assert_int_equal(package_order_get(store, package.id, case_id, 2, &order_no, &err),
                     ERR_NOT_FOUND);
    assert_int_equal(package_get_of_case(store, case_id + 1, &found, &err), ERR_NOT_FOUND);
    MUST(package_put_new(store, &later, &err));
    MUST(package_case_put(store, later.id, case_id, &err));
    MUST(package_get_of_case(store, case_id, &found, &err));
    assert_int_equal(found.id, later.id);
    struct listing cases = {.len = 0};
    MUST(package_case_put(store, later.id, put_fresh(store, campaign, 2), &err));
    MUST(package_cases_each(store, later.id, on_packed, &cases, &err));
    assert_string_equal(cases.text, "1 2 ");
    assert_int_equal(package_order_get(store, later.id, case_id, 1, &order_no, &err),
                     ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(call_record_files__are_loaded_once),
        TEST(call_record_find_dial__takes_the_nearest_that_is_free),
        TEST(unmatched__are_records_and_dials),
        TEST(call_record_spans_each__is_by_file_and_put_dial_matches_later),
        TEST(packages__are_found_by_their_mark),
        TEST(package_order__is_found_by_its_case_and_number),
        TEST(call_records__survive_lack_of_memory),
        TEST(call_records__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
