#include "importers/reader.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "importers/call_row.h"
#include "importers/cell.h"
#include "importers/outcome_row.h"
#include "importers/row_facts.h"

#include <string.h>

struct reader {
    const struct profile *profile;
    struct reader_sink sink;
    struct dump *dump;
    const struct sniff *sniff; /* NULL until the dump has begun */
    struct row_reader rows;
    struct record record;
    struct reader_layout layout;
    struct reader_counts counts;
    enum refusal refusal; /* of a table without the columns that are needed */
    size_t own_columns;   /* before the dump's own, in a file of rejects */
    bool total_seen;
    struct buf repaired; /* cells of a damaged row, made valid */
    struct bytes repaired_cells[TABLE_MAX_CELLS];
};

const char *reject_reason_word(enum reject_reason reason)
{
    static const char *const words[] = {
#define X(name, word) word,
        REJECT_REASONS(X)
#undef X
    };
    return (size_t)reason < sizeof words / sizeof *words ? words[reason] : "";
}

static int on_sniff(void *context, const struct sniff *sniff, struct err *err);
static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err);

int reader_new(const struct dump_options *options, const struct zone *zone, struct reader_sink sink,
               struct reader **out_reader, struct err *err)
{
    struct reader *reader = mem_calloc(1, sizeof *reader);
    if (reader == NULL)
        return err_set(err, ERR_NOMEM, "could not make a reader");
    reader->profile = options->profile;
    reader->sink = sink;
    buf_init(&reader->repaired, 3 * TABLE_MAX_ROW_BYTES + TABLE_MAX_CELLS);
    struct dump_sink dump_sink = {on_sniff, on_row, reader};
    int rc = dump_new(options, dump_sink, &reader->dump, err);
    if (rc == OK)
        rc = row_reader_init(&reader->rows, options->profile, &dump_sniff(reader->dump)->columns,
                             zone, err);
    if (rc != OK) {
        reader_free(reader);
        return rc;
    }
    *out_reader = reader;
    return OK;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    dump_free(reader->dump);
    row_reader_deinit(&reader->rows);
    buf_deinit(&reader->repaired);
    mem_free(reader);
}

/* ---- Rejects ---- */

/* The cells as valid UTF-8: what could not be decoded, or was cut inside a character at a limit, as U+FFFD. */
static int repair_cells(struct reader *reader, const struct table_row *row, struct err *err)
{
    size_t starts[TABLE_MAX_CELLS + 1];
    buf_clear(&reader->repaired);
    (void)buf_reserve(&reader->repaired, 1); /* a place to point to, even if all cells are empty */
    for (size_t i = 0; i < row->cell_count; i++) {
        starts[i] = reader->repaired.len;
        utf8_append_repaired(&reader->repaired, row->cells[i]);
    }
    starts[row->cell_count] = reader->repaired.len;
    for (size_t i = 0; i < row->cell_count; i++)
        reader->repaired_cells[i] =
            (struct bytes){reader->repaired.ptr + starts[i], starts[i + 1] - starts[i]};
    return buf_status(&reader->repaired, err);
}

static int reject(struct reader *reader, const struct table_row *row, enum reject_reason reason,
                  enum field field, struct err *err)
{
    struct reject rejected = {
        .line = row->line,
        .reason = reason,
        .cells = row->cells,
        .cell_count = row->cell_count,
    };
    const struct column *column = field < FIELD_COUNT ? &reader->sniff->columns.of[field] : NULL;
    if (column != NULL && column->part_count > 0) {
        rejected.column = reader->sniff->outline.header[column->parts[0]];
        if (column->parts[0] < row->cell_count)
            rejected.value = row->cells[column->parts[0]];
    }
    if (reason == REJECT_UNDECODABLE || row->fault != TABLE_FAULT_NONE) {
        int rc = repair_cells(reader, row, err);
        if (rc != OK)
            return rc;
        rejected.cells = reader->repaired_cells;
    }
    size_t own = reader->own_columns < row->cell_count ? reader->own_columns : row->cell_count;
    rejected.cells += own;
    rejected.cell_count -= own;
    reader->counts.rejected++;
    return reader->sink.on_reject(reader->sink.context, &rejected, err);
}

/* ---- Rows ---- */

/* A total row has no time of receipt, or no disposition, or no time at which the call began. */
static bool is_total(struct reader *reader, const struct table_row *row)
{
    static const enum field fields[] = {[RECORDS_ORDERS] = FIELD_RECEIVED_AT,
                                        [RECORDS_OUTCOMES] = FIELD_DISPOSITION,
                                        [RECORDS_CALLS] = FIELD_CALL_BEGAN_AT};
    enum field field = fields[profile_records(reader->profile)];
    return row_value(&reader->rows, row, field).len == 0 && outline_is_total(row);
}

/* Whether the cells fit the header: REJECT_*, or -1. A short record may lack only cells that may be empty. */
static int check_shape(const struct reader *reader, const struct table_row *row)
{
    const struct columns *columns = &reader->sniff->columns;
    uint64_t required = profile_required(reader->profile);
    if (row->fault != TABLE_FAULT_NONE)
        return row->fault == TABLE_FAULT_LONG ? REJECT_TOO_LONG : REJECT_TOO_MANY_CELLS;
    if (row->cell_count > columns->header_count) {
        size_t tail = columns_empty_tail(columns, row);
        return tail > 0 && tail == reader->sniff->extra_cells ? -1 : REJECT_TOO_MANY_CELLS;
    }
    for (int field = 0; field < FIELD_COUNT; field++) {
        bool is_required = (required & UINT64_C(1) << field) != 0;
        if (is_required && columns->of[field].parts[0] >= row->cell_count)
            return REJECT_TOO_FEW_CELLS;
    }
    return -1;
}

static int read_outcome(struct reader *reader, const struct table_row *row, struct err *err)
{
    struct outcome_record outcome;
    bool taken = false;
    enum reject_reason reason = REJECT_MISSING_ORDER_NO;
    enum field field = FIELD_COUNT;
    int rc = outcome_row_read(&reader->rows, row, &outcome, &taken, &reason, &field, err);
    if (rc != OK)
        return rc;
    if (!taken)
        return reject(reader, row, reason, field, err);
    outcome.cells = row->cells + reader->own_columns;
    outcome.cell_count = row->cell_count - reader->own_columns;
    return reader->sink.on_outcome(reader->sink.context, &outcome, err);
}

static int read_call(struct reader *reader, const struct table_row *row, struct err *err)
{
    struct call_record call;
    bool taken = false;
    enum reject_reason reason = REJECT_BAD_NUMBER;
    enum field field = FIELD_COUNT;
    int rc = call_row_read(&reader->rows, row, &call, &taken, &reason, &field, err);
    if (rc != OK)
        return rc;
    return taken ? reader->sink.on_call(reader->sink.context, &call, err)
                 : reject(reader, row, reason, field, err);
}

static int read_record(struct reader *reader, const struct table_row *row, struct err *err)
{
    bool taken = false;
    enum reject_reason reason = REJECT_MISSING_ORDER_NO;
    enum field field = FIELD_COUNT;
    int rc = row_read(&reader->rows, row, &reader->record, &taken, &reason, &field, err);
    if (rc != OK)
        return rc;
    if (!taken)
        return reject(reader, row, reason, field, err);
    if (row->cell_count < reader->sniff->columns.header_count)
        reader->record.flags |= RECORD_PADDED;
    if (row->mends != 0)
        reader->record.flags |= RECORD_MENDED;
    return reader->sink.on_record(reader->sink.context, &reader->record, err);
}

/* Total rows, and below them notes of one cell, are no records. */
static int skip_footer(struct reader *reader, const struct table_row *row, bool *out_skipped,
                       struct err *err)
{
    int rc = row_begin(&reader->rows, row, err);
    if (rc != OK)
        return rc;
    bool total = is_total(reader, row);
    bool note = !total && reader->total_seen && row_filled(row) == 1;
    reader->total_seen = reader->total_seen || total;
    reader->counts.total_rows += total;
    reader->counts.note_rows += note;
    *out_skipped = total || note;
    return OK;
}

/* White space at the ends of a cell goes away, and NUL is white space there; inside a cell it is damage. */
static bool has_inner_nul(const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        struct bytes cell = cell_trim(row->cells[i]);
        if (cell.len > 0 && memchr(cell.ptr, '\0', cell.len) != NULL)
            return true;
    }
    return false;
}

/* In a file of rejects that comes back, U+FFFD stands where bytes were lost: not mended yet. */
static bool has_lost_text(const struct reader *reader, const struct table_row *row)
{
    struct bytes lost = BYTES_LIT("\xEF\xBF\xBD");
    return reader->own_columns > 0 && bytes_find(row->text, lost) < row->text.len;
}

static bool is_damaged(const struct reader *reader, const struct table_row *row)
{
    return has_lost_text(reader, row) ||
           (row->text.len > 0 && memchr(row->text.ptr, DECODER_DAMAGE, row->text.len) != NULL) ||
           (dump_has_nul(reader->dump) && has_inner_nul(row));
}

static int take_row(struct reader *reader, const struct table_row *row, struct err *err)
{
    bool damaged = is_damaged(reader, row);
    bool skipped = false;
    int rc =
        row->fault == TABLE_FAULT_NONE && !damaged ? skip_footer(reader, row, &skipped, err) : OK;
    if (rc != OK || skipped)
        return rc;
    reader->counts.rows++;
    if (damaged)
        return reject(reader, row, REJECT_UNDECODABLE, FIELD_COUNT, err);
    int reason = check_shape(reader, row);
    if (reason >= 0)
        return reject(reader, row, (enum reject_reason)reason, FIELD_COUNT, err);
    switch (profile_records(reader->profile)) {
    case RECORDS_OUTCOMES:
        return read_outcome(reader, row, err);
    case RECORDS_CALLS:
        return read_call(reader, row, err);
    case RECORDS_ORDERS:
        break;
    }
    return read_record(reader, row, err);
}

/* A later table is read on if it has the first one's header again; what stands in another one is not lost in
 * silence. */
static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err)
{
    struct reader *reader = context;
    switch (where.place) {
    case PLACE_BLANK:
        reader->counts.blank_rows++;
        return OK;
    case PLACE_PREAMBLE:
        return OK;
    case PLACE_HEADER:
        reader->counts.repeated_headers += where.table > 1 && where.same_columns;
        return OK;
    case PLACE_BODY:
        break;
    }
    if (where.table == 1 || where.same_columns)
        return take_row(reader, row, err);
    reader->counts.rows++;
    return reject(reader, row, is_damaged(reader, row) ? REJECT_UNDECODABLE : REJECT_OTHER_TABLE,
                  FIELD_COUNT, err);
}

/* ---- Header ---- */

static int refuse_columns(struct reader *reader, uint64_t fields, struct err *err)
{
    if (__builtin_popcountll(fields) < 2) {
        reader->refusal = REFUSAL_NO_HEADER;
        return err_set(err, ERR_REFUSED,
                       "no row is a header with the columns of profile \"" BYTES_FMT "\"",
                       BYTES_ARG(profile_name(reader->profile)));
    }
    struct buf names;
    buf_init(&names, 256);
    for (int field = 0; field < FIELD_COUNT; field++) {
        if ((profile_required(reader->profile) & ~fields & UINT64_C(1) << field) != 0)
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", field_word((enum field)field));
    }
    reader->refusal = REFUSAL_MISSING_COLUMN;
    int rc = err_set(err, ERR_REFUSED, "no column for " BYTES_FMT, BYTES_ARG(buf_bytes(&names)));
    buf_deinit(&names);
    return rc;
}

static bool has_sink(const struct reader *reader)
{
    switch (profile_records(reader->profile)) {
    case RECORDS_OUTCOMES:
        return reader->sink.on_outcome != NULL;
    case RECORDS_CALLS:
        return reader->sink.on_call != NULL;
    case RECORDS_ORDERS:
        break;
    }
    return reader->sink.on_record != NULL;
}

static int check_columns(struct reader *reader, const struct sniff *sniff, struct err *err)
{
    const struct columns *columns = &sniff->columns;
    uint64_t required = profile_required(reader->profile);
    if (!has_sink(reader)) {
        reader->refusal = REFUSAL_NO_HEADER;
        return err_set(err, ERR_REFUSED, "profile \"" BYTES_FMT "\" is of other records",
                       BYTES_ARG(profile_name(reader->profile)));
    }
    if ((columns->fields & required) != required)
        return refuse_columns(reader, columns->fields, err);
    if (columns->doubled < 0)
        return OK;
    reader->refusal = REFUSAL_DOUBLED_COLUMN;
    struct bytes header = cell_trim(sniff->outline.header[columns->doubled]);
    return err_set(err, ERR_REFUSED, "two columns are called \"" BYTES_FMT "\"", BYTES_ARG(header));
}

static int on_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct reader *reader = context;
    const struct outline *outline = &sniff->outline;
    int rc = check_columns(reader, sniff, err);
    if (rc != OK)
        return rc;
    size_t own = columns_of_rejects(outline->header, outline->header_count);
    reader->sniff = sniff;
    reader->own_columns = own;
    reader->layout = (struct reader_layout){
        .sniff = sniff,
        .header_line = outline->header_line,
        .header = outline->header + own,
        .header_count = outline->header_count - own,
        .columns = sniff->columns.fields,
        .field_of = sniff->columns.field_of + own,
    };
    return reader->sink.on_layout != NULL
               ? reader->sink.on_layout(reader->sink.context, &reader->layout, err)
               : OK;
}

int reader_feed(struct reader *reader, struct bytes bytes, struct err *err)
{
    return dump_feed(reader->dump, bytes, err);
}

int reader_finish(struct reader *reader, struct err *err)
{
    return dump_finish(reader->dump, err);
}

enum refusal reader_refusal(const struct reader *reader)
{
    return reader->refusal != REFUSAL_NONE ? reader->refusal : dump_refusal(reader->dump);
}

const struct reader_layout *reader_layout(const struct reader *reader)
{
    return &reader->layout;
}

struct reader_counts reader_counts(const struct reader *reader)
{
    struct reader_counts counts = reader->counts;
    counts.newest_event_utc = reader->rows.newest_event_utc;
    return counts;
}
