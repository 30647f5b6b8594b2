#ifndef PINGYI_SCORING_NONRESPONSE_H
#define PINGYI_SCORING_NONRESPONSE_H

#include "scoring/interval.h"

/* What those who were not reached could change; no interval of a rate contains it (STATISTICS 8). Thread: any. */

/* The rate if none, or if all, of the eligible released cases without an answer were favourable: [x/(n - NE),
 * (x + n - NE - m)/(n - NE)] for n `released` cases, of which NE `ineligible`, m `valid` answers and x `favourable`
 * ones. 0 <= x <= m <= n - NE. Both ends NaN where no released case was eligible. 8.4. */
struct interval nonresponse_bounds(int64_t released, int64_t ineligible, int64_t valid,
                                   int64_t favourable);

/* Answers by the attempt that brought them: 1, 2, 3 and more. If those who are hard to reach answer otherwise than the
 * rest, those who were never reached would too. */
enum { NONRESPONSE_WAVES = 3 };

/* The wave, from 0, of attempt number `attempt`, from 1. */
int nonresponse_wave_of(int64_t attempt);

struct nonresponse_trend {
    int64_t valid[NONRESPONSE_WAVES];
    int64_t favourable[NONRESPONSE_WAVES];
};

struct nonresponse_wave {
    double point; /* favourable/valid in [0,1]; NaN without an answer */
    struct interval
        interval; /* Wilson at `level`: how many would answer at that attempt is not known. NaN likewise */
};

/* The rate of each wave. 8.4. */
void nonresponse_trend_estimate(const struct nonresponse_trend *trend, double level,
                                struct nonresponse_wave out_waves[NONRESPONSE_WAVES]);

#endif
