#ifndef PINGYI_SERVICE_INTAKE_PRESENT_H
#define PINGYI_SERVICE_INTAKE_PRESENT_H

#include "service/intake/words.h"
#include "service/storage/orders.h"

/* The handlings of an order as the import sees them: stored ones, what waits for them, and additions. */
struct present {
    int64_t order_id;
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int64_t identities[HANDLINGS_AN_ORDER];
    int count;
    int stored_count; /* the first so many are stored; the others wait to be added */
};

/* `is_own`: the order is of the import that is loading, so nothing waits for it. Thread: the writer. */
int present_load(struct words *words, int64_t order_id, bool is_own, struct present *present,
                 struct err *err);

/* Where the unit stands in it; -1: nowhere. */
int present_find(const struct present *present, int64_t identity);

/* The id that the order's next handling gets. */
int64_t present_next_id(const struct present *present);

#endif
