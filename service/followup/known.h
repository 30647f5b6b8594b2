#ifndef PINGYI_SERVICE_FOLLOWUP_KNOWN_H
#define PINGYI_SERVICE_FOLLOWUP_KNOWN_H

#include "base/buf.h"

#include "service/storage/outcomes.h"
#include "service/storage/sealer.h"

/* Which stored attempt a row of a file is about. Thread: one owner at a time.
 *
 * A row with the content of an attempt is that attempt. Else an attempt of an older file, of the same order, time and
 * caller, is corrected, unless the file has that attempt too. What is left is a new attempt, or, where the time tells
 * the second, a second row about one call. An attempt without a time is known by its content alone. */

enum known_as { KNOWN_UNCHANGED, KNOWN_CORRECTED, KNOWN_NEW, KNOWN_DUPLICATE };

struct known_attempts {
    struct store *store;
    struct sealer door;
    struct buf plain;
    int64_t *
        met; /* attempts of older files that this file has too, by the row id of their seal; 0: free */
    size_t met_capacity, met_count;
};

void known_init(struct known_attempts *known, struct store *store, struct sealer door);
void known_deinit(struct known_attempts *known); /* accepts a zeroed one */

/* `row` has all but `no` and `sealed`; `packed` is what would be sealed. Sets row->no; after KNOWN_NEW it may be
 * ATTEMPTS_AN_ORDER, which no attempt can be. */
int known_find(struct known_attempts *known, struct attempt_row *row, struct bytes packed,
               enum known_as *out_as, struct err *err);

#endif
