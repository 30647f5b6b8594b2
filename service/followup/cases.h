#ifndef PINGYI_SERVICE_FOLLOWUP_CASES_H
#define PINGYI_SERVICE_FOLLOWUP_CASES_H

#include "service/followup/drawing.h"

/* Number the cases of the drawing's entries from 1, in order of first appearance. With `one_per_person` the orders of
 * one telephone number are one case, so that nobody is called for each of them; an order without a number is its
 * own. */
int cases_assign(struct drawing *drawing, bool one_per_person, struct err *err);

/* How many cases the sample has or, `released`, all orders released so far. */
int cases_count_drawn(const struct drawing *drawing, bool released, int64_t *out_count,
                      struct err *err);

#endif
