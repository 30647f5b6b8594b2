#include "service/storage/dials.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

/* Two accounts; a case of round 1 with the numbers 11 and 12, and one of round 2 with the number 11. */
enum { ZHANG = 1, LI = 2, FIRST = 1, SECOND = 2 };

static struct store *begin_with_cases(struct fixture *fixture)
{
    struct store *store = begin(fixture);
    assert_int_equal(put_account(store, "zhang", "caller", 0), ZHANG);
    assert_int_equal(put_account(store, "li", "caller", 0), LI);
    assert_int_equal(put_fresh(store, put_campaign(store, "2024-05"), 1), FIRST);
    assert_int_equal(put_fresh(store, put_campaign(store, "2024-06"), 1), SECOND);
    put_number(store, FIRST, 1, 11);
    put_number(store, FIRST, 2, 12);
    put_number(store, SECOND, 1, 11);
    return store;
}

/* ---- dials ---- */

static void dial_put_end__is_the_only_change(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct dial_row row = sample_dial(FIRST, 2, 12, ZHANG), read;
    row.recheck_id = 4;
    MUST(dial_put_new(store, &row, &err));
    MUST(dial_get_open(store, FIRST, &read, &err));
    assert_true(read.id == row.id && read.case_id == FIRST && read.number_no == 2);
    assert_true(read.phone_key == 12 && read.account_id == ZHANG && read.recheck_id == 4);
    assert_true(read.day == 200 && read.started_utc == 1000 && read.ended_utc == 0);
    assert_true(bytes_equal(read.account_name, BYTES_LIT("zhang")));
    assert_true(read.code.len == 0 && read.recording.len == 0 && read.sealed.len == 0);
    row.ended_utc = 1070;
    row.code = BYTES_LIT("2.20");
    row.recording = BYTES_LIT("R-17");
    row.sealed = BYTES_LIT("sealed note");
    MUST(dial_put_end(store, &row, &err));
    MUST(dial_get(store, row.id, &read, &err));
    assert_true(read.ended_utc == 1070 && bytes_equal(read.code, BYTES_LIT("2.20")));
    assert_true(bytes_equal(read.recording, BYTES_LIT("R-17")));
    assert_true(bytes_equal(read.sealed, BYTES_LIT("sealed note")));
    assert_int_equal(dial_put_end(store, &row, &err), ERR_WRONG_STATE);
    assert_int_equal(dial_get_open(store, FIRST, &read, &err), ERR_NOT_FOUND);
    assert_int_equal(dial_get(store, 99, &read, &err), ERR_NOT_FOUND);
    row.id = 99;
    assert_int_equal(dial_put_end(store, &row, &err), ERR_WRONG_STATE);
}

static void dial_put_new__is_one_at_a_time(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct dial_row row = sample_dial(FIRST, 1, 11, ZHANG);
    struct dial_row other_number = sample_dial(FIRST, 2, 12, LI);
    struct dial_row other_case = sample_dial(SECOND, 1, 11, LI);
    MUST(dial_put_new(store, &row, &err));
    assert_int_equal(dial_put_new(store, &other_number, &err), ERR_EXISTS);
    assert_int_equal(dial_put_new(store, &other_case, &err), ERR_EXISTS);
    row.ended_utc = 1010;
    MUST(dial_put_end(store, &row, &err));
    MUST(dial_put_new(store, &other_case, &err));
    MUST(dial_put_new(store, &other_number, &err));
    struct dial_row no_number = sample_dial(SECOND, 2, 12, LI);
    assert_int_equal(dial_put_new(store, &no_number, &err), ERR_EXISTS);
    other_case.ended_utc = other_number.ended_utc = 1020;
    MUST(dial_put_end(store, &other_case, &err));
    MUST(dial_put_end(store, &other_number, &err));
    assert_int_equal(dial_put_new(store, &no_number, &err), ERR_REFUSED);
}

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT " " BYTES_FMT ";", (intmax_t)row->id,
                BYTES_ARG(row->account_name), BYTES_ARG(row->code));
    return OK;
}

static void dials_each__tells_rechecks_apart(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct listing of_case = {.len = 0}, of_campaign = {.len = 0}, page = {.len = 0};
    struct dial_row dial = sample_dial(FIRST, 1, 11, ZHANG);
    struct dial_row other = sample_dial(SECOND, 1, 11, LI);
    struct dial_row again = sample_dial(FIRST, 2, 12, LI);
    struct dial_row recheck = sample_dial(FIRST, 1, 11, LI);
    recheck.recheck_id = 1;
    (void)put_dial(store, &dial, 20, "2.21");
    (void)put_dial(store, &other, 20, "2.21");
    (void)put_dial(store, &again, 20, "1.1");
    (void)put_dial(store, &recheck, 20, "");
    MUST(dials_each_of_case(store, FIRST, on_dial, &of_case, &err));
    assert_string_equal(of_case.text, "1 zhang 2.21;3 li 1.1;4 li ;");
    MUST(dials_each_of_campaign(store, 1, 0, 10, on_dial, &of_campaign, &err));
    assert_string_equal(of_campaign.text, "1 zhang 2.21;3 li 1.1;");
    MUST(dials_each_of_campaign(store, 1, 1, 1, on_dial, &page, &err));
    assert_string_equal(page.text, "3 li 1.1;");
}

static int64_t count_of(struct store *store, int64_t phone_key, int64_t day)
{
    struct err err = {.code = OK};
    int64_t count = -1;
    MUST(dials_count_of_number(store, phone_key, day, &count, &err));
    return count;
}

static void dials_count_of_number__counts_every_round(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct dial_row dial = sample_dial(FIRST, 1, 11, ZHANG);
    struct dial_row other = sample_dial(SECOND, 1, 11, LI);
    struct dial_row recheck = sample_dial(FIRST, 2, 12, LI);
    recheck.recheck_id = 1;
    (void)put_dial(store, &dial, 20, "2.21");
    (void)put_dial(store, &other, 20, "");
    (void)put_dial(store, &recheck, 20, "");
    dial.day = 201;
    (void)put_dial(store, &dial, 20, "2.21");
    assert_int_equal(count_of(store, 11, 200), 2);
    assert_int_equal(count_of(store, 11, 201), 1);
    assert_int_equal(count_of(store, 12, 200), 1);
    assert_int_equal(count_of(store, 13, 200), 0);
}

static int on_work(void *context, const struct dial_work *work, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT " %jd: %jd %jd %jd %jd %jd %jds -%jd;",
                BYTES_ARG(work->account_name), (intmax_t)work->day, (intmax_t)work->dials,
                (intmax_t)work->completes, (intmax_t)work->partials, (intmax_t)work->refusals,
                (intmax_t)work->interrupted, (intmax_t)work->seconds, (intmax_t)work->last_utc);
    return OK;
}

static void put_work(struct store *store)
{
    static const struct {
        int64_t case_id, account_id, day, seconds, recheck_id;
        const char *code;
    } dials[] = {{FIRST, LI, 200, 30, 0, "2.12"},    {FIRST, ZHANG, 200, 10, 0, "2.112"},
                 {FIRST, ZHANG, 200, 100, 0, "1.1"}, {SECOND, ZHANG, 200, 1000, 0, "1.2"},
                 {FIRST, ZHANG, 200, 5, 0, ""},      {FIRST, ZHANG, 200, 7, 1, ""},
                 {FIRST, ZHANG, 201, 40, 0, "2.20"}, {FIRST, ZHANG, 202, 40, 0, "1.1"}};
    for (size_t i = 0; i < sizeof dials / sizeof *dials; i++) {
        struct dial_row row = sample_dial(dials[i].case_id, 1, 11, dials[i].account_id);
        row.day = dials[i].day;
        row.recheck_id = dials[i].recheck_id;
        row.started_utc = 1000 * ((int64_t)i + 1);
        (void)put_dial(store, &row, dials[i].seconds, dials[i].code);
    }
    struct err err = {.code = OK};
    struct dial_row going_on = sample_dial(FIRST, 1, 11, LI);
    going_on.started_utc = 9000;
    MUST(dial_put_new(store, &going_on, &err));
}

static void dial_work_each__is_by_account_and_day(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, one = {.len = 0}, campaign = {.len = 0};
    put_work(store);
    MUST(dial_work_each(store, 0, 0, 200, 201, on_work, &all, &err));
    assert_string_equal(all.text, "zhang 200: 5 1 1 1 1 1122s -6000;"
                                  "zhang 201: 1 0 0 0 0 40s -7000;"
                                  "li 200: 2 0 0 1 0 30s -9000;");
    MUST(dial_work_each(store, 0, LI, 200, 300, on_work, &one, &err));
    assert_string_equal(one.text, "li 200: 2 0 0 1 0 30s -9000;");
    MUST(dial_work_each(store, 2, 0, 0, 300, on_work, &campaign, &err));
    assert_string_equal(campaign.text, "zhang 200: 1 0 1 0 0 1000s -4000;");
}

static int on_complete(void *context, const struct complete_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT " %jd/%jd %jds;", BYTES_ARG(row->account_name),
                (intmax_t)row->case_id, (intmax_t)row->case_no, (intmax_t)row->seconds);
    return OK;
}

static void completes_each__gives_those_of_a_campaign(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct listing first = {.len = 0}, second = {.len = 0};
    put_work(store);
    MUST(completes_each(store, 1, on_complete, &first, &err));
    assert_string_equal(first.text, "zhang 1/1 100s;zhang 1/1 40s;");
    MUST(completes_each(store, 2, on_complete, &second, &err));
    assert_int_equal(second.len, 0);
}

/* ---- answers ---- */

static int on_answer(void *context, const struct answer_row *row, struct err *err)
{
    (void)err;
    assert_true(row->case_id == FIRST && row->dial_id == 1);
    listing_add(context, "%jd %jd " BYTES_FMT "=" BYTES_FMT "(" BYTES_FMT ")@%jd %jdms;",
                (intmax_t)row->id, (intmax_t)row->drawn_id, BYTES_ARG(row->item),
                BYTES_ARG(row->value), BYTES_ARG(row->sealed), (intmax_t)row->at_utc,
                (intmax_t)row->spent_ms);
    return OK;
}

static void answers_each_of_case__are_as_they_were_given(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    struct dial_row dial = sample_dial(FIRST, 1, 11, ZHANG);
    struct answer_row row = {.case_id = FIRST,
                             .dial_id = put_dial(store, &dial, 20, "1.1"),
                             .item = BYTES_LIT("resolved"),
                             .value = BYTES_LIT("no"),
                             .drawn_id = 3,
                             .at_utc = 1005,
                             .spent_ms = -1};
    MUST(answer_next_id(store, &row.id, &err));
    assert_int_equal(row.id, 1);
    MUST(answer_put(store, &row, &err));
    assert_int_equal(answer_put(store, &row, &err), ERR_EXISTS);
    row.value = BYTES_LIT("yes");
    row.sealed = BYTES_LIT("words");
    row.spent_ms = 1200;
    MUST(answer_next_id(store, &row.id, &err));
    MUST(answer_put(store, &row, &err));
    MUST(answers_each_of_case(store, FIRST, on_answer, &listing, &err));
    assert_string_equal(listing.text,
                        "1 3 resolved=no()@1005 -1ms;2 3 resolved=yes(words)@1005 1200ms;");
    row.id = 3;
    row.dial_id = 99;
    assert_int_equal(answer_put(store, &row, &err), ERR_REFUSED);
}

static int on_last_answer(void *context, const struct last_answer_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd/%jd@%jd=" BYTES_FMT ";", (intmax_t)row->case_id,
                (intmax_t)row->case_no, (intmax_t)row->unit, BYTES_ARG(row->value));
    return OK;
}

static void put_answer(struct store *store, int64_t case_id, int64_t dial_id, const char *item,
                       const char *value)
{
    struct err err = {.code = OK};
    struct answer_row row = {.case_id = case_id,
                             .dial_id = dial_id,
                             .item = bytes_from_z(item),
                             .value = bytes_from_z(value)};
    MUST(answer_next_id(store, &row.id, &err));
    MUST(answer_put(store, &row, &err));
}

static void last_answers_each__gives_the_last_of_each_case(void **state)
{
    struct store *store = begin_with_cases(*state);
    struct err err = {.code = OK};
    struct listing first = {.len = 0}, second = {.len = 0}, none = {.len = 0};
    struct dial_row dial = sample_dial(FIRST, 1, 11, ZHANG);
    struct dial_row other = sample_dial(SECOND, 1, 11, ZHANG);
    int64_t third = put_fresh(store, 1, 2);
    (void)put_dial(store, &dial, 20, "1.1");
    (void)put_dial(store, &other, 20, "1.1");
    put_answer(store, third, 1, "coached", "unsure");
    put_answer(store, FIRST, 1, "coached", "no");
    put_answer(store, SECOND, 2, "coached", "no");
    put_answer(store, FIRST, 1, "coached", "yes");
    put_answer(store, FIRST, 1, "share_words", "no");
    MUST(last_answers_each(store, 1, BYTES_LIT("coached"), on_last_answer, &first, &err));
    assert_string_equal(first.text, "1/1@0=yes;3/2@0=unsure;");
    MUST(last_answers_each(store, 2, BYTES_LIT("coached"), on_last_answer, &second, &err));
    assert_string_equal(second.text, "2/1@0=no;");
    MUST(last_answers_each(store, 1, BYTES_LIT("consent"), on_last_answer, &none, &err));
    assert_int_equal(none.len, 0);
}

/* ---- faults ---- */

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct dial_row dial = sample_dial(FIRST, 1, 11, ZHANG), read;
    struct answer_row answer = {.case_id = FIRST, .item = BYTES_LIT("i"), .value = BYTES_LIT("v")};
    struct listing work = {.len = 0}, answers = {.len = 0};
    int64_t count = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = dial_put_new(store, &dial, err);
    if (rc == OK)
        rc = dial_get_open(store, FIRST, &read, err);
    answer.dial_id = dial.id;
    if (rc == OK)
        rc = answer_next_id(store, &answer.id, err);
    if (rc == OK)
        rc = answer_put(store, &answer, err);
    dial.ended_utc = 1030;
    if (rc == OK)
        rc = dial_put_end(store, &dial, err);
    if (rc == OK)
        rc = dials_count_of_number(store, 11, 200, &count, err);
    if (rc == OK)
        rc = dial_work_each(store, 0, 0, 0, 300, on_work, &work, err);
    if (rc == OK)
        rc = completes_each(store, 1, on_complete, &work, err);
    if (rc == OK)
        rc = last_answers_each(store, 1, BYTES_LIT("i"), on_last_answer, &answers, err);
    if (rc == OK)
        assert_string_equal(answers.text, "1/1@0=v;");
    if (rc == OK)
        assert_true(count == 1 && work.len != 0);
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_commit(begin_with_cases(fixture), &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void dials__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void dials__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dial_put_end__is_the_only_change),
        TEST(dial_put_new__is_one_at_a_time),
        TEST(dials_each__tells_rechecks_apart),
        TEST(dials_count_of_number__counts_every_round),
        TEST(dial_work_each__is_by_account_and_day),
        TEST(completes_each__gives_those_of_a_campaign),
        TEST(answers_each_of_case__are_as_they_were_given),
        TEST(last_answers_each__gives_the_last_of_each_case),
        TEST(dials__survive_lack_of_memory),
        TEST(dials__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
