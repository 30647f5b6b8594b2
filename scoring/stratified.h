#ifndef PINGYI_SCORING_STRATIFIED_H
#define PINGYI_SCORING_STRATIFIED_H

#include "scoring/interval.h"

#include <stddef.h>

/* One figure for several units, all of them or those of a class, or for several rounds, whose sampled shares differ
 * (STATISTICS 1). The answers of a unit in a round are taken for a simple random sample of its frame, and each weighs
 * as much as its frame. Adding up the answers, or averaging the rates, is something else. Thread: any. */

/* What one unit's citizens answered to one item, each answer with a value: 1 or 0 for a rate, 0 to 1 for points. */
struct stratum {
    int64_t frame;    /* N */
    int64_t released; /* n, m <= n <= N; only stratified_domain asks for it */
    int64_t valid;    /* m */
    double sum;       /* of the m values */
    double squares;   /* sum of their squares */
};

/* Count `count` more answers worth `value` each. */
void stratum_add(struct stratum *stratum, double value, int64_t count);

/* The variance of the unit's mean, (1/m - 1/N) s^2 with s^2 over m - 1; with `process` s^2/m. 0 where all of the frame
 * answered; a single answer of several orders, which says nothing of the spread, is given s^2 = 0.24; NaN without an
 * answer. 1.3, 1.4. */
double stratum_variance(const struct stratum *stratum, bool process);

/* All but `coverage` are NaN where nobody answered. `effective` is the number of answers of a simple random sample that
 * would say as much, for rates alone, else NaN. `coverage` is the share of the frame whose units have an answer, NaN
 * without a frame; below 1 the units that are not in the figure must be named. */
struct stratified {
    double point;
    double variance; /* of the point */
    double effective;
    struct interval interval; /* of a rate within [0,1]; of a mean perhaps not */
    double coverage;
};

/* Strata added up one by one, for who does not have them side by side. Begin zeroed. */
struct stratified_sum {
    double frame, frame_answered; /* of all; of those with an answer */
    double total, variance;       /* of the answered frames' values */
    double unseen; /* sum of N^2 over the strata's own effective numbers of answers */
};
void stratified_sum_add(struct stratified_sum *sum, const struct stratum *stratum, bool process);

/* The rate over what was added, all values 0 or 1: stratified_rate of the same strata. */
struct stratified stratified_sum_rate(const struct stratified_sum *sum, double level);

/* The default for rates, all values 0 or 1: post-stratified to the frame, Wilson's interval with the effective number
 * of answers. 1.3, 1.5 (Sarndal, Swensson and Wretman 15.6; Franco, Little, Louis and Slud 2019). */
struct stratified stratified_rate(const struct stratum *strata, size_t count,
                                  struct confidence confidence);

/* The same for points, interval by the normal distribution. 1.5. */
struct stratified stratified_mean(const struct stratum *strata, size_t count,
                                  struct confidence confidence);

/* For comparison only: each answer weighs N/n, so that a unit that answers little weighs little; linearised variance
 * over all released cases (1.2; Lumley 2010), of which a single one in a unit is given the s^2 of stratum_variance.
 * Units without a released case are not in it; `coverage` is the share of the frame of those that have one. Where all
 * released cases answered it is Cochran's mean of a stratified sample (1.1). */
struct stratified stratified_domain(const struct stratum *strata, size_t count, double level);

#endif
