#include "tests/service/followup/casework_fixture.h"

static void casework__takes_a_case_from_the_queue_to_its_answer(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 3, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    assert_int_equal(leased.turn, TURN_FRESH);
    assert_int_equal(leased.row.state, CASE_LEASED);
    assert_int_equal(leased.number_no, 1);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, leased.number_no);
    answer_all(&phoning, 0, dial_id, &leased.row, "yes", "4");
    struct finished finished = finish(&phoning, 0, dial_id, "1.1");
    assert_int_equal(finished.step, NEXT_FINAL);
    assert_string_equal(finished.code, "1.1");
    assert_true(finished.is_rechecked);
    struct followup_case row = case_now(&phoning, leased.row.id);
    assert_int_equal(row.state, CASE_FINAL);
    assert_string_equal(row.code, "1.1");
    char attempts[256];
    attempts_of(&phoning, orders_of(&phoning, &row).drawn_ids[0], attempts, sizeof attempts);
    assert_string_equal(attempts, "1.1/3/4");
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework__takes_a_case_from_the_queue_to_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
