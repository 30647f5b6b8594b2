#include "service/storage/shifts.h"

#include "service/storage/rechecks.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

/* zhang is of team 1, li of none. */
enum { ZHANG = 1, LI = 2, TEAM = 1 };

static struct store *begin_with_callers(struct fixture *fixture)
{
    struct store *store = begin(fixture);
    put_contractor(store, "外包");
    assert_int_equal(put_account(store, "zhang", "caller", TEAM), ZHANG);
    assert_int_equal(put_account(store, "li", "checker", 0), LI);
    return store;
}

static int64_t put_shift(struct store *store, int64_t account_id, int64_t day, int64_t started)
{
    struct err err = {.code = OK};
    struct shift_row row = {.account_id = account_id, .day = day, .started_utc = started};
    MUST(shift_put_new(store, &row, &err));
    return row.id;
}

static void shift_put_end__ends_one_that_goes_on(void **state)
{
    struct store *store = begin_with_callers(*state);
    struct err err = {.code = OK};
    int64_t id = put_shift(store, ZHANG, 200, 1000);
    struct shift_row row, second = {.account_id = ZHANG, .day = 200, .started_utc = 1001};
    MUST(shift_get_open(store, ZHANG, &row, &err));
    assert_true(row.id == id && row.account_id == ZHANG && row.day == 200);
    assert_true(row.started_utc == 1000 && row.ended_utc == 0 && !row.is_confirmed);
    assert_true(row.team_id == TEAM && bytes_equal(row.team_name, BYTES_LIT("外包")));
    assert_true(bytes_equal(row.account_name, BYTES_LIT("zhang")));
    assert_true(bytes_equal(row.display_name, BYTES_LIT("zhang")));
    assert_int_equal(shift_get_open(store, LI, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(shift_put_new(store, &second, &err), ERR_EXISTS);
    assert_int_equal(shift_put_confirmed(store, id, 5, 9, BYTES_NONE, BYTES_NONE, &err),
                     ERR_WRONG_STATE);
    MUST(shift_put_end(store, id, 2000, BYTES_LIT("signed_out"), &err));
    assert_int_equal(shift_put_end(store, id, 2001, BYTES_LIT("forgotten"), &err), ERR_WRONG_STATE);
    assert_int_equal(shift_get_open(store, ZHANG, &row, &err), ERR_NOT_FOUND);
    MUST(shift_get(store, id, &row, &err));
    assert_true(row.ended_utc == 2000 && bytes_equal(row.ended_why, BYTES_LIT("signed_out")));
    MUST(shift_put_new(store, &second, &err));
    assert_int_equal(shift_get(store, 99, &row, &err), ERR_NOT_FOUND);
}

static void shift_put_confirmed__may_be_corrected(void **state)
{
    struct store *store = begin_with_callers(*state);
    struct err err = {.code = OK};
    struct shift_row row;
    int64_t id = put_shift(store, LI, 200, 1000);
    MUST(shift_put_end(store, id, 2000, BYTES_LIT("forgotten"), &err));
    MUST(shift_put_confirmed(store, id, 0, 3000, BYTES_LIT("wang"), BYTES_LIT("未到岗"), &err));
    MUST(shift_get(store, id, &row, &err));
    assert_true(row.is_confirmed && row.minutes == 0 && row.confirmed_utc == 3000);
    assert_true(bytes_equal(row.confirmed_by, BYTES_LIT("wang")));
    assert_true(bytes_equal(row.note, BYTES_LIT("未到岗")) && row.team_id == 0);
    MUST(shift_put_confirmed(store, id, 17, 4000, BYTES_LIT("zhao"), BYTES_NONE, &err));
    MUST(shift_get(store, id, &row, &err));
    assert_true(row.minutes == 17 && row.confirmed_utc == 4000 && row.note.len == 0);
}

static int on_shift(void *context, const struct shift_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT ";", (intmax_t)row->day, BYTES_ARG(row->account_name));
    return OK;
}

static void shifts_each__is_by_day_and_account(void **state)
{
    struct store *store = begin_with_callers(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, of_team = {.len = 0}, of_none = {.len = 0};
    struct listing forgotten = {.len = 0};
    MUST(shift_put_end(store, put_shift(store, LI, 201, 1), 2, BYTES_LIT("signed_out"), &err));
    MUST(shift_put_end(store, put_shift(store, LI, 199, 1), 2, BYTES_LIT("signed_out"), &err));
    (void)put_shift(store, LI, 200, 3000);
    (void)put_shift(store, ZHANG, 200, 3001);
    MUST(shifts_each(store, 200, 201, -1, on_shift, &all, &err));
    assert_string_equal(all.text, "200 zhang;200 li;201 li;");
    MUST(shifts_each(store, 0, 300, TEAM, on_shift, &of_team, &err));
    assert_string_equal(of_team.text, "200 zhang;");
    MUST(shifts_each(store, 200, 200, 0, on_shift, &of_none, &err));
    assert_string_equal(of_none.text, "200 li;");
    MUST(shifts_each_forgotten(store, 3000, on_shift, &forgotten, &err));
    assert_string_equal(forgotten.text, "200 li;");
}

static int on_work(void *context, const struct shift_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd %jd/%jd;", (intmax_t)row->started_utc, (intmax_t)row->dials,
                (intmax_t)row->completes);
    return OK;
}

/* Zhang's dials of day 200 at 1000 (a complete), 1500 (a complete that was made void), 2500, 3000 (a checker's). */
static void put_dials(struct store *store, int64_t *out_recheck_id)
{
    struct err err = {.code = OK};
    int64_t campaign = put_campaign(store, "2024-05");
    static const struct {
        int64_t started;
        const char *code;
    } dials[] = {{1000, "1.1"}, {1500, "1.1"}, {2500, "2.21"}, {3000, "1.1"}};
    struct recheck_row recheck = {.campaign_id = campaign,
                                  .caller_id = ZHANG,
                                  .reason = BYTES_LIT("first"),
                                  .state = BYTES_LIT("queued")};
    for (int64_t i = 0; i < 4; i++) {
        recheck.case_id = put_fresh(store, campaign, i + 1);
        put_number(store, recheck.case_id, 1, 10 + i);
        struct dial_row dial = sample_dial(recheck.case_id, 1, 10 + i, ZHANG);
        dial.day = 200;
        dial.started_utc = dials[i].started;
        dial.recheck_id = i == 3;
        recheck.dial_id = put_dial(store, &dial, 50, dials[i].code);
        if (i == 1)
            MUST(recheck_put_new(store, &recheck, &err));
    }
    recheck.state = BYTES_LIT("settled");
    recheck.verdict = BYTES_LIT("void");
    recheck.settled_utc = 9000;
    MUST(recheck_put(store, &recheck, &err));
    *out_recheck_id = recheck.id;
}

static void shifts_each__counts_what_was_dialled_in_each(void **state)
{
    struct store *store = begin_with_callers(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    int64_t recheck_id = 0, last_utc = 0;
    put_dials(store, &recheck_id);
    int64_t morning = put_shift(store, ZHANG, 200, 900);
    MUST(shift_last_dial(store, morning, &last_utc, &err));
    assert_int_equal(last_utc, 3050);
    MUST(shift_put_end(store, morning, 2499, BYTES_LIT("signed_out"), &err));
    MUST(shift_put_end(store, put_shift(store, ZHANG, 200, 2500), 2600, BYTES_LIT("x"), &err));
    int64_t open = put_shift(store, ZHANG, 200, 2700);
    MUST(shift_put_end(store, put_shift(store, LI, 200, 900), 9000, BYTES_LIT("x"), &err));
    MUST(shifts_each(store, 200, 200, -1, on_work, &listing, &err));
    assert_string_equal(listing.text, "900 2/1;2500 1/0;2700 1/0;900 0/0;");
    MUST(shift_last_dial(store, open, &last_utc, &err));
    assert_int_equal(last_utc, 3050);
    MUST(shift_put_end(store, open, 4000, BYTES_LIT("x"), &err));
    MUST(shift_last_dial(store, put_shift(store, ZHANG, 201, 5000), &last_utc, &err));
    assert_int_equal(last_utc, 5000);
}

static int on_language(void *context, int64_t account_id, struct bytes language, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT ";", (intmax_t)account_id, BYTES_ARG(language));
    return OK;
}

static void caller_languages_put__replaces(void **state)
{
    struct store *store = begin_with_callers(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, one = {.len = 0};
    const struct bytes both[] = {BYTES_LIT("za"), BYTES_LIT("other")};
    MUST(caller_languages_put(store, ZHANG, both, 2, &err));
    MUST(caller_languages_put(store, LI, both, 2, &err));
    MUST(caller_languages_put(store, LI, both, 1, &err));
    MUST(caller_languages_each(store, 0, on_language, &all, &err));
    assert_string_equal(all.text, "1 other;1 za;2 za;");
    MUST(caller_languages_put(store, ZHANG, NULL, 0, &err));
    MUST(caller_languages_each(store, LI, on_language, &one, &err));
    MUST(caller_languages_each(store, ZHANG, on_language, &one, &err));
    assert_string_equal(one.text, "2 za;");
    assert_int_equal(caller_languages_put(store, 99, both, 1, &err), ERR_REFUSED);
}

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct shift_row shift = {.account_id = ZHANG, .day = 200, .started_utc = 1000};
    const struct bytes language = BYTES_LIT("za");
    struct listing listing = {.len = 0};
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = shift_put_new(store, &shift, err);
    if (rc == OK)
        rc = shift_put_end(store, shift.id, 2000, BYTES_LIT("signed_out"), err);
    if (rc == OK)
        rc = shift_put_confirmed(store, shift.id, 16, 3000, BYTES_LIT("w"), BYTES_NONE, err);
    if (rc == OK)
        rc = shifts_each(store, 200, 200, -1, on_shift, &listing, err);
    if (rc == OK)
        rc = caller_languages_put(store, ZHANG, &language, 1, err);
    if (rc == OK)
        assert_string_equal(listing.text, "200 zhang;");
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_commit(begin_with_callers(fixture), &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void shifts__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void shifts__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shift_put_end__ends_one_that_goes_on),
        TEST(shift_put_confirmed__may_be_corrected),
        TEST(shifts_each__counts_what_was_dialled_in_each),
        TEST(shifts_each__is_by_day_and_account),
        TEST(caller_languages_put__replaces),
        TEST(shifts__survive_lack_of_memory),
        TEST(shifts__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
