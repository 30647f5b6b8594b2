#include "tests/service/followup/casework_fixture.h"

static void casework_give_back__leaves_it_to_others_undialled_alone(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(give_back(&phoning, 1, leased.row.id), ERR_WRONG_STATE);
    assert_int_equal(give_back(&phoning, 0, leased.row.id), OK);
    assert_int_equal(give_back(&phoning, 0, leased.row.id), ERR_WRONG_STATE);
    assert_int_equal(case_now(&phoning, leased.row.id).state, CASE_QUEUED);
    assert_int_equal(units_now(&phoning).queued, 1);
    (void)nothing_due(&phoning, 0);
    leased = next_case(&phoning, 1);
    int64_t dial_id = dial(&phoning, 1, leased.row.id, 1);
    assert_int_equal(give_back(&phoning, 1, leased.row.id), ERR_WRONG_STATE);
    (void)finish(&phoning, 1, dial_id, "2.211");
    phoning.now_utc = case_now(&phoning, leased.row.id).from_utc;
    leased = next_case(&phoning, 1);
    assert_int_equal(give_back(&phoning, 1, leased.row.id), OK);
    assert_int_equal(case_now(&phoning, leased.row.id).state, CASE_WAITING);
    (void)nothing_due(&phoning, 1);
    phoning_deinit(&phoning);
}

static void casework_renew__holds_on_by_every_act(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t until_utc = 0;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(leased.row.until_utc, phoning.now_utc + 600);
    phoning.now_utc += 300;
    assert_int_equal(renew(&phoning, 0, leased.row.id, &until_utc), OK);
    assert_int_equal(until_utc, phoning.now_utc + 600);
    assert_int_equal(renew(&phoning, 1, leased.row.id, &until_utc), ERR_WRONG_STATE);
    phoning.now_utc += 300;
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    assert_int_equal(case_now(&phoning, leased.row.id).until_utc, phoning.now_utc + 600);
    phoning.now_utc += 300;
    assert_int_equal(try_answer(&phoning, 0, dial_id, 0, "consent", "yes", ""), OK);
    assert_int_equal(case_now(&phoning, leased.row.id).until_utc, phoning.now_utc + 600);
    phoning.now_utc += 599;
    assert_int_equal(sweep(&phoning), 0);
    phoning.now_utc += 1;
    assert_int_equal(sweep(&phoning), 1);
    assert_int_equal(renew(&phoning, 0, leased.row.id, &until_utc), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

static void casework_dial__refuses_what_the_rules_forbid(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001;13800000001");
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    int64_t dial_id = 0;
    phoning_init(&phoning, orders, 1, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    int64_t case_id = case_of_no(&phoning, 1).id;
    assert_int_equal(try_dial(&phoning, 0, case_id, 1, &dial_id), ERR_WRONG_STATE);
    (void)next_case(&phoning, 0);
    assert_int_equal(try_dial(&phoning, 1, case_id, 1, &dial_id), ERR_WRONG_STATE);
    assert_int_equal(try_dial(&phoning, 0, case_id, 3, &dial_id), ERR_NOT_FOUND);
    begin(&phoning);
    DO(campaign_put_paused(phoning.store, phoning.campaign_id, true, &err));
    (void)end(&phoning, OK);
    assert_int_equal(try_dial(&phoning, 0, case_id, 1, &dial_id), ERR_REFUSED);
    begin(&phoning);
    DO(campaign_put_paused(phoning.store, phoning.campaign_id, false, &err));
    (void)end(&phoning, OK);
    phoning.now_utc = at("2024-07-01T12:00:00+08:00");
    assert_int_equal(try_dial(&phoning, 0, case_id, 1, &dial_id), ERR_REFUSED);
    phoning.now_utc = at("2024-07-01T11:59:00+08:00");
    dial_id = dial(&phoning, 0, case_id, 1);
    assert_int_equal(try_dial(&phoning, 0, case_id, 2, &dial_id), ERR_WRONG_STATE);
    struct finished finished = finish(&phoning, 0, dial_id, "2.214");
    assert_int_equal(finished.step, NEXT_NUMBER);
    assert_int_equal(finished.number_no, 2);
    assert_int_equal(try_dial(&phoning, 0, case_id, 1, &dial_id), ERR_REFUSED);
    dial_id = dial(&phoning, 0, case_id, 2);
    assert_int_equal(finish(&phoning, 0, dial_id, "2.215").step, NEXT_FINAL);
    assert_string_equal(case_now(&phoning, case_id).code, "2.215");
    phoning_deinit(&phoning);
}

#define TWO_PARTS PHONING_RULES "[followup]\nweekday = 09:00-12:00 12:00-18:00\n"

static void casework_dial__keeps_to_the_part_of_the_day_it_was_given_out_in(void **state)
{
    (void)state;
    struct phoning phoning;
    int64_t dial_id = 0;
    phoning_simple(&phoning, 1, TWO_PARTS);
    phoning.now_utc = at("2024-07-01T13:00:00+08:00");
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.21");
    phoning.now_utc = at("2024-07-02T11:58:00+08:00");
    leased = next_case(&phoning, 0);
    phoning.now_utc = at("2024-07-02T12:00:00+08:00");
    assert_int_equal(try_dial(&phoning, 0, leased.row.id, 1, &dial_id), ERR_REFUSED);
    assert_int_equal(give_back(&phoning, 0, leased.row.id), OK);
    assert_true(case_now(&phoning, leased.row.id).from_utc > at("2024-07-02T18:00:00+08:00"));
    phoning_deinit(&phoning);
}

static void casework_give_back__puts_off_to_the_same_part_of_the_day(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 1, TWO_PARTS);
    phoning.now_utc = at("2024-07-01T13:00:00+08:00");
    struct leased_case leased = next_case(&phoning, 0);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), "2.21");
    phoning.now_utc = at("2024-07-02T09:00:00+08:00");
    leased = next_case(&phoning, 0);
    assert_int_equal(give_back(&phoning, 0, leased.row.id), OK);
    struct followup_case row = case_now(&phoning, leased.row.id);
    assert_true(row.from_utc > phoning.now_utc && row.from_utc < phoning.now_utc + 3600);
    phoning.now_utc = at("2024-07-02T11:58:00+08:00");
    leased = next_case(&phoning, 0);
    assert_int_equal(give_back(&phoning, 0, leased.row.id), OK);
    assert_true(case_now(&phoning, leased.row.id).from_utc > at("2024-07-02T18:00:00+08:00"));
    phoning_deinit(&phoning);
}

static void casework_next__finds_the_part_on_another_day_when_others_used_this_one_up(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000009")
        LINE("A2", "甲局", "投诉", "13900000002;13900000009");
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 2, TWO_PARTS "per_day = 1\n");
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case one = next_case(&phoning, 0);
    if (count_numbers(&phoning, one.row.id) == 2) {
        assert_int_equal(give_back(&phoning, 0, one.row.id), OK);
        one = next_case(&phoning, 0);
    }
    (void)finish(&phoning, 0, dial(&phoning, 0, one.row.id, 1), "2.21");
    phoning.now_utc = at("2024-07-02T11:50:00+08:00");
    struct leased_case other = next_case(&phoning, 1);
    assert_int_equal(count_numbers(&phoning, other.row.id), 2);
    (void)finish(&phoning, 1, dial(&phoning, 1, other.row.id, 1), "2.214");
    (void)finish(&phoning, 1, dial(&phoning, 1, other.row.id, 2), "2.21");
    phoning.now_utc = at("2024-07-02T12:00:00+08:00");
    (void)nothing_due(&phoning, 0);
    assert_int_equal(case_now(&phoning, one.row.id).from_utc, at("2024-07-03T12:00:00+08:00"));
    phoning_deinit(&phoning);
}

static void casework_number__is_for_whoever_dials_it_now(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct buf number;
    buf_init(&number, 64);
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    begin(&phoning);
    DO(casework_number(phoning.work, phoning.store, caller_at(&phoning, 0), dial_id, &number,
                       &err));
    assert_true(bytes_equal(buf_bytes(&number), BYTES_LIT("13900000001")));
    assert_int_equal(casework_number(phoning.work, phoning.store, caller_at(&phoning, 1), dial_id,
                                     &number, &err),
                     ERR_WRONG_STATE);
    store_rollback(phoning.store);
    (void)finish(&phoning, 0, dial_id, "2.21");
    begin(&phoning);
    assert_int_equal(casework_number(phoning.work, phoning.store, caller_at(&phoning, 0), dial_id,
                                     &number, &err),
                     ERR_WRONG_STATE);
    store_rollback(phoning.store);
    buf_deinit(&number);
    phoning_deinit(&phoning);
}

static void casework_answer__takes_what_the_script_of_the_order_asks(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "咨询", "13900000001") OPEN_LINE("A2", "甲局", "投诉", "13900000001");
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    struct orders_of both = orders_of(&phoning, &leased.row);
    assert_int_equal(both.count, 2);
    int64_t one = both.drawn_ids[0];
    const struct {
        int i;
        int64_t drawn_id;
        const char *item, *value, *words;
        int rc;
    } answers[] = {
        {0, 0, "consent", "yes", "", OK},
        {1, 0, "consent", "yes", "", ERR_WRONG_STATE},
        {0, one, "consent", "yes", "", ERR_FORMAT},
        {0, 0, "resolved", "yes", "", ERR_FORMAT},
        {0, one + 100, "resolved", "yes", "", ERR_FORMAT},
        {0, one, "resolved", "perhaps", "", ERR_FORMAT},
        {0, one, "weather", "yes", "", ERR_FORMAT},
        {0, one, "resolved", "yes", "", OK},
        {0, one, "resolved", "no", "", OK},
        {0, one, "satisfaction", "5", "好话", ERR_FORMAT},
        {0, one, "other", "yes", "好话", OK},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        assert_int_equal(try_answer(&phoning, answers[i].i, dial_id, answers[i].drawn_id,
                                    answers[i].item, answers[i].value, answers[i].words),
                         answers[i].rc);
    /* A consult has no 正在解决; what is still open has. */
    enum script_kind kinds[2];
    for (int i = 0; i < 2; i++) {
        int rc = try_answer(&phoning, 0, dial_id, both.drawn_ids[i], "resolved", "open", "");
        kinds[i] = rc == OK ? SCRIPT_OVERDUE : SCRIPT_CONSULT;
    }
    assert_int_not_equal(kinds[0], kinds[1]);
    struct dial_end no_answer = {.code = BYTES_LIT("2.21")};
    struct finished finished;
    assert_int_equal(try_finish(&phoning, 0, dial_id, &no_answer, &finished, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "contradicts"));
    (void)finish(&phoning, 0, dial_id, "1.2");
    assert_int_equal(try_answer(&phoning, 0, dial_id, 0, "consent", "yes", ""), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_give_back__leaves_it_to_others_undialled_alone),
        cmocka_unit_test(casework_renew__holds_on_by_every_act),
        cmocka_unit_test(casework_dial__refuses_what_the_rules_forbid),
        cmocka_unit_test(casework_dial__keeps_to_the_part_of_the_day_it_was_given_out_in),
        cmocka_unit_test(casework_give_back__puts_off_to_the_same_part_of_the_day),
        cmocka_unit_test(casework_next__finds_the_part_on_another_day_when_others_used_this_one_up),
        cmocka_unit_test(casework_number__is_for_whoever_dials_it_now),
        cmocka_unit_test(casework_answer__takes_what_the_script_of_the_order_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
