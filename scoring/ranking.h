#ifndef PINGYI_SCORING_RANKING_H
#define PINGYI_SCORING_RANKING_H

#include "base/arena.h"
#include "base/err.h"

#include "scoring/judge.h"

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

/* A unit as it is ranked: counties and departments; a county's bureaus are counted in their county. */
struct ranked_unit_input {
    struct bytes code, name, class_name; /* borrowed */
    int class_position;                  /* classes are printed in this order */
    struct tally tally;
};

enum ranking_note {
    NOTE_NONE = 0,
    NOTE_FEW,          /* 样本偏少，仅供参考 */
    NOTE_TOO_FEW,      /* 样本不足，不排名 */
    NOTE_NO_ORDERS,    /* 本期无工单 */
    NOTE_NONE_DUE,     /* 本期无到期工单 */
    NOTE_LOW_RESPONSE, /* 有效率偏低 */
};

/* The word of the CSV and JSON contracts: "", few, too_few, no_orders, none_due, low_response. */
const char *ranking_note_word(enum ranking_note note);

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
};

struct ranking {
    struct ranking_row
        *rows; /* by class, rank, code; then one row a class; then the row over all */
    size_t row_count;
    size_t unit_count;  /* rows of units, first */
    size_t class_count; /* rows of classes, behind them */
};

/* Build the table. Units of equal rate share a rank (compared exactly, by counts); fewer than rules' min_orders in the
 * base: not ranked. Before a draw the rank is by on-time and its range is what ties leave open. Memory is the arena's;
 * names stay borrowed. ERR_NOMEM. */
int ranking_build(const struct rules *rules, const struct ranked_unit_input *units,
                  size_t unit_count, struct arena *arena, struct ranking *out_ranking,
                  struct err *err);

#endif
