#ifndef PINGYI_IMPORTERS_ROW_H
#define PINGYI_IMPORTERS_ROW_H

#include "importers/columns.h"
#include "importers/dates.h"
#include "importers/order_number.h"
#include "importers/phone.h"
#include "importers/reader.h"

/* One row of cells -> one record, or the reason why not. Thread: one owner at a time. */

enum { MEMO_SLOTS = 256, MEMO_WORD_BYTES = 48 };

/* What a word of a cell was found to mean, so that the few words of a dump are folded and searched once. */
struct memo_slot {
    char word[MEMO_WORD_BYTES];
    size_t len; /* 0 is empty */
    enum field field;
    int value; /* -1: not known */
};

struct row_reader {
    const struct profile *profile;
    const struct columns *columns;
    const struct zone *zone;
    struct dates *dates;
    struct buf joined; /* joined cells of the row at hand */
    struct buf fold;
    /* Where numbers of the row at hand are normalised. */
    char order_no[ORDER_NUMBER_ROOM_BYTES], repeat_of[ORDER_NUMBER_ROOM_BYTES];
    char phone[PHONE_MAX_BYTES];
    struct memo_slot memo[MEMO_SLOTS];
    int64_t newest_event_utc;
};

/* `profile`, `columns` and `zone` are borrowed. Zeroed before; row_reader_deinit accepts it zeroed too. */
int row_reader_init(struct row_reader *reader, const struct profile *profile,
                    const struct columns *columns, const struct zone *zone, struct err *err);
void row_reader_deinit(struct row_reader *reader);

/* The cell or joined cells of a field, undressed; empty when there is none. Borrowed until the next row_begin. */
struct bytes row_value(struct row_reader *reader, const struct table_row *row, enum field field);

/* What a word means, -1 when it is not known. A failure of memory stays in reader->fold. */
int row_word(struct row_reader *reader, enum field field, struct bytes word);

/* Note that something happened then: reader->newest_event_utc. */
void row_note_event(struct row_reader *reader, struct moment moment);

/* Get ready for `row`. ERR_NOMEM. */
int row_begin(struct row_reader *reader, const struct table_row *row, struct err *err);

/* Read the row: true and `*out_record`, or false with the reason and the guilty field. It must hold valid UTF-8 and at
 * least the cells of the required columns. ERR_NOMEM. */
int row_read(struct row_reader *reader, const struct table_row *row, struct record *out_record,
             bool *out_taken, enum reject_reason *out_reason, enum field *out_field,
             struct err *err);

#endif
