#include "importers/row.h"

#include "base/civil.h"

#include "importers/cell.h"
#include "importers/names.h"
#include "importers/words.h"

#include <stddef.h>
#include <string.h>

int row_reader_init(struct row_reader *reader, const struct profile *profile,
                    const struct columns *columns, const struct zone *zone, struct err *err)
{
    reader->profile = profile;
    reader->columns = columns;
    reader->zone = zone;
    buf_init(&reader->joined, 2 * TABLE_MAX_ROW_BYTES);
    buf_init(&reader->fold, TABLE_MAX_ROW_BYTES);
    return dates_new(zone, profile->date_formats, profile->date_format_count, &reader->dates, err);
}

void row_reader_deinit(struct row_reader *reader)
{
    buf_deinit(&reader->joined);
    buf_deinit(&reader->fold);
    dates_free(reader->dates);
}

/* Joined cells must not move while the row is read, so room for all of them is made first: each cell belongs to one
 * field at most, and a field is asked for at most twice. */
int row_begin(struct row_reader *reader, const struct table_row *row, struct err *err)
{
    buf_clear(&reader->joined);
    (void)buf_reserve(&reader->joined, 2 * row->text.len);
    return buf_status(&reader->joined, err);
}

static struct bytes join_cells(struct row_reader *reader, const struct table_row *row,
                               const struct column *column)
{
    char separator = column->join == PROFILE_JOIN_LEVELS ? '>' : ' ';
    size_t from = reader->joined.len;
    for (size_t i = 0; i < column->part_count; i++) {
        if (column->parts[i] >= row->cell_count)
            continue;
        struct bytes part = cell_value(row->cells[column->parts[i]]);
        if (part.len == 0)
            continue;
        if (reader->joined.len > from)
            buf_append_byte(&reader->joined, separator);
        buf_append(&reader->joined, part);
    }
    return (struct bytes){reader->joined.ptr + from, reader->joined.len - from};
}

struct bytes row_value(struct row_reader *reader, const struct table_row *row, enum field field)
{
    const struct column *column = &reader->columns->of[field];
    if (column->part_count == 0)
        return BYTES_NONE;
    if (column->part_count > 1)
        return join_cells(reader, row, column);
    return column->parts[0] < row->cell_count ? cell_value(row->cells[column->parts[0]])
                                              : BYTES_NONE;
}

static int search_word(struct row_reader *reader, enum field field, struct bytes word)
{
    buf_clear(&reader->fold);
    word_fold(word, &reader->fold);
    struct bytes folded = buf_bytes(&reader->fold);
    for (const struct profile_value *value = reader->profile->values[field]; value != NULL;
         value = value->next) {
        if (bytes_equal(value->word, folded))
            return value->value;
    }
    return -1;
}

int row_word(struct row_reader *reader, enum field field, struct bytes word)
{
    if (word.len == 0)
        return -1;
    if (word.len > MEMO_WORD_BYTES)
        return search_word(reader, field, word);
    struct memo_slot *slot = &reader->memo[(bytes_hash(word) + (uint64_t)field * 31) % MEMO_SLOTS];
    if (slot->len == word.len && slot->field == field &&
        memcmp(slot->word, word.ptr, word.len) == 0)
        return slot->value;
    int value = search_word(reader, field, word);
    if (reader->fold.rc == OK) {
        memcpy(slot->word, word.ptr, word.len);
        slot->len = word.len;
        slot->field = field;
        slot->value = value;
    }
    return value;
}

void row_note_event(struct row_reader *reader, struct moment moment)
{
    int64_t utc = moment.seconds;
    /* A zone is nowhere more than a day away: most bare days need no look at it. */
    if (moment.kind == MOMENT_DAY && utc + SECONDS_A_DAY > reader->newest_event_utc)
        utc = zone_day_start(reader->zone, utc / SECONDS_A_DAY);
    if (utc > reader->newest_event_utc)
        reader->newest_event_utc = utc;
}

/* Dates of the record; those that are events tell how new the dump is, deadlines do not. */
static const struct {
    enum field field;
    bool event;
    size_t offset;
} record_dates[] = {
    {FIELD_DISPATCHED_AT, true, offsetof(struct record, fact.dispatched)},
    {FIELD_ACCEPTED_AT, true, offsetof(struct record, fact.accepted)},
    {FIELD_DUE_AT, false, offsetof(struct record, fact.due)},
    {FIELD_EXTENSION_ASKED_AT, true, offsetof(struct record, fact.extension_asked)},
    {FIELD_EXTENDED_DUE_AT, false, offsetof(struct record, fact.extended_due)},
    {FIELD_SUBMITTED_AT, true, offsetof(struct record, fact.submitted)},
    {FIELD_CLOSED_AT, true, offsetof(struct record, fact.closed)},
    {FIELD_FIRST_CLOSED_AT, true, offsetof(struct record, first_closed)},
};

static void read_dates(struct row_reader *reader, const struct table_row *row,
                       struct record *record)
{
    for (size_t i = 0; i < sizeof record_dates / sizeof *record_dates; i++) {
        struct bytes text = row_value(reader, row, record_dates[i].field);
        if (text.len == 0)
            continue;
        struct moment moment = {0};
        if (!dates_read(reader->dates, text, &moment)) {
            record->flags |= RECORD_BAD_DATE;
            continue;
        }
        memcpy((char *)record + record_dates[i].offset, &moment, sizeof moment);
        if (record_dates[i].event)
            row_note_event(reader, moment);
    }
}

static const struct {
    enum field field;
    size_t offset;
} record_texts[] = {
    {FIELD_UNIT_CODE, offsetof(struct record, unit_code)},
    {FIELD_CHANNEL, offsetof(struct record, channel)},
    {FIELD_CATEGORY, offsetof(struct record, category)},
    {FIELD_REGION, offsetof(struct record, region)},
    {FIELD_URGENCY, offsetof(struct record, urgency)},
    {FIELD_STATUS, offsetof(struct record, status_word)},
    {FIELD_KIND, offsetof(struct record, kind_word)},
    {FIELD_TITLE, offsetof(struct record, title)},
    {FIELD_CONTENT, offsetof(struct record, content)},
    {FIELD_REPLY, offsetof(struct record, reply)},
    {FIELD_CITIZEN_NAME, offsetof(struct record, citizen_name)},
    {FIELD_CITIZEN_PHONE, offsetof(struct record, citizen_phone)},
    {FIELD_REPEAT_OF, offsetof(struct record, repeat_of)},
    {FIELD_HOTLINE_RESOLVED, offsetof(struct record, hotline_resolved)},
    {FIELD_HOTLINE_SATISFACTION, offsetof(struct record, hotline_satisfaction)},
    {FIELD_UNIT_RESOLVED, offsetof(struct record, unit_resolved)},
};

static void read_texts(struct row_reader *reader, const struct table_row *row,
                       struct record *record)
{
    for (size_t i = 0; i < sizeof record_texts / sizeof *record_texts; i++) {
        if (reader->columns->of[record_texts[i].field].part_count == 0)
            continue;
        struct bytes text = row_value(reader, row, record_texts[i].field);
        memcpy((char *)record + record_texts[i].offset, &text, sizeof text);
    }
    record->phone = phone_read(record->citizen_phone, reader->phone);
}

static uint32_t mark_if(struct row_reader *reader, const struct table_row *row, enum field field,
                        enum fact_mark mark)
{
    return row_word(reader, field, row_value(reader, row, field)) == WORD_YES ? mark : 0;
}

/* What the texts mean: status, kind, role, flag, marks, counts. */
static void read_words(struct row_reader *reader, const struct table_row *row,
                       struct record *record)
{
    struct fact *fact = &record->fact;
    int status = row_word(reader, FIELD_STATUS, record->status_word);
    fact->status = status >= 0 ? (enum order_status)status : ORDER_STATUS_NONE;
    if (status < 0 && record->status_word.len > 0)
        record->flags |= RECORD_UNKNOWN_STATUS;
    int kind = row_word(reader, FIELD_KIND, record->kind_word);
    fact->kind = kind >= 0 ? (enum order_kind)kind : ORDER_KIND_UNKNOWN;
    int role = row_word(reader, FIELD_ROLE, row_value(reader, row, FIELD_ROLE));
    record->role = role >= 0 ? (enum handling_role)role : HANDLING_ROLE_NONE;
    int flag = row_word(reader, FIELD_OVERDUE_FLAG, row_value(reader, row, FIELD_OVERDUE_FLAG));
    fact->flag = flag >= 0 ? (enum overdue_flag)flag : OVERDUE_FLAG_NONE;
    fact->extension_count = cell_count_value(row_value(reader, row, FIELD_EXTENSION_COUNT));
    record->redo_count = cell_count_value(row_value(reader, row, FIELD_REDO_COUNT));

    if (row_word(reader, FIELD_URGENCY, record->urgency) == WORD_URGENT)
        fact->marks |= FACT_URGENT;
    fact->marks |= mark_if(reader, row, FIELD_RETURNED, FACT_RETURNED) |
                   mark_if(reader, row, FIELD_CONFIDENTIAL, FACT_CONFIDENTIAL) |
                   mark_if(reader, row, FIELD_OPT_OUT, FACT_OPT_OUT);
    if (record->repeat_of.len > 0)
        fact->marks |= FACT_HAS_REPEAT_OF;
    if (reader->profile->closing_needs_status && fact->status != ORDER_STATUS_CLOSED)
        fact->closed = (struct moment){0};
}

/* REJECT_* of the required fields, or -1; the guilty field goes to `*out_field`. */
static int read_required(struct row_reader *reader, const struct table_row *row,
                         struct record *record, enum field *out_field)
{
    *out_field = FIELD_ORDER_NO;
    record->order_no = row_value(reader, row, FIELD_ORDER_NO);
    if (record->order_no.len == 0)
        return REJECT_MISSING_ORDER_NO;
    if (cell_is_scientific(record->order_no))
        return REJECT_SCIENTIFIC_ORDER_NO;
    if (!order_number_is_usable(record->order_no))
        return REJECT_BAD_ORDER_NO;

    *out_field = FIELD_RECEIVED_AT;
    struct bytes received = row_value(reader, row, FIELD_RECEIVED_AT);
    if (received.len == 0)
        return REJECT_MISSING_RECEIVED_AT;
    if (!dates_read(reader->dates, received, &record->fact.received))
        return REJECT_BAD_TIME;

    *out_field = FIELD_UNIT;
    record->unit = row_value(reader, row, FIELD_UNIT);
    size_t units = name_split(record->unit, record->units, RECORD_MAX_UNITS);
    if (units > RECORD_MAX_UNITS)
        return REJECT_TOO_MANY_UNITS;
    record->unit_count = (int)units;
    if (units == 0) {
        /* Nothing but separators names no unit either. */
        record->unit = BYTES_NONE;
        struct bytes status = row_value(reader, row, FIELD_STATUS);
        if (row_word(reader, FIELD_STATUS, status) != ORDER_STATUS_DIRECT)
            return REJECT_MISSING_UNIT;
    }
    return -1;
}

int row_read(struct row_reader *reader, const struct table_row *row, struct record *out_record,
             bool *out_taken, enum reject_reason *out_reason, enum field *out_field,
             struct err *err)
{
    struct record *record = out_record;
    memset(record, 0, sizeof *record);
    record->line = row->line;
    record->columns = reader->columns->fields;
    int reason = read_required(reader, row, record, out_field);
    *out_taken = reason < 0;
    if (reason >= 0) {
        *out_reason = (enum reject_reason)reason;
        return buf_status(&reader->fold, err);
    }
    row_note_event(reader, record->fact.received);
    read_texts(reader, row, record);
    read_dates(reader, row, record);
    read_words(reader, row, record);
    int rc = order_number_normalise(record->order_no, reader->order_no, &record->order_no, err);
    if (rc == OK)
        rc = order_number_normalise(record->repeat_of, reader->repeat_of, &record->repeat_of, err);
    return rc == OK ? buf_status(&reader->fold, err) : rc;
}
