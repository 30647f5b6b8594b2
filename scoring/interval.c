#include "scoring/interval.h"

#include "scoring/distribution.h"

#include <math.h>

static const struct interval no_interval = {NAN, NAN};

double interval_z(double level)
{
    return -normal_quantile((1.0 - level) / 2.0);
}

struct interval interval_wilson(double p, double n, double level)
{
    if (!(n > 0.0))
        return no_interval;
    if (isinf(n))
        return (struct interval){p, p};
    double z = interval_z(level);
    double shrink = 1.0 / (1.0 + z * z / n);
    double centre = (p + z * z / (2.0 * n)) * shrink;
    double half = z * shrink * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    /* Cancellation leaves neither 0, 1 nor p exactly where the formula has them. */
    return (struct interval){.low = p <= 0.0 ? 0.0 : fmin(fmax(centre - half, 0.0), p),
                             .high = p >= 1.0 ? 1.0 : fmax(fmin(centre + half, 1.0), p)};
}

double interval_effective(int64_t valid, int64_t frame)
{
    if (valid >= frame)
        return valid > 0 ? INFINITY : 0.0;
    return (double)valid * (double)(frame - 1) / (double)(frame - valid);
}

struct interval interval_default(double favourable, int64_t valid, int64_t frame,
                                 struct confidence confidence)
{
    double p = favourable / (double)valid;
    if (confidence.process)
        return interval_wilson(p, (double)valid, confidence.level);
    struct interval wilson = interval_wilson(p, interval_effective(valid, frame), confidence.level);
    if (valid <= 0 || valid >= frame)
        return wilson;
    double counted = favourable / (double)frame;
    double possible = ((double)(frame - valid) + favourable) / (double)frame;
    return (struct interval){fmax(wilson.low, counted), fmin(wilson.high, possible)};
}

/* For x of n, both real. */
static struct interval clopper_pearson(double x, double n, double level)
{
    double tail = (1.0 - level) / 2.0;
    return (struct interval){.low = x <= 0.0 ? 0.0 : beta_quantile(tail, x, n - x + 1.0),
                             .high = x >= n ? 1.0 : beta_quantile(1.0 - tail, x + 1.0, n - x)};
}

struct interval interval_clopper_pearson(int64_t favourable, int64_t valid, double level)
{
    if (valid <= 0)
        return no_interval;
    return clopper_pearson((double)favourable, (double)valid, level);
}

struct interval interval_korn_graubard(int64_t favourable, int64_t valid, int64_t frame,
                                       double level)
{
    if (valid <= 0)
        return no_interval;
    double p = (double)favourable / (double)valid;
    if (valid >= frame)
        return (struct interval){p, p};
    /* The variance that the number is taken from is 0 where all answers agree, and undefined for one. */
    if (favourable == 0 || favourable == valid || valid == 1)
        return clopper_pearson((double)favourable, (double)valid, level);
    double effective = (double)(valid - 1) / (1.0 - (double)valid / (double)frame);
    return clopper_pearson(effective * p, effective, level);
}

/* The least number of favourable orders in the frame under which so many favourable answers are not surprising. */
static int64_t least_favourable(int64_t favourable, int64_t valid, int64_t frame, double tail)
{
    int64_t low = favourable, high = frame - valid + favourable;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (hypergeometric_at_least(favourable, frame, middle, valid) > tail)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct interval interval_exact(int64_t favourable, int64_t valid, int64_t frame, double level)
{
    if (valid <= 0)
        return no_interval;
    if (valid > frame)
        frame = valid;
    double tail = (1.0 - level) / 2.0;
    int64_t low = least_favourable(favourable, valid, frame, tail);
    /* The most favourable orders are the least unfavourable ones. */
    int64_t high = frame - least_favourable(valid - favourable, valid, frame, tail);
    return (struct interval){(double)low / (double)frame, (double)high / (double)frame};
}
