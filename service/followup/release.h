#ifndef PINGYI_SERVICE_FOLLOWUP_RELEASE_H
#define PINGYI_SERVICE_FOLLOWUP_RELEASE_H

#include "service/rounds/lifecycle.h"

/* draw_top_up, and, where the round is phoned, its new cases: an order that is released and no case's would never be
 * called. *out_cases: how many. Needs an open write transaction, which is rolled back after an error. Thread: any. */
int release_reserve(const struct datadir *datadir, const struct round_row *round,
                    struct bytes unit_code, int64_t count, struct bytes why,
                    const struct actor *actor, int64_t *out_cases, struct err *err);

#endif
