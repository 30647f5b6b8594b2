#include "service/intake/reading.h"

#include "base/alloc.h"

#include "scoring/judge.h"

#include "service/intake/texts.h"

#include <string.h>

enum { TEXTS_MAX_BYTES = 64 * 1024 * 1024, ITEM_TEXTS = 14 /* of an item, without its units */ };

static int hand_on(struct reading *reading, struct err *err)
{
    struct batch *full = reading->batch;
    full->done_bytes = reading->document->done_bytes;
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
static bool keep(struct reading *reading, struct bytes text, struct bytes *out)
{
    *out = BYTES_NONE;
    if (text.len == 0)
        return true;
    *out = arena_copy(&reading->batch->arena, text);
    return out->ptr != NULL;
}

/* Copy what the item has of the record into the batch, in one piece. Empty texts stay empty. */
static bool keep_texts(struct reading *reading, const struct record *record,
                       struct batch_item *item)
{
    size_t unit_count = (size_t)record->unit_count;
    struct bytes *units = arena_alloc(&reading->batch->arena, unit_count * sizeof *units);
    struct bytes *texts[ITEM_TEXTS + RECORD_MAX_UNITS] = {
        &item->order_no,         &item->unit_code,
        &item->category,         &item->region,
        &item->channel,          &item->urgency,
        &item->status_word,      &item->repeat_of,
        &item->hotline_resolved, &item->hotline_satisfaction,
        &item->unit_resolved,    &item->packed,
        &item->sealed,           &item->phone,
    };
    size_t len = 0;
    for (size_t i = 0; i < unit_count && units != NULL; i++) {
        units[i] = record->units[i];
        texts[ITEM_TEXTS + i] = &units[i];
    }
    item->units = units;
    item->unit_count = record->unit_count;
    for (size_t i = 0; i < ITEM_TEXTS + unit_count && units != NULL; i++)
        len += texts[i]->len;
    char *room = units != NULL ? arena_alloc(&reading->batch->arena, len) : NULL;
    for (size_t i = 0; i < ITEM_TEXTS + unit_count && room != NULL; i++) {
        if (texts[i]->len > 0)
            memcpy(room, texts[i]->ptr, texts[i]->len);
        texts[i]->ptr = room;
        room += texts[i]->len;
    }
    return room != NULL;
}

/* The words of the record, where they are. */
static void take_words(const struct record *record, struct batch_item *item)
{
    item->order_no = record->order_no;
    item->unit_code = record->unit_code;
    item->category = record->category;
    item->region = record->region;
    item->channel = record->channel;
    item->urgency = record->urgency;
    item->status_word = record->status_word;
    item->repeat_of = record->repeat_of;
    item->hotline_resolved = record->hotline_resolved;
    item->hotline_satisfaction = record->hotline_satisfaction;
    item->unit_resolved = record->unit_resolved;
    item->phone = record->phone;
}

static int seal_texts(struct reading *reading, const struct record *record, struct batch_item *item,
                      struct err *err)
{
    const struct texts texts = {
        .title = record->title,
        .content = record->content,
        .citizen_name = record->citizen_name,
        .citizen_phone = record->citizen_phone,
        .replies = {record->reply},
        .reply_end = 1,
    };
    buf_clear(&reading->packed);
    buf_clear(&reading->sealed);
    texts_pack(&texts, &reading->packed);
    int rc = buf_status(&reading->packed, err);
    if (rc == OK)
        rc = reading->door.seal(reading->door.context, item->order_id, buf_bytes(&reading->packed),
                                &reading->sealed, err);
    item->packed = buf_bytes(&reading->packed);
    item->sealed = buf_bytes(&reading->sealed);
    return rc;
}

/* What only shows when dates are held against each other, or against the time of extraction. */
static void note_contradictions(const struct reading *reading, struct batch_item *item)
{
    uint32_t marks = fact_contradictions(&item->fact, reading->zone);
    item->fact.marks |= marks;
    if ((marks & FACT_CLOSED_BEFORE_RECEIVED) != 0)
        item->flags |= RECORD_CLOSED_BEFORE_RECEIVED;
    if ((marks & FACT_DUE_BEFORE_RECEIVED) != 0)
        item->flags |= RECORD_DUE_BEFORE_RECEIVED;
    if (item->fact.flag != OVERDUE_FLAG_NONE &&
        fact_flag_disagrees(&item->fact, reading->extracted_utc, reading->zone))
        item->flags |= RECORD_FLAG_DISAGREES;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct reading *reading = context;
    struct batch_item *item = NULL;
    int rc = next_item(reading, &item, err);
    if (rc != OK)
        return rc;
    item->kind = ITEM_RECORD;
    item->line = record->line;
    item->flags = record->flags;
    item->order_id = reading->next_order_id++;
    item->role = record->role;
    item->fact = record->fact;
    item->first_closed = record->first_closed;
    item->redo_count = record->redo_count;
    note_contradictions(reading, item);
    take_words(record, item);
    rc = seal_texts(reading, record, item, err);
    if (rc == OK && !keep_texts(reading, record, item))
        rc = err_set(err, ERR_NOMEM, "could not keep the record of line %lld",
                     (long long)record->line);
    return rc;
}

static bool keep_reject(struct reading *reading, const struct reject *reject,
                        struct batch_item *item)
{
    struct arena *arena = &reading->batch->arena;
    struct reject *kept = arena_alloc(arena, sizeof *kept);
    struct bytes *cells = arena_alloc(arena, size_multiply(reject->cell_count, sizeof *cells));
    if (kept == NULL || cells == NULL)
        return false;
    *kept = *reject;
    kept->cells = cells;
    item->reject = kept;
    for (size_t i = 0; i < reject->cell_count; i++) {
        if (!keep(reading, reject->cells[i], &cells[i]))
            return false;
    }
    return keep(reading, reject->column, &kept->column) &&
           keep(reading, reject->value, &kept->value);
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct reading *reading = context;
    struct batch_item *item = NULL;
    int rc = next_item(reading, &item, err);
    if (rc != OK)
        return rc;
    item->kind = ITEM_REJECT;
    if (!keep_reject(reading, reject, item))
        rc = err_set(err, ERR_NOMEM, "could not keep the rejected line %lld",
                     (long long)reject->line);
    return rc;
}

int reading_init(struct reading *reading, const struct vault *vault, struct err *err)
{
    struct reader_sink sink = {.on_record = on_record, .on_reject = on_reject, .context = reading};
    const struct dump_options options = document_options(reading->document, reading->wish);
    buf_init(&reading->packed, TEXTS_MAX_BYTES);
    buf_init(&reading->sealed, TEXTS_MAX_BYTES);
    int rc = vault_sealer_new(vault, "order", &reading->sealer, err);
    if (rc == OK)
        rc = reader_new(&options, reading->zone, sink, &reading->reader, err);
    if (rc == OK)
        reading->door = vault_sealer_door(reading->sealer);
    return rc;
}

void reading_deinit(struct reading *reading)
{
    reader_free(reading->reader);
    vault_sealer_free(reading->sealer);
    buf_deinit(&reading->packed);
    buf_deinit(&reading->sealed);
    reading->reader = NULL;
    reading->sealer = NULL;
}

static int on_bytes(void *context, struct bytes bytes, struct err *err)
{
    struct reading *reading = context;
    return reader_feed(reading->reader, bytes, err);
}

static int read_all(struct reading *reading, struct err *err)
{
    int rc = document_read(reading->document, on_bytes, reading, &reading->refusal, err);
    return rc == OK ? reader_finish(reading->reader, err) : rc;
}

enum refusal reading_refusal(const struct reading *reading)
{
    return reading->refusal != REFUSAL_NONE ? reading->refusal : reader_refusal(reading->reader);
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
    last->done_bytes = reading->document->done_bytes;
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
