#include "service/storage/cases.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

enum { NOW = 5000, TEAM = 1, CALLER = 7 };

static struct case_wish sample_wish(int64_t campaign_id)
{
    return (struct case_wish){.campaign_id = campaign_id, .account_id = CALLER, .now_utc = NOW};
}

/* One that is offered from `from` until `until`. */
static int64_t put_due(struct store *store, int64_t campaign_id, int64_t case_no,
                       enum case_state state, int64_t from, int64_t until)
{
    struct followup_case row = sample_case(campaign_id, case_no);
    row.state = state;
    row.from_utc = from;
    row.until_utc = until;
    return put_case(store, &row);
}

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    (void)err;
    struct listing *listing = context;
    listing_add(listing, "%jd ", (intmax_t)row->case_no);
    return listing->stop_after != 0 && --listing->stop_after == 0 ? ERR_CANCELED : OK;
}

/* ---- rows ---- */

static void assert_same_case(const struct followup_case *a, const struct followup_case *b)
{
    assert_true(a->id == b->id && a->campaign_id == b->campaign_id && a->case_no == b->case_no);
    assert_true(a->unit == b->unit && a->shuffle == b->shuffle && a->team_id == b->team_id);
    assert_true(a->state == b->state && a->from_utc == b->from_utc && a->until_utc == b->until_utc);
    assert_true(a->account_id == b->account_id && a->appointment_utc == b->appointment_utc);
    assert_true(a->appointment_account == b->appointment_account && a->freed_utc == b->freed_utc);
    assert_int_equal(a->final_utc, b->final_utc);
    assert_string_equal(a->language, b->language);
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->why, b->why);
}

static void case_put__stores_every_column(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case read;
    struct followup_case row = {
        .campaign_id = put_campaign(store, "2024-05"),
        .case_no = 3,
        .unit = 1,
        .shuffle = INT64_MIN + 1,
        .state = CASE_QUEUED,
    };
    MUST(case_put_new(store, &row, &err));
    MUST(case_get(store, row.id, &read, &err));
    assert_same_case(&read, &row);
    row = (struct followup_case){
        .id = row.id,
        .campaign_id = row.campaign_id,
        .case_no = 3,
        .unit = 1,
        .shuffle = row.shuffle,
        .team_id = 2,
        .language = "za",
        .state = CASE_FINAL,
        .from_utc = 4,
        .until_utc = 5,
        .account_id = 6,
        .appointment_utc = 7,
        .appointment_account = 8,
        .freed_utc = 77,
        .code = "2.112",
        .final_utc = 9,
        .why = "do_not_call",
    };
    MUST(case_put(store, &row, &err));
    MUST(case_get_by_no(store, row.campaign_id, 3, &read, &err));
    assert_same_case(&read, &row);
    assert_int_equal(case_get(store, 99, &read, &err), ERR_NOT_FOUND);
    assert_int_equal(case_get_by_no(store, row.campaign_id, 4, &read, &err), ERR_NOT_FOUND);
    assert_int_equal(case_put_new(store, &row, &err), ERR_EXISTS);
    row.id = 99;
    assert_int_equal(case_put(store, &row, &err), ERR_NOT_FOUND);
}

static void case_put_held__changes_the_lease_and_the_appointment_alone(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case read;
    struct followup_case row = {.campaign_id = put_campaign(store, "2024-05"),
                                .case_no = 3,
                                .unit = 1,
                                .state = CASE_LEASED,
                                .from_utc = 4,
                                .until_utc = 5,
                                .account_id = 6,
                                .appointment_utc = 7,
                                .appointment_account = 8};
    MUST(case_put_new(store, &row, &err));
    struct followup_case held = row;
    held.until_utc = 50;
    held.appointment_utc = held.appointment_account = 0;
    struct followup_case asked = held;
    asked.state = CASE_FINAL;
    asked.account_id = asked.from_utc = 99;
    MUST(case_put_held(store, &asked, &err));
    MUST(case_get(store, row.id, &read, &err));
    assert_same_case(&read, &held);
    assert_int_equal(case_find_ended(store, 49, &read, &err), ERR_NOT_FOUND);
    MUST(case_find_ended(store, 50, &read, &err));
    held.appointment_utc = 70;
    MUST(case_put_held(store, &held, &err));
    MUST(case_get(store, row.id, &read, &err));
    assert_same_case(&read, &held);
    row.id = 99;
    assert_int_equal(case_put_held(store, &row, &err), ERR_NOT_FOUND);
}

static void case_put__refuses_states_that_cannot_be(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t campaign = put_campaign(store, "2024-05");
    static const struct {
        const char *name;
        struct followup_case row;
    } wrong[] = {
        {"held by nobody", {.state = CASE_LEASED}},
        {"final since never", {.state = CASE_FINAL, .code = "1.1"}},
        {"not final, but since then", {.state = CASE_WAITING, .final_utc = 1}},
        {"not final, but with a code", {.state = CASE_WAITING, .code = "1.1"}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct followup_case row = wrong[i].row;
        row.campaign_id = campaign;
        row.case_no = 1;
        if (case_put_new(store, &row, &err) != ERR_REFUSED)
            fail_msg("%s was taken", wrong[i].name);
    }
    struct followup_case row = sample_case(99, 1);
    assert_int_equal(case_put_new(store, &row, &err), ERR_REFUSED);
}

static void case_state_from_word__knows_every_state(void **state)
{
    (void)state;
    for (int i = 0; i < CASE_STATE_COUNT; i++) {
        enum case_state read = CASE_STATE_COUNT;
        assert_true(case_state_from_word(bytes_from_z(case_state_word((enum case_state)i)), &read));
        assert_int_equal(read, i);
    }
    enum case_state read = CASE_FINAL;
    assert_false(case_state_from_word(BYTES_LIT("lease"), &read));
    assert_int_equal(read, CASE_FINAL);
}

/* ---- whom to call ---- */

static void case_find_due__goes_by_time_and_passes_over(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case row = {.id = 0};
    int64_t campaign = put_campaign(store, "2024-05"), other = put_campaign(store, "2024-06");
    struct case_wish wish = sample_wish(campaign);
    (void)put_due(store, campaign, 1, CASE_WAITING, NOW, 9000);
    (void)put_due(store, campaign, 2, CASE_WAITING, 4000, 9000);
    (void)put_due(store, campaign, 3, CASE_WAITING, 4000, NOW + 1);
    (void)put_due(store, campaign, 4, CASE_WAITING, 3000, NOW);
    (void)put_due(store, campaign, 5, CASE_WAITING, NOW + 1, 9000);
    (void)put_due(store, campaign, 6, CASE_APPOINTMENT, 1000, 9000);
    (void)put_due(store, other, 7, CASE_WAITING, 1000, 9000);
    static const int64_t order[] = {2, 3, 1};
    int64_t after_utc = 0, after_id = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        MUST(case_find_due(store, &wish, CASE_WAITING, after_utc, after_id, &row, &err));
        assert_int_equal(row.case_no, order[i]);
        after_utc = row.from_utc;
        after_id = row.id;
    }
    assert_int_equal(case_find_due(store, &wish, CASE_WAITING, after_utc, after_id, &row, &err),
                     ERR_NOT_FOUND);
    assert_int_equal(row.case_no, 1);
    MUST(case_find_due(store, &wish, CASE_APPOINTMENT, 0, 0, &row, &err));
    assert_int_equal(row.case_no, 6);
}

static void case_find_due__is_of_team_and_language(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case found = {.id = 0}, row;
    int64_t campaign = put_campaign(store, "2024-05");
    struct case_wish wish = sample_wish(campaign);
    for (int64_t i = 1; i <= 4; i++) {
        row = sample_case(campaign, i);
        row.state = CASE_WAITING;
        row.until_utc = 9000;
        row.team_id = i > 2 ? TEAM : 0;
        (void)snprintf(row.language, sizeof row.language, "%s", i % 2 == 0 ? "za" : "");
        (void)put_case(store, &row);
    }
    for (int64_t i = 1; i <= 4; i++) {
        wish.team_id = i > 2 ? TEAM : 0;
        wish.language = i % 2 == 0 ? BYTES_LIT("za") : BYTES_NONE;
        MUST(case_find_due(store, &wish, CASE_WAITING, -1, 0, &found, &err));
        assert_int_equal(found.case_no, i);
        assert_int_equal(case_find_due(store, &wish, CASE_WAITING, 0, found.id, &found, &err),
                         ERR_NOT_FOUND);
    }
}

static void case_find_own_appointment__is_the_callers_alone(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case row;
    int64_t campaign = put_campaign(store, "2024-05");
    struct case_wish wish = sample_wish(campaign);
    static const struct {
        int64_t account, from, until;
    } appointments[] = {{CALLER, 4500, 9000}, {CALLER, 4000, 9000}, {CALLER, 3000, NOW},
                        {CALLER, 6000, 9000}, {8, 1000, 9000},      {0, 1000, 9000}};
    for (size_t i = 0; i < sizeof appointments / sizeof *appointments; i++) {
        row = sample_case(campaign, (int64_t)i + 1);
        row.state = CASE_APPOINTMENT;
        row.from_utc = appointments[i].from;
        row.until_utc = appointments[i].until;
        row.account_id = appointments[i].account;
        (void)snprintf(row.language, sizeof row.language, "za");
        (void)put_case(store, &row);
    }
    MUST(case_find_own_appointment(store, &wish, &row, &err));
    assert_int_equal(row.case_no, 2);
    wish.team_id = TEAM;
    assert_int_equal(case_find_own_appointment(store, &wish, &row, &err), ERR_NOT_FOUND);
    wish = sample_wish(campaign);
    wish.account_id = 0;
    assert_int_equal(case_find_own_appointment(store, &wish, &row, &err), ERR_NOT_FOUND);
    wish = sample_wish(put_campaign(store, "2024-06"));
    assert_int_equal(case_find_own_appointment(store, &wish, &row, &err), ERR_NOT_FOUND);
}

static void case_find_queued__goes_by_shuffle_within_a_unit(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case row;
    int64_t campaign = put_campaign(store, "2024-05");
    struct case_wish wish = sample_wish(campaign);
    for (int64_t i = 1; i <= 3; i++)
        (void)put_fresh(store, campaign, i);
    row = sample_case(campaign, 4);
    row.unit = 1;
    (void)put_case(store, &row);
    (void)put_due(store, campaign, 5, CASE_WAITING, 1, 9000);
    int64_t after = INT64_MIN;
    for (int64_t i = 3; i >= 1; i--) {
        MUST(case_find_queued(store, &wish, 0, after, &row, &err));
        assert_int_equal(row.case_no, i);
        after = row.shuffle;
    }
    assert_int_equal(case_find_queued(store, &wish, 0, after, &row, &err), ERR_NOT_FOUND);
    MUST(case_find_queued(store, &wish, 1, INT64_MIN, &row, &err));
    assert_int_equal(row.case_no, 4);
    wish.language = BYTES_LIT("za");
    assert_int_equal(case_find_queued(store, &wish, 0, INT64_MIN, &row, &err), ERR_NOT_FOUND);
    wish = sample_wish(campaign);
    wish.team_id = TEAM;
    assert_int_equal(case_find_queued(store, &wish, 0, INT64_MIN, &row, &err), ERR_NOT_FOUND);
}

static void case_find_leased__is_the_only_one(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case row;
    int64_t campaign = put_campaign(store, "2024-05");
    assert_int_equal(case_find_leased(store, CALLER, &row, &err), ERR_NOT_FOUND);
    for (int64_t i = 1; i <= 2; i++) {
        row = sample_case(campaign, i);
        row.state = CASE_LEASED;
        row.account_id = CALLER + i;
        (void)put_case(store, &row);
    }
    MUST(case_find_leased(store, CALLER + 1, &row, &err));
    assert_int_equal(row.case_no, 1);
    row.account_id = CALLER + 2;
    assert_int_equal(case_put(store, &row, &err), ERR_EXISTS);
}

static void case_find_ended__is_what_passed_first(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct followup_case row;
    int64_t campaign = put_campaign(store, "2024-05");
    (void)put_fresh(store, campaign, 1);
    (void)put_due(store, campaign, 2, CASE_WAITING, 1, NOW);
    (void)put_due(store, campaign, 3, CASE_APPOINTMENT, 1, NOW - 1);
    (void)put_due(store, campaign, 4, CASE_WAITING, 1, NOW + 1);
    row = sample_case(campaign, 5);
    row.state = CASE_LEASED;
    row.account_id = CALLER;
    row.until_utc = NOW - 2;
    (void)put_case(store, &row);
    static const int64_t order[] = {5, 3, 2};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        MUST(case_find_ended(store, NOW, &row, &err));
        assert_int_equal(row.case_no, order[i]);
        row.until_utc = 9000;
        MUST(case_put(store, &row, &err));
    }
    assert_int_equal(case_find_ended(store, NOW, &row, &err), ERR_NOT_FOUND);
}

static void cases_next_due__is_the_nearest_of_both_states(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t campaign = put_campaign(store, "2024-05"), next = -1;
    struct case_wish wish = sample_wish(campaign);
    MUST(cases_next_due(store, &wish, &next, &err));
    assert_int_equal(next, 0);
    (void)put_due(store, campaign, 1, CASE_WAITING, NOW, 9000);
    (void)put_due(store, campaign, 2, CASE_WAITING, 7000, 9000);
    MUST(cases_next_due(store, &wish, &next, &err));
    assert_int_equal(next, 7000);
    (void)put_due(store, campaign, 3, CASE_APPOINTMENT, 6000, 9000);
    MUST(cases_next_due(store, &wish, &next, &err));
    assert_int_equal(next, 6000);
    (void)put_due(store, campaign, 4, CASE_WAITING, NOW + 1, 9000);
    MUST(cases_next_due(store, &wish, &next, &err));
    assert_int_equal(next, NOW + 1);
}

/* ---- lists ---- */

static void put_mixed(struct store *store, int64_t campaign)
{
    static const struct {
        enum case_state state;
        int64_t unit, team_id;
        const char *code;
    } cases[] = {{CASE_QUEUED, 0, 0, ""},        {CASE_WAITING, 0, TEAM, ""},
                 {CASE_FINAL, 0, 0, "1.1"},      {CASE_FINAL, 1, 0, "1.1"},
                 {CASE_FINAL, 1, TEAM, "2.112"}, {CASE_QUEUED, 1, 0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct followup_case row = sample_case(campaign, (int64_t)i + 1);
        row.state = cases[i].state;
        row.unit = cases[i].unit;
        row.team_id = cases[i].team_id;
        row.final_utc = row.state == CASE_FINAL ? 1 : 0;
        (void)snprintf(row.code, sizeof row.code, "%s", cases[i].code);
        (void)put_case(store, &row);
    }
}

static void cases_each__filters_and_pages(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t campaign = put_campaign(store, "2024-05");
    (void)put_fresh(store, put_campaign(store, "2024-06"), 9);
    put_mixed(store, campaign);
    struct followup_case last;
    MUST(case_get_by_no(store, campaign, 6, &last, &err));
    put_number(store, last.id, 1, 11);
    put_number(store, last.id, 2, 12);
    MUST(case_get_by_no(store, campaign, 5, &last, &err));
    put_number(store, last.id, 1, 13);
    MUST(case_number_put_dead(store, last.id, 1, true, &err));
    MUST(case_get_by_no(store, campaign, 3, &last, &err));
    const struct {
        struct case_filter filter;
        const char *expected;
    } table[] = {
        {{.unit = -1, .state = -1, .team_id = -1}, "1 2 3 4 5 6 "},
        {{.unit = 1, .state = -1, .team_id = -1}, "4 5 6 "},
        {{.unit = -1, .state = CASE_QUEUED, .team_id = -1}, "1 6 "},
        {{.unit = -1, .state = -1, .team_id = TEAM}, "2 5 "},
        {{.unit = -1, .state = -1, .team_id = 0}, "1 3 4 6 "},
        {{.unit = -1, .state = -1, .team_id = -1, .code = BYTES_LIT("1.1")}, "3 4 "},
        {{.unit = -1, .state = -1, .team_id = -1, .without_number = true}, "1 2 3 4 5 "},
        {{.unit = -1, .state = -1, .team_id = -1, .after_id = last.id, .limit = 2}, "4 5 "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct listing listing = {.len = 0};
        struct case_filter filter = table[i].filter;
        filter.campaign_id = campaign;
        filter.limit = filter.limit != 0 ? filter.limit : 100;
        MUST(cases_each(store, &filter, on_case, &listing, &err));
        assert_string_equal(listing.text, table[i].expected);
    }
    struct listing stopped = {.stop_after = 2};
    struct case_filter all = {
        .campaign_id = campaign, .unit = -1, .state = -1, .team_id = -1, .limit = 100};
    assert_int_equal(cases_each(store, &all, on_case, &stopped, &err), ERR_CANCELED);
    assert_string_equal(stopped.text, "1 2 ");
}

static int on_count(void *context, const struct case_count *count, struct err *err)
{
    (void)err;
    listing_add(context, "%jd %s " BYTES_FMT ":%jd;", (intmax_t)count->unit,
                case_state_word(count->state), BYTES_ARG(count->code), (intmax_t)count->cases);
    return OK;
}

static void cases_count__is_by_unit_state_and_code(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    int64_t campaign = put_campaign(store, "2024-05");
    put_mixed(store, campaign);
    struct followup_case more = sample_case(campaign, 7);
    more.state = CASE_FINAL;
    more.final_utc = 1;
    (void)snprintf(more.code, sizeof more.code, "1.1");
    (void)put_case(store, &more);
    MUST(cases_count(store, campaign, on_count, &listing, &err));
    assert_string_equal(listing.text, "0 final 1.1:2;0 queued :1;0 waiting :1;1 final 1.1:1;"
                                      "1 final 2.112:1;1 queued :1;");
}

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT " %jd %jd;", (intmax_t)order->drawn_id,
                BYTES_ARG(order->order_no), (intmax_t)order->unit, (intmax_t)order->handling_id);
    return OK;
}

static void case_orders_each__gives_what_is_released(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing sample = {.len = 0}, reserve = {.len = 0}, released = {.len = 0};
    (void)put_campaign(store, "2024-05");
    struct drawn_row more = {.unit = 1,
                             .position = 2,
                             .order_no = BYTES_LIT("B2"),
                             .handling_id = 640,
                             .ticket = BYTES_LIT("t2345678901234567890123456789012"),
                             .case_no = 2};
    MUST(drawn_put_new(store, 1, 1, &more, &err));
    MUST(case_orders_each(store, 1, 1, 2, on_order, &sample, &err));
    assert_string_equal(sample.text, "2 A2 0 128;");
    MUST(case_orders_each(store, 1, 1, 3, on_order, &reserve, &err));
    assert_string_equal(reserve.text, "");
    MUST(draw_unit_put_released(store, 1, 1, 0, 3, &err));
    MUST(case_orders_each(store, 1, 1, 3, on_order, &released, &err));
    assert_string_equal(released.text, "3 A3 0 192;");
}

/* ---- faults ---- */

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct followup_case row = sample_case(1, 2), found;
    struct case_number number = {.no = 1, .phone_key = 5, .sealed = BYTES_LIT("s")};
    struct do_not_call_row banned = {
        .phone_key = 5, .sealed = BYTES_LIT("s"), .why = BYTES_LIT("w")};
    struct case_wish wish = sample_wish(1);
    struct listing listing = {.len = 0};
    bool busy = false;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = case_put_new(store, &row, err);
    if (rc == OK)
        rc = case_find_queued(store, &wish, 0, INT64_MIN, &found, err);
    number.case_id = row.id;
    row.state = CASE_WAITING;
    row.until_utc = 9000;
    if (rc == OK)
        rc = case_put(store, &row, err);
    if (rc == OK)
        rc = case_find_due(store, &wish, CASE_WAITING, -1, 0, &found, err);
    if (rc == OK)
        rc = case_number_put_new(store, &number, err);
    if (rc == OK)
        rc = case_number_is_busy(store, row.id, &busy, err);
    if (rc == OK)
        rc = cases_each_with_number(store, 5, on_case, &listing, err);
    if (rc == OK)
        rc = do_not_call_next_id(store, &banned.id, err);
    if (rc == OK)
        rc = do_not_call_put(store, &banned, err);
    if (rc == OK)
        assert_true(found.id == row.id && !busy && listing.len != 0);
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    assert_int_equal(put_campaign(begin(fixture), "2024-05"), 1);
    MUST(store_commit(fixture->store, &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void cases__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void cases__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(case_put__stores_every_column),
        TEST(case_put_held__changes_the_lease_and_the_appointment_alone),
        TEST(case_put__refuses_states_that_cannot_be),
        TEST(case_state_from_word__knows_every_state),
        TEST(case_find_due__goes_by_time_and_passes_over),
        TEST(case_find_due__is_of_team_and_language),
        TEST(case_find_own_appointment__is_the_callers_alone),
        TEST(case_find_queued__goes_by_shuffle_within_a_unit),
        TEST(case_find_leased__is_the_only_one),
        TEST(case_find_ended__is_what_passed_first),
        TEST(cases_next_due__is_the_nearest_of_both_states),
        TEST(cases_each__filters_and_pages),
        TEST(cases_count__is_by_unit_state_and_code),
        TEST(case_orders_each__gives_what_is_released),
        TEST(cases__survive_lack_of_memory),
        TEST(cases__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
