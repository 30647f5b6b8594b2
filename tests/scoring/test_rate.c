#include "scoring/rate.h"

#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void expect_item(const struct table_file *table, size_t row, const char *const columns[5],
                        const struct rules *rules)
{
    struct rate_tally tally = {.valid = table_file_count(table, row, columns[0]),
                               .favourable = table_file_count(table, row, columns[1]),
                               .frame = table_file_count(table, row, "N")};
    struct rate rate = rate_estimate(tally, rules);
    table_file_expect(table, row, columns[2], rate.point);
    table_file_expect(table, row, columns[3], rate.interval.low);
    table_file_expect(table, row, columns[4], rate.interval.high);
}

static void rate_estimate__equals_the_golden_units(void **state)
{
    (void)state;
    static const char *const files[] = {"D05", "D07", "D09", "D12"};
    static const char *const resolved[] = {"res_m", "res_x", "res_p", "res_lo", "res_hi"};
    static const char *const satisfied[] = {"sat_m", "sat_x", "sat_p", "sat_lo", "sat_hi"};
    struct rules rules;
    rules_default(&rules);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[100];
        (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_expected_units.csv",
                       files[i]);
        struct table_file table = table_file_read(path);
        for (size_t row = 0; row < table.row_count; row++) {
            expect_item(&table, row, resolved, &rules);
            expect_item(&table, row, satisfied, &rules);
        }
        table_file_free(&table);
    }
}

static void rate_estimate__flags_what_is_uncertain(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct rate_tally tally;
        bool is_too_few, is_few;
    } cases[] = {
        {"nobody", {0, 0, 500}, true, false},
        {"one below the least", {29, 20, 500}, true, false},
        {"the least", {30, 29, 500}, false, true},
        {"one below enough", {99, 98, 500}, false, true},
        {"enough", {100, 50, 500}, false, false},
        {"a small unit, all of which answered", {40, 20, 40}, false, true},
    };
    struct rules rules;
    rules_default(&rules);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rate rate = rate_estimate(cases[i].tally, &rules);
        if (rate.is_too_few != cases[i].is_too_few || rate.is_few != cases[i].is_few)
            fail_msg("%s: too few %d, few %d", cases[i].name, rate.is_too_few, rate.is_few);
    }
}

static void rate_estimate__flags_wide_intervals_of_many(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    rules.ranking.min_answers = 5;
    rules.ranking.few_answers = 10;
    assert_true(rate_estimate((struct rate_tally){20, 10, 500}, &rules).is_few);
    assert_false(rate_estimate((struct rate_tally){20, 10, 24}, &rules).is_few);
}

static void rate_estimate__follows_the_rules(void **state)
{
    (void)state;
    struct rate_tally tally = {60, 45, 90};
    struct rules rules;
    rules_default(&rules);
    struct interval orders = rate_estimate(tally, &rules).interval;
    rules.interval.process = true;
    struct interval process = rate_estimate(tally, &rules).interval;
    rules.interval.level = 0.8;
    struct interval narrow = rate_estimate(tally, &rules).interval;
    assert_true(process.low < orders.low && orders.high < process.high);
    assert_true(process.low < narrow.low && narrow.high < process.high);
}

static void rate_estimate__says_nothing_without_answers(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    rules.ranking.min_answers = 0;
    struct rate rate = rate_estimate((struct rate_tally){0, 0, 0}, &rules);
    assert_true(rate.is_too_few && !rate.is_few);
    assert_true(isnan(rate.point) && isnan(rate.interval.low) && isnan(rate.interval.high));
}

static void rate_tally_add__adds_parts(void **state)
{
    (void)state;
    struct rate_tally tally = {3, 2, 10};
    rate_tally_add(&tally, (struct rate_tally){4, 1, 20});
    assert_int_equal(tally.valid, 7);
    assert_int_equal(tally.favourable, 3);
    assert_int_equal(tally.frame, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_estimate__equals_the_golden_units),
        cmocka_unit_test(rate_estimate__flags_what_is_uncertain),
        cmocka_unit_test(rate_estimate__flags_wide_intervals_of_many),
        cmocka_unit_test(rate_estimate__follows_the_rules),
        cmocka_unit_test(rate_estimate__says_nothing_without_answers),
        cmocka_unit_test(rate_tally_add__adds_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
