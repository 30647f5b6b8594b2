#ifndef PINGYI_SERVICE_INTAKE_READING_H
#define PINGYI_SERVICE_INTAKE_READING_H

#include "service/auth/vault.h"
#include "service/intake/batch.h"
#include "service/intake/document.h"

/* The reading half of an import: bytes -> records -> sealed, copied into batches. Runs in its own thread, or in the
 * writer's own between two batches. */
struct reading {
    struct document *document; /* recognised; borrowed, as all of these */
    const struct document_wish *wish;
    const struct zone *zone;
    int64_t extracted_utc;
    int64_t next_order_id; /* ids for new orders, one a record */
    struct batch_queue *queue;
    /* Called instead of the queue when reader and writer take turns; NULL otherwise. */
    int (*on_batch)(void *context, struct batch *batch, struct err *err);
    void *context;

    struct reader *reader;
    struct vault_sealer *sealer;
    struct sealer door;
    struct batch *batch;
    struct buf packed, sealed;
    enum refusal refusal; /* of a workbook that breaks while it is read */
};

/* `reading` has its borrowed fields set. ERR_NOMEM and what the vault says. */
int reading_init(struct reading *reading, const struct vault *vault, struct err *err);
void reading_deinit(struct reading *reading); /* accepts a zeroed one */

/* Read all. With a queue, the last batch carries the result and this returns OK; without one the result is returned.
 * ERR_REFUSED when the file is no dump: reading_refusal says why. */
int reading_run(struct reading *reading, struct err *err);
enum refusal reading_refusal(const struct reading *reading);

#endif
