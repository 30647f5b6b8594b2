#ifndef PINGYI_SERVICE_INTAKE_APPLY_H
#define PINGYI_SERVICE_INTAKE_APPLY_H

#include "base/zone.h"

#include "service/auth/vault.h"
#include "service/intake/batch.h"
#include "service/intake/persons.h"
#include "service/intake/words.h"
#include "service/storage/imports.h"
#include "service/storage/sealer.h"

/* The writing half of an import: a batch of records after the other meets what is stored. Thread: the writer, which
 * holds an open transaction around each call.
 *
 * A record's order is
 *   new              -> stored at once, under an id that no reader sees yet
 *   of this file     -> the stored rows are compared and rewritten in place
 *   of an older file -> changes wait in the pending tables until apply_finish, because only the whole file tells
 *                       whether a new unit joins the others or takes over from one (改派) */
struct apply {
    struct store *store;
    struct sealer sealer; /* of orders */
    struct vault_index
        *index; /* borrowed; makes numbers blind here, for the reading thread has more to do */
    const struct zone *zone;
    struct words words;
    struct persons persons;
    int64_t import_id, extracted_utc;
    int64_t first_order_id, end_order_id; /* of the orders this import has made */
    uint64_t columns;
    struct import_counts counts;
    int64_t joined_surplus; /* pending additions that share a record with another one */
    int64_t known_import_id, known_extracted_utc; /* the import looked up last */
    struct buf packed, opened, sealed;
    struct apply_room *room; /* of the batch at hand */
};

int apply_init(struct apply *apply, struct store *store, struct sealer sealer,
               struct vault_index *index, const struct zone *zone, struct err *err);
void apply_deinit(struct apply *apply); /* accepts a zeroed one */

/* The records among `items`, at most BATCH_ITEMS, in their order. */
int apply_batch(struct apply *apply, const struct batch_item *items, size_t count, struct err *err);

/* After the last record: transfers are told from additions, and what waited takes its place
 * (apply_finish.c). */
int apply_finish(struct apply *apply, struct err *err);

#endif
