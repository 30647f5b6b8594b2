#ifndef PINGYI_REPORTS_FIGURES_H
#define PINGYI_REPORTS_FIGURES_H

#include "reports/bulletin.h"

#include "base/buf.h"

/* Figures of the sample as people read them, and those that are derived from a row for print. Thread: any. */

enum item { ITEM_RESOLUTION, ITEM_SATISFACTION };
enum { ITEMS = 2 };

/* 诉求解决率, 处理满意率. */
const char *item_name(enum item item);
struct rate_tally item_tally(const struct ranking_row *row, enum item item);
const struct rate *item_rate(const struct ranking_row *row, enum item item);
double item_coverage(const struct ranking_row *row, enum item item);

/* A share of `base` cases that is no quotient of whole numbers: no decimals of a percentage under 100 cases, one under
 * 1,000, two from there on; `—` for NAN. Short of the whole it never rounds up to 100%, nor above none down to 0%. The
 * base must stand beside it. */
void percent_text(struct buf *out, double rate, int64_t base);
/* 62%～88% likewise; a point, which only a census has, is 全数. */
void interval_text(struct buf *out, struct interval interval, int64_t base);
/* The rate of an item: of a unit in one round by its counts (12件中10件), else, where units or rounds are weighed, by
 * percent_text. */
void item_rate_text(struct buf *out, const struct bulletin *bulletin, const struct ranking_row *row,
                    enum item item);
/* In points of rules' `full`, two decimals; `—` for NAN. */
void score_text(struct buf *out, double score, const struct rules *rules);
/* 86.14～91.82 likewise; one value where both ends are the same. */
void score_interval_text(struct buf *out, const struct ranking_row *row, const struct rules *rules);
/* 第3名（考虑抽样误差，实际名次可能在第2至第7名之间）; equal units are 并列; empty without a rank. */
void rank_text(struct buf *out, const struct bulletin *bulletin, const struct ranking_row *row);

/* Answers by item. Begin zeroed. */
struct answer_counts {
    int64_t resolution[RESOLUTION_ANSWERS];     /* by enum resolution_answer */
    int64_t satisfaction[SATISFACTION_ANSWERS]; /* by the label */
};
void answer_counts_add(struct answer_counts *into, const struct answer_table *answers);
struct answer_counts sample_answer_counts(const struct unit_sample *sample);

/* Valid and favourable answers by wave, as [rates] count them. */
struct nonresponse_trend sample_trend(const struct unit_sample *sample, enum item item,
                                      const struct rules *rules);
/* The row's rate had those without an answer all been unfavourable, or favourable; counts unweighted. */
struct interval row_bounds(const struct ranking_row *row, enum item item);
/* Released cases that are eligible or may be: the base of RR1. */
int64_t row_eligible(const struct ranking_row *row);

/* Every rate of AAPOR over all units, and the e they are taken with: each case counts once, or as its unit's frame over
 * its released cases. */
struct response_rates {
    double eligible_share;
    struct outcome_rates rates;
};
struct response_rates response_rates_of(const struct ranking *ranking, bool weighted);
enum { RESPONSE_RATES = 16 };
/* Name (rr1 … con3) and value of number `index` below RESPONSE_RATES, in AAPOR's order. */
const char *response_rate_name(size_t index);
double response_rate_at(const struct outcome_rates *rates, size_t index);

/* Whether any row has a sample: the row over all tells. */
bool ranking_has_sample(const struct ranking *ranking);
/* The last row; NULL of an empty ranking. */
const struct ranking_row *ranking_over_all(const struct ranking *ranking);

#endif
