#include "scoring/distribution.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect_near(double actual, double expected, double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance * fmax(fabs(expected), 1e-300)))
        fail_msg("%.17g, not %.17g", actual, expected);
}

static void normal_quantile__equals_published_values(void **state)
{
    (void)state;
    static const struct {
        double p, z;
    } cases[] = {
        {0.5, 0.0},
        {0.975, 1.959963984540054},
        {0.95, 1.6448536269514722},
        {0.999, 3.090232306167813},
        {0.025, -1.959963984540054},
        {1e-10, -6.361340902404056},
        {1e-300, -37.0470962993612},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double z = normal_quantile(cases[i].p);
        if (fabs(z - cases[i].z) > 1e-13 * fmax(1.0, fabs(cases[i].z)))
            fail_msg("%g: %.17g, not %.17g", cases[i].p, z, cases[i].z);
    }
    assert_true(normal_quantile(0.0) == -INFINITY && normal_quantile(1.0) == INFINITY);
    assert_true(isnan(normal_quantile(-0.1)) && isnan(normal_quantile(1.1)));
    assert_true(isnan(normal_quantile(NAN)));
}

static void normal_quantile__inverts_the_cdf(void **state)
{
    (void)state;
    for (double p = 1e-12; p < 0.5; p *= 1.7) {
        expect_near(normal_cdf(normal_quantile(p)), p, 1e-13);
        expect_near(normal_quantile(1.0 - p), -normal_quantile(1.0 - (1.0 - p)), 0.0);
    }
}

/* For whole a and b the beta function is a sum of binomial terms. */
static double binomial_at_least(int a, int n, double p)
{
    double sum = 0.0, term = pow(1.0 - p, n);
    for (int k = 0; k <= n; k++) {
        if (k >= a)
            sum += term;
        term *= (double)(n - k) / (double)(k + 1) * p / (1.0 - p);
    }
    return sum;
}

static void beta_cdf__equals_sums_of_binomial_terms(void **state)
{
    (void)state;
    for (int n = 1; n <= 40; n += 3) {
        for (int a = 1; a <= n; a++) {
            for (double p = 0.03; p < 1.0; p += 0.19)
                assert_true(fabs(beta_cdf(p, a, n - a + 1) - binomial_at_least(a, n, p)) < 1e-13);
        }
    }
}

static void beta_cdf__knows_its_edges(void **state)
{
    (void)state;
    assert_true(beta_cdf(0.0, 2.0, 3.0) == 0.0 && beta_cdf(1.0, 2.0, 3.0) == 1.0);
    assert_true(isnan(beta_cdf(-0.1, 2.0, 3.0)) && isnan(beta_cdf(0.5, 0.0, 3.0)));
    assert_true(isnan(beta_cdf(0.5, 2.0, -1.0)) && isnan(beta_quantile(1.5, 2.0, 3.0)));
    assert_true(beta_quantile(0.0, 2.0, 3.0) == 0.0 && beta_quantile(1.0, 2.0, 3.0) == 1.0);
}

static void beta_quantile__inverts_the_cdf(void **state)
{
    (void)state;
    static const double shapes[] = {0.4, 1.0, 2.5, 17.0, 300.0, 12345.6, 1e6};
    static const double tails[] = {1e-6, 0.0007765, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999};
    enum { SHAPES = sizeof shapes / sizeof shapes[0], TAILS = sizeof tails / sizeof tails[0] };
    for (size_t i = 0; i < SHAPES; i++) {
        for (size_t j = 0; j < SHAPES; j++) {
            for (size_t k = 0; k < TAILS; k++) {
                double x = beta_quantile(tails[k], shapes[i], shapes[j]);
                if (x > 1e-9 && x < 1.0 - 1e-9)
                    expect_near(beta_cdf(x, shapes[i], shapes[j]), tails[k], 1e-6);
            }
        }
    }
    expect_near(beta_quantile(0.3, 1.0, 1.0), 0.3, 1e-14);
    expect_near(beta_quantile(0.3, 4.0, 1.0), pow(0.3, 0.25), 1e-14);
}

/* Every set of `drawn` out of `frame` orders, the first `marked` of which are marked, as bits. */
static double share_of_sets(int x, int frame, int marked, int drawn)
{
    int sets = 0, hits = 0;
    for (int set = 0; set < 1 << frame; set++) {
        if (__builtin_popcount((unsigned)set) != drawn)
            continue;
        sets++;
        hits += __builtin_popcount((unsigned)set & ((1U << marked) - 1U)) >= x ? 1 : 0;
    }
    return (double)hits / (double)sets;
}

static void hypergeometric__equals_counting_sets(void **state)
{
    (void)state;
    enum { FRAME = 10 };
    for (int marked = 0; marked <= FRAME; marked++) {
        for (int drawn = 0; drawn <= FRAME; drawn++) {
            for (int x = -1; x <= FRAME + 1; x++) {
                double expected = share_of_sets(x, FRAME, marked, drawn);
                double least = hypergeometric_at_least(x, FRAME, marked, drawn);
                double most = hypergeometric_at_most(x - 1, FRAME, marked, drawn);
                assert_true(fabs(least - expected) < 1e-13);
                assert_true(fabs(most - (1.0 - expected)) < 1e-13);
            }
        }
    }
    assert_true(isnan(hypergeometric_at_least(1, 10, 11, 3)));
    assert_true(isnan(hypergeometric_at_most(-1, 10, 3, 11)));
}

/* Long double products, no log-gamma: P(X = k) from P(X = 0) upwards, all terms added. */
static void hypergeometric__equals_direct_summation(void **state)
{
    (void)state;
    enum { FRAME = 800, MARKED = 640, DRAWN = 125 };
    long double term = 1.0L, all = 0.0L, above[DRAWN + 2] = {0};
    long double terms[DRAWN + 1];
    for (int k = 0; k <= DRAWN; k++) {
        terms[k] = term;
        all += term;
        term *= (long double)(MARKED - k) * (long double)(DRAWN - k) /
                ((long double)(k + 1) * (long double)(FRAME - MARKED - DRAWN + k + 1));
    }
    for (int k = DRAWN; k >= 0; k--) {
        above[k] = above[k + 1] + terms[k] / all;
        double got = hypergeometric_at_least(k, FRAME, MARKED, DRAWN);
        assert_true(fabs(got - (double)above[k]) < 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantile__equals_published_values),
        cmocka_unit_test(normal_quantile__inverts_the_cdf),
        cmocka_unit_test(beta_cdf__equals_sums_of_binomial_terms),
        cmocka_unit_test(beta_cdf__knows_its_edges),
        cmocka_unit_test(beta_quantile__inverts_the_cdf),
        cmocka_unit_test(hypergeometric__equals_counting_sets),
        cmocka_unit_test(hypergeometric__equals_direct_summation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
