#ifndef PINGYI_SERVICE_ROUNDS_ORDER_PART_H
#define PINGYI_SERVICE_ROUNDS_ORDER_PART_H

#include "scoring/frame.h"

#include "service/rounds/evaluation.h"

/* How one handling counts in each rate of one round: what `orders show` tells. */

struct order_answer {
    bool is_valid;      /* in the rate's denominator */
    bool is_favourable; /* in its numerator, by [rates] */
    double points;      /* by [points], in [0,1]; NAN unless is_valid */
};

/* What does not apply is zeroed, points are NAN. */
struct order_part {
    struct verdict verdict;   /* in the on-time rate */
    enum frame_reason reason; /* FRAME_IN, or why it is not to be drawn; of a draft as it stands */

    int64_t draw_no;              /* the draw in force; 0: none */
    int64_t position;             /* in ticket order within its unit, from 1; 0: not drawn */
    bool is_sample;               /* drawn as sample, else as reserve */
    bool is_released;             /* to be called, or called */
    struct final_outcome outcome; /* of a released one */
    struct order_answer resolution, satisfaction;
};

/* `row` is today's fact; a frozen round answers by what it froze. ERR_NOT_FOUND: a frozen round does not have the
 * handling. ERR_WRONG_STATE for an accumulated round, which is explained by its parts. Else as evaluation_explain. */
int order_part_get(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, const struct fact_row *row,
                   struct bytes order_no, struct order_part *out, struct err *err);

#endif
