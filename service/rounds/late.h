#ifndef PINGYI_SERVICE_ROUNDS_LATE_H
#define PINGYI_SERVICE_ROUNDS_LATE_H

#include "base/arena.h"

#include "service/host/datadir.h"

/* What came too late: orders that an import added or changed and that a frozen round would now count, judge or frame
 * otherwise than it froze them, would count for another unit, or count no more. Nothing of it changes the round; the
 * office is told, and may reopen it. */

enum { LATE_ORDERS_NAMED = 20 };

struct late_round {
    struct bytes name;
    int64_t orders;
    struct bytes order_nos[LATE_ORDERS_NAMED]; /* older orders first, as they were first loaded */
    size_t order_no_count;
};

struct late {
    struct late_round *rounds; /* those with such orders, by from_day and name */
    size_t round_count;
};

/* For the import that was loaded last and all rounds that have facts of their own. What a round froze after the import
 * is not late for it, and orders that only repeat one that the import changed are not looked at. Time grows with the
 * import and the number of frozen rounds, memory with the latter. Needs an open transaction; the result is the
 * arena's. ERR_NOT_FOUND: no such import. */
int late_find(const struct datadir *datadir, int64_t import_id, struct arena *arena,
              struct late *out, struct err *err);

#endif
