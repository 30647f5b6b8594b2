#ifndef PINGYI_SERVICE_COMMANDS_ORDER_VIEW_H
#define PINGYI_SERVICE_COMMANDS_ORDER_VIEW_H

#include "base/buf.h"

#include "service/host/datadir.h"

/* All that is known of one order, for the office to check: what the person said is masked. Needs an open transaction.
 * Appends an object of JSON, or the same as lines for people. ERR_NOT_FOUND. */
int order_view_render(const struct datadir *datadir, struct bytes order_no, int64_t now_utc,
                      bool json, struct buf *out, struct err *err);

#endif
