#ifndef PINGYI_SCORING_RANKING_SAMPLE_H
#define PINGYI_SCORING_RANKING_SAMPLE_H

#include "scoring/rank_set.h"
#include "scoring/ranking.h"
#include "scoring/stratified.h"

/* The sampled half of the table, for ranking.c alone: what the answers say of a unit, a class and all. Thread: any. */

/* ERR_FORMAT for samples that cannot be. */
int sample_check(const struct rules *rules, const struct ranked_unit_input *unit, struct err *err);

/* A unit with its samples as score.h takes them. */
struct sampled_unit {
    const struct ranked_unit_input *unit;
    struct score_unit
        *parts; /* one for each sample, at least one; the first has the on-time counts */
    size_t part_count;
};

/* How many parts `sample_parts_fill` fills. */
size_t sample_part_count(const struct ranked_unit_input *unit);
void sample_parts_fill(const struct ranked_unit_input *unit, struct score_unit *out_parts);

/* A rate over the parts of one unit or of several. */
struct rate_sum {
    struct rate_tally tally;
    struct stratified_sum strata;
    size_t answered;  /* parts with an answer */
    struct rate last; /* of the last of them */
};

/* Units added up. Begin zeroed. */
struct sample_sum {
    struct unit_sample sample;
    struct rate_sum resolution, satisfaction, satisfaction_54;
    struct score_pool pool;
};

void sample_sum_add(struct sample_sum *sum, const struct rules *rules,
                    const struct sampled_unit *unit);

/* Set what a row says of the sample: nothing, a sum of units, one unit of the class that `class_sum` adds up. */
void sample_row_clear(struct ranking_row *row);
void sample_row_of_sum(const struct rules *rules, const struct sample_sum *sum,
                       struct ranking_row *row);
void sample_row_of_unit(const struct rules *rules, const struct sampled_unit *unit,
                        const struct sample_sum *class_sum, struct ranking_row *row);

/* What the rules rank by, score or rate, with its limits. All NAN where the row has none. */
struct rank_value sample_figure(const struct rules *rules, const struct ranking_row *row);

#endif
