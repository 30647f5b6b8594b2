#ifndef PINGYI_SERVICE_ROUNDS_SAMPLED_H
#define PINGYI_SERVICE_ROUNDS_SAMPLED_H

#include "base/arena.h"

#include "scoring/ranking.h"

#include "service/storage/draws.h"
#include "service/storage/outcomes.h"

/* What the sample of a round brought, per unit: every released case with its final disposition and that attempt's
 * answers. Thread: that of the store. */

struct sampled_unit {
    struct bytes code;
    int64_t sample, reserve, released; /* 0 for a unit that the draw gave nothing */
    struct unit_sample counts;
};

struct sampled {
    bool has_draw;               /* all below is of the draw in force */
    int64_t draw_no, draw_count; /* draw `draw_no` of `draw_count` */
    struct sampled_unit *units;  /* all of the frame, by code */
    size_t unit_count;
};

/* Needs an open transaction; memory is the arena's. Reads drawn orders and attempts side by side, once. ERR_CORRUPT for
 * what no draw or import stores: a unit that is not in the frame, a code that is none. */
int sampled_load(struct store *store, int64_t round_id, struct arena *arena, struct sampled *out,
                 struct err *err);

/* NULL: the unit is not in the frame. */
const struct sampled_unit *sampled_find(const struct sampled *sampled, struct bytes code);

/* The final outcome of one case. The attempts come by time, then as they came in. */
struct final_outcome {
    enum outcome_group group; /* OUTCOME_UNKNOWN_UNWORKED without an attempt */
    int attempt;              /* number of the attempt that prevailed, from 1; 0: none */
    enum resolution_answer resolved;
    int satisfaction; /* SATISFACTION_MISSING, 1 to 5 */
    bool still_open;
    int attempts;      /* so far */
    int64_t caller_id; /* of the attempt that prevailed; 0: not said */
};
/* Zeroed but for group = OUTCOME_UNKNOWN_UNWORKED at first. An ineligible order has no answers; a code that is none of
 * AAPOR's says nothing. */
void final_outcome_add(struct final_outcome *outcome, const struct attempt_row *attempt);

/* A walk over the drawn orders of a draw and, beside it, their attempts. */
struct sampled_sink {
    int (*on_attempt)(void *context, const struct attempt_row *attempt,
                      struct err *err); /* before the case it belongs to; may be NULL */
    int (*on_case)(void *context, const struct drawn_row *row, const struct final_outcome *outcome,
                   struct err *err);
    void *context;
};
/* Needs an open transaction. ERR_CORRUPT for a code that is none. */
int sampled_cases_each(struct store *store, int64_t round_id, int64_t draw_no,
                       struct sampled_sink sink, struct err *err);

#endif
