#include "scoring/stratified.h"

#include <math.h>

/* p (1 - p) of Agresti and Coull's (x + 2) / (m + 4) for one answer, whichever it is. */
static const double spread_of_one = 0.24;

void stratum_add(struct stratum *stratum, double value, int64_t count)
{
    stratum->valid += count;
    stratum->sum += (double)count * value;
    stratum->squares += (double)count * value * value;
}

/* Sum of squared distances from the mean, over m - 1. Rounding may leave a little below 0. */
static double sample_spread(const struct stratum *stratum)
{
    double valid = (double)stratum->valid;
    return fmax(stratum->squares - stratum->sum * stratum->sum / valid, 0.0) / (valid - 1.0);
}

double stratum_variance(const struct stratum *stratum, bool process)
{
    if (stratum->valid <= 0)
        return NAN;
    if (stratum->valid >= stratum->frame && !process)
        return 0.0;
    double unseen = 1.0 / (double)stratum->valid - (process ? 0.0 : 1.0 / (double)stratum->frame);
    return unseen * (stratum->valid == 1 ? spread_of_one : sample_spread(stratum));
}

/* Frames of the units with an answer, and of all. */
static double frame_answered(const struct stratum *strata, size_t count, double *out_all)
{
    double answered = 0.0, all = 0.0;
    for (size_t i = 0; i < count; i++) {
        all += (double)strata[i].frame;
        if (strata[i].valid > 0)
            answered += (double)strata[i].frame;
    }
    *out_all = all;
    return answered;
}

static struct stratified poststratify(const struct stratum *strata, size_t count, bool process)
{
    double all = 0.0;
    double answered = frame_answered(strata, count, &all);
    struct stratified result = {.point = NAN,
                                .variance = NAN,
                                .effective = NAN,
                                .interval = {NAN, NAN},
                                .coverage = answered / all};
    if (!(answered > 0.0))
        return result;
    /* Divided once, at the end: where all answers agree, the point is exactly 0 or 1. */
    double total = 0.0;
    result.variance = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (strata[i].valid <= 0)
            continue;
        double weight = (double)strata[i].frame / answered;
        total += (double)strata[i].frame * (strata[i].sum / (double)strata[i].valid);
        result.variance += weight * weight * stratum_variance(&strata[i], process);
    }
    result.point = total / answered;
    return result;
}

/* Where all answers agree, their variance says nothing: what the units' own numbers of answers amount to. Infinite when
 * every unit is answered as a whole. */
static double effective_by_weights(const struct stratum *strata, size_t count, bool process)
{
    double all = 0.0, sum = 0.0;
    double answered = frame_answered(strata, count, &all);
    for (size_t i = 0; i < count; i++) {
        if (strata[i].valid <= 0)
            continue;
        double weight = (double)strata[i].frame / answered;
        double effective = process ? (double)strata[i].valid
                                   : interval_effective(strata[i].valid, strata[i].frame);
        sum += weight * weight / effective;
    }
    return 1.0 / sum;
}

struct stratified stratified_rate(const struct stratum *strata, size_t count,
                                  struct confidence confidence)
{
    struct stratified result = poststratify(strata, count, confidence.process);
    if (isnan(result.point))
        return result;
    double p = result.point;
    if (result.variance > 0.0 && p > 0.0 && p < 1.0)
        result.effective = p * (1.0 - p) / result.variance;
    else
        result.effective = effective_by_weights(strata, count, confidence.process);
    result.interval = interval_wilson(p, result.effective, confidence.level);
    return result;
}

static struct interval normal_interval(const struct stratified *result, double level)
{
    double half = interval_z(level) * sqrt(result->variance);
    return (struct interval){result->point - half, result->point + half};
}

struct stratified stratified_mean(const struct stratum *strata, size_t count,
                                  struct confidence confidence)
{
    struct stratified result = poststratify(strata, count, confidence.process);
    result.interval = normal_interval(&result, confidence.level);
    return result;
}

/* Variance of the sum of weight * (value - ratio) over the released cases of one unit, where a case without an answer
 * is 0: not left out, for how many answer is chance too. */
static double domain_variance(const struct stratum *stratum, double ratio)
{
    double frame = (double)stratum->frame, released = (double)stratum->released;
    if (stratum->released >= stratum->frame)
        return 0.0;
    double spread = spread_of_one;
    if (stratum->released > 1) {
        double valid = (double)stratum->valid;
        double sum = stratum->sum - ratio * valid;
        double squares = stratum->squares - 2.0 * ratio * stratum->sum + ratio * ratio * valid;
        spread = fmax(squares - sum * sum / released, 0.0) / (released - 1.0);
    }
    return frame * frame * (1.0 / released - 1.0 / frame) * spread;
}

struct stratified stratified_domain(const struct stratum *strata, size_t count, double level)
{
    double sum = 0.0, valid = 0.0, released = 0.0, all = 0.0;
    for (size_t i = 0; i < count; i++) {
        all += (double)strata[i].frame;
        if (strata[i].released <= 0)
            continue;
        double weight = (double)strata[i].frame / (double)strata[i].released;
        sum += weight * strata[i].sum;
        valid += weight * (double)strata[i].valid;
        released += (double)strata[i].frame;
    }
    struct stratified result = {.point = sum / valid,
                                .variance = valid > 0.0 ? 0.0 : NAN,
                                .effective = NAN,
                                .coverage = released / all};
    for (size_t i = 0; i < count; i++) {
        if (strata[i].released > 0)
            result.variance += domain_variance(&strata[i], result.point) / (valid * valid);
    }
    result.interval = normal_interval(&result, level);
    return result;
}
