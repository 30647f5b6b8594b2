#ifndef PINGYI_SCORING_DISTRIBUTION_H
#define PINGYI_SCORING_DISTRIBUTION_H

#include <stdint.h>

/* Probabilities and their inverses, as far as the intervals need them. Arguments outside of the stated range give NaN.
 * Accurate to about 1e-13 of the value; the hypergeometric tails and large betas (a + b near 1e6) to about 1e-9, for
 * they are exponents of differences of log-gammas. Thread: any. */

/* P(Z <= z) of the standard normal distribution; any z, infinite ones too. */
double normal_cdf(double z);

/* The z with P(Z <= z) = p, for p in [0,1]; -inf at 0, inf at 1. */
double normal_quantile(double p);

/* P(X <= x) of the beta distribution, the regularised incomplete beta function; x in [0,1], a > 0, b > 0. */
double beta_cdf(double x, double a, double b);

/* The x in [0,1] with P(X <= x) = p, for p in [0,1], a > 0, b > 0. */
double beta_quantile(double p, double a, double b);

/* P(X >= x) and P(X <= x), where X counts the marked ones among `drawn` of a `frame` that holds `marked` of them, drawn
 * without replacement. 0 <= drawn, marked <= frame; x may lie outside of what
 * is possible, no further than 2^62. */
double hypergeometric_at_least(int64_t x, int64_t frame, int64_t marked, int64_t drawn);
double hypergeometric_at_most(int64_t x, int64_t frame, int64_t marked, int64_t drawn);

#endif
