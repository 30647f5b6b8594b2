#include "importers/reader.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/names.h"
#include "importers/row.h"
#include "importers/find_header.h"
#include "importers/table.h"

#include <string.h>

/* HOLDING --sample full, or file ended: delimiter and header found--> READING
 *    '--no dump--> failed (refusal says why); any other failure is final too
 *
 * Bytes are decoded piece by piece. While HOLDING the text is kept in `text`; while READING it is one piece long. */
_Static_assert((int)READER_MAX_CELL_BYTES == (int)TABLE_MAX_CELL_BYTES &&
                   (int)READER_MAX_CELLS == (int)TABLE_MAX_CELLS &&
                   (int)READER_MAX_RECORD_BYTES == (int)TABLE_MAX_ROW_BYTES,
               "the reader promises the limits of its table");
enum { PIECE_BYTES = 64 * 1024, HEAD_BYTES = 512 };

struct reader {
    const struct profile *profile;
    const struct zone *zone;
    struct reader_sink sink;
    struct decoder *decoder;
    struct table *table; /* NULL while HOLDING */
    struct buf text;
    char head[HEAD_BYTES]; /* first bytes of the file, undecoded */
    size_t head_len;

    struct found_header sniff;
    struct dialect dialect;
    struct row_reader rows;
    struct record record;
    struct arena arena; /* the header as written */
    struct reader_layout layout;
    struct reader_counts counts;
    enum refusal refusal;
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

int reader_new(const struct profile *profile, enum encoding encoding, const struct zone *zone,
               struct reader_sink sink, struct reader **out_reader, struct err *err)
{
    struct reader *reader = mem_calloc(1, sizeof *reader);
    if (reader == NULL)
        return err_set(err, ERR_NOMEM, "could not make a reader");
    reader->profile = profile;
    reader->zone = zone;
    reader->sink = sink;
    arena_init(&reader->arena, TABLE_MAX_ROW_BYTES * 2);
    /* A sample, a piece, and what a piece grows by while it is decoded. */
    buf_init(&reader->text, READER_SAMPLE_BYTES + 8 * PIECE_BYTES);
    buf_init(&reader->repaired, 3 * TABLE_MAX_ROW_BYTES + TABLE_MAX_CELLS);
    int rc = row_reader_init(&reader->rows, profile, &reader->sniff.columns, zone, err);
    if (rc == OK)
        rc = decoder_new(encoding, &reader->decoder, err);
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
    table_free(reader->table);
    decoder_free(reader->decoder);
    row_reader_deinit(&reader->rows);
    buf_deinit(&reader->text);
    buf_deinit(&reader->repaired);
    arena_deinit(&reader->arena);
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
        struct bytes cell = row->cells[i];
        starts[i] = reader->repaired.len;
        while (cell.len > 0) {
            size_t valid = utf8_valid_prefix(cell);
            buf_append(&reader->repaired, (struct bytes){cell.ptr, valid});
            if (valid == cell.len)
                break;
            buf_append_z(&reader->repaired, "\xEF\xBF\xBD");
            cell = (struct bytes){cell.ptr + valid + 1, cell.len - valid - 1};
        }
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
    const struct column *column = field < FIELD_COUNT ? &reader->sniff.columns.of[field] : NULL;
    if (column != NULL && column->part_count > 0) {
        rejected.column = reader->layout.header[column->parts[0]];
        if (column->parts[0] < row->cell_count)
            rejected.value = row->cells[column->parts[0]];
    }
    if (reason == REJECT_UNDECODABLE || row->fault != TABLE_FAULT_NONE) {
        int rc = repair_cells(reader, row, err);
        if (rc != OK)
            return rc;
        rejected.cells = reader->repaired_cells;
    }
    reader->counts.rejected++;
    return reader->sink.on_reject(reader->sink.context, &rejected, err);
}

/* ---- Rows ---- */

static size_t filled_cells(const struct table_row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < row->cell_count; i++)
        count += cell_trim(row->cells[i]).len > 0;
    return count;
}

/* 合计, 总计 and the like, alone or with a number (合计：4130件). */
static int is_total_word(struct reader *reader, struct bytes cell, bool *out_total, struct err *err)
{
    static const char *const words[] = {"合计", "总计", "共计", "总合计", "total", "grandtotal"};
    struct buf *fold = &reader->rows.fold;
    buf_clear(fold);
    word_fold(cell, fold);
    struct bytes text = buf_bytes(fold);
    *out_total = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct bytes word = bytes_from_z(words[i]);
        if (!bytes_starts_with(text, word))
            continue;
        size_t at = word.len;
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
            at++;
        struct bytes rest = {text.ptr + at, text.len - at};
        *out_total = *out_total || rest.len == 0 || bytes_equal(rest, BYTES_LIT("件")) ||
                     bytes_equal(rest, BYTES_LIT("条"));
    }
    return buf_status(fold, err);
}

/* Whether the row is a total row: its first filled cell says so and it has no time of receipt. */
static int is_total(struct reader *reader, const struct table_row *row, bool *out_total,
                    struct err *err)
{
    *out_total = false;
    if (row_value(&reader->rows, row, FIELD_RECEIVED_AT).len > 0)
        return OK;
    for (size_t i = 0; i < row->cell_count; i++) {
        struct bytes cell = cell_trim(row->cells[i]);
        if (cell.len > 0)
            return is_total_word(reader, cell, out_total, err);
    }
    return OK;
}

/* Whether the cells fit the header: REJECT_*, or -1. A short record may lack only cells that may be empty. */
static int check_shape(const struct reader *reader, const struct table_row *row)
{
    static const enum field required[] = {FIELD_ORDER_NO, FIELD_RECEIVED_AT, FIELD_UNIT};
    const struct columns *columns = &reader->sniff.columns;
    if (row->fault != TABLE_FAULT_NONE)
        return row->fault == TABLE_FAULT_QUOTES ? REJECT_BAD_QUOTES
               : row->fault == TABLE_FAULT_LONG ? REJECT_TOO_LONG
                                                : REJECT_TOO_MANY_CELLS;
    if (row->cell_count > columns->header_count) {
        size_t tail = columns_empty_tail(columns, row);
        return tail > 0 && tail == reader->sniff.extra_cells ? -1 : REJECT_TOO_MANY_CELLS;
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (columns->of[required[i]].parts[0] >= row->cell_count)
            return REJECT_TOO_FEW_CELLS;
    }
    return -1;
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
    if (row->cell_count < reader->sniff.columns.header_count)
        reader->record.flags |= RECORD_PADDED;
    return reader->sink.on_record(reader->sink.context, &reader->record, err);
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct reader *reader = context;
    if (row->line <= reader->sniff.header_line)
        return OK; /* title rows and the header itself */
    bool sound = row->fault == TABLE_FAULT_NONE;
    bool damaged =
        row->text.len > 0 && memchr(row->text.ptr, DECODER_DAMAGE, row->text.len) != NULL;
    if (sound && !damaged) {
        bool total = false;
        int rc = row_begin(&reader->rows, row, err);
        if (rc == OK)
            rc = is_total(reader, row, &total, err);
        if (rc != OK)
            return rc;
        size_t filled =
            total || row->cell_count == 0 || cell_trim(row->cells[0]).len == 0 || reader->total_seen
                ? filled_cells(row)
                : SIZE_MAX;
        if (total || filled == 0 || (filled == 1 && reader->total_seen)) {
            reader->total_seen = reader->total_seen || total;
            reader->counts.total_rows += total;
            reader->counts.blank_rows += filled == 0;
            reader->counts.note_rows += !total && filled == 1;
            return OK;
        }
    }
    reader->counts.rows++;
    if (damaged)
        return reject(reader, row, REJECT_UNDECODABLE, FIELD_COUNT, err);
    int reason = check_shape(reader, row);
    if (reason >= 0)
        return reject(reader, row, (enum reject_reason)reason, FIELD_COUNT, err);
    return read_record(reader, row, err);
}

/* ---- Header ---- */

/* The header row, met again: keep its cells and tell the sink. */
static int keep_header(void *context, const struct table_row *row, struct err *err)
{
    struct reader *reader = context;
    if (row->line != reader->sniff.header_line)
        return row->line < reader->sniff.header_line ? OK : ERR_CANCELED;
    struct bytes *header =
        arena_alloc(&reader->arena, size_multiply(row->cell_count, sizeof *header));
    if (header == NULL)
        return err_set(err, ERR_NOMEM, "could not keep a header");
    for (size_t i = 0; i < row->cell_count; i++) {
        header[i] = arena_copy(&reader->arena, row->cells[i]);
        if (header[i].ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not keep a header");
    }
    reader->layout = (struct reader_layout){
        .delimiter = reader->sniff.delimiter,
        .header_line = row->line,
        .header = header,
        .header_count = row->cell_count,
        .columns = reader->sniff.columns.fields,
        .field_of = reader->sniff.columns.field_of,
    };
    return ERR_CANCELED;
}

static int take_header(struct reader *reader, bool whole, struct err *err)
{
    struct table *table = NULL;
    int rc = table_new(&reader->dialect, 0, keep_header, reader, &table, err);
    if (rc != OK)
        return rc;
    rc = table_feed(table, buf_bytes(&reader->text), err);
    if (rc == OK && whole)
        rc = table_finish(table, err);
    table_free(table);
    if (rc != OK && rc != ERR_CANCELED)
        return rc;
    return reader->sink.on_layout != NULL
               ? reader->sink.on_layout(reader->sink.context, &reader->layout, err)
               : OK;
}

/* The sample is there: HOLDING ends. */
static int begin_reading(struct reader *reader, bool whole, struct err *err)
{
    struct bytes head = {reader->head, reader->head_len};
    if (refusal_of_head(head, &reader->refusal) == HEAD_ZIP)
        reader->refusal = REFUSAL_ARCHIVE;
    if (reader->refusal != REFUSAL_NONE)
        return err_set(err, ERR_REFUSED, "file is %s", refusal_word(reader->refusal));
    int rc = find_header_in(reader->profile, buf_bytes(&reader->text), whole, &reader->sniff,
                            &reader->refusal, err);
    if (rc != OK)
        return rc;
    if (reader->refusal != REFUSAL_NONE)
        return ERR_REFUSED;
    reader->dialect = (struct dialect){{reader->sniff.delimiter}, '"', 0, true, false};
    rc = take_header(reader, whole, err);
    if (rc == OK)
        rc = table_new(&reader->dialect, 0, on_row, reader, &reader->table, err);
    return rc;
}

/* Text has been decoded: hand it on, unless it is held back. */
static int pass_on(struct reader *reader, bool whole, struct err *err)
{
    if (reader->table == NULL) {
        if (reader->text.len < READER_SAMPLE_BYTES && !whole)
            return OK;
        int rc = begin_reading(reader, whole, err);
        if (rc != OK)
            return rc;
    }
    int rc = table_feed(reader->table, buf_bytes(&reader->text), err);
    buf_clear(&reader->text);
    return rc;
}

int reader_feed(struct reader *reader, struct bytes bytes, struct err *err)
{
    while (bytes.len > 0) {
        struct bytes piece = {bytes.ptr, bytes.len < PIECE_BYTES ? bytes.len : PIECE_BYTES};
        size_t head_room = sizeof reader->head - reader->head_len;
        size_t head_len = piece.len < head_room ? piece.len : head_room;
        memcpy(reader->head + reader->head_len, piece.ptr, head_len);
        reader->head_len += head_len;
        int rc = decoder_feed(reader->decoder, piece, &reader->text, err);
        if (rc == OK)
            rc = pass_on(reader, false, err);
        if (rc != OK)
            return rc;
        bytes = (struct bytes){bytes.ptr + piece.len, bytes.len - piece.len};
    }
    return OK;
}

int reader_finish(struct reader *reader, struct err *err)
{
    int rc = decoder_finish(reader->decoder, &reader->text, err);
    if (rc == OK)
        rc = pass_on(reader, true, err);
    return rc == OK ? table_finish(reader->table, err) : rc;
}

enum refusal reader_refusal(const struct reader *reader)
{
    return reader->refusal;
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
