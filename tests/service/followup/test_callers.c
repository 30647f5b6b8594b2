#include "tests/service/followup/sample_fixture.h"

#include <math.h>

/* Unit A: caller 王 gets 20 times yes of 20, 李 10 of 20, so that A's rate is 30 of 40. */
enum { A_CALLER_CASES = 20, UNIT_ORDERS = 2 * A_CALLER_CASES + 1 };

static void put_answer(struct buf *file, int order, const char *caller, const char *disposition,
                       const char *resolved, const char *satisfaction)
{
    buf_printf(file, "GD24-A-%d,2024-06-03 09:%02d,%s,%s,%s,%s\n", order, order % 60, caller,
               disposition, resolved, satisfaction);
}

static void load_answers(struct fixture *fixture)
{
    struct buf file;
    buf_init(&file, 65536);
    (void)make_sample(fixture, UNIT_ORDERS);
    buf_append_z(&file, "工单编号,拨打时间,话务员,访问结果,是否解决,满意度\n");
    for (int i = 1; i <= A_CALLER_CASES; i++) {
        put_answer(&file, i, "王", "1.1", "yes", "5");
        put_answer(&file, A_CALLER_CASES + i, "李", "1.1", i % 2 == 0 ? "yes" : "partly", "");
    }
    buf_append_z(&file, "GD24-B-1,2024-06-03 09:00,王,2.21,,\nGD24-B-1,2024-06-04 09:00,,2.112,,\n"
                        "GD24-A-1,2024-06-05 09:00,李,2.112,,\n");
    buf_append_byte(&file, '\0');
    struct outcomes_result result = load_outcomes(fixture, file.ptr);
    assert_int_equal(result.counts.accepted, 2 * A_CALLER_CASES + 3);
    buf_deinit(&file);
}

struct expected_callers {
    const char *rules;
    int of_li;       /* favourable */
    double expected; /* of each caller's 20 */
    bool has_variance;
};

static int step_check(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                      void *context, struct err *err)
{
    const struct expected_callers *expected = context;
    struct rules rules;
    struct outcome_callers out;
    int rc = rules_parse(bytes_from_z(expected->rules), &rules, err);
    if (rc == OK)
        rc = outcomes_callers_load(&fixture->datadir, round, &rules, arena, &out, err);
    if (rc != OK)
        return rc;
    assert_int_equal(out.caller_count, 3);
    const struct outcome_caller *unsaid = &out.callers[0];
    const struct outcome_caller *li = &out.callers[1];
    const struct outcome_caller *wang = &out.callers[2];
    assert_int_equal(unsaid->name.len, 0);
    assert_int_equal(unsaid->attempts, 1);
    assert_int_equal(unsaid->refusals, 1);
    assert_true(bytes_equal(li->name, BYTES_LIT("李")));
    assert_int_equal(li->attempts, A_CALLER_CASES + 1);
    assert_int_equal(li->final_cases, A_CALLER_CASES);
    assert_int_equal(li->refusals, 0);
    assert_int_equal(li->resolution.valid, A_CALLER_CASES);
    assert_int_equal(li->resolution.favourable, expected->of_li);
    assert_int_equal(li->satisfaction.valid, 0);
    assert_int_equal(wang->attempts, A_CALLER_CASES + 1);
    assert_int_equal(wang->completes, A_CALLER_CASES);
    assert_int_equal(wang->resolution.favourable, A_CALLER_CASES);
    assert_float_equal(li->resolution.expected, expected->expected, 1e-9);
    assert_float_equal(wang->resolution.expected, expected->expected, 1e-9);
    assert_int_equal(wang->satisfaction_point.flag, FUNNEL_FEW); /* all satisfied: cannot vary */
    assert_int_equal(li->refusal.valid, A_CALLER_CASES);
    assert_int_equal(unsaid->refusal.favourable, 1); /* of one reached in B, where all refuse */
    assert_float_equal(unsaid->refusal.expected, 1, 1e-9);
    /* 李 asked nobody of satisfaction: 20 of the 80 items in A are missing. */
    assert_int_equal(li->missing.valid, 2 * A_CALLER_CASES);
    assert_int_equal(li->missing.favourable, A_CALLER_CASES);
    assert_float_equal(li->missing.expected, A_CALLER_CASES / 2.0, 1e-9);
    assert_true(fabs(li->missing_point.z - 10 / sqrt(40 * 0.25 * 0.75)) < 1e-9);
    assert_int_equal(wang->missing.favourable, 0);
    assert_int_equal(wang->resolution_point.flag == FUNNEL_FEW, !expected->has_variance);
    return OK;
}

static void outcomes_callers_load__counts_answers_for_who_brought_them(void **state)
{
    struct fixture *fixture = *state;
    struct expected_callers strict = {"", A_CALLER_CASES / 2, 15, true};
    struct expected_callers mild = {"[rates]\nresolved = yes partly\n", A_CALLER_CASES,
                                    A_CALLER_CASES, false};
    load_answers(fixture);
    take(fixture, "2024-05", step_check, &strict);
    take(fixture, "2024-05", step_check, &mild);
}

static int step_load(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    struct rules rules;
    rules_default(&rules);
    return outcomes_callers_load(&fixture->datadir, round, &rules, arena, context, err);
}

static void outcomes_callers_load__needs_a_draw(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct outcome_callers out;
    (void)make_round(fixture, "2024-05", "2024-05-01", "2024-05-31", "");
    assert_int_equal(with_round(fixture, "2024-05", step_load, &out, &err), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(outcomes_callers_load__counts_answers_for_who_brought_them),
        FIXTURE_TEST(outcomes_callers_load__needs_a_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
