#include "service/storage/rechecks.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

/* A campaign with three cases, each completed by zhang but the third, by wang, whose team is a contractor's. */
enum { ZHANG = 1, LI = 2, WANG = 3, TEAM = 1, CASES = 3, NOW = 5000 };

static struct store *begin_with_completes(struct fixture *fixture)
{
    struct store *store = begin(fixture);
    put_contractor(store, "外包");
    assert_int_equal(put_account(store, "zhang", "caller", 0), ZHANG);
    assert_int_equal(put_account(store, "li", "checker", 0), LI);
    assert_int_equal(put_account(store, "wang", "caller", TEAM), WANG);
    int64_t campaign = put_campaign(store, "2024-05");
    for (int64_t id = 1; id <= CASES; id++) {
        struct followup_case row = sample_case(campaign, id);
        row.team_id = id == CASES ? TEAM : 0;
        assert_int_equal(put_case(store, &row), id);
        put_number(store, id, 1, 10 + id);
        struct dial_row dial = sample_dial(id, 1, 10 + id, id == CASES ? WANG : ZHANG);
        assert_int_equal(put_dial(store, &dial, 60, "1.1"), id);
    }
    return store;
}

static struct recheck_row sample_recheck(int64_t id, int64_t until)
{
    return (struct recheck_row){.campaign_id = 1,
                                .case_id = id,
                                .dial_id = id,
                                .caller_id = id == CASES ? WANG : ZHANG,
                                .reason = BYTES_LIT("share"),
                                .state = BYTES_LIT("queued"),
                                .until_utc = until};
}

static int64_t put_recheck(struct store *store, int64_t id, int64_t until)
{
    struct err err = {.code = OK};
    struct recheck_row row = sample_recheck(id, until);
    MUST(recheck_put_new(store, &row, &err));
    return row.id;
}

static void recheck_put__stores_every_column(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    struct recheck_row read, row = sample_recheck(2, 77);
    MUST(recheck_put_new(store, &row, &err));
    MUST(recheck_get(store, row.id, &read, &err));
    assert_true(read.campaign_id == 1 && read.case_id == 2 && read.dial_id == 2);
    assert_true(read.caller_id == ZHANG && read.account_id == 0 && read.until_utc == 77);
    assert_true(bytes_equal(read.caller_name, BYTES_LIT("zhang")) && read.checker_name.len == 0);
    assert_true(bytes_equal(read.reason, BYTES_LIT("share")));
    assert_true(bytes_equal(read.state, BYTES_LIT("queued")) && read.method.len == 0);
    row = (struct recheck_row){.id = row.id,
                               .state = BYTES_LIT("settled"),
                               .account_id = LI,
                               .until_utc = 78,
                               .tries = 2,
                               .method = BYTES_LIT("recording"),
                               .done_utc = 79,
                               .compared = 6,
                               .differing = 1,
                               .sealed = BYTES_LIT("sealed note"),
                               .verdict = BYTES_LIT("replaced"),
                               .settled_by = BYTES_LIT("zhao"),
                               .settled_why = BYTES_LIT("录音为证"),
                               .settled_utc = 80};
    MUST(recheck_put(store, &row, &err));
    MUST(recheck_get(store, row.id, &read, &err));
    assert_true(read.account_id == LI && bytes_equal(read.checker_name, BYTES_LIT("li")));
    assert_true(read.until_utc == 78 && read.tries == 2 && read.done_utc == 79);
    assert_true(read.compared == 6 && read.differing == 1 && read.settled_utc == 80);
    assert_true(bytes_equal(read.state, row.state) && bytes_equal(read.method, row.method));
    assert_true(bytes_equal(read.sealed, row.sealed) && bytes_equal(read.verdict, row.verdict));
    assert_true(bytes_equal(read.settled_by, row.settled_by));
    assert_true(bytes_equal(read.settled_why, row.settled_why));
    assert_true(read.caller_id == ZHANG && bytes_equal(read.reason, BYTES_LIT("share")));
}

static void recheck_put__refuses_what_cannot_be(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    struct recheck_row read, row = sample_recheck(1, 0);
    MUST(recheck_put_new(store, &row, &err));
    struct recheck_row again = sample_recheck(1, 0);
    assert_int_equal(recheck_put_new(store, &again, &err), ERR_EXISTS);
    row.state = BYTES_LIT("leased");
    assert_int_equal(recheck_put(store, &row, &err), ERR_REFUSED);
    row.state = BYTES_LIT("settled");
    assert_int_equal(recheck_put(store, &row, &err), ERR_REFUSED);
    row.verdict = BYTES_LIT("lost");
    assert_int_equal(recheck_put(store, &row, &err), ERR_REFUSED);
    row.id = 99;
    row.verdict = BYTES_LIT("kept");
    assert_int_equal(recheck_put(store, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(recheck_get(store, 99, &read, &err), ERR_NOT_FOUND);
}

static void recheck_find_due__never_gives_ones_own(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    struct recheck_row row;
    int64_t of_zhang = put_recheck(store, 1, 4000), of_wang = put_recheck(store, 3, 4500);
    (void)put_recheck(store, 2, NOW + 1);
    MUST(recheck_find_due(store, LI, NOW, &row, &err));
    assert_int_equal(row.id, of_zhang);
    MUST(recheck_find_due(store, ZHANG, NOW, &row, &err));
    assert_int_equal(row.id, of_wang);
    MUST(recheck_find_due(store, WANG, NOW, &row, &err));
    assert_int_equal(row.id, of_zhang);
    assert_int_equal(recheck_find_due(store, LI, 3999, &row, &err), ERR_NOT_FOUND);
    MUST(campaign_put_paused(store, 1, true, &err));
    assert_int_equal(recheck_find_due(store, LI, NOW, &row, &err), ERR_NOT_FOUND);
    MUST(campaign_put_paused(store, 1, false, &err));
    MUST(campaign_put_ended(store, 1, NOW, &err));
    assert_int_equal(recheck_find_due(store, LI, NOW, &row, &err), ERR_NOT_FOUND);
}

static void recheck_find_leased__and_its_end(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    struct recheck_row row, second;
    assert_int_equal(recheck_find_leased(store, LI, &row, &err), ERR_NOT_FOUND);
    MUST(recheck_get(store, put_recheck(store, 1, 0), &row, &err));
    second = sample_recheck(2, 0);
    second.state = BYTES_LIT("leased");
    second.account_id = LI;
    second.until_utc = NOW;
    MUST(recheck_put_new(store, &second, &err));
    MUST(recheck_find_leased(store, LI, &row, &err));
    assert_int_equal(row.id, second.id);
    assert_int_equal(recheck_find_ended(store, NOW - 1, &row, &err), ERR_NOT_FOUND);
    MUST(recheck_find_ended(store, NOW, &row, &err));
    assert_int_equal(row.id, second.id);
    struct recheck_row third = sample_recheck(3, NOW);
    third.state = BYTES_LIT("leased");
    third.account_id = LI;
    assert_int_equal(recheck_put_new(store, &third, &err), ERR_EXISTS);
}

static void rechecks_count_of_caller__is_of_the_campaign(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    int64_t completes = -1, chosen = -1;
    struct dial_row partial = sample_dial(1, 1, 11, ZHANG), recheck = sample_dial(2, 1, 12, ZHANG);
    recheck.recheck_id = 1;
    (void)put_dial(store, &partial, 60, "1.2");
    (void)put_dial(store, &recheck, 60, "1.1");
    (void)put_recheck(store, 1, 0);
    (void)put_recheck(store, 3, 0);
    MUST(rechecks_count_of_caller(store, 1, ZHANG, &completes, &chosen, &err));
    assert_true(completes == 2 && chosen == 1);
    int64_t other = put_fresh(store, put_campaign(store, "2024-06"), 1);
    put_number(store, other, 1, 12);
    struct dial_row elsewhere = sample_dial(other, 1, 12, ZHANG);
    struct recheck_row there = sample_recheck(1, 0);
    there.campaign_id = 2;
    there.case_id = other;
    there.dial_id = put_dial(store, &elsewhere, 60, "1.1");
    MUST(recheck_put_new(store, &there, &err));
    MUST(rechecks_count_of_caller(store, 1, ZHANG, &completes, &chosen, &err));
    assert_true(completes == 2 && chosen == 1);
    MUST(rechecks_count_of_caller(store, 2, ZHANG, &completes, &chosen, &err));
    assert_true(completes == 1 && chosen == 1);
}

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT ";", (intmax_t)row->case_id, BYTES_ARG(row->state));
    return OK;
}

static void rechecks_each__filters_and_pages(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    for (int64_t id = 1; id <= CASES; id++)
        (void)put_recheck(store, id, 0);
    struct recheck_row done;
    MUST(recheck_get(store, 1, &done, &err));
    done.state = BYTES_LIT("done");
    done.sealed = done.settled_by = done.settled_why = done.verdict = done.method = BYTES_NONE;
    MUST(recheck_put(store, &done, &err));
    static const struct {
        const char *state;
        int64_t team_id, after_id, limit;
        const char *expected;
    } table[] = {
        {"", -1, 0, 10, "1 done;2 queued;3 queued;"}, {"queued", -1, 0, 10, "2 queued;3 queued;"},
        {RECHECKS_OVER, -1, 0, 10, "1 done;"},        {"", TEAM, 0, 10, "3 queued;"},
        {"", 0, 0, 10, "1 done;2 queued;"},           {"", -1, 1, 1, "2 queued;"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct listing listing = {.len = 0};
        MUST(rechecks_each(store, 1, bytes_from_z(table[i].state), table[i].team_id,
                           table[i].after_id, table[i].limit, on_recheck, &listing, &err));
        assert_string_equal(listing.text, table[i].expected);
    }
    struct listing none = {.len = 0};
    MUST(rechecks_each(store, 2, BYTES_NONE, -1, 0, 10, on_recheck, &none, &err));
    assert_int_equal(none.len, 0);
}

static int on_answer(void *context, const struct recheck_answer_row *row, struct err *err)
{
    (void)err;
    assert_int_equal(row->recheck_id, 1);
    listing_add(context, "%jd " BYTES_FMT "=" BYTES_FMT ";", (intmax_t)row->drawn_id,
                BYTES_ARG(row->item), BYTES_ARG(row->value));
    return OK;
}

static void recheck_answer_put__replaces(void **state)
{
    struct store *store = begin_with_completes(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    struct recheck_answer_row row = {put_recheck(store, 1, 0), 4, BYTES_LIT("resolved"),
                                     BYTES_LIT("no")};
    MUST(recheck_answer_put(store, &row, &err));
    row.value = BYTES_LIT("yes");
    MUST(recheck_answer_put(store, &row, &err));
    row.drawn_id = 2;
    MUST(recheck_answer_put(store, &row, &err));
    MUST(recheck_answers_each(store, 1, on_answer, &listing, &err));
    assert_string_equal(listing.text, "2 resolved=yes;4 resolved=yes;");
    listing.len = 0;
    MUST(recheck_answers_drop(store, 1, &err));
    MUST(recheck_answers_each(store, 1, on_answer, &listing, &err));
    assert_int_equal(listing.len, 0);
    row.recheck_id = 99;
    assert_int_equal(recheck_answer_put(store, &row, &err), ERR_REFUSED);
}

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct recheck_row row = sample_recheck(1, 0), due;
    struct recheck_answer_row answer = {0, 4, BYTES_LIT("i"), BYTES_LIT("v")};
    struct listing listing = {.len = 0};
    int64_t completes = 0, chosen = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = recheck_put_new(store, &row, err);
    if (rc == OK)
        rc = recheck_find_due(store, LI, NOW, &due, err);
    row.state = BYTES_LIT("unreached");
    if (rc == OK)
        rc = recheck_put(store, &row, err);
    answer.recheck_id = row.id;
    if (rc == OK)
        rc = recheck_answer_put(store, &answer, err);
    if (rc == OK)
        rc = rechecks_each(store, 1, BYTES_LIT("unreached"), -1, 0, 9, on_recheck, &listing, err);
    if (rc == OK)
        rc = rechecks_count_of_caller(store, 1, ZHANG, &completes, &chosen, err);
    if (rc == OK)
        assert_true(completes == 2 && chosen == 1 && listing.len != 0);
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_commit(begin_with_completes(fixture), &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void rechecks__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void rechecks__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recheck_put__stores_every_column),
        TEST(recheck_put__refuses_what_cannot_be),
        TEST(recheck_find_due__never_gives_ones_own),
        TEST(recheck_find_leased__and_its_end),
        TEST(rechecks_count_of_caller__is_of_the_campaign),
        TEST(rechecks_each__filters_and_pages),
        TEST(recheck_answer_put__replaces),
        TEST(rechecks__survive_lack_of_memory),
        TEST(rechecks__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
