#include "scoring/interval.h"

#include "scoring/distribution.h"

#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct answered {
    int64_t favourable, valid, frame;
};

static void expect_pair(const struct table_file *table, size_t row, const char *low,
                        const char *high, struct interval interval)
{
    table_file_expect(table, row, low, interval.low);
    table_file_expect(table, row, high, interval.high);
}

static void interval__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/intervals.csv");
    for (size_t i = 0; i < table.row_count; i++) {
        int64_t x = table_file_count(&table, i, "x"), n = table_file_count(&table, i, "n");
        int64_t frame = table_file_count(&table, i, "N");
        double level = table_file_number(&table, i, "level");
        table_file_expect(&table, i, "z", interval_z(level));
        table_file_expect(&table, i, "n_star", interval_effective(n, frame));
        expect_pair(&table, i, "wilson_lo", "wilson_hi",
                    interval_default((double)x, n, frame, (struct confidence){level, true}));
        expect_pair(&table, i, "wilson_fpc_lo", "wilson_fpc_hi",
                    interval_default((double)x, n, frame, (struct confidence){level, false}));
        expect_pair(&table, i, "cp_lo", "cp_hi", interval_clopper_pearson(x, n, level));
        expect_pair(&table, i, "kg_lo", "kg_hi", interval_korn_graubard(x, n, frame, level));
        if (table_file_is(&table, i, "hyp_M_lo", "NA"))
            continue;
        struct interval exact = interval_exact(x, n, frame, level);
        assert_int_equal(llround(exact.low * (double)frame),
                         table_file_count(&table, i, "hyp_M_lo"));
        assert_int_equal(llround(exact.high * (double)frame),
                         table_file_count(&table, i, "hyp_M_hi"));
    }
    table_file_free(&table);
}

/* Every method, for the properties that all share. */
static struct interval interval_of(int method, struct answered a)
{
    switch (method) {
    case 0:
        return interval_default((double)a.favourable, a.valid, a.frame,
                                (struct confidence){0.95, false});
    case 1:
        return interval_default((double)a.favourable, a.valid, a.frame,
                                (struct confidence){0.95, true});
    case 2:
        return interval_clopper_pearson(a.favourable, a.valid, 0.95);
    case 3:
        return interval_korn_graubard(a.favourable, a.valid, a.frame, 0.95);
    default:
        return interval_exact(a.favourable, a.valid, a.frame, 0.95);
    }
}

enum { METHODS = 5 };

static void interval__is_undefined_without_answers(void **state)
{
    (void)state;
    for (int method = 0; method < METHODS; method++) {
        for (int64_t frame = 0; frame < 3; frame++) {
            struct interval none = interval_of(method, (struct answered){0, 0, frame});
            assert_true(isnan(none.low) && isnan(none.high));
        }
    }
}

static void interval__holds_the_rate_and_mirrors(void **state)
{
    (void)state;
    enum { FRAME = 23 };
    for (int method = 0; method < METHODS; method++) {
        for (int64_t n = 1; n <= FRAME; n++) {
            struct interval before = {0.0, 0.0};
            for (int64_t x = 0; x <= n; x++) {
                struct interval got = interval_of(method, (struct answered){x, n, FRAME});
                struct interval other = interval_of(method, (struct answered){n - x, n, FRAME});
                double p = (double)x / (double)n;
                assert_true(got.low >= 0.0 && got.low <= p && p <= got.high && got.high <= 1.0);
                assert_true(x > 0 || got.low == 0.0);
                assert_true(x < n || got.high == 1.0);
                /* Korn-Graubard changes its number of answers behind 0 and before n. */
                assert_true(method == 3 || (got.low >= before.low && got.high >= before.high));
                assert_true(fabs(got.low + other.high - 1.0) < 1e-12);
                before = got;
            }
        }
    }
}

static void interval__is_a_point_for_a_census(void **state)
{
    (void)state;
    static const int methods[] = {0, 3, 4};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct interval got = interval_of(methods[i], (struct answered){7, 9, 9});
        assert_true(got.low == 7.0 / 9.0 && got.high == 7.0 / 9.0);
    }
}

static void interval_default__gives_the_worked_example(void **state)
{
    (void)state;
    struct interval got = interval_default(112, 125, 800, (struct confidence){0.95, false});
    assert_true(fabs(got.low - 0.83639614) < 1e-8 && fabs(got.high - 0.93556205) < 1e-8);
    assert_true(fabs(interval_effective(125, 800) - 147.96296) < 1e-5);
}

static void interval_default__takes_parts_of_answers(void **state)
{
    (void)state;
    struct confidence confidence = {0.95, false};
    struct interval less = interval_default(7.0, 10, 40, confidence);
    struct interval half = interval_default(7.5, 10, 40, confidence);
    struct interval more = interval_default(8.0, 10, 40, confidence);
    assert_true(less.low < half.low && half.low < more.low);
    assert_true(less.high < half.high && half.high < more.high);
}

/* Clipping matters where few are left to ask: 18 of 19 counted in a frame of 20 leave 18 or 19 of 20. */
static void interval_default__keeps_what_is_counted(void **state)
{
    (void)state;
    struct interval got = interval_default(18, 19, 20, (struct confidence){0.95, false});
    assert_true(got.low >= 18.0 / 20.0 && got.high <= 19.0 / 20.0);
}

/* The chance that the interval holds the truth, over all that can be drawn. */
static double coverage(int method, int64_t frame, int64_t marked, int64_t valid)
{
    double truth = (double)marked / (double)frame, sum = 0.0;
    for (int64_t x = 0; x <= valid; x++) {
        struct interval got = interval_of(method, (struct answered){x, valid, frame});
        if (got.low <= truth + 1e-12 && truth <= got.high + 1e-12)
            sum += hypergeometric_at_least(x, frame, marked, valid) -
                   hypergeometric_at_least(x + 1, frame, marked, valid);
    }
    return sum;
}

/* By enumeration, for every truth: the exact one never falls short, the default is right on the average. */
static void interval__covers_as_it_says(void **state)
{
    (void)state;
    static const struct answered designs[] = {{0, 10, 30}, {0, 12, 17}, {0, 30, 71}, {0, 40, 120}};
    for (size_t i = 0; i < sizeof designs / sizeof designs[0]; i++) {
        int64_t frame = designs[i].frame, valid = designs[i].valid;
        double mean = 0.0, worst = 1.0, worst_exact = 1.0;
        for (int64_t marked = 0; marked <= frame; marked++) {
            double now = coverage(0, frame, marked, valid);
            mean += now / (double)(frame + 1);
            worst = fmin(worst, now);
            worst_exact = fmin(worst_exact, coverage(4, frame, marked, valid));
        }
        if (worst_exact < 0.95 - 1e-9 || mean < 0.945 || mean > 0.98 || worst < 0.80)
            fail_msg("%d of %d: exact %.4f, default %.4f in the worst case and %.4f on average",
                     (int)valid, (int)frame, worst_exact, worst, mean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interval__equals_the_golden_table),
        cmocka_unit_test(interval__is_undefined_without_answers),
        cmocka_unit_test(interval__holds_the_rate_and_mirrors),
        cmocka_unit_test(interval__is_a_point_for_a_census),
        cmocka_unit_test(interval_default__gives_the_worked_example),
        cmocka_unit_test(interval_default__takes_parts_of_answers),
        cmocka_unit_test(interval_default__keeps_what_is_counted),
        cmocka_unit_test(interval__covers_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
