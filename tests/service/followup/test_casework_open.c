#include "tests/service/followup/casework_fixture.h"

static int step_top_up(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                       void *context, struct err *err)
{
    struct phoning *phoning = context;
    const struct actor actor = supervisor(phoning);
    int64_t cases = 0;
    (void)arena;
    int rc = draw_top_up(&fixture->datadir, round, BYTES_LIT("甲局"), 2, BYTES_LIT("回收率不足"),
                         &actor, err);
    if (rc == OK)
        rc = casework_take_released(phoning->work, phoning->store, phoning->campaign_id, &actor,
                                    &cases, err);
    return rc;
}

static void casework_open__makes_one_case_a_person(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001;13800000001")
        LINE("A2", "甲局", "投诉", "保密") LINE("A3", "甲局", "投诉", "13900000003")
            LINE("B1", "乙局", "投诉", "13900000001") LINE("B2", "乙局", "投诉", "13900000004");
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    int64_t cases = -1;
    int states[CASE_STATE_COUNT];
    phoning_init(&phoning, orders, 5, PHONING_RULES);
    assert_int_equal(ban(&phoning, "13900000004", &cases), OK);
    assert_int_equal(cases, 0);
    assert_int_equal(try_open(&phoning), OK);
    assert_int_equal(try_open(&phoning), ERR_WRONG_STATE);
    count_states(&phoning, states);
    assert_int_equal(states[CASE_QUEUED], 2);
    assert_int_equal(states[CASE_WAITING], 1); /* parked, for want of a number */
    assert_int_equal(states[CASE_FINAL], 1);   /* not to be called */
    int both = 0;
    for (int64_t no = 1; no <= 4; no++) {
        struct followup_case row = case_of_no(&phoning, no);
        int orders_count = orders_of(&phoning, &row).count;
        if (orders_count == 2) {
            assert_int_equal(count_numbers(&phoning, row.id), 2);
            both++;
        }
        if (row.state == CASE_WAITING)
            assert_int_equal(row.from_utc, CASEWORK_PARKED_UTC);
        if (row.state == CASE_FINAL)
            assert_string_equal(row.code, "2.113");
    }
    assert_int_equal(both, 1);
    struct casework_open_ends ends;
    begin(&phoning);
    DO(casework_open_ends_load(phoning.store, phoning.campaign_id, &ends, &err));
    store_rollback(phoning.store);
    assert_int_equal(ends.unworked, 3);
    assert_int_equal(ends.without_number, 1);
    phoning_deinit(&phoning);
}

static void casework_take_released__adds_cases_and_lets_orders_join_theirs(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000001")
            LINE("A3", "甲局", "投诉", "13900000001") LINE("A4", "甲局", "投诉", "13900000001");
    char attempts[256];
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    assert_int_equal(units_now(&phoning).released, 1);
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(orders_of(&phoning, &leased.row).count, 2);
    complete_case(&phoning, 0, &leased);
    take(&phoning.fixture, "2024-06", step_top_up, &phoning);
    assert_int_equal(units_now(&phoning).released, 1);
    struct orders_of all = orders_of(&phoning, &leased.row);
    assert_int_equal(all.count, 4);
    attempts_of(&phoning, all.drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/3/5");
    attempts_of(&phoning, all.drawn_ids[3], attempts, sizeof attempts);
    assert_string_equal(attempts, "2.36/0/0");
    phoning_deinit(&phoning);

    phoning_simple(&phoning, 4, PHONING_RULES);
    assert_int_equal(units_now(&phoning).queued, 4);
    assert_int_equal(units_now(&phoning).target, 4);
    phoning_deinit(&phoning);
}

static void casework_take_released__leaves_no_order_without_an_outcome(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000001")
            LINE("A3", "甲局", "投诉", "13900000001") LINE("A4", "甲局", "投诉", "13900000001");
    char attempts[256];
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.21");
    take(&phoning.fixture, "2024-06", step_top_up, &phoning);
    struct orders_of all = orders_of(&phoning, &leased.row);
    attempts_of(&phoning, all.drawn_ids[all.count - 1], attempts, sizeof attempts);
    assert_string_equal(attempts, "");
    phoning.now_utc =
        at("2024-08-01T10:00:00+08:00"); /* its window has ended without another dial */
    assert_int_equal(sweep(&phoning), 1);
    assert_string_equal(case_now(&phoning, leased.row.id).why, "exhausted");
    for (int i = 0; i < all.count; i++) {
        attempts_of(&phoning, all.drawn_ids[i], attempts, sizeof attempts);
        assert_string_equal(attempts, "2.21/0/0");
    }
    phoning_deinit(&phoning);
}

static int on_first_drawn(void *context, const struct drawn_row *row, struct err *err)
{
    int64_t *drawn_id = context;
    (void)err;
    *drawn_id = *drawn_id == 0 ? row->id : *drawn_id;
    return OK;
}

/* As a loaded file leaves it: an answer, and the round calling. */
static int step_answer_one(struct fixture *fixture, const struct round_row *round,
                           struct arena *arena, void *context, struct err *err)
{
    static const char no_hash[32] = {0};
    struct store *store = fixture->datadir.store;
    struct outcome_file_row file = {.round_id = round->id,
                                    .draw_no = 1,
                                    .file_name = BYTES_LIT("outcomes.csv"),
                                    .sha256 = {no_hash, sizeof no_hash},
                                    .who = tester.who};
    struct attempt_row attempt = {.no = 1, .code = BYTES_LIT("1.1"), .resolved = RESOLUTION_YES};
    (void)arena;
    (void)context;
    int rc = drawn_each(store, round->id, 1, on_first_drawn, &attempt.drawn_id, err);
    if (rc == OK)
        rc = outcome_file_put_new(store, &file, err);
    attempt.file_id = file.id;
    if (rc == OK)
        rc = attempt_put_new(store, &attempt, err);
    return rc == OK ? round_put_state(store, round->id, BYTES_LIT("calling"), round->as_of_utc, err)
                    : rc;
}

static void casework_open__asks_nobody_who_has_answered_before(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000002");
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    take(&phoning.fixture, "2024-06", step_answer_one, NULL);
    assert_int_equal(try_open(&phoning), OK);
    assert_int_equal(units_now(&phoning).complete, 1);
    assert_int_equal(units_now(&phoning).queued, 1);
    phoning_deinit(&phoning);
}

static void casework_open__wants_a_calendar_for_its_days(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001");
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 1, PHONING_RULES);
    phoning.now_utc = at("2026-12-15T10:00:00+08:00"); /* of 2027 nothing is announced */
    assert_int_equal(try_open(&phoning), ERR_NO_CALENDAR);
    phoning.now_utc = at("2026-11-25T10:00:00+08:00");
    assert_int_equal(try_open(&phoning), OK);
    /* It runs over the end of the calendar all the same: a dial can end, and nobody is called. */
    phoning.now_utc = at("2026-12-31T20:00:00+08:00");
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.21").step,
                     NEXT_WAITING);
    phoning.now_utc = at("2027-01-04T10:00:00+08:00");
    (void)nothing_due(&phoning, 0);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_open__makes_one_case_a_person),
        cmocka_unit_test(casework_take_released__adds_cases_and_lets_orders_join_theirs),
        cmocka_unit_test(casework_take_released__leaves_no_order_without_an_outcome),
        cmocka_unit_test(casework_open__asks_nobody_who_has_answered_before),
        cmocka_unit_test(casework_open__wants_a_calendar_for_its_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
