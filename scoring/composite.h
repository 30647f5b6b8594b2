#ifndef PINGYI_SCORING_COMPOSITE_H
#define PINGYI_SCORING_COMPOSITE_H

#include <stdbool.h>
#include <stdint.h>

/* A weighted sum of three rates, two of which come from the same people (STATISTICS.md 3). Thread: any; pure values.
 *
 * Whoever says "resolved" mostly says "satisfied" too, so the two means move together: their covariance is part of the
 * standard error, and their correlation part of the interval. Either item may be missing in an answer. */

enum resolution_answer {
    RESOLUTION_MISSING = 0,
    RESOLUTION_NO,
    RESOLUTION_PARTLY,
    RESOLUTION_YES,
    RESOLUTION_ANSWERS
};
enum { SATISFACTION_MISSING = 0, SATISFACTION_HIGHEST = 5, SATISFACTION_ANSWERS }; /* 1 to 5 */

/* How many people of a unit answered what, both items at once. With values 0 and 1 it is the 2x2 table of those who
 * answered both, with the answers to one item alone in row and column 0. people[0][0], neither item, counts nowhere. */
struct answer_table {
    int64_t people[RESOLUTION_ANSWERS][SATISFACTION_ANSWERS];
};

/* What an answer is worth, in [0,1]: 0 or 1 for a rate, points for a score. Index 0 is not read. */
struct answer_values {
    double resolution[RESOLUTION_ANSWERS];
    double satisfaction[SATISFACTION_ANSWERS];
};

/* Mean of one item. Without an answer both are NAN. */
struct item_moments {
    int64_t answers;
    double mean;     /* in [0,1] */
    double variance; /* of the mean as an estimate, not of the answers; 0 for a census */
};

struct pair_moments {
    struct item_moments resolution, satisfaction;
    int64_t both;
    double covariance; /* of the two means; NAN if either item has no answer */
    /* r of the MOVER interval, in [-1,1]: correlation of the pairs, drawn towards 0 by half a person at each corner
     * (0,0) (0,1) (1,0) (1,1), times what item missingness and the census leave of it. 0 without a pair. */
    double correlation;
};

/* Means, variances and covariance of a unit's answers (STATISTICS.md 3.1, 3.2; Tam 1984).
 *
 * frame    orders the answers stand for, not below the number of people who answered
 * process  they stand for the unit's way of working instead: no finite population
 *
 * Variances are those of stratum_variance. Fewer than two pairs say nothing of the covariance: it is the largest there
 * can be. The corners make `correlation` the phi~ of 3.2 where all values are 0 or 1, and extend it to partial
 * credit. */
struct pair_moments pair_moments_estimate(const struct answer_table *answers,
                                          const struct answer_values *values, int64_t frame,
                                          bool process);

/* Post-stratified means over units (STATISTICS.md 1.3, 3.3): each unit weighs as its frame. Begin zeroed. */
struct item_pool {
    double weight; /* of the units that have the item: the frame covered */
    double mean_sum, variance_sum;
};
struct pair_pool {
    struct item_pool resolution, satisfaction;
    double covariance_sum;
};

/* Add a unit that weighs `weight`, above 0. An item without an answer is left out; whether a unit that has only the
 * other item counts at all is the caller's decision. */
void pair_pool_add(struct pair_pool *pool, const struct pair_moments *unit, double weight);

/* Add what another pool holds. */
void pair_pool_merge(struct pair_pool *into, const struct pair_pool *other);

/* Means over the pool, each over the units that have the item; NAN where none has. Counts of answers are not kept: 0.
 * `correlation` is the covariance over the two standard errors, 0 where one of them is 0. */
struct pair_moments pair_pool_estimate(const struct pair_pool *pool);

/* A component: estimate with limits, and the variance of the estimate. */
struct composite_part {
    double weight; /* not negative, before normalisation; at 0 the rest is not read */
    double point, low, high;
    double variance;
};

struct composite_parts {
    struct composite_part on_time;                  /* independent of the other two */
    struct composite_part resolution, satisfaction; /* from the same people */
    double covariance;
    double correlation; /* in [-1,1]; of a pool a little beyond, where few answered both */
};

struct composite {
    double point, low, high;
    double standard_error;
};

/* Weighted mean of the parts, weights normalised to sum 1. MOVER (STATISTICS.md 3.2; Zou & Donner 2008): each part's
 * distance to its own limit is put together as standard errors are, so the interval is asymmetric where the parts' are,
 * and does not collapse at 100 % as a delta-method interval would. With limits point -+ z * standard error it is
 * exactly that for the composite too (3.3).
 *
 * A part with weight that is NAN, or weights that sum to 0: all NAN. */
struct composite composite_estimate(const struct composite_parts *parts);

#endif
