#include "scoring/composite.h"

#include "tests/scoring/scoring_fixture.h"

#include "scoring/interval.h"
#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Rates: "partly" counts as no. */
static const struct answer_values rate_values = {
    .resolution = {[RESOLUTION_YES] = 1},
    .satisfaction = {[4] = 1, [5] = 1},
};

static const struct answer_values points = {
    .resolution = {[RESOLUTION_PARTLY] = 0.5, [RESOLUTION_YES] = 1},
    .satisfaction = {[3] = 0.8, [4] = 1, [5] = 1},
};

/* ---- golden ---- */

static struct answer_table answers_of(const struct table_file *table, size_t row)
{
    struct answer_table answers = {0};
    answers.people[RESOLUTION_YES][5] = table_file_count(table, row, "n11");
    answers.people[RESOLUTION_YES][1] = table_file_count(table, row, "n10");
    answers.people[RESOLUTION_NO][5] = table_file_count(table, row, "n01");
    answers.people[RESOLUTION_NO][1] = table_file_count(table, row, "n00");
    answers.people[RESOLUTION_YES][SATISFACTION_MISSING] = table_file_count(table, row, "a1");
    answers.people[RESOLUTION_NO][SATISFACTION_MISSING] = table_file_count(table, row, "a0");
    answers.people[RESOLUTION_MISSING][5] = table_file_count(table, row, "b1");
    answers.people[RESOLUTION_MISSING][1] = table_file_count(table, row, "b0");
    return answers;
}

static struct composite_part part_of(const struct item_moments *item, double weight, int64_t frame,
                                     double level)
{
    struct interval limits = interval_default(item->mean * (double)item->answers, item->answers,
                                              frame, (struct confidence){.level = level});
    return (struct composite_part){weight, item->mean, limits.low, limits.high, item->variance};
}

static void composite_estimate__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/composite.csv");
    assert_int_equal(table.row_count, 36);
    for (size_t row = 0; row < table.row_count; row++) {
        struct answer_table answers = answers_of(&table, row);
        int64_t frame = table_file_count(&table, row, "N");
        double level = table_file_number(&table, row, "level");
        double on_time = table_file_number(&table, row, "on_time_rate");
        struct pair_moments pair = pair_moments_estimate(&answers, &rate_values, frame, false);
        struct composite_parts parts = {
            .on_time = {table_file_number(&table, row, "w_on_time"), on_time, on_time, on_time, 0},
            .resolution = part_of(&pair.resolution, table_file_number(&table, row, "w_resolved"),
                                  frame, level),
            .satisfaction = part_of(&pair.satisfaction,
                                    table_file_number(&table, row, "w_satisfied"), frame, level),
            .covariance = pair.covariance,
            .correlation = pair.correlation,
        };
        struct composite composite = composite_estimate(&parts);
        assert_int_equal(pair.resolution.answers, table_file_count(&table, row, "m1"));
        assert_int_equal(pair.satisfaction.answers, table_file_count(&table, row, "m2"));
        assert_int_equal(pair.both, table_file_count(&table, row, "m12"));
        table_file_expect(&table, row, "p_res", pair.resolution.mean);
        table_file_expect(&table, row, "p_sat", pair.satisfaction.mean);
        table_file_expect(&table, row, "var_res", pair.resolution.variance);
        table_file_expect(&table, row, "var_sat", pair.satisfaction.variance);
        table_file_expect(&table, row, "cov", pair.covariance);
        table_file_expect(&table, row, "r", pair.correlation);
        table_file_expect(&table, row, "score", composite.point);
        table_file_expect(&table, row, "se", composite.standard_error);
        table_file_expect(&table, row, "mover_lo", composite.low);
        table_file_expect(&table, row, "mover_hi", composite.high);
    }
    table_file_free(&table);
}

/* ---- moments ---- */

/* The same by the definitions, person by person. */
static void pair_moments_estimate__equals_the_definitions_with_partial_credit(void **state)
{
    (void)state;
    static const int people[][2] = {{3, 5}, {3, 4}, {2, 3}, {2, 3}, {1, 1}, {1, 2}, {3, 3},
                                    {2, 5}, {1, 3}, {3, 0}, {2, 0}, {0, 1}, {0, 5}};
    enum { PEOPLE = sizeof people / sizeof people[0], BOTH = 9, RESOLUTIONS = 11 };
    static const int64_t frame = 40;
    struct answer_table answers = {0};
    double mean = 0;
    double both_p = 0;
    double both_q = 0;
    for (int i = 0; i < PEOPLE; i++) {
        answers.people[people[i][0]][people[i][1]]++;
        mean += points.resolution[people[i][0]] / RESOLUTIONS;
        if (i < BOTH) {
            both_p += points.resolution[people[i][0]] / BOTH;
            both_q += points.satisfaction[people[i][1]] / BOTH;
        }
    }
    double squares = 0;
    double product = 0;
    for (int i = 0; i < RESOLUTIONS; i++)
        squares += pow(points.resolution[people[i][0]] - mean, 2);
    for (int i = 0; i < BOTH; i++)
        product += (points.resolution[people[i][0]] - both_p) *
                   (points.satisfaction[people[i][1]] - both_q);
    struct pair_moments pair = pair_moments_estimate(&answers, &points, frame, false);
    assert_int_equal(pair.resolution.answers, RESOLUTIONS);
    assert_int_equal(pair.satisfaction.answers, RESOLUTIONS);
    assert_int_equal(pair.both, BOTH);
    assert_near(pair.resolution.mean, mean);
    assert_near(pair.resolution.variance,
                (1.0 / RESOLUTIONS - 1.0 / (double)frame) * squares / (RESOLUTIONS - 1));
    assert_near(pair.covariance,
                ((double)BOTH / (RESOLUTIONS * RESOLUTIONS) - 1.0 / (double)frame) * product /
                    (BOTH - 1));
    assert_true(pair.correlation > 0 && pair.correlation < 1);
}

static void pair_moments_estimate__says_nothing_of_an_item_nobody_answered(void **state)
{
    (void)state;
    struct answer_table answers = {0};
    answers.people[RESOLUTION_MISSING][SATISFACTION_MISSING] = 7;
    answers.people[RESOLUTION_YES][SATISFACTION_MISSING] = 3;
    struct pair_moments pair = pair_moments_estimate(&answers, &rate_values, 50, false);
    assert_int_equal(pair.resolution.answers, 3);
    assert_near(pair.resolution.mean, 1);
    assert_int_equal(pair.satisfaction.answers, 0);
    assert_near(pair.satisfaction.mean, NAN);
    assert_near(pair.satisfaction.variance, NAN);
    assert_near(pair.covariance, NAN);
    assert_near(pair.correlation, 0);
}

/* All of the frame answered: nothing is left to chance. Equal answers have no spread, however odd their value. */
static void pair_moments_estimate__leaves_no_chance_to_a_census_nor_spread_to_equals(void **state)
{
    (void)state;
    struct answer_table answers = {0};
    answers.people[RESOLUTION_YES][3] = 20;
    answers.people[RESOLUTION_NO][1] = 10;
    struct pair_moments pair = pair_moments_estimate(&answers, &points, 30, false);
    assert_near(pair.resolution.variance, 0);
    assert_near(pair.covariance, 0);
    assert_near(pair.correlation, 0);
    answers.people[RESOLUTION_NO][1] = 0;
    pair = pair_moments_estimate(&answers, &points, 30, true);
    assert_true(sqrt(pair.satisfaction.variance) < 1e-8);
    assert_near(pair.satisfaction.mean, 0.8);
}

/* Without a finite population the variance is the plain one, and larger than with one. */
static void pair_moments_estimate__knows_no_correction_for_a_way_of_working(void **state)
{
    (void)state;
    struct answer_table answers = {0};
    answers.people[RESOLUTION_YES][5] = 60;
    answers.people[RESOLUTION_NO][5] = 40;
    struct pair_moments process = pair_moments_estimate(&answers, &rate_values, 200, true);
    struct pair_moments orders = pair_moments_estimate(&answers, &rate_values, 200, false);
    assert_near(process.resolution.variance, 0.6 * 0.4 / 99);
    assert_near(orders.resolution.variance, process.resolution.variance / 2);
}

/* ---- the weighted sum ---- */

static const struct composite_parts typical = {
    .on_time = {0.2, 0.96, 0.96, 0.96, 0},
    .resolution = {0.4, 0.8, 0.72, 0.86, 0.00109},
    .satisfaction = {0.4, 0.784, 0.71, 0.85, 0.00115},
    .covariance = 0.000631,
    .correlation = 0.554,
};

static void composite_estimate__takes_weights_of_any_sum(void **state)
{
    (void)state;
    struct composite_parts scaled = typical;
    scaled.on_time.weight = 20;
    scaled.resolution.weight = 40;
    scaled.satisfaction.weight = 40;
    struct composite a = composite_estimate(&typical);
    struct composite b = composite_estimate(&scaled);
    assert_near(a.point, 0.8256);
    assert_near(b.point, a.point);
    assert_near(b.low, a.low);
    assert_near(b.high, a.high);
    assert_near(b.standard_error, a.standard_error);
}

static void composite_estimate__does_not_read_a_part_without_weight(void **state)
{
    (void)state;
    struct composite_parts parts = typical;
    parts.satisfaction = (struct composite_part){0, NAN, NAN, NAN, NAN};
    parts.on_time.weight = 0;
    parts.covariance = NAN;
    struct composite composite = composite_estimate(&parts);
    assert_near(composite.point, 0.8);
    assert_near(composite.low, 0.72);
    assert_near(composite.high, 0.86);
    assert_near(composite.standard_error, sqrt(0.00109));
}

static void composite_estimate__is_undefined_without_a_part_that_weighs(void **state)
{
    (void)state;
    struct composite_parts parts = typical;
    parts.resolution.point = NAN;
    assert_near(composite_estimate(&parts).point, NAN);
    assert_near(composite_estimate(&parts).low, NAN);
    assert_near(composite_estimate(&parts).standard_error, NAN);
    parts = (struct composite_parts){.correlation = 0.5};
    assert_near(composite_estimate(&parts).point, NAN);
    assert_near(composite_estimate(&parts).high, NAN);
}

/* Parts in [0,1] with limits in [0,1] give a composite that never leaves it, whatever the correlation. */
static void composite_estimate__stays_ordered_inside_unit_interval(void **state)
{
    (void)state;
    for (int i = 0; i < 4096; i++) {
        double point_p = (i & 7) / 7.0;
        double point_q = (i >> 3 & 7) / 7.0;
        double width_p = (i >> 6 & 3) / 3.0;
        double width_q = (i >> 8 & 3) / 3.0;
        struct composite_parts parts = {
            .on_time = {(i & 1) * 0.3, 1, 1, 1, 0},
            .resolution = {0.35, point_p, point_p * (1 - width_p),
                           point_p + (1 - point_p) * width_p, 0},
            .satisfaction = {0.35, point_q, point_q * (1 - width_q),
                             point_q + (1 - point_q) * width_q, 0},
            .correlation = (i >> 10) / 1.5 - 1,
        };
        struct composite composite = composite_estimate(&parts);
        assert_true(composite.low >= -1e-15 && composite.low <= composite.point);
        assert_true(composite.high >= composite.point && composite.high <= 1 + 1e-15);
    }
}

/* ---- pools ---- */

static void pair_pool_estimate__weighs_units_by_their_frame(void **state)
{
    (void)state;
    struct pair_pool pool = {0};
    struct pair_moments none = {{0, NAN, NAN}, {0, NAN, NAN}, 0, NAN, 0};
    struct pair_moments first = {{10, 0.9, 0.01}, {10, 0.8, 0.02}, 10, 0.005, 0.3};
    struct pair_moments second = {{10, 0.5, 0.03}, {0, NAN, NAN}, 0, NAN, 0};
    assert_near(pair_pool_estimate(&pool).resolution.mean, NAN);
    assert_near(pair_pool_estimate(&pool).covariance, NAN);
    pair_pool_add(&pool, &first, 300);
    pair_pool_add(&pool, &none, 500);
    pair_pool_add(&pool, &second, 100);
    struct pair_moments pair = pair_pool_estimate(&pool);
    assert_near(pair.resolution.mean, 0.8);
    assert_near(pair.resolution.variance, 0.5625 * 0.01 + 0.0625 * 0.03);
    assert_near(pair.satisfaction.mean, 0.8);
    assert_near(pair.satisfaction.variance, 0.02);
    assert_near(pair.covariance, 0.75 * 0.005);
    assert_near(pair.correlation,
                pair.covariance / sqrt(pair.resolution.variance * pair.satisfaction.variance));
}

/* Symmetric limits go through the sum as standard errors do: the overall interval of 3.3 is the same formula. */
static void composite_estimate__is_the_normal_interval_for_normal_parts(void **state)
{
    (void)state;
    double p_error = 1.96 * sqrt(typical.resolution.variance);
    double q_error = 1.96 * sqrt(typical.satisfaction.variance);
    struct composite_parts parts = typical;
    parts.correlation =
        parts.covariance / sqrt(parts.resolution.variance * parts.satisfaction.variance);
    parts.resolution.low = parts.resolution.point - p_error;
    parts.resolution.high = parts.resolution.point + p_error;
    parts.satisfaction.low = parts.satisfaction.point - q_error;
    parts.satisfaction.high = parts.satisfaction.point + q_error;
    struct composite composite = composite_estimate(&parts);
    assert_near(composite.high - composite.point, 1.96 * composite.standard_error);
    assert_near(composite.point - composite.low, 1.96 * composite.standard_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composite_estimate__equals_the_golden_table),
        cmocka_unit_test(pair_moments_estimate__equals_the_definitions_with_partial_credit),
        cmocka_unit_test(pair_moments_estimate__says_nothing_of_an_item_nobody_answered),
        cmocka_unit_test(pair_moments_estimate__leaves_no_chance_to_a_census_nor_spread_to_equals),
        cmocka_unit_test(pair_moments_estimate__knows_no_correction_for_a_way_of_working),
        cmocka_unit_test(composite_estimate__takes_weights_of_any_sum),
        cmocka_unit_test(composite_estimate__does_not_read_a_part_without_weight),
        cmocka_unit_test(composite_estimate__is_undefined_without_a_part_that_weighs),
        cmocka_unit_test(composite_estimate__stays_ordered_inside_unit_interval),
        cmocka_unit_test(pair_pool_estimate__weighs_units_by_their_frame),
        cmocka_unit_test(composite_estimate__is_the_normal_interval_for_normal_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
