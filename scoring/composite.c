#include "scoring/composite.h"

#include "scoring/stratified.h"

#include <math.h>

/* Those who answered both, by their centred sums. */
struct pair_sums {
    double count, mean_a, mean_b;
    double square_a, square_b, product;
};

static double clip(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* `people[i]` gave the answer worth `values[i]`; index 0 is missing. */
static struct item_moments item_estimate(const int64_t *people, const double *values, int count,
                                         int64_t frame, bool process)
{
    struct item_moments item = {.mean = NAN};
    struct stratum stratum = {.frame = frame};
    for (int i = 1; i < count; i++)
        stratum_add(&stratum, values[i], people[i]);
    item.answers = stratum.valid;
    if (stratum.valid > 0)
        item.mean = stratum.sum / (double)stratum.valid;
    item.variance = stratum_variance(&stratum, process);
    return item;
}

/* ---- pairs ---- */

/* Sums over those who answered both, each corner (0,0) (0,1) (1,0) (1,1) counted `corner` times more. */
static struct pair_sums pair_sums_of(const struct answer_table *answers,
                                     const struct answer_values *values, double corner)
{
    struct pair_sums sums = {.count = 4 * corner, .mean_a = 2 * corner, .mean_b = 2 * corner};
    for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 1; b < SATISFACTION_ANSWERS; b++) {
            double people = (double)answers->people[a][b];
            sums.count += people;
            sums.mean_a += people * values->resolution[a];
            sums.mean_b += people * values->satisfaction[b];
        }
    }
    if (sums.count <= 0)
        return sums;
    sums.mean_a /= sums.count;
    sums.mean_b /= sums.count;
    for (int a = 0; a <= 1; a++) {
        for (int b = 0; b <= 1; b++) {
            sums.square_a += corner * (a - sums.mean_a) * (a - sums.mean_a);
            sums.square_b += corner * (b - sums.mean_b) * (b - sums.mean_b);
            sums.product += corner * (a - sums.mean_a) * (b - sums.mean_b);
        }
    }
    for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 1; b < SATISFACTION_ANSWERS; b++) {
            double people = (double)answers->people[a][b];
            double from_a = values->resolution[a] - sums.mean_a;
            double from_b = values->satisfaction[b] - sums.mean_b;
            sums.square_a += people * from_a * from_a;
            sums.square_b += people * from_b * from_b;
            sums.product += people * from_a * from_b;
        }
    }
    return sums;
}

/* The share of a spread that is left to chance: 1/m - 1/N of one item's, m12/(m1 m2) - 1/N of what both have in common;
 * the latter is below 0 when few answer both. */
static double unseen(double share, int64_t frame, bool process)
{
    return process ? share : share - 1 / (double)frame;
}

static double unseen_pairs(const struct pair_moments *pair, int64_t frame, bool process)
{
    double all = (double)pair->resolution.answers * (double)pair->satisfaction.answers;
    return unseen((double)pair->both / all, frame, process);
}

static double covariance_of(const struct pair_moments *pair, const struct pair_sums *sums,
                            int64_t frame, bool process)
{
    if (pair->both < 2)
        return sqrt(pair->resolution.variance * pair->satisfaction.variance);
    return unseen_pairs(pair, frame, process) * sums->product / (double)(pair->both - 1);
}

static double correlation_of(const struct pair_moments *pair, const struct pair_sums *shrunk,
                             int64_t frame, bool process)
{
    double alone = unseen(1 / (double)pair->resolution.answers, frame, process) *
                   unseen(1 / (double)pair->satisfaction.answers, frame, process);
    if (pair->both == 0 || alone <= 0)
        return 0;
    double phi = shrunk->product / sqrt(shrunk->square_a * shrunk->square_b);
    double kappa = clip(unseen_pairs(pair, frame, process) / sqrt(alone), -1, 1);
    return clip(phi * kappa, -1, 1);
}

struct pair_moments pair_moments_estimate(const struct answer_table *answers,
                                          const struct answer_values *values, int64_t frame,
                                          bool process)
{
    int64_t by_resolution[RESOLUTION_ANSWERS] = {0};
    int64_t by_satisfaction[SATISFACTION_ANSWERS] = {0};
    struct pair_moments pair = {.covariance = NAN};
    for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 0; b < SATISFACTION_ANSWERS; b++) {
            by_resolution[a] += answers->people[a][b];
            by_satisfaction[b] += answers->people[a][b];
            if (a > 0 && b > 0)
                pair.both += answers->people[a][b];
        }
    }
    pair.resolution =
        item_estimate(by_resolution, values->resolution, RESOLUTION_ANSWERS, frame, process);
    pair.satisfaction =
        item_estimate(by_satisfaction, values->satisfaction, SATISFACTION_ANSWERS, frame, process);
    if (pair.resolution.answers == 0 || pair.satisfaction.answers == 0)
        return pair;
    struct pair_sums sums = pair_sums_of(answers, values, 0);
    struct pair_sums shrunk = pair_sums_of(answers, values, 0.5);
    pair.covariance = covariance_of(&pair, &sums, frame, process);
    pair.correlation = correlation_of(&pair, &shrunk, frame, process);
    return pair;
}

/* ---- pools ---- */

static void item_pool_add(struct item_pool *pool, const struct item_moments *unit, double weight)
{
    if (unit->answers == 0)
        return;
    pool->weight += weight;
    pool->mean_sum += weight * unit->mean;
    pool->variance_sum += weight * weight * unit->variance;
}

void pair_pool_add(struct pair_pool *pool, const struct pair_moments *unit, double weight)
{
    item_pool_add(&pool->resolution, &unit->resolution, weight);
    item_pool_add(&pool->satisfaction, &unit->satisfaction, weight);
    if (unit->resolution.answers > 0 && unit->satisfaction.answers > 0)
        pool->covariance_sum += weight * weight * unit->covariance;
}

static void item_pool_merge(struct item_pool *into, const struct item_pool *other)
{
    into->weight += other->weight;
    into->mean_sum += other->mean_sum;
    into->variance_sum += other->variance_sum;
}

void pair_pool_merge(struct pair_pool *into, const struct pair_pool *other)
{
    item_pool_merge(&into->resolution, &other->resolution);
    item_pool_merge(&into->satisfaction, &other->satisfaction);
    into->covariance_sum += other->covariance_sum;
}

static struct item_moments item_pool_estimate(const struct item_pool *pool)
{
    struct item_moments item = {.mean = NAN, .variance = NAN};
    if (pool->weight > 0) {
        item.mean = pool->mean_sum / pool->weight;
        item.variance = pool->variance_sum / (pool->weight * pool->weight);
    }
    return item;
}

struct pair_moments pair_pool_estimate(const struct pair_pool *pool)
{
    struct pair_moments pair = {.covariance = NAN};
    double weights = pool->resolution.weight * pool->satisfaction.weight;
    pair.resolution = item_pool_estimate(&pool->resolution);
    pair.satisfaction = item_pool_estimate(&pool->satisfaction);
    if (weights > 0) {
        double product = pair.resolution.variance * pair.satisfaction.variance;
        pair.covariance = pool->covariance_sum / weights;
        pair.correlation = product > 0 ? pair.covariance / sqrt(product) : 0;
    }
    return pair;
}

/* ---- the weighted sum ---- */

/* A part without weight is as if it were not there, whatever it holds. */
static struct composite_part part_normalised(const struct composite_part *part, double weights)
{
    struct composite_part none = {0};
    if (part->weight <= 0)
        return none;
    struct composite_part result = *part;
    result.weight = part->weight / weights;
    return result;
}

/* Length of the sum of three steps, the last two at an angle whose cosine is `correlation`. */
static double combine(double alone, double a, double b, double correlation)
{
    return sqrt(fmax(0, alone * alone + a * a + b * b + 2 * correlation * a * b));
}

struct composite composite_estimate(const struct composite_parts *parts)
{
    double weights = parts->on_time.weight + parts->resolution.weight + parts->satisfaction.weight;
    struct composite result = {NAN, NAN, NAN, NAN};
    if (!(weights > 0))
        return result;
    struct composite_part t = part_normalised(&parts->on_time, weights);
    struct composite_part p = part_normalised(&parts->resolution, weights);
    struct composite_part q = part_normalised(&parts->satisfaction, weights);
    bool paired = p.weight > 0 && q.weight > 0;
    double r = paired ? parts->correlation : 0;
    double covariance = paired ? parts->covariance : 0;
    if (isnan(t.point) || isnan(p.point) || isnan(q.point))
        return result;
    result.point = t.weight * t.point + p.weight * p.point + q.weight * q.point;
    result.low = result.point - combine(t.weight * (t.point - t.low), p.weight * (p.point - p.low),
                                        q.weight * (q.point - q.low), r);
    result.high =
        result.point + combine(t.weight * (t.high - t.point), p.weight * (p.high - p.point),
                               q.weight * (q.high - q.point), r);
    double variance = t.weight * t.weight * t.variance + p.weight * p.weight * p.variance +
                      q.weight * q.weight * q.variance + 2 * p.weight * q.weight * covariance;
    result.standard_error = sqrt(fmax(0, variance));
    return result;
}
