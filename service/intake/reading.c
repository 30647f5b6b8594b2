#include "service/intake/reading.h"

#include "base/alloc.h"

#include "scoring/judge.h"

#include "service/intake/texts.h"

enum { TEXTS_MAX_BYTES = 64 * 1024 * 1024 };

static int hand_on(struct reading *reading, struct err *err)
{
    struct batch *full = reading->batch;
    full->done_bytes = reading->done_bytes;
    reading->batch = NULL;
    if (reading->on_batch != NULL) {
        int rc = reading->on_batch(reading->context, full, err);
        batch_queue_put_free(reading->queue, full);
        if (rc != OK)
            return rc;
    } else {
        batch_queue_put_full(reading->queue, full);
    }
    reading->batch = batch_queue_take_free(reading->queue);
    return reading->batch != NULL ? OK : err_set(err, ERR_CANCELED, "the import was given up");
}

static int next_item(struct reading *reading, struct batch_item **out, struct err *err)
{
    *out = batch_next_item(reading->batch);
    if (*out != NULL)
        return OK;
    int rc = hand_on(reading, err);
    if (rc == OK)
        *out = batch_next_item(reading->batch);
    return rc;
}

/* Copy a text into the batch; an empty one stays empty. */
static bool keep(struct reading *reading, struct bytes *text)
{
    if (text->len == 0) {
        *text = BYTES_NONE;
        return true;
    }
    *text = arena_copy(&reading->batch->arena, *text);
    return text->ptr != NULL;
}

static bool keep_record(struct reading *reading, struct record *record)
{
    bool kept = keep(reading, &record->order_no) && keep(reading, &record->unit_code) &&
                keep(reading, &record->channel) && keep(reading, &record->category) &&
                keep(reading, &record->region) && keep(reading, &record->urgency) &&
                keep(reading, &record->status_word) && keep(reading, &record->repeat_of) &&
                keep(reading, &record->hotline_resolved) &&
                keep(reading, &record->hotline_satisfaction) && keep(reading, &record->unit_resolved);
    for (int i = 0; i < record->unit_count && kept; i++)
        kept = keep(reading, &record->units[i]);
    return kept;
}

static int seal_texts(struct reading *reading, const struct record *record, struct batch_item *item,
                      struct err *err)
{
    struct texts texts = {
        .title = record->title,
        .content = record->content,
        .citizen_name = record->citizen_name,
        .citizen_phone = record->citizen_phone,
        .replies = {record->reply},
    };
    buf_clear(&reading->packed);
    buf_clear(&reading->sealed);
    texts_pack(&texts, &reading->packed);
    int rc = buf_status(&reading->packed, err);
    if (rc == OK)
        rc = reading->door.seal(reading->door.context, item->order_id, buf_bytes(&reading->packed),
                                &reading->sealed, err);
    if (rc == OK && record->phone.len > 0)
        rc = vault_index_of(reading->index, record->phone, &item->phone_key, err);
    item->packed = buf_bytes(&reading->packed);
    item->sealed = buf_bytes(&reading->sealed);
    return rc;
}

/* What only shows when dates are held against each other, or against the time of extraction. */
static void note_contradictions(const struct reading *reading, struct record *record)
{
    uint32_t marks = fact_contradictions(&record->fact, reading->zone);
    record->fact.marks |= marks;
    if ((marks & FACT_CLOSED_BEFORE_RECEIVED) != 0)
        record->flags |= RECORD_CLOSED_BEFORE_RECEIVED;
    if ((marks & FACT_DUE_BEFORE_RECEIVED) != 0)
        record->flags |= RECORD_DUE_BEFORE_RECEIVED;
    if (record->fact.flag != OVERDUE_FLAG_NONE &&
        fact_flag_disagrees(&record->fact, reading->extracted_utc, reading->zone))
        record->flags |= RECORD_FLAG_DISAGREES;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct reading *reading = context;
    struct batch_item *item = NULL;
    int rc = next_item(reading, &item, err);
    if (rc != OK)
        return rc;
    item->kind = ITEM_RECORD;
    item->record = *record;
    item->order_id = reading->next_order_id++;
    note_contradictions(reading, &item->record);
    rc = seal_texts(reading, record, item, err);
    if (rc != OK)
        return rc;
    if (!keep(reading, &item->packed) || !keep(reading, &item->sealed) ||
        !keep_record(reading, &item->record))
        return err_set(err, ERR_NOMEM, "could not keep the record of line %lld",
                       (long long)record->line);
    return OK;
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct reading *reading = context;
    struct batch_item *item = NULL;
    int rc = next_item(reading, &item, err);
    if (rc != OK)
        return rc;
    item->kind = ITEM_REJECT;
    item->reject = *reject;
    struct bytes *cells = arena_alloc(&reading->batch->arena,
                                      size_multiply(reject->cell_count + 1, sizeof *cells));
    bool kept = cells != NULL && keep(reading, &item->reject.column) &&
                keep(reading, &item->reject.value);
    for (size_t i = 0; i < reject->cell_count && kept; i++) {
        cells[i] = reject->cells[i];
        kept = keep(reading, &cells[i]);
    }
    item->reject.cells = cells;
    if (!kept)
        return err_set(err, ERR_NOMEM, "could not keep the rejected line %lld",
                       (long long)reject->line);
    return OK;
}

static int on_layout(void *context, const struct reader_layout *layout, struct err *err)
{
    (void)context;
    (void)layout;
    (void)err;
    return OK;
}

int reading_init(struct reading *reading, const struct vault *vault, struct err *err)
{
    struct reader_sink sink = {on_layout, on_record, on_reject, reading};
    buf_init(&reading->packed, TEXTS_MAX_BYTES);
    buf_init(&reading->sealed, TEXTS_MAX_BYTES);
    int rc = vault_sealer_new(vault, "order", &reading->sealer, err);
    if (rc == OK)
        rc = vault_index_new(vault, &reading->index, err);
    if (rc == OK)
        rc = reader_new(reading->profile, reading->encoding, reading->zone, sink, &reading->reader, err);
    if (rc == OK)
        reading->door = vault_sealer_door(reading->sealer);
    return rc;
}

void reading_deinit(struct reading *reading)
{
    reader_free(reading->reader);
    vault_index_free(reading->index);
    vault_sealer_free(reading->sealer);
    buf_deinit(&reading->packed);
    buf_deinit(&reading->sealed);
    reading->reader = NULL;
    reading->index = NULL;
    reading->sealer = NULL;
}

static int read_all(struct reading *reading, struct err *err)
{
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not read a file");
    int rc = OK;
    size_t len = 1;
    while (rc == OK && len > 0) {
        rc = source_read(reading->source, reading->done_bytes, block, &len, err);
        reading->done_bytes += rc == OK ? (int64_t)len : 0;
        if (rc == OK && len > 0)
            rc = reader_feed(reading->reader, (struct bytes){block, len}, err);
    }
    if (rc == OK)
        rc = reader_finish(reading->reader, err);
    mem_free(block);
    return rc;
}

int reading_run(struct reading *reading, struct err *err)
{
    struct err own = {0};
    reading->batch = batch_queue_take_free(reading->queue);
    int rc = read_all(reading, &own);
    struct batch *last = reading->batch;
    if (last == NULL) { /* given up by the writer, which waits for nothing more */
        *err = own;
        return rc;
    }
    reading->batch = NULL;
    last->is_last = true;
    last->rc = rc;
    last->err = own;
    last->done_bytes = reading->done_bytes;
    if (reading->on_batch == NULL) {
        batch_queue_put_full(reading->queue, last);
        return OK;
    }
    if (rc == OK)
        rc = reading->on_batch(reading->context, last, &own);
    batch_queue_put_free(reading->queue, last);
    if (rc != OK)
        *err = own;
    return rc;
}
