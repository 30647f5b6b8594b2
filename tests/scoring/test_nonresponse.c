#include "scoring/nonresponse.h"

#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nonresponse_bounds__equal_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/nonresponse_bounds.csv");
    for (size_t i = 0; i < table.row_count; i++) {
        struct interval got = nonresponse_bounds(
            table_file_count(&table, i, "n_sampled"), table_file_count(&table, i, "not_eligible"),
            table_file_count(&table, i, "valid"), table_file_count(&table, i, "x"));
        table_file_expect(&table, i, "bound_lo", got.low);
        table_file_expect(&table, i, "bound_hi", got.high);
    }
    table_file_free(&table);
}

static void nonresponse_bounds__know_their_edges(void **state)
{
    (void)state;
    struct interval all = nonresponse_bounds(10, 2, 8, 6);
    assert_true(all.low == 0.75 && all.high == 0.75);
    struct interval nobody = nonresponse_bounds(10, 2, 0, 0);
    assert_true(nobody.low == 0.0 && nobody.high == 1.0);
    struct interval none = nonresponse_bounds(2, 2, 0, 0);
    assert_true(isnan(none.low) && isnan(none.high));
}

static void nonresponse_wave_of__ends_with_all_later_attempts(void **state)
{
    (void)state;
    assert_int_equal(nonresponse_wave_of(1), 0);
    assert_int_equal(nonresponse_wave_of(2), 1);
    assert_int_equal(nonresponse_wave_of(3), 2);
    assert_int_equal(nonresponse_wave_of(1000000), 2);
}

static void nonresponse_trend__rates_each_wave(void **state)
{
    (void)state;
    const struct nonresponse_trend trend = {{8, 0, 4}, {6, 0, 1}};
    struct nonresponse_wave waves[NONRESPONSE_WAVES];
    nonresponse_trend_estimate(&trend, 0.95, waves);
    assert_true(waves[0].point == 0.75 && waves[2].point == 0.25);
    assert_true(isnan(waves[1].point) && isnan(waves[1].interval.low));
    struct interval wilson = interval_wilson(0.75, 8.0, 0.95);
    assert_true(waves[0].interval.low == wilson.low && waves[0].interval.high == wilson.high);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonresponse_bounds__equal_the_golden_table),
        cmocka_unit_test(nonresponse_bounds__know_their_edges),
        cmocka_unit_test(nonresponse_wave_of__ends_with_all_later_attempts),
        cmocka_unit_test(nonresponse_trend__rates_each_wave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
