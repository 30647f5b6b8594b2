#ifndef PINGYI_SCORING_RATE_H
#define PINGYI_SCORING_RATE_H

#include "scoring/interval.h"
#include "scoring/rules.h"

/* The rate of one unit: resolution or satisfaction (STATISTICS 0, 2). Thread: any. */

/* What a unit's citizens answered to one item. Answers that do not say (说不清) and refused items are in none of it. */
struct rate_tally {
    int64_t valid;      /* m: answers to the item */
    int64_t favourable; /* x: those that the rules' [rates] count, 0 <= x <= m */
    int64_t frame;      /* N: orders that could have been drawn; below m it counts as m */
};

struct rate {
    double point;             /* x/m in [0,1]; NaN without an answer, never 0 */
    struct interval interval; /* at the rules' level; NaN without an answer */
    bool is_too_few; /* no answer, or fewer than min_answers: not to be ranked (样本不足) */
    bool is_few;     /* not too few, but below few_answers or wider than 0.30 (样本偏少) */
};

/* The rate with its interval under the rules' level and population, flagged by their minima (2.8). */
struct rate rate_estimate(struct rate_tally tally, const struct rules *rules);

/* The confidence that the rules ask for. */
struct confidence rate_confidence(const struct rules *rules);

/* Add another part of the same or another unit's answers. */
void rate_tally_add(struct rate_tally *into, struct rate_tally other);

#endif
