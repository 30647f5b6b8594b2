#include "tests/service/followup/casework_fixture.h"

static void casework_ban__acts_at_once_but_lets_a_call_end(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    int64_t dial_id = 0;
    char attempts[256];
    phoning_simple(&phoning, 3, PHONING_RULES);
    struct leased_case held = next_case(&phoning, 0);
    dial_id = dial(&phoning, 0, held.row.id, 1);
    for (int i = 1; i <= 3; i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "139%08d", i);
        assert_int_equal(ban(&phoning, number, &cases), OK);
        assert_int_equal(ban(&phoning, number, &cases), ERR_EXISTS);
    }
    assert_int_equal(ban(&phoning, "12345", &cases), ERR_FORMAT);
    assert_int_equal(units_now(&phoning).final, 2);
    assert_int_equal(case_now(&phoning, held.row.id).state, CASE_LEASED);
    assert_int_equal(finish(&phoning, 0, dial_id, "2.21").step, NEXT_FINAL);
    struct followup_case row = case_now(&phoning, held.row.id);
    assert_string_equal(row.code, "2.113");
    assert_string_equal(row.why, "do_not_call");
    attempts_of(&phoning, orders_of(&phoning, &row).drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "2.21/0/0 2.113/0/0");
    assert_int_equal(units_now(&phoning).final, 3);
    phoning_deinit(&phoning);
}

static void casework_free_refusal__lets_it_be_asked_once_more(void **state)
{
    char attempts[256];
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t case_id = leased.row.id;
    assert_int_equal(release_refusal(&phoning, case_id, "误选"), ERR_WRONG_STATE);
    (void)finish(&phoning, 0, dial(&phoning, 0, case_id, 1), "2.112");
    assert_string_equal(case_now(&phoning, case_id).code, "2.112");
    phoning.now_utc += 60;
    assert_int_equal(release_refusal(&phoning, case_id, ""), ERR_FORMAT);
    assert_int_equal(release_refusal(&phoning, case_id, "误选"), OK);
    struct followup_case row = case_now(&phoning, case_id);
    assert_int_equal(row.state, CASE_WAITING);
    assert_true(row.from_utc >= at("2024-07-02T00:00:00+08:00"));
    assert_int_equal(row.freed_utc, phoning.now_utc);
    assert_int_equal(units_now(&phoning).final, 0);
    phoning.now_utc = row.from_utc;
    leased = next_case(&phoning, 1);
    assert_int_equal(leased.row.id, case_id);
    (void)finish(&phoning, 1, dial(&phoning, 1, case_id, 1), "2.111");
    assert_string_equal(case_now(&phoning, case_id).code, "2.111");
    assert_int_equal(release_refusal(&phoning, case_id, "再试"), ERR_WRONG_STATE);
    attempts_of(&phoning, orders_of(&phoning, &row).drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "2.112/0/0 2.111/0/0");

    leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.112");
    char number[16];
    (void)snprintf(number, sizeof number, "139%08d", 1);
    (void)ban(&phoning, number, &cases);
    (void)snprintf(number, sizeof number, "139%08d", 2);
    (void)ban(&phoning, number, &cases);
    assert_int_equal(release_refusal(&phoning, leased.row.id, "误选"), ERR_REFUSED);
    phoning_deinit(&phoning);
}

static void casework_book__takes_times_within_the_hours(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t case_id = case_of_no(&phoning, leased.row.case_no == 1 ? 2 : 1).id;
    assert_int_equal(book(&phoning, leased.row.id, "2024-07-02T10:00:00+08:00"), ERR_WRONG_STATE);
    assert_int_equal(book(&phoning, case_id, "2024-07-01T09:00:00+08:00"), ERR_REFUSED);
    assert_int_equal(book(&phoning, case_id, "2024-07-02T13:00:00+08:00"), ERR_REFUSED);
    assert_int_equal(book(&phoning, case_id, "2024-07-17T10:00:00+08:00"), ERR_REFUSED);
    assert_int_equal(book(&phoning, case_id, "2024-07-02T10:00:00+08:00"), OK);
    assert_int_equal(book(&phoning, case_id, "2024-07-02T16:00:00+08:00"), OK);
    struct followup_case row = case_now(&phoning, case_id);
    assert_int_equal(row.state, CASE_APPOINTMENT);
    assert_int_equal(row.from_utc, at("2024-07-02T16:00:00+08:00"));
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.112");
    assert_int_equal(book(&phoning, leased.row.id, "2024-07-02T10:00:00+08:00"), ERR_WRONG_STATE);
    /* Nobody kept it: the next open hour, and so on. */
    phoning.now_utc = at("2024-07-02T18:30:00+08:00");
    assert_int_equal(sweep(&phoning), 1);
    row = case_now(&phoning, case_id);
    assert_int_equal(row.state, CASE_APPOINTMENT);
    assert_int_equal(row.from_utc, at("2024-07-02T19:00:00+08:00"));
    phoning.now_utc = row.from_utc;
    assert_int_equal(next_case(&phoning, 2).turn, TURN_APPOINTMENT);
    phoning_deinit(&phoning);
}

static void casework_settle__ends_a_case_that_nobody_holds(void **state)
{
    char attempts[256];
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t case_id = case_of_no(&phoning, leased.row.case_no == 1 ? 2 : 1).id;
    assert_int_equal(settle(&phoning, leased.row.id, "4.10"), ERR_WRONG_STATE);
    assert_int_equal(settle(&phoning, case_id, "1.1"), ERR_FORMAT);
    assert_int_equal(settle(&phoning, case_id, "3.11"), ERR_FORMAT);
    assert_int_equal(settle(&phoning, case_id, "7"), ERR_FORMAT);
    assert_int_equal(settle(&phoning, case_id, "4.10"), OK);
    assert_int_equal(settle(&phoning, case_id, "4.10"), ERR_WRONG_STATE);
    struct followup_case row = case_now(&phoning, case_id);
    assert_string_equal(row.code, "4.10");
    assert_string_equal(row.why, "settled");
    attempts_of(&phoning, orders_of(&phoning, &row).drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "4.10/0/0");
    /* What says more prevails, as in scoring. */
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.12");
    assert_int_equal(settle(&phoning, leased.row.id, "2.20"), OK);
    assert_string_equal(case_now(&phoning, leased.row.id).code, "2.12");
    phoning_deinit(&phoning);
}

static void casework_add_number__brings_a_case_into_the_queue(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "保密");
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    phoning_init(&phoning, orders, 1, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    int64_t case_id = case_of_no(&phoning, 1).id;
    (void)nothing_due(&phoning, 0);
    assert_int_equal(book(&phoning, case_id, "2024-07-02T10:00:00+08:00"), ERR_REFUSED);
    assert_int_equal(ban(&phoning, "13900000009", &cases), OK);
    assert_int_equal(add_number(&phoning, case_id, "13900000009"), ERR_REFUSED);
    assert_int_equal(add_number(&phoning, case_id, "139"), ERR_FORMAT);
    assert_int_equal(add_number(&phoning, case_id, "13900000001"), OK);
    assert_int_equal(add_number(&phoning, case_id, "13900000001"), ERR_EXISTS);
    assert_int_equal(case_now(&phoning, case_id).state, CASE_QUEUED);
    assert_int_equal(units_now(&phoning).queued, 1);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, case_id, 1);
    assert_int_equal(add_number(&phoning, case_id, "13900000002"), OK); /* told in the call */
    assert_int_equal(finish(&phoning, 0, dial_id, "2.213").step, NEXT_NUMBER);
    complete_case(&phoning, 0, &(struct leased_case){leased.row, TURN_HELD, 2});
    assert_int_equal(add_number(&phoning, case_id, "13900000003"), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

static int correct(struct phoning *phoning, int64_t case_id, int64_t dial_id,
                   struct case_correction correction)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning, casework_correct(phoning->work, phoning->store, case_id, dial_id,
                                         &correction, &actor, &err));
}

static int on_version(void *context, const struct attempt_row *row, struct err *err)
{
    int *versions = context;
    (void)row;
    (void)err;
    (*versions)++;
    return OK;
}

/* Two people whose dials began in the same second. */
static void casework_correct__takes_no_order_of_another_case(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t dial_ids[2];
    struct leased_case leased[2];
    phoning_simple(&phoning, 2, PHONING_RULES);
    for (int i = 0; i < 2; i++) {
        leased[i] = next_case(&phoning, i);
        dial_ids[i] = dial(&phoning, i, leased[i].row.id, 1);
        answer_all(&phoning, i, dial_ids[i], &leased[i].row, "yes", "5");
        (void)finish(&phoning, i, dial_ids[i], "1.1");
    }
    struct case_correction correction = {.drawn_id =
                                             orders_of(&phoning, &leased[1].row).drawn_ids[0],
                                         .resolved = RESOLUTION_NO,
                                         .satisfaction = -1,
                                         .why = BYTES_LIT("录音核对")};
    assert_int_equal(correct(&phoning, leased[0].row.id, dial_ids[0], correction), ERR_NOT_FOUND);
    assert_int_equal(correct(&phoning, leased[1].row.id, dial_ids[1], correction), OK);
    phoning_deinit(&phoning);
}

static void casework_correct__keeps_what_stood_there(void **state)
{
    char attempts[256];
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    int versions = 0;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t case_id = leased.row.id;
    int64_t drawn_id = orders_of(&phoning, &leased.row).drawn_ids[0];
    int64_t dial_id = dial(&phoning, 0, case_id, 1);
    struct case_correction refused = {.drawn_id = drawn_id,
                                      .code = BYTES_LIT("2.112"),
                                      .resolved = -1,
                                      .satisfaction = -1,
                                      .why = BYTES_LIT("录音核对")};
    assert_int_equal(correct(&phoning, case_id, dial_id, refused), ERR_WRONG_STATE);
    answer_all(&phoning, 0, dial_id, &leased.row, "yes", "4");
    (void)finish(&phoning, 0, dial_id, "1.1");
    struct case_correction worse = {.drawn_id = drawn_id,
                                    .resolved = RESOLUTION_NO,
                                    .still_open = true,
                                    .satisfaction = 2,
                                    .why = BYTES_LIT("录音核对")};
    struct case_correction none = worse;
    none.why = BYTES_LIT("");
    assert_int_equal(correct(&phoning, case_id, dial_id, none), ERR_FORMAT);
    none = worse;
    none.satisfaction = 6;
    assert_int_equal(correct(&phoning, case_id, dial_id, none), ERR_FORMAT);
    none = worse;
    none.code = BYTES_LIT("2.112");
    assert_int_equal(correct(&phoning, case_id, dial_id, none), ERR_FORMAT);
    none = worse;
    none.drawn_id++;
    assert_int_equal(correct(&phoning, case_id, dial_id, none), ERR_NOT_FOUND);
    assert_int_equal(correct(&phoning, case_id, dial_id + 1, worse), ERR_NOT_FOUND);
    assert_int_equal(correct(&phoning, case_id, dial_id, worse), OK);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/1/2");
    assert_int_equal(units_now(&phoning).complete, 1);
    assert_int_equal(correct(&phoning, case_id, dial_id, refused), OK);
    attempts_of(&phoning, drawn_id, attempts, sizeof attempts);
    assert_string_equal(attempts, "2.112/0/0");
    assert_string_equal(case_now(&phoning, case_id).code, "2.112");
    assert_int_equal(units_now(&phoning).complete, 0);
    assert_int_equal(units_now(&phoning).final, 1);
    begin(&phoning);
    DO(attempt_versions_each(phoning.store, drawn_id, on_version, &versions, &err));
    store_rollback(phoning.store);
    assert_int_equal(versions, 2);
    phoning_deinit(&phoning);
}

/* Whoever says so. */
static void casework_settle_and_correct__put_a_firm_refusal_on_the_list(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t cases = 0;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    (void)finish(&phoning, 0, dial_id, "2.112");
    const struct case_correction firm = {.drawn_id = orders_of(&phoning, &leased.row).drawn_ids[0],
                                         .code = BYTES_LIT("2.113"),
                                         .resolved = -1,
                                         .satisfaction = -1,
                                         .why = BYTES_LIT("录音核对")};
    assert_int_equal(correct(&phoning, leased.row.id, dial_id, firm), OK);
    assert_int_equal(settle(&phoning, case_of_no(&phoning, 3 - leased.row.case_no).id, "2.113"),
                     OK);
    assert_int_equal(ban(&phoning, "13900000001", &cases), ERR_EXISTS);
    assert_int_equal(ban(&phoning, "13900000002", &cases), ERR_EXISTS);
    phoning_deinit(&phoning);
}

static int hand_over(struct phoning *phoning, int64_t case_id)
{
    struct err err = {0};
    begin(phoning);
    return end(phoning,
               casework_hand_over(phoning->work, phoning->store, case_id, phoning->now_utc, &err));
}

static void
casework_hand_over__leaves_a_case_to_a_file_and_codes_it_by_what_comes_back(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct casework_open_ends ends;
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(hand_over(&phoning, leased.row.id), ERR_WRONG_STATE);
    struct followup_case row = case_of_no(&phoning, leased.row.case_no == 1 ? 2 : 1);
    assert_int_equal(hand_over(&phoning, row.id), OK);
    (void)nothing_due(&phoning, 1);
    begin(&phoning);
    DO(casework_take_back(phoning.work, phoning.store, row.id, phoning.now_utc, &err));
    assert_int_equal(casework_take_back(phoning.work, phoning.store, row.id, phoning.now_utc, &err),
                     ERR_WRONG_STATE);
    (void)end(&phoning, OK);
    assert_int_equal(units_now(&phoning).queued, 1);
    assert_int_equal(hand_over(&phoning, row.id), OK);
    struct attempt_row attempt = {.drawn_id = orders_of(&phoning, &row).drawn_ids[0],
                                  .no = 1,
                                  .called = {phoning.now_utc, MOMENT_INSTANT},
                                  .code = BYTES_LIT("1.1"),
                                  .resolved = RESOLUTION_YES,
                                  .satisfaction = 5,
                                  .file_id = 1};
    begin(&phoning);
    DO(casework_open_ends_load(phoning.store, phoning.campaign_id, &ends, &err));
    assert_int_equal(ends.unworked, 2);
    DO(attempt_put_new(phoning.store, &attempt, &err));
    DO(casework_take_outcomes(phoning.work, phoning.store, row.id, phoning.now_utc, &err));
    DO(casework_open_ends_load(phoning.store, phoning.campaign_id, &ends, &err));
    assert_int_equal(ends.unworked, 1);
    (void)end(&phoning, OK);
    assert_string_equal(case_now(&phoning, row.id).code, "1.1");
    assert_int_equal(units_now(&phoning).complete, 1);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_ban__acts_at_once_but_lets_a_call_end),
        cmocka_unit_test(casework_free_refusal__lets_it_be_asked_once_more),
        cmocka_unit_test(casework_book__takes_times_within_the_hours),
        cmocka_unit_test(casework_settle__ends_a_case_that_nobody_holds),
        cmocka_unit_test(casework_correct__keeps_what_stood_there),
        cmocka_unit_test(casework_settle_and_correct__put_a_firm_refusal_on_the_list),
        cmocka_unit_test(casework_correct__takes_no_order_of_another_case),
        cmocka_unit_test(
            casework_hand_over__leaves_a_case_to_a_file_and_codes_it_by_what_comes_back),
        cmocka_unit_test(casework_add_number__brings_a_case_into_the_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
