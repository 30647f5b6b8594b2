#ifndef PINGYI_SCORING_RANK_SET_H
#define PINGYI_SCORING_RANK_SET_H

#include "scoring/rules.h"

#include <stddef.h>

/* Ranks with the ranks that the data cannot tell apart (STATISTICS.md 4). Thread: any; pure values.
 *
 * Which units are ranked against each other is the caller's grouping: one class, or all. Units that are not ranked (too
 * few answers) are not among them, for their number K sets the level. The best is 1, the highest value is the best.
 * Two values within RANK_TIE count as equal everywhere here: the same rate reached by other sums is a tie. */

#define RANK_TIE 1e-12

enum rank_method {
    RANK_KWW,           /* joint, from each unit's own interval; Klein, Wright & Wieczorek 2020 */
    RANK_PAIR_JOINT,    /* joint, pair by pair: sharper; hybrid of Newcombe 1998 */
    RANK_PAIR_MARGINAL, /* for ONE unit named in advance (an appeal): nothing for a whole table */
};

/* What separates two intervals that touch. Strict: nothing, so equal units of a census are tied, and not each above the
 * other. Touching: they are apart, as in the paper's published figure, whose limits are rounded to one decimal; never
 * for a table of ours. */
enum rank_compare { RANK_STRICT, RANK_TOUCHING };

/* An estimate with its limits at `rank_interval_level`, low <= point <= high, none NAN. */
struct rank_value {
    double point, low, high;
};

/* 1 <= low <= rank <= high <= K (with RANK_TOUCHING equal points may break the order). */
struct rank_set {
    int rank;      /* 1 + the number of better estimates; equal ones share the better place */
    int low, high; /* the true rank lies between them, with the confidence asked for */
};

/* The two-sided level at which the values' limits must be taken, so that `count` rank sets hold at `level` together
 * (RANK_PAIR_MARGINAL: one of them alone). KWW: Sidak, level^(1/K). Pair by pair: Bonferroni over the comparisons,
 * 1 - 2a/(K(K-1)) and 1 - a/(K-1), with a = 1 - level. One unit or none: `level`. */
double rank_interval_level(enum rank_method method, double level, size_t count);

/* Rank `count` values against each other into `out_sets`, in their order. Compares each with each: they are a few
 * hundred at most. */
void rank_sets_find(enum rank_method method, enum rank_compare compare,
                    const struct rank_value *values, size_t count, struct rank_set *out_sets);

/* ---- bands ---- */

enum rank_band { RANK_BAND_NONE, RANK_BAND_ABOVE, RANK_BAND_NOT_DIFFERENT, RANK_BAND_BELOW };

/* The word of the CSV and JSON contracts: "", above, not_different, below. Static. */
const char *rank_band_word(enum rank_band band);

/* Where `value`, its limits at the rules' own level, lies against a fixed `mark` such as the mean of its class: apart
 * only with the whole interval (STATISTICS.md 4.7). RANK_BAND_NONE when any of them is NAN. */
enum rank_band rank_band_against(const struct rank_value *value, double mark);

/* The index of the first of the rules' thresholds that `point` reaches; -1 when it reaches none or is NAN. */
int rank_band_reached(const struct rules *rules, double point);

#endif
