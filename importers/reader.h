#ifndef PINGYI_IMPORTERS_READER_H
#define PINGYI_IMPORTERS_READER_H

#include "base/buf.h"
#include "base/zone.h"

#include "importers/call_record.h"
#include "importers/dump.h"
#include "importers/outcome_record.h"
#include "importers/record.h"

/* A push reader of dumps, of files of outcomes and of lists of calls: bytes in, records and rejects out, in constant
 * memory. It stands on dump.h, and asks for the columns that its profile needs. Thread: one owner at a time.
 *
 *     encoding_scan over the whole file  ->  enum encoding
 *     reader_new(options)  ->  reader_feed ... reader_feed  ->  reader_finish */

/* Why a row was not taken. The word begins the `reason` of a reject file. */
#define REJECT_REASONS(X)                                                                          \
    X(REJECT_MISSING_ORDER_NO, "missing_order_no")                                                 \
    X(REJECT_SCIENTIFIC_ORDER_NO, "scientific_order_no")                                           \
    X(REJECT_MISSING_RECEIVED_AT, "missing_received_at")                                           \
    X(REJECT_MISSING_UNIT, "missing_unit")                                                         \
    X(REJECT_BAD_TIME, "bad_time")                                                                 \
    X(REJECT_TOO_FEW_CELLS, "too_few_cells")                                                       \
    X(REJECT_TOO_MANY_CELLS, "too_many_cells")                                                     \
    X(REJECT_UNDECODABLE, "undecodable")                                                           \
    X(REJECT_TOO_LONG, "too_long")                                                                 \
    X(REJECT_TOO_MANY_UNITS, "too_many_units")                                                     \
    X(REJECT_OTHER_TABLE, "other_table")                                                           \
    X(REJECT_BAD_ORDER_NO, "bad_order_no")                                                         \
    /* Of outcomes; the last ones are found by whoever knows the draw. */                          \
    X(REJECT_MISSING_DISPOSITION, "missing_disposition")                                           \
    X(REJECT_UNKNOWN_DISPOSITION, "unknown_disposition")                                           \
    X(REJECT_UNKNOWN_RESOLVED, "unknown_resolved")                                                 \
    X(REJECT_UNKNOWN_SATISFACTION, "unknown_satisfaction")                                         \
    X(REJECT_ANSWERED_INELIGIBLE, "answered_ineligible")                                           \
    X(REJECT_NOT_DRAWN, "not_drawn")                                                               \
    X(REJECT_NOT_RELEASED, "not_released")                                                         \
    X(REJECT_NOT_PACKED, "not_packed")                                                             \
    X(REJECT_PACKAGE_EXPIRED, "package_expired")                                                   \
    X(REJECT_BEFORE_ORDER, "before_order")                                                         \
    X(REJECT_AFTER_NOW, "after_now")                                                               \
    X(REJECT_DUPLICATE, "duplicate")                                                               \
    X(REJECT_TOO_MANY_ATTEMPTS, "too_many_attempts")                                               \
    /* Of lists of calls. */                                                                       \
    X(REJECT_BAD_NUMBER, "bad_number")                                                             \
    X(REJECT_BAD_DURATION, "bad_duration")

enum reject_reason {
#define X(name, word) name,
    REJECT_REASONS(X)
#undef X
};
const char *reject_reason_word(enum reject_reason reason);

struct reject {
    int64_t line;
    enum reject_reason reason;
    struct bytes column; /* header of the guilty column as written; empty when none is */
    struct bytes value;  /* the guilty cell; empty when none is */
    const struct bytes
        *cells; /* the row as it was, UTF-8 (undecodable bytes as U+FFFD), borrowed */
    size_t cell_count;
};

/* What the reader found out about the file; valid after the header was found, borrowed from the reader. Of a file of
 * rejects that comes back, the three columns before the dump's own are left out. */
struct reader_layout {
    const struct sniff *sniff;
    int64_t header_line;        /* 1-based; 0 while unknown */
    const struct bytes *header; /* cells of the header row, as written */
    size_t header_count;
    uint64_t columns;    /* fields that have a column */
    const int *field_of; /* per header cell: enum field, or -1 when it is ignored */
};

struct reader_counts {
    int64_t rows; /* data records, rejected ones too */
    int64_t rejected;
    int64_t total_rows, blank_rows,
        note_rows;            /* 合计 rows, blank rows and one-cell notes below them */
    int64_t repeated_headers; /* the same header again: the rows below it are read on */
    int64_t newest_event_utc; /* latest instant of any date read, 0 when none */
};

/* Sinks return OK, or a negative code that stops the reader and comes back from reader_feed. */
struct reader_sink {
    int (*on_layout)(void *context, const struct reader_layout *layout,
                     struct err *err); /* once, first */
    int (*on_record)(void *context, const struct record *record, struct err *err);
    int (*on_reject)(void *context, const struct reject *reject, struct err *err);
    void *context;
    /* In place of on_record when the profile is of outcomes or of calls. One that is NULL takes no such file. */
    int (*on_outcome)(void *context, const struct outcome_record *outcome, struct err *err);
    int (*on_call)(void *context, const struct call_record *call, struct err *err);
};

struct reader;

/* `options->profile` (not NULL) and `zone` (of the profile's time zone) are borrowed and outlive the reader. */
int reader_new(const struct dump_options *options, const struct zone *zone, struct reader_sink sink,
               struct reader **out_reader, struct err *err);
void reader_free(struct reader *reader);

/* Feed the next bytes of the file, cut anywhere. ERR_REFUSED: the file is no dump, reader_refusal says why and
 * `err` names what is missing. A sink's code comes back as it is. After a failure only reader_free may follow. */
int reader_feed(struct reader *reader, struct bytes bytes, struct err *err);

/* The file has ended: read what is held back. */
int reader_finish(struct reader *reader, struct err *err);

enum refusal reader_refusal(const struct reader *reader);
const struct reader_layout *reader_layout(const struct reader *reader);
struct reader_counts reader_counts(const struct reader *reader);

#endif
