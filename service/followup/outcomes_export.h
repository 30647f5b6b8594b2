#ifndef PINGYI_SERVICE_FOLLOWUP_OUTCOMES_EXPORT_H
#define PINGYI_SERVICE_FOLLOWUP_OUTCOMES_EXPORT_H

#include "service/rounds/lifecycle.h"

/* Append every attempt on the orders of the round's draw in force, as CSV of DESIGN.md 7.2, by drawn order and time:
 * what `outcomes import` of the same draw elsewhere makes the same attempts of, so that both score alike. It has order
 * numbers and what people said, each cell disarmed for whoever opens it in a spreadsheet. Needs an open transaction.
 * ERR_NOT_FOUND: no draw. Thread: any. */
int outcomes_export(const struct datadir *datadir, const struct round_row *round, struct buf *out,
                    int64_t *out_rows, struct err *err);

#endif
