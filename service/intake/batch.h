#ifndef PINGYI_SERVICE_INTAKE_BATCH_H
#define PINGYI_SERVICE_INTAKE_BATCH_H

#include "base/arena.h"
#include "base/err.h"

#include "importers/reader.h"

#include <pthread.h>

/* What the reading thread hands to the writing one: records and rejects, deep copied, some hundred at a time. A fixed
 * ring of batches goes round, so memory does not grow with the file. */

enum {
    BATCH_ITEMS = 256,
    BATCH_BYTES = 512 * 1024,           /* a batch is handed on once it holds more */
    BATCH_MAX_BYTES = 64 * 1024 * 1024, /* one record may be as long as the reader lets it */
    BATCHES = 64,
};

enum batch_item_kind { ITEM_RECORD, ITEM_REJECT };

/* What the writer needs of a record, and nothing more: some hundred of them travel between two processors' caches. */
struct batch_item {
    enum batch_item_kind kind;
    uint32_t flags; /* enum record_flag */
    int64_t line;
    int64_t order_id; /* the id it gets if its order is new; `sealed` is bound to it */
    struct bytes order_no, unit_code, category, region, channel, urgency, status_word, repeat_of;
    struct bytes hotline_resolved, hotline_satisfaction, unit_resolved;
    const struct bytes *units; /* unit_count of them */
    int unit_count;
    int32_t redo_count;
    enum handling_role role;
    struct fact fact;
    struct moment first_closed;
    struct bytes phone;  /* digits */
    struct bytes packed; /* texts_pack of its texts, reply at place 0 */
    struct bytes sealed;
    const struct reject *reject; /* ITEM_REJECT: this alone */
};

struct batch {
    struct arena arena;
    struct batch_item *items; /* BATCH_ITEMS */
    size_t count;
    int64_t done_bytes; /* of the file, when it was handed on */
    bool is_last;
    int rc; /* of the reader; not OK only in the last one */
    struct err err;
};

/* Two rings under one lock: free batches and full ones. */
struct batch_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch batches[BATCHES];
    struct batch *free_ring[BATCHES], *full_ring[BATCHES];
    size_t free_count, full_count;
    bool canceled; /* the writer has given up */
};

int batch_queue_init(struct batch_queue *queue, struct err *err);
void batch_queue_deinit(struct batch_queue *queue); /* accepts a zeroed one */

/* Reader: an empty batch; NULL once canceled. */
struct batch *batch_queue_take_free(struct batch_queue *queue);
void batch_queue_put_full(struct batch_queue *queue, struct batch *batch);
/* Writer. */
struct batch *batch_queue_take_full(struct batch_queue *queue);
bool batch_queue_is_empty(struct batch_queue *queue); /* of full ones */
void batch_queue_put_free(struct batch_queue *queue, struct batch *batch);
void batch_queue_cancel(struct batch_queue *queue);

/* The next item, zeroed; NULL when the batch has to be handed on first. */
struct batch_item *batch_next_item(struct batch *batch);

#endif
