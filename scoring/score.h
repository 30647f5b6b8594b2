#ifndef PINGYI_SCORING_SCORE_H
#define PINGYI_SCORING_SCORE_H

#include "scoring/composite.h"
#include "scoring/note.h"
#include "scoring/rate.h"

#include <stddef.h>

/* One number for a unit, from its on-time rate and what people answered, by the rules' [points] and [score].
 * Thread: any; pure values.
 *
 * A component with a weight is worth the on-time rate, or the mean of its answers' points: partial credit. A component
 * with a line is worth what the line gives for the published rate (`[rates]`: whole people, no partial credit), as a
 * share of the line's cap; the cap is its weight. So every component lies in [0,1], weights are normalised by their
 * sum, and a city whose lines reach 20 and 25 points (caps 0.2 and 0.25) gets its own points back with
 * `full = 45`.
 *
 * Intervals follow through: a line never falls as the rate rises, so the ends of a rate's interval become the ends of
 * the component's, and the composite puts those together (MOVER). On the flat parts of a line the interval is what the
 * line leaves of it, down to a point; that is what such rules say of those rates. */

/* What a unit brings, in one round or in one part of an accumulated one. */
struct score_unit {
    int64_t on_time, on_time_base;
    int64_t frame; /* orders its answers stand for, not below the number of people */
    struct answer_table answers;
};

/* Units of a class, or of all, added up. Begin zeroed. */
struct score_sum {
    int64_t on_time, on_time_base;
    struct pair_pool answers;
};
struct score_pool {
    /* Units that have every component with weight: they make the pool's own score. */
    struct score_sum complete;
    /* Every component over the units that have it: the class mean where one is missing. */
    struct score_sum each;
};

struct score {
    /* In [0,1]; papers multiply by rules' `full`. All NAN without a score. */
    struct composite total;
    /* What it is made of: components in [0,1] with limits and the weights that were used, sum 1. One without weight in
     * the rules, or dropped by `rescale`, has weight 0. Without a score they are the rules' all the same, and what is
     * missing is NAN. */
    struct composite_parts parts;
};

/* The score with its interval at `level`: the rules' own for print, that of `rank_interval_level` for ranking.
 *
 * class_pool  the unit's class; read with `missing = class_mean` alone, and then it may be NULL: no score
 *
 * The on-time rate is a census of the frame, a point. With `population = process` it is a sample as the answers are,
 * and has Wilson's interval. A class mean that stands in for a missing component brings its own, normal interval and no
 * correlation. */
struct score score_estimate(const struct rules *rules, const struct score_unit *unit,
                            const struct score_pool *class_pool, double level);

/* The same over the parts of an accumulated round: on-time counts are added up, so any part may bring them; points and
 * rates are post-stratified over the parts, each weighing as its frame, with Wilson's interval for the effective number
 * of answers, partial credit counted as in a single part (2.7). The correlation is the pool's, or the largest of a
 * part's where the parts' answers agree so well that they show none. Where one part alone answered an item, the item is
 * as that part has it: one part gives what score_estimate gives, empty parts change nothing. */
struct score score_estimate_parts(const struct rules *rules, const struct score_unit *units,
                                  size_t count, const struct score_pool *class_pool, double level);

/* Add a unit. Its answers weigh as its frame; the answers themselves are not kept. */
void score_pool_add(struct score_pool *pool, const struct rules *rules,
                    const struct score_unit *unit);

/* Add a unit of several parts, each a stratum of its own; it is complete by what its parts bring together. */
void score_pool_add_parts(struct score_pool *pool, const struct rules *rules,
                          const struct score_unit *parts, size_t count);

/* The score of a class or of all (STATISTICS.md 3.3): post-stratified over the complete units, on-time over the same,
 * point -+ z standard errors (with `process` on-time keeps Wilson's interval), taken through the lines if there are
 * any, cut to [0,1]. NAN without a complete unit. */
struct score score_pool_estimate(const struct rules *rules, const struct score_pool *pool,
                                 double level);

/* ---- who is ranked, and what is noted ---- */

/* The answers as the published rates count them, by [rates]: whole people, whatever the points. */
struct rate_tally score_resolution_tally(const struct rules *rules, const struct score_unit *unit);
struct rate_tally score_satisfaction_tally(const struct rules *rules,
                                           const struct score_unit *unit);

/* What a unit's figures rest on. */
struct score_basis {
    int64_t orders; /* led in the round */
    int64_t on_time_base;
    struct rate resolution, satisfaction;
    double response_rate; /* RR1 in [0,1]; NAN when undefined */
};

/* Whether that is enough for the rank that the rules ask for: `on_time.min_orders` in the base for a rank by on-time,
 * else `min_answers` to each item, at least one; an item without weight is not asked for in a rank by score. So a unit
 * may have a score, by `rescale` or `class_mean`, and no rank. What is ranked must be there besides: a unit whose score
 * or rate is NAN has no rank. */
bool score_has_enough(const struct rules *rules, const struct score_basis *basis);

/* The unit's note once people have answered, the gravest alone: no orders, none due, too few for a rank (not
 * `is_ranked`), low response (the interval does not show what that may do), few (STATISTICS.md 2.8). */
enum ranking_note score_note(const struct rules *rules, const struct score_basis *basis,
                             bool is_ranked);

#endif
