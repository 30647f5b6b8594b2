#ifndef PINGYI_SCORING_INTERVAL_H
#define PINGYI_SCORING_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/* Intervals of one rate (STATISTICS 2). Of `frame` orders (N) `valid` were asked and answered (n), by chance;
 * `favourable` of them (x) say yes. `level` is two-sided, in (0,1), e.g. 0.95.
 *
 * 0 <= favourable <= valid. All return 0 <= low <= favourable/valid <= high <= 1; low is exactly 0 where none is
 * favourable and high exactly 1 where all are. Without an answer both ends are NaN. A frame that is answered as a whole
 * (valid >= frame) has the point itself, except by the two methods that know no frame. Thread: any. */
struct interval {
    double low, high;
};

/* What a rate speaks of: this period's orders, of which the unasked ones alone are uncertain, or the unit's way of
 * working, of which all the orders are but a sample (no finite population correction). Rules: [interval]. */
struct confidence {
    double level;
    bool process;
};

/* The z of a two-sided level: 1.96 for 0.95. */
double interval_z(double level);

/* Wilson (1927) for the rate `p` of `n` answers, n > 0 and not necessarily whole; infinite gives the point. Knows no
 * frame. 2.1. */
struct interval interval_wilson(double p, double n, double level);

/* The effective number of answers n (N - 1) / (N - n): infinite where the frame is answered as a whole. 2.2. */
double interval_effective(int64_t valid, int64_t frame);

/* The default: Wilson with the exact variance of drawing without replacement, clipped to what the answers that are
 * already counted leave possible. `favourable` need not be whole: answers worth 0 to 1 each make it wider than it need
 * be (Bhatia and Davis). With `process` Wilson alone. 2.2, 2.7. */
struct interval interval_default(double favourable, int64_t valid, int64_t frame,
                                 struct confidence confidence);

/* Clopper and Pearson (1934); knows no frame, covers at least `level`. 2.3. */
struct interval interval_clopper_pearson(int64_t favourable, int64_t valid, double level);

/* Korn and Graubard (1998): Clopper-Pearson with the design's effective number of answers. 2.4. */
struct interval interval_korn_graubard(int64_t favourable, int64_t valid, int64_t frame,
                                       double level);

/* Exact, from the hypergeometric distribution with equal tails (Wright 1991): covers at least `level` whatever the
 * truth, for appeals. Both ends times `frame` are whole numbers. 2.5. */
struct interval interval_exact(int64_t favourable, int64_t valid, int64_t frame, double level);

#endif
