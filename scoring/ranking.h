#ifndef PINGYI_SCORING_RANKING_H
#define PINGYI_SCORING_RANKING_H

#include "base/arena.h"
#include "base/err.h"

#include "scoring/judge.h"
#include "scoring/nonresponse.h"
#include "scoring/note.h"
#include "scoring/outcome.h"
#include "scoring/rate.h"
#include "scoring/score.h"

/* From judgements to the published table: per unit, per class and over all. Thread: any, one owner at a time. */

enum { JUDGEMENT_MAX = 63 };

/* Counts of one unit's lead handlings. Tallies of parts of the orders add up. */
struct tally {
    int64_t by_judgement[JUDGEMENT_MAX + 1];
    int64_t extended; /* in the base, with an extension that counts */
};

void tally_add(struct tally *tally, const struct verdict *verdict);
void tally_merge(struct tally *into, const struct tally *other);
int64_t tally_orders(const struct tally *tally);
int64_t tally_excluded(const struct tally *tally);
int64_t tally_base(const struct tally *tally);
int64_t tally_on_time(const struct tally *tally);

/* What the released cases of one unit in one round brought. */
struct unit_sample {
    int64_t frame; /* the unit's orders in the frozen frame */
    /* Every released case once, by its final disposition; those without an outcome as OUTCOME_UNKNOWN_UNWORKED.
     * Cases of a unit and round, never people. */
    struct outcome_tally outcomes;
    /* What the cases' final attempts brought, by the number of that attempt: 1, 2, 3 and more. */
    struct answer_table answers[NONRESPONSE_WAVES];
    int64_t still_open; /* of RESOLUTION_NO: 正在解决 */
};

/* A unit as it is ranked: counties and departments; a county's bureaus are counted in their county. */
struct ranked_unit_input {
    struct bytes code, name, class_name; /* borrowed */
    int class_position;                  /* classes are printed in this order */
    struct tally tally;
    /* NULL before a draw. An accumulated round has one for each of its sampled parts, with the unit's frame
     * there. */
    const struct unit_sample *samples;
    size_t sample_count;
};

/* One line of the table. A unit's line has all; a class's line has unit_code `*` and no rank; the line over all has
 * class and code `*`. Rates are in [0,1], NAN where undefined; ranks 0 where there is none. */
struct ranking_row {
    struct bytes unit_class, unit_code, unit_name;
    int rank, rank_low, rank_high, ranked_of;
    char band
        [32]; /* above | not_different | below by class mean; a threshold's name; empty when not ranked */
    int64_t orders, excluded, on_time_base, on_time;
    double on_time_rate;
    enum ranking_note note;
    struct tally tally;

    /* All below is of the sample: zeroed, and rates NAN, while `has_sample` is false, as it is in all rows until some
     * unit has samples. A unit without any among them has an empty frame. Rows that sum up add up counts; their rates,
     * intervals and scores are post-stratified (STATISTICS.md 1.3, 1.5, 3.3), not the quotient of the counts, but for
     * `rr1`, which is that of the cases. So are those of a unit in an accumulated round, over its parts; what one part
     * alone answered is as it is there. */
    bool has_sample;
    struct unit_sample sample; /* counts summed */
    int64_t drawn;             /* released cases */
    double rr1;
    struct rate_tally resolution,
        satisfaction; /* people, by [rates]; `frame` is that of the sample */
    struct rate resolution_rate, satisfaction_rate;
    double resolution_coverage,
        satisfaction_coverage;   /* share of the frame whose units have an answer */
    struct rate satisfaction_54; /* 5 and 4 alone, whatever [rates] count */
    struct score score;
};

/* The answers of all waves. */
struct answer_table unit_sample_answers(const struct unit_sample *sample);
/* Add counts up. */
void unit_sample_add(struct unit_sample *into, const struct unit_sample *other);

struct ranking {
    struct ranking_row
        *rows; /* by class, rank, code; then one row a class; then the row over all */
    size_t row_count;
    size_t unit_count;  /* rows of units, first */
    size_t class_count; /* rows of classes, behind them */
};

/* Build the table. Before a draw (no unit has samples) and with `by = on_time` the rank is by on-time: units of
 * equal rate share it (compared exactly, by counts), fewer than rules' min_orders in the base are not ranked,
 * and the range is what ties leave open. Else it is by the score or rate that the rules name: units that
 * score_has_enough are ranked, their range from the rules' method at rank_interval_level for the number of
 * units ranked together, bands from the interval at the rules' own level. Memory is the arena's; names stay
 * borrowed. ERR_FORMAT for a sample that cannot be (rate_tally_check, more released cases than the frame has
 * orders); ERR_NOMEM. */
int ranking_build(const struct rules *rules, const struct ranked_unit_input *units,
                  size_t unit_count, struct arena *arena, struct ranking *out_ranking,
                  struct err *err);

#endif
