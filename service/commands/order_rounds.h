#ifndef PINGYI_SERVICE_COMMANDS_ORDER_ROUNDS_H
#define PINGYI_SERVICE_COMMANDS_ORDER_ROUNDS_H

#include "service/rounds/evaluation.h"

#include <jansson.h>

/* One handling of an order, and what is needed to say how it counts. */
struct order_in_rounds {
    const struct datadir *datadir;
    struct arena *arena; /* for what lives as long as the view */
    int64_t now_utc;
    struct bytes order_no;
    const struct handling_row *handling;
};

/* Append to `rounds` how the handling counts in each rate of the round and why: nothing when it is not of the round's
 * period, one object for an ordinary round, one for each part of an accumulated round that has it (counted by the
 * part's rules, its answers by those of the sum). A round that cannot be judged yet says why. Needs an open
 * transaction. */
int order_round_to_json(const struct order_in_rounds *order, const struct round_row *round,
                        json_t *rounds, struct err *err);

#endif
