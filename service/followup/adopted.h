#ifndef PINGYI_SERVICE_FOLLOWUP_ADOPTED_H
#define PINGYI_SERVICE_FOLLOWUP_ADOPTED_H

#include "service/followup/drawing.h"

/* Find the order numbers in the frame, and make them the drawing's sample: units and entries. ERR_REFUSED names a
 * number that stands twice or is not in the frame. */
int adopted_take(struct drawing *drawing, const struct bytes *order_nos, size_t count,
                 struct err *err);

#endif
