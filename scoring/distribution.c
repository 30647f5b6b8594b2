#include "scoring/distribution.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum {
    FRACTION_STEPS_MAX = 100000, /* it needs about the square root of the larger of a and b */
    QUANTILE_STEPS_MAX = 200,
};

/* lgamma itself writes a global, the sign. */
static double log_gamma(double x)
{
    int sign = 0;
    return lgamma_r(x, &sign);
}

double normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* Abramowitz and Stegun 26.2.23 is good to 4.5e-4; each of Halley's steps triples the digits. */
double normal_quantile(double p)
{
    if (!(p >= 0.0 && p <= 1.0))
        return NAN;
    if (p > 0.5)
        return -normal_quantile(1.0 - p);
    if (p == 0.0)
        return -INFINITY;
    double t = sqrt(-2.0 * log(p));
    double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
                   (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
               t;
    for (int i = 0; i < 3; i++) {
        double density = exp(-0.5 * z * z) * (0.5 * M_SQRT1_2 * M_2_SQRTPI);
        double error = (normal_cdf(z) - p) / density;
        z -= error / (1.0 + 0.5 * z * error);
    }
    return z;
}

static double log_beta(double a, double b)
{
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

/* Lentz's method divides by these. */
static double away_from_zero(double value)
{
    const double tiny = 1e-300;
    return fabs(value) < tiny ? tiny : value;
}

/* The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by the method of Lentz; fast
 * where x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
    double c = 1.0;
    double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    double value = d;
    for (int i = 1; i <= FRACTION_STEPS_MAX; i++) {
        double m = i;
        double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= c * d;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1.0) <= DBL_EPSILON)
            break;
    }
    return value;
}

static bool is_beta(double x, double a, double b)
{
    return x >= 0.0 && x <= 1.0 && a > 0.0 && b > 0.0;
}

double beta_cdf(double x, double a, double b)
{
    if (!is_beta(x, a, b))
        return NAN;
    if (x == 0.0 || x == 1.0)
        return x;
    double front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b));
    if (x < (a + 1.0) / (a + b + 2.0))
        return front * beta_fraction(x, a, b) / a;
    return 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
}

static double beta_density(double x, double a, double b)
{
    return exp((a - 1.0) * log(x) + (b - 1.0) * log1p(-x) - log_beta(a, b));
}

/* Newton's steps between brackets: one that leaves them is replaced by halving. */
double beta_quantile(double p, double a, double b)
{
    if (!is_beta(p, a, b))
        return NAN;
    if (p == 0.0 || p == 1.0)
        return p;
    double low = 0.0, high = 1.0, x = a / (a + b);
    for (int i = 0; i < QUANTILE_STEPS_MAX; i++) {
        double error = beta_cdf(x, a, b) - p;
        if (error < 0.0)
            low = x;
        else
            high = x;
        double next = x - error / beta_density(x, a, b);
        if (!(next > low && next < high))
            next = low + (high - low) / 2.0;
        if (fabs(next - x) <= 4.0 * DBL_EPSILON * x)
            return next;
        x = next;
    }
    return x;
}

static double log_choose(int64_t n, int64_t k)
{
    return log_gamma((double)(n + 1)) - log_gamma((double)(k + 1)) - log_gamma((double)(n - k + 1));
}

/* P(X >= x) for an x of the support, by adding up: meant for the tail above the mean, whose terms only fall. */
static double sum_upper_tail(int64_t x, int64_t frame, int64_t marked, int64_t drawn)
{
    int64_t last = drawn < marked ? drawn : marked;
    double term = exp(log_choose(marked, x) + log_choose(frame - marked, drawn - x) -
                      log_choose(frame, drawn));
    double sum = 0.0;
    for (int64_t k = x; k <= last && sum + term > sum; k++) {
        sum += term;
        term *= (double)(marked - k) * (double)(drawn - k) /
                ((double)(k + 1) * (double)(frame - marked - drawn + k + 1));
    }
    return fmin(sum, 1.0);
}

double hypergeometric_at_least(int64_t x, int64_t frame, int64_t marked, int64_t drawn)
{
    if (drawn < 0 || drawn > frame || marked < 0 || marked > frame)
        return NAN;
    if (x <= 0 || x <= drawn + marked - frame)
        return 1.0;
    if (x > drawn || x > marked)
        return 0.0;
    if ((double)x * (double)frame > (double)drawn * (double)marked)
        return sum_upper_tail(x, frame, marked, drawn);
    return 1.0 - sum_upper_tail(drawn - x + 1, frame, frame - marked, drawn);
}

/* At most x marked ones are at least drawn - x others. */
double hypergeometric_at_most(int64_t x, int64_t frame, int64_t marked, int64_t drawn)
{
    return hypergeometric_at_least(drawn - x, frame, frame - marked, drawn);
}
