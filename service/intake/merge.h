#ifndef PINGYI_SERVICE_INTAKE_MERGE_H
#define PINGYI_SERVICE_INTAKE_MERGE_H

#include "base/zone.h"

#include "importers/record.h"

#include "service/storage/orders.h"

/* How rows meet: what a later row changes of an earlier one, and which handling leads. Pure. Thread: any. */

/* Overwrite in `into` what the dump has a column for; the rest stays. id and part are left alone; marks about
 * contradictions are made anew. The unit is taken from `from`. */
void handling_merge(struct handling_row *into, const struct handling_row *from, uint64_t columns,
                    const struct zone *zone);

/* Give each handling of an order its part. The only one without a role leads; two leads, or several without a role,
 * are unclear. A returned handling stays its unit's own and decides nothing about the others. */
void handlings_assign_parts(struct handling_row *rows, int count);

/* Whether the row speaks for the order's own texts and words: the lead's does, or the first. */
bool handling_is_primary(const struct handling_row *row);

#endif
