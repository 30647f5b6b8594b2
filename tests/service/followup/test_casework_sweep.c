#include "tests/service/followup/casework_fixture.h"

static void casework_sweep__ends_a_lease_as_far_as_the_call_had_come(void **state)
{
    static const struct {
        int answers; /* 0: not dialled; 1: dialled; 2: resolved; 3: all */
        enum case_state state;
        const char *code;
    } ends[] = {{0, CASE_QUEUED, ""},
                {1, CASE_WAITING, ""},
                {2, CASE_FINAL, "1.2"},
                {3, CASE_FINAL, "1.1"}};
    (void)state;
    for (size_t n = 0; n < sizeof ends / sizeof *ends; n++) {
        struct phoning phoning;
        char code[CASE_CODE_BYTES] = "";
        int64_t dial_id = 0;
        phoning_simple(&phoning, 1, PHONING_RULES);
        struct leased_case leased = next_case(&phoning, 0);
        if (ends[n].answers > 0)
            dial_id = dial(&phoning, 0, leased.row.id, 1);
        if (ends[n].answers == 2)
            assert_int_equal(try_answer(&phoning, 0, dial_id,
                                        orders_of(&phoning, &leased.row).drawn_ids[0], "resolved",
                                        "no", ""),
                             OK);
        if (ends[n].answers == 3)
            answer_all(&phoning, 0, dial_id, &leased.row, "no", "1");
        phoning.now_utc += 1000;
        assert_int_equal(sweep(&phoning), 1);
        struct followup_case row = case_now(&phoning, leased.row.id);
        assert_int_equal(row.state, ends[n].state);
        assert_string_equal(row.code, ends[n].code);
        if (dial_id != 0) {
            struct dial_row ended = dial_now(&phoning, dial_id, code);
            assert_string_equal(code, ends[n].code);
            assert_int_equal(ended.ended_utc, phoning.now_utc - 1000);
        }
        phoning_deinit(&phoning);
    }
}

static void casework_end__takes_back_what_is_held_and_may_go_on(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct casework_open_ends ends;
    char code[CASE_CODE_BYTES];
    int states[CASE_STATE_COUNT];
    phoning_simple(&phoning, 5, PHONING_RULES);
    struct leased_case held = next_case(&phoning, 0);
    struct leased_case dialled = next_case(&phoning, 1);
    int64_t dial_id = dial(&phoning, 1, dialled.row.id, 1);
    struct leased_case waiting = next_case(&phoning, 2);
    (void)finish(&phoning, 2, dial(&phoning, 2, waiting.row.id, 1), "2.21");
    begin(&phoning);
    DO(casework_open_ends_load(phoning.store, phoning.campaign_id, &ends, &err));
    assert_int_equal(ends.unworked, 4);
    assert_int_equal(ends.unfinished, 1);
    assert_int_equal(ends.leased, 2);
    assert_int_equal(
        casework_resume(phoning.work, phoning.store, phoning.campaign_id, phoning.now_utc, &err),
        ERR_WRONG_STATE);
    DO(casework_end(phoning.work, phoning.store, phoning.campaign_id, phoning.now_utc, &err));
    assert_int_equal(
        casework_end(phoning.work, phoning.store, phoning.campaign_id, phoning.now_utc, &err),
        ERR_WRONG_STATE);
    (void)end(&phoning, OK);
    assert_int_equal(case_now(&phoning, held.row.id).state, CASE_QUEUED);
    assert_int_not_equal(dial_now(&phoning, dial_id, code).ended_utc, 0);
    count_states(&phoning, states);
    assert_int_equal(states[CASE_WAITING], 2);
    (void)nothing_due(&phoning, 3);
    assert_int_equal(try_dial(&phoning, 0, held.row.id, 1, &dial_id), ERR_WRONG_STATE);
    assert_int_equal(settle(&phoning, waiting.row.id, "4.10"), ERR_WRONG_STATE);
    phoning.now_utc = at("2024-07-20T10:00:00+08:00");
    assert_int_equal(sweep(&phoning), 0);
    phoning.now_utc = at("2024-07-03T10:00:00+08:00");
    begin(&phoning);
    DO(casework_resume(phoning.work, phoning.store, phoning.campaign_id, phoning.now_utc, &err));
    (void)end(&phoning, OK);
    assert_true(case_now(&phoning, waiting.row.id).until_utc < CASEWORK_PARKED_UTC);
    (void)next_case(&phoning, 3);
    phoning_deinit(&phoning);
}

static void casework__writes_nothing_into_a_closed_round(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    char attempts[256];
    struct dial_end no_answer = {.code = BYTES_LIT("2.21")};
    phoning_simple(&phoning, 3, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t drawn_id = orders_of(&phoning, &leased.row).drawn_ids[0];
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    answer_all(&phoning, 0, dial_id, &leased.row, "yes", "5");
    take(&phoning.fixture, "2024-06", step_close, NULL);
    assert_int_equal(try_finish(&phoning, 0, dial_id, &no_answer, &finished, &err),
                     ERR_WRONG_STATE);
    (void)nothing_due(&phoning, 1);
    phoning.now_utc += 1000;
    assert_int_equal(sweep(&phoning), 1);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "");
    phoning_deinit(&phoning);
}

static int step_resume(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                       void *context, struct err *err)
{
    struct phoning *phoning = context;
    struct bytes reopened;
    int rc =
        casework_resume(phoning->work, phoning->store, phoning->campaign_id, phoning->now_utc, err);
    return rc == OK ? step_reopen(fixture, round, arena, &reopened, err) : rc;
}

static int step_end_and_close(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    struct phoning *phoning = context;
    int rc =
        casework_end(phoning->work, phoning->store, phoning->campaign_id, phoning->now_utc, err);
    return rc == OK ? step_close(fixture, round, arena, NULL, err) : rc;
}

static void casework_resume__ends_who_was_banned_meanwhile(void **state)
{
    (void)state;
    struct phoning phoning;
    char attempts[256];
    int64_t cases = 0;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t drawn_id = orders_of(&phoning, &leased.row).drawn_ids[0];
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.21");
    take(&phoning.fixture, "2024-06", step_end_and_close, &phoning);
    assert_int_equal(ban(&phoning, "13900000001", &cases), OK);
    assert_int_equal(cases, 0);
    phoning.now_utc += 60;
    take(&phoning.fixture, "2024-06", step_resume, &phoning);
    assert_string_equal(case_now(&phoning, leased.row.id).code, "2.113");
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "2.21/0/0 2.113/0/0");
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_sweep__ends_a_lease_as_far_as_the_call_had_come),
        cmocka_unit_test(casework_end__takes_back_what_is_held_and_may_go_on),
        cmocka_unit_test(casework__writes_nothing_into_a_closed_round),
        cmocka_unit_test(casework_resume__ends_who_was_banned_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
