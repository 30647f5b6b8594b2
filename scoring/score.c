#include "scoring/score.h"

#include "scoring/stratified.h"

#include <math.h>

/* An estimate of a rate or of mean points, before the rules turn it into a component. */
struct estimate {
    double point, low, high;
    double variance;
};

static const struct estimate no_estimate = {NAN, NAN, NAN, NAN};
static const struct composite_part nothing = {0, NAN, NAN, NAN, NAN};

/* ---- components ---- */

static double clip(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

static double weight_of(const struct rules_component *component)
{
    return component->is_line ? component->cap : component->weight;
}

/* The line at `rate`, as a share of its cap. */
static double line_share(const struct rules_component *line, double rate)
{
    double lost = line->per_point * 100 * (line->target - clip(rate, 0, 1));
    return clip(line->cap - lost, line->floor, line->cap) / line->cap;
}

/* How fast the component grows with its rate; 0 where a line is flat. */
static double slope_at(const struct rules_component *component, double rate)
{
    if (!component->is_line)
        return 1;
    double share = line_share(component, rate);
    bool flat = share >= 1 || share <= component->floor / component->cap;
    return flat ? 0 : component->per_point * 100 / component->cap;
}

static struct composite_part part_of(const struct rules_component *component,
                                     const struct estimate *estimate)
{
    struct composite_part part = {weight_of(component), estimate->point, estimate->low,
                                  estimate->high, estimate->variance};
    if (component->is_line && !isnan(estimate->point)) {
        double slope = slope_at(component, estimate->point);
        part.point = line_share(component, estimate->point);
        part.low = line_share(component, estimate->low);
        part.high = line_share(component, estimate->high);
        part.variance = slope * slope * estimate->variance;
    }
    return part;
}

static struct composite_parts parts_of(const struct rules *rules, const struct estimate *on_time,
                                       const struct estimate *resolution,
                                       const struct estimate *satisfaction,
                                       const struct pair_moments *pair)
{
    return (struct composite_parts){
        .on_time = part_of(&rules->score.on_time, on_time),
        .resolution = part_of(&rules->score.resolution, resolution),
        .satisfaction = part_of(&rules->score.satisfaction, satisfaction),
        .covariance = slope_at(&rules->score.resolution, resolution->point) *
                      slope_at(&rules->score.satisfaction, satisfaction->point) * pair->covariance,
        .correlation = pair->correlation,
    };
}

/* Normalise the weights of what is there, and add up. The normal interval of a pool may reach beyond what a score can
 * be. */
static struct score score_of(struct composite_parts parts)
{
    double weights = parts.on_time.weight + parts.resolution.weight + parts.satisfaction.weight;
    if (weights > 0) {
        parts.on_time.weight /= weights;
        parts.resolution.weight /= weights;
        parts.satisfaction.weight /= weights;
    }
    struct score score = {composite_estimate(&parts), parts};
    if (!isnan(score.total.point)) {
        score.total.low = fmax(score.total.low, 0);
        score.total.high = fmin(score.total.high, 1);
    }
    return score;
}

/* ---- estimates ---- */

static struct answer_values values_of(const struct rules *rules)
{
    struct answer_values values = {.resolution = {[RESOLUTION_YES] = 1}};
    if (rules->score.resolution.is_line) {
        values.resolution[RESOLUTION_PARTLY] = rules->rates.resolved_partly;
    } else {
        values.resolution[RESOLUTION_NO] = rules->points.resolution_no;
        values.resolution[RESOLUTION_PARTLY] = rules->points.resolution_partly;
        values.resolution[RESOLUTION_YES] = rules->points.resolution_yes;
    }
    for (int i = 1; i < SATISFACTION_ANSWERS; i++)
        values.satisfaction[i] = rules->score.satisfaction.is_line ? rules->rates.satisfied[i]
                                                                   : rules->points.satisfaction[i];
    return values;
}

static struct pair_moments moments_of(const struct rules *rules, const struct score_unit *unit)
{
    struct answer_values values = values_of(rules);
    return pair_moments_estimate(&unit->answers, &values, unit->frame, rules->interval.process);
}

static struct estimate on_time_estimate(const struct rules *rules, int64_t on_time, int64_t base,
                                        double level)
{
    if (base == 0)
        return no_estimate;
    double rate = (double)on_time / (double)base;
    struct estimate estimate = {rate, rate, rate, 0};
    if (rules->interval.process) {
        struct interval limits = interval_wilson(rate, (double)base, level);
        estimate.low = limits.low;
        estimate.high = limits.high;
        estimate.variance = rate * (1 - rate) / (double)base;
    }
    return estimate;
}

static struct estimate item_estimate(const struct rules *rules, const struct item_moments *item,
                                     int64_t frame, double level)
{
    if (item->answers == 0)
        return no_estimate;
    struct interval limits =
        interval_default(item->mean * (double)item->answers, item->answers, frame,
                         (struct confidence){level, rules->interval.process});
    return (struct estimate){item->mean, limits.low, limits.high, item->variance};
}

static struct estimate pooled_estimate(const struct item_moments *item, double level)
{
    double reach = interval_z(level) * sqrt(item->variance);
    return (struct estimate){item->mean, item->mean - reach, item->mean + reach, item->variance};
}

/* ---- several parts ---- */

/* One item of the parts that are added up. */
struct item_sum {
    struct stratified_sum strata;
    int answered;         /* parts with an answer */
    struct estimate last; /* of the last of them */
};

/* A unit while its parts are added up. */
struct part_sum {
    struct score_sum sum;
    struct item_sum resolution, satisfaction;
    int answered;             /* parts with an answer to either */
    struct pair_moments last; /* of the last of them, or of an empty part */
    double correlation;       /* the largest of a part's, not below 0 */
};

/* Answers worth 0 to 1 each count as that many whole ones, which makes the interval wider than need be. */
static void item_sum_add(struct item_sum *sum, const struct rules *rules,
                         const struct item_moments *item, int64_t frame, double level)
{
    double favourable = item->mean * (double)item->answers;
    struct stratum stratum = {.frame = frame, .valid = item->answers};
    stratum.sum = stratum.squares = item->answers > 0 ? favourable : 0;
    stratified_sum_add(&sum->strata, &stratum, rules->interval.process);
    if (item->answers == 0)
        return;
    sum->answered++;
    sum->last = item_estimate(rules, item, frame, level);
}

static struct estimate item_sum_estimate(const struct item_sum *sum,
                                         const struct item_moments *pooled, double level)
{
    if (sum->answered == 0)
        return no_estimate;
    if (sum->answered == 1)
        return sum->last;
    struct stratified mean = stratified_sum_rate(&sum->strata, level);
    return (struct estimate){mean.point, mean.interval.low, mean.interval.high, pooled->variance};
}

static void sum_add(struct score_sum *sum, const struct score_unit *unit,
                    const struct pair_moments *pair)
{
    sum->on_time += unit->on_time;
    sum->on_time_base += unit->on_time_base;
    if (unit->frame > 0)
        pair_pool_add(&sum->answers, pair, (double)unit->frame);
}

static struct part_sum part_sum_of(const struct rules *rules, const struct score_unit *parts,
                                   size_t count, double level)
{
    const struct score_unit empty = {0};
    struct part_sum sum = {.last = moments_of(rules, &empty)};
    for (size_t i = 0; i < count; i++) {
        struct pair_moments pair = moments_of(rules, &parts[i]);
        sum_add(&sum.sum, &parts[i], &pair);
        item_sum_add(&sum.resolution, rules, &pair.resolution, parts[i].frame, level);
        item_sum_add(&sum.satisfaction, rules, &pair.satisfaction, parts[i].frame, level);
        sum.correlation = fmax(sum.correlation, pair.correlation);
        if (pair.resolution.answers == 0 && pair.satisfaction.answers == 0)
            continue;
        sum.answered++;
        sum.last = pair;
    }
    return sum;
}

static struct pair_moments part_sum_moments(const struct part_sum *sum)
{
    if (sum->answered <= 1)
        return sum->last;
    struct pair_moments pair = pair_pool_estimate(&sum->sum.answers);
    bool varies = pair.resolution.variance * pair.satisfaction.variance > 0;
    pair.correlation = varies ? clip(pair.correlation, -1, 1) : sum->correlation;
    return pair;
}

static struct composite_parts unit_parts(const struct rules *rules, const struct score_unit *parts,
                                         size_t count, double level)
{
    struct part_sum sum = part_sum_of(rules, parts, count, level);
    struct pair_moments pair = part_sum_moments(&sum);
    struct estimate on_time = on_time_estimate(rules, sum.sum.on_time, sum.sum.on_time_base, level);
    struct estimate resolution = item_sum_estimate(&sum.resolution, &pair.resolution, level);
    struct estimate satisfaction = item_sum_estimate(&sum.satisfaction, &pair.satisfaction, level);
    return parts_of(rules, &on_time, &resolution, &satisfaction, &pair);
}

/* ---- sums over units ---- */

static struct composite_parts sum_parts(const struct rules *rules, const struct score_sum *sum,
                                        double level)
{
    struct pair_moments pair = pair_pool_estimate(&sum->answers);
    struct estimate on_time = on_time_estimate(rules, sum->on_time, sum->on_time_base, level);
    struct estimate resolution = pooled_estimate(&pair.resolution, level);
    struct estimate satisfaction = pooled_estimate(&pair.satisfaction, level);
    return parts_of(rules, &on_time, &resolution, &satisfaction, &pair);
}

/* ---- units ---- */

/* Let `substitute` stand where a component with weight has no value; true if it was needed. */
static bool part_replace(struct composite_part *part, const struct composite_part *substitute)
{
    if (part->weight <= 0 || !isnan(part->point))
        return false;
    *part = *substitute;
    return true;
}

struct score score_estimate(const struct rules *rules, const struct score_unit *unit,
                            const struct score_pool *class_pool, double level)
{
    return score_estimate_parts(rules, unit, 1, class_pool, level);
}

struct score score_estimate_parts(const struct rules *rules, const struct score_unit *units,
                                  size_t count, const struct score_pool *class_pool, double level)
{
    struct composite_parts parts = unit_parts(rules, units, count, level);
    struct composite_parts others = {nothing, nothing, nothing, 0, 0};
    if (rules->score.missing == RULES_MISSING_REFUSE)
        return score_of(parts);
    if (rules->score.missing == RULES_MISSING_CLASS_MEAN) {
        if (class_pool == NULL)
            return score_of(parts);
        others = sum_parts(rules, &class_pool->each, level);
    }
    (void)part_replace(&parts.on_time, &others.on_time);
    bool resolution_replaced = part_replace(&parts.resolution, &others.resolution);
    bool satisfaction_replaced = part_replace(&parts.satisfaction, &others.satisfaction);
    if (resolution_replaced || satisfaction_replaced)
        parts.covariance = 0; /* as the correlation is, where no one answered both */
    return score_of(parts);
}

/* ---- pools ---- */

static void sum_merge(struct score_sum *into, const struct score_sum *other)
{
    into->on_time += other->on_time;
    into->on_time_base += other->on_time_base;
    pair_pool_merge(&into->answers, &other->answers);
}

static bool is_complete(const struct rules *rules, const struct score_sum *unit)
{
    return (weight_of(&rules->score.on_time) <= 0 || unit->on_time_base > 0) &&
           (weight_of(&rules->score.resolution) <= 0 || unit->answers.resolution.weight > 0) &&
           (weight_of(&rules->score.satisfaction) <= 0 || unit->answers.satisfaction.weight > 0);
}

void score_pool_add(struct score_pool *pool, const struct rules *rules,
                    const struct score_unit *unit)
{
    score_pool_add_parts(pool, rules, unit, 1);
}

void score_pool_add_parts(struct score_pool *pool, const struct rules *rules,
                          const struct score_unit *parts, size_t count)
{
    struct score_sum unit = {0};
    for (size_t i = 0; i < count; i++) {
        struct pair_moments pair = moments_of(rules, &parts[i]);
        sum_add(&unit, &parts[i], &pair);
    }
    sum_merge(&pool->each, &unit);
    if (is_complete(rules, &unit))
        sum_merge(&pool->complete, &unit);
}

struct score score_pool_estimate(const struct rules *rules, const struct score_pool *pool,
                                 double level)
{
    return score_of(sum_parts(rules, &pool->complete, level));
}

/* ---- ranked or noted ---- */

struct rate_tally score_resolution_tally(const struct rules *rules, const struct score_unit *unit)
{
    struct rate_tally tally = {.frame = unit->frame};
    for (int a = RESOLUTION_NO; a < RESOLUTION_ANSWERS; a++) {
        bool counts =
            a == RESOLUTION_YES || (a == RESOLUTION_PARTLY && rules->rates.resolved_partly);
        for (int b = 0; b < SATISFACTION_ANSWERS; b++) {
            tally.valid += unit->answers.people[a][b];
            tally.favourable += counts ? unit->answers.people[a][b] : 0;
        }
    }
    return tally;
}

struct rate_tally score_satisfaction_tally(const struct rules *rules, const struct score_unit *unit)
{
    struct rate_tally tally = {.frame = unit->frame};
    for (int b = 1; b < SATISFACTION_ANSWERS; b++) {
        for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
            tally.valid += unit->answers.people[a][b];
            tally.favourable += rules->rates.satisfied[b] ? unit->answers.people[a][b] : 0;
        }
    }
    return tally;
}

static bool asks_for(const struct rules *rules, const struct rules_component *component)
{
    return rules->ranking.by != RULES_RANK_BY_SCORE || weight_of(component) > 0;
}

bool score_has_enough(const struct rules *rules, const struct score_basis *basis)
{
    if (rules->ranking.by == RULES_RANK_BY_ON_TIME)
        return basis->on_time_base > 0 && basis->on_time_base >= rules->on_time.min_orders;
    return !(asks_for(rules, &rules->score.resolution) && basis->resolution.is_too_few) &&
           !(asks_for(rules, &rules->score.satisfaction) && basis->satisfaction.is_too_few);
}

enum ranking_note score_note(const struct rules *rules, const struct score_basis *basis,
                             bool is_ranked)
{
    if (basis->orders == 0)
        return NOTE_NO_ORDERS;
    if (basis->on_time_base == 0)
        return NOTE_NONE_DUE;
    if (!is_ranked)
        return NOTE_TOO_FEW;
    if (basis->response_rate < rules->ranking.low_response)
        return NOTE_LOW_RESPONSE;
    bool few = (asks_for(rules, &rules->score.resolution) && basis->resolution.is_few) ||
               (asks_for(rules, &rules->score.satisfaction) && basis->satisfaction.is_few);
    return few ? NOTE_FEW : NOTE_NONE;
}
