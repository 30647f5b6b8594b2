#ifndef PINGYI_SCORING_ALLOCATION_H
#define PINGYI_SCORING_ALLOCATION_H

#include "scoring/rules.h"

/* How many orders of each unit are drawn, and what a size is worth. STATISTICS.md 6. Thread: any.
 *
 * Counts are below 2^53 in sum, so that doubles hold them exactly. Rates and margins are ratios in [0,1]; z is
 * normal_quantile((1 + level) / 2) of distribution.h, 1.96 for 95 %. */

/* One unit as it is planned for; units stand in the order of their codes, which decides the last tie. */
struct allocation_unit {
    int64_t frame; /* orders that may be drawn, >= 0 */
    double
        plan_rate; /* read by neyman alone: the rate expected there; NAN, nothing known, plans with 0.5 */
};

struct allocation_share {
    double exact;   /* before rounding */
    int64_t sample; /* orders to draw, 0 to `frame` */
};

/* What the rules leave open, summed over the units: the least total (every unit its minimum or all it has) and the most
 * (every unit its cap or all it has). 0, 0 without units. */
void allocation_bounds(const struct rules *rules, const struct allocation_unit *units,
                       size_t unit_count, int64_t *out_least, int64_t *out_most);

/* Share `total` (>= 0) orders out by rules->allocation: method, power, min_per_unit, cap (0: none).
 *
 * Each unit has a size: its frame N (proportional), 1 (equal), N^power (power; Bankier 1988) or N sqrt(p(1-p)) with p
 * clamped to [0.05, 0.95] (neyman; Neyman 1934); an empty frame has size 0. The exact shares are clamp(t size, least,
 * most) with the one t whose shares add up to `total`, all bounds met at once (Wesolowski et al. 2022). They are
 * rounded by largest remainder to 9 decimals, then larger frame, then earlier unit; a unit at its bound takes no more.
 *
 * out_shares    one for each unit; samples add up to `total`, or to the most there is
 * out_is_short  `total` is more than the units can give, and every unit gives its most
 * ERR_REFUSED   `total` is below the sum of the minimums, which allocation_bounds tells; ERR_NOMEM */
int allocation_compute(const struct rules *rules, const struct allocation_unit *units,
                       size_t unit_count, int64_t total, struct allocation_share *out_shares,
                       bool *out_is_short, struct err *err);

/* Orders that wait behind a sample in case it has to be topped up: `times` the sample (>= 0), rounded up, as far as the
 * frame reaches. */
int64_t allocation_reserve(int64_t frame, int64_t sample, double times);

/* ---- what a size is worth ---- */

/* What is planned with: the rate looked for (0.5 is the most careful), the share of those drawn who answer, and z. */
struct plan {
    double rate;     /* in [0,1] */
    double response; /* in (0,1] */
    double z;
};

struct sample_size {
    double unlimited; /* answers wanted from an endless population, n0 */
    int64_t answers;  /* answers wanted from this frame, at most the frame */
    int64_t drawn;    /* orders to draw for so many answers, at most the frame */
};

/* Size for a margin (half the width of the interval) of at most `margin`, in (0,1): n0 = z^2 p(1-p) / margin^2, answers
 * n0 / (1 + (n0 - 1) / frame), orders answers / response, both rounded up (STATISTICS.md 6.3; Cochran 1977, 4.4). Zeros
 * for an empty frame, and at a planned rate of 0 or 1, where nothing varies. */
struct sample_size sample_size_for(int64_t frame, double margin, const struct plan *plan);

struct expectation {
    double answers; /* expected, not rounded */
    double margin;  /* half the width of the interval, at most 1; NAN where no answer is expected */
};

/* What `drawn` of `frame` orders should bring. The margin is the one that sample_size_for solves for the size, z
 * sqrt(p(1-p)/m (N-m)/(N-1)) with m answers of N orders, so that a size for 5 points is never shown as 5.1; 0 for a
 * census. The Wilson interval of the results is narrower than that around 0.5 and a little wider close to 0 and 1. */
struct expectation expectation_of(int64_t frame, int64_t drawn, const struct plan *plan);

/* The same over all units, every unit weighing as its frame does (STATISTICS.md 1.3): variances add up by squared
 * weight. Units that expect no answer are left out of the margin; NAN when no unit is left. */
struct expectation expectation_of_all(const struct allocation_unit *units,
                                      const struct allocation_share *shares, size_t unit_count,
                                      const struct plan *plan);

#endif
