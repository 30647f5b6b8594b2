#include "scoring/funnel.h"

#include "tests/support/fault.h"
#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CALLERS_MAX = 20 };

static const char *const flag_names[] = {"few", "ok", "alert", "alarm"};

/* Checks the rows from `first` that belong to one case; returns how many. */
static size_t check_case(const struct table_file *table, size_t first)
{
    struct funnel_caller callers[CALLERS_MAX] = {{0}};
    struct funnel_point points[CALLERS_MAX];
    struct bytes name = table_file_text(table, first, "case");
    double p = table_file_number(table, first, "target");
    size_t count = 0;
    while (first + count < table->row_count &&
           bytes_equal(table_file_text(table, first + count, "case"), name)) {
        assert_true(count < CALLERS_MAX);
        funnel_caller_add(&callers[count], table_file_count(table, first + count, "n"),
                          table_file_count(table, first + count, "o"), p);
        count++;
    }
    struct funnel funnel;
    struct err err = {0};
    assert_int_equal(funnel_judge(callers, count, &funnel, points, &err), OK);
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i;
        struct interval inner = funnel_limits(&funnel, p, callers[i].valid, 0.95);
        struct interval outer = funnel_limits(&funnel, p, callers[i].valid, 0.998);
        table_file_expect(table, row, "expected", callers[i].expected);
        table_file_expect(table, row, "var", callers[i].variance);
        table_file_expect(table, row, "z", points[i].z);
        table_file_expect(table, row, "phi", funnel.dispersion);
        assert_int_equal(funnel.is_overdispersed, table_file_count(table, row, "overdispersed"));
        table_file_expect(table, row, "z_adj", points[i].z_adjusted);
        table_file_expect(table, row, "lo95", inner.low);
        table_file_expect(table, row, "hi95", inner.high);
        table_file_expect(table, row, "lo998", outer.low);
        table_file_expect(table, row, "hi998", outer.high);
        assert_true(table_file_is(table, row, "flag", flag_names[points[i].flag]));
    }
    return count;
}

static void funnel__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/funnel.csv");
    for (size_t row = 0; row < table.row_count;)
        row += check_case(&table, row);
    table_file_free(&table);
}

static void funnel_judge__leaves_callers_with_few_answers_alone(void **state)
{
    (void)state;
    struct funnel_caller callers[3] = {{0}};
    struct funnel_point points[3];
    struct funnel funnel;
    struct err err = {0};
    funnel_caller_add(&callers[0], 19, 0, 0.9);
    funnel_caller_add(&callers[1], 40, 40, 1.0);
    funnel_caller_add(&callers[2], 20, 18, 0.9);
    assert_int_equal(funnel_judge(callers, 3, &funnel, points, &err), OK);
    assert_int_equal(points[0].flag, FUNNEL_FEW);
    assert_int_equal(points[1].flag, FUNNEL_FEW);
    assert_true(isnan(points[1].z));
    assert_int_equal(points[2].flag, FUNNEL_OK);
    assert_true(fabs(points[2].z) < 1e-12);
}

static void funnel_judge__takes_a_single_caller_and_none(void **state)
{
    (void)state;
    struct funnel_caller caller = {0};
    struct funnel_point point;
    struct funnel funnel;
    struct err err = {0};
    assert_int_equal(funnel_judge(&caller, 0, &funnel, &point, &err), OK);
    assert_true(isnan(funnel.dispersion) && !funnel.is_overdispersed);
    funnel_caller_add(&caller, 100, 70, 0.9);
    assert_int_equal(funnel_judge(&caller, 1, &funnel, &point, &err), OK);
    assert_true(fabs(funnel.dispersion - point.z * point.z) < 1e-9 && funnel.is_overdispersed);
}

/* His cases' own units count, not the mean of all. */
static void funnel_caller_add__expects_what_the_units_promise(void **state)
{
    (void)state;
    struct funnel_caller caller = {0};
    funnel_caller_add(&caller, 10, 9, 0.9);
    funnel_caller_add(&caller, 20, 11, 0.5);
    assert_int_equal(caller.valid, 30);
    assert_int_equal(caller.favourable, 20);
    assert_true(fabs(caller.expected - 19.0) < 1e-12);
    assert_true(fabs(caller.variance - 5.9) < 1e-12);
}

static int judge_two(void *context, struct err *err)
{
    (void)context;
    const struct funnel_caller callers[2] = {{30, 20, 21.0, 6.3}, {40, 30, 28.0, 8.4}};
    struct funnel_point points[2];
    struct funnel funnel;
    return funnel_judge(callers, 2, &funnel, points, err);
}

static void funnel_judge__survives_lack_of_memory(void **state)
{
    (void)state;
    fault_loop(judge_two, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnel__equals_the_golden_table),
        cmocka_unit_test(funnel_judge__leaves_callers_with_few_answers_alone),
        cmocka_unit_test(funnel_judge__takes_a_single_caller_and_none),
        cmocka_unit_test(funnel_caller_add__expects_what_the_units_promise),
        cmocka_unit_test(funnel_judge__survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
