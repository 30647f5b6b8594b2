#include "service/storage/cases.h"

#include "tests/service/storage/campaigning.h"

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd ", (intmax_t)row->id);
    return OK;
}

/* ---- numbers ---- */

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    (void)err;
    assert_true(bytes_equal(row->sealed, BYTES_LIT("sealed number")));
    listing_add(context, "%jd/%jd:%jd%s ", (intmax_t)row->case_id, (intmax_t)row->no,
                (intmax_t)row->phone_key, row->is_dead ? " dead" : "");
    return OK;
}

static void case_numbers__are_in_order_and_once(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    int64_t campaign = put_campaign(store, "2024-05");
    int64_t first = put_fresh(store, campaign, 1), second = put_fresh(store, campaign, 2);
    put_number(store, first, 2, -12);
    put_number(store, first, 1, 11);
    put_number(store, second, 1, 11);
    MUST(case_number_put_dead(store, first, 2, true, &err));
    MUST(case_numbers_each(store, first, on_number, &listing, &err));
    assert_string_equal(listing.text, "1/1:11 1/2:-12 dead ");
    struct case_number row = {.case_id = first, .no = 3, .phone_key = 11, .sealed = BYTES_LIT("s")};
    assert_int_equal(case_number_put_new(store, &row, &err), ERR_EXISTS);
    row.no = CASE_NUMBERS_MAX + 1;
    row.phone_key = 13;
    assert_int_equal(case_number_put_new(store, &row, &err), ERR_REFUSED);
    assert_int_equal(case_number_put_dead(store, second, 2, true, &err), ERR_NOT_FOUND);
    assert_true(case_number_seal_row(second, 1) > case_number_seal_row(first, CASE_NUMBERS_MAX));
}

static bool is_busy(struct store *store, int64_t case_id)
{
    struct err err = {.code = OK};
    bool busy = false;
    MUST(case_number_is_busy(store, case_id, &busy, &err));
    return busy;
}

static void case_number_is_busy__while_another_case_has_it(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t account = put_account(store, "zhang", "caller", 0);
    int64_t first = put_fresh(store, put_campaign(store, "2024-05"), 1);
    int64_t second = put_fresh(store, put_campaign(store, "2024-06"), 1);
    put_number(store, first, 1, 10);
    put_number(store, first, 2, 11);
    put_number(store, second, 1, 11);
    assert_false(is_busy(store, first));
    struct followup_case row;
    MUST(case_get(store, second, &row, &err));
    row.state = CASE_LEASED;
    row.account_id = account;
    MUST(case_put(store, &row, &err));
    assert_true(is_busy(store, first));
    assert_false(is_busy(store, second));
    row.state = CASE_FINAL;
    row.final_utc = 1;
    MUST(case_put(store, &row, &err));
    assert_false(is_busy(store, first));
    struct dial_row dial = sample_dial(second, 1, 11, account);
    MUST(dial_put_new(store, &dial, &err));
    assert_true(is_busy(store, first));
    assert_false(is_busy(store, second));
    dial.ended_utc = 2000;
    MUST(dial_put_end(store, &dial, &err));
    assert_false(is_busy(store, first));
}

static void cases_each_with_number__leaves_out_what_has_ended(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0}, left = {.len = 0};
    int64_t campaign = put_campaign(store, "2024-05"), other = put_campaign(store, "2024-06");
    struct followup_case final = sample_case(campaign, 3);
    final.state = CASE_FINAL;
    final.final_utc = 1;
    put_number(store, put_fresh(store, campaign, 1), 1, 11);
    int64_t second = put_fresh(store, campaign, 2);
    put_number(store, second, 1, 12);
    put_number(store, second, 2, 11);
    put_number(store, put_case(store, &final), 1, 11);
    put_number(store, put_fresh(store, other, 1), 1, 11);
    put_number(store, put_fresh(store, other, 2), 1, 12);
    MUST(cases_each_with_number(store, 11, on_case, &listing, &err));
    assert_string_equal(listing.text, "1 2 4 ");
    MUST(campaign_put_ended(store, campaign, 1, &err));
    MUST(cases_each_with_number(store, 11, on_case, &left, &err));
    assert_string_equal(left.text, "4 ");
}

/* ---- who must not be called ---- */

static int64_t put_banned(struct store *store, int64_t phone_key, int expected)
{
    struct err err = {.code = OK};
    struct do_not_call_row row = {.phone_key = phone_key,
                                  .sealed = BYTES_LIT("sealed number"),
                                  .since_utc = 1717400000,
                                  .who = BYTES_LIT("zhang"),
                                  .why = BYTES_LIT("本人要求")};
    MUST(do_not_call_next_id(store, &row.id, &err));
    assert_int_equal(do_not_call_put(store, &row, &err), expected);
    return row.id;
}

static int on_banned(void *context, const struct do_not_call_row *row, struct err *err)
{
    (void)err;
    assert_true(bytes_equal(row->sealed, BYTES_LIT("sealed number")));
    assert_true(bytes_equal(row->who, BYTES_LIT("zhang")) && row->since_utc == 1717400000);
    assert_true(bytes_equal(row->why, BYTES_LIT("本人要求")));
    listing_add(context, "%jd:%jd", (intmax_t)row->id, (intmax_t)row->phone_key);
    if (row->ended_utc != 0)
        listing_add(context, "-%jd " BYTES_FMT " " BYTES_FMT, (intmax_t)row->ended_utc,
                    BYTES_ARG(row->ended_by), BYTES_ARG(row->ended_why));
    listing_add(context, ";");
    return OK;
}

static bool is_banned(struct store *store, int64_t phone_key)
{
    struct err err = {.code = OK};
    bool banned = false;
    MUST(do_not_call_has(store, phone_key, &banned, &err));
    return banned;
}

static void do_not_call__acts_until_it_ends(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, page = {.len = 0};
    int64_t first = put_banned(store, 11, OK);
    (void)put_banned(store, 12, OK);
    (void)put_banned(store, 11, ERR_EXISTS);
    assert_true(is_banned(store, 11) && is_banned(store, 12) && !is_banned(store, 13));
    MUST(do_not_call_put_ended(store, first, 77, BYTES_LIT("li"), BYTES_LIT("本人撤回"), &err));
    assert_false(is_banned(store, 11));
    assert_int_equal(do_not_call_put_ended(store, first, 78, BYTES_NONE, BYTES_NONE, &err),
                     ERR_NOT_FOUND);
    (void)put_banned(store, 11, OK);
    assert_true(is_banned(store, 11));
    MUST(do_not_call_each(store, 0, 100, on_banned, &all, &err));
    assert_string_equal(all.text, "1:11-77 li 本人撤回;2:12;3:11;");
    MUST(do_not_call_each(store, 1, 1, on_banned, &page, &err));
    assert_string_equal(page.text, "2:12;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(case_numbers__are_in_order_and_once),
        TEST(case_number_is_busy__while_another_case_has_it),
        TEST(cases_each_with_number__leaves_out_what_has_ended),
        TEST(do_not_call__acts_until_it_ends),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
