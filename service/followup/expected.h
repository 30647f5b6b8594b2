#ifndef PINGYI_SERVICE_FOLLOWUP_EXPECTED_H
#define PINGYI_SERVICE_FOLLOWUP_EXPECTED_H

#include "scoring/allocation.h"

#include "service/rounds/framing.h"

/* What the last scored round of the kind lets expect, read from what was published of it. */
struct expected {
    double response, rate; /* RR1 and satisfaction rate of all; NAN: not known */
    double *unit_rates;    /* satisfaction rate of each unit of the framing; NAN: not known */
};

/* Memory is the arena's. Without such a round nothing is known, which is no error. */
int expected_load(const struct datadir *datadir, const struct round_row *round,
                  const struct framing *framing, struct arena *arena, struct expected *out,
                  struct err *err);

#endif
