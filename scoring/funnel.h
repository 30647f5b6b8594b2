#ifndef PINGYI_SCORING_FUNNEL_H
#define PINGYI_SCORING_FUNNEL_H

#include "base/err.h"

#include "scoring/interval.h"

#include <stddef.h>

/* Callers against each other: whose share of favourable answers (or of refusals, or of items not answered) lies
 * further from what their cases promise than chance explains (STATISTICS 9; Spiegelhalter 2005). An alarm is a reason
 * to listen to recordings, not proof. Thread: any. */
struct funnel_caller {
    int64_t valid;      /* n: answers that the caller brought */
    int64_t favourable; /* o, 0 <= o <= n */
    double expected;    /* sum over these of the rate p of each one's unit */
    double variance;    /* sum of p (1 - p) likewise */
};

/* Add `valid` answers of a unit (or of all, cases having been assigned at random) whose rate is `p`, `favourable` of
 * them favourable. */
void funnel_caller_add(struct funnel_caller *caller, int64_t valid, int64_t favourable, double p);

enum funnel_flag {
    FUNNEL_FEW = 0, /* fewer than FUNNEL_ANSWERS_MIN answers, or unable to vary: not judged */
    FUNNEL_OK,
    FUNNEL_ALERT, /* beyond 95 % */
    FUNNEL_ALARM, /* beyond 99.8 % */
};
enum { FUNNEL_ANSWERS_MIN = 20 };

struct funnel_point {
    double z;          /* (o - expected)/sqrt(variance); NaN where the variance is 0 */
    double z_adjusted; /* over sqrt(phi) where overdispersed; the flag's */
    enum funnel_flag flag;
};

/* How far the callers as a whole lie from what is expected. */
struct funnel {
    /* phi: mean of the squared z, each held within their 10 % and 90 % points; about 1 if chance is all, NaN without
     * any z. */
    double dispersion;
    /* phi > 1 + 2 sqrt(2/I) for I callers with a z: they differ by more than chance. */
    bool is_overdispersed;
};

/* Judge all callers of one item together; `out_points` has room for `count`. ERR_NOMEM. */
int funnel_judge(const struct funnel_caller *callers, size_t count, struct funnel *out_funnel,
                 struct funnel_point *out_points, struct err *err);

/* Where the share of a caller who is like the others, with `valid` > 0 answers, lies with two-sided probability
 * `level`: p -+ z sqrt(p (1 - p)/n), wider by sqrt(phi) where overdispersed. `p`, in (0,1), is the rate of all. For
 * drawing: may leave [0,1]. */
struct interval funnel_limits(const struct funnel *funnel, double p, int64_t valid, double level);

#endif
