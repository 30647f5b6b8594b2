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

void stratified_sum_add(struct stratified_sum *sum, const struct stratum *stratum, bool process)
{
    double frame = (double)stratum->frame;
    sum->frame += frame;
    if (stratum->valid <= 0)
        return;
    double effective =
        process ? (double)stratum->valid : interval_effective(stratum->valid, stratum->frame);
    sum->frame_answered += frame;
    sum->total += frame * (stratum->sum / (double)stratum->valid);
    sum->variance += frame * frame * stratum_variance(stratum, process);
    sum->unseen += frame * frame / effective;
}

/* Divided once, at the end: where all answers agree, the point is exactly 0 or 1. */
static struct stratified point_of(const struct stratified_sum *sum)
{
    struct stratified result = {.point = NAN,
                                .variance = NAN,
                                .effective = NAN,
                                .interval = {NAN, NAN},
                                .coverage = sum->frame_answered / sum->frame};
    if (sum->frame_answered > 0.0) {
        result.point = sum->total / sum->frame_answered;
        result.variance = sum->variance / (sum->frame_answered * sum->frame_answered);
    }
    return result;
}

struct stratified stratified_sum_rate(const struct stratified_sum *sum, double level)
{
    struct stratified result = point_of(sum);
    if (isnan(result.point))
        return result;
    double p = result.point;
    if (result.variance > 0.0 && p > 0.0 && p < 1.0)
        result.effective = p * (1.0 - p) / result.variance;
    else /* Where all answers agree, their variance says nothing. Infinite when all of every frame answered. */
        result.effective = sum->frame_answered * sum->frame_answered / sum->unseen;
    result.interval = interval_wilson(p, result.effective, level);
    return result;
}

static struct stratified_sum sum_of(const struct stratum *strata, size_t count, bool process)
{
    struct stratified_sum sum = {0};
    for (size_t i = 0; i < count; i++)
        stratified_sum_add(&sum, &strata[i], process);
    return sum;
}

struct stratified stratified_rate(const struct stratum *strata, size_t count,
                                  struct confidence confidence)
{
    struct stratified_sum sum = sum_of(strata, count, confidence.process);
    return stratified_sum_rate(&sum, confidence.level);
}

static struct interval normal_interval(const struct stratified *result, double level)
{
    double half = interval_z(level) * sqrt(result->variance);
    return (struct interval){result->point - half, result->point + half};
}

struct stratified stratified_mean(const struct stratum *strata, size_t count,
                                  struct confidence confidence)
{
    struct stratified_sum sum = sum_of(strata, count, confidence.process);
    struct stratified result = point_of(&sum);
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
