#ifndef PINGYI_SERVICE_ROUNDS_REPEATS_H
#define PINGYI_SERVICE_ROUNDS_REPEATS_H

#include "service/rounds/evaluation.h"
#include "service/rounds/register.h"
#include "service/rounds/requests.h"

/* Whether a repeat (重复件) is merged into its first order (并单), which has to be looked up. Thread: that of the
 * store. */
struct repeats {
    struct store *store;
    const struct unit_register *registered;
    const struct requests *requests; /* a first order that left the rate by request is excluded */
    int64_t end_id;                  /* of visible handlings */
    /* The first order is judged whatever its period: the same rules over all days. */
    struct rules rules;
    struct judge judge;
};

void repeats_init(struct repeats *repeats, struct store *store,
                  const struct unit_register *registered, const struct round_basis *basis,
                  const struct requests *requests, int64_t end_id);

int repeats_is_merged(struct repeats *repeats, int64_t handling_id, int64_t unit_name_id,
                      const struct fact *fact, bool *out_is_merged, struct err *err);

#endif
