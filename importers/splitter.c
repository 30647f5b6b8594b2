#include "importers/splitter.h"

#include "base/alloc.h"

#include "importers/weigh.h"

#include <string.h>

/* A record is read strictly, which is linear and nearly always all. If that fails, or if its shape speaks against it,
 * its readings are weighed; if that would be too much work, its first line is read alone. Each way ends in a struct
 * reading, whose cells are then copied. */

/* Work is counted in bytes looked at in vain and in steps of weighing. */
enum { CREDIT_START = 4 * 1024 * 1024, CREDIT_PER_BYTE = 64 };

struct splitter {
    struct grammar grammar;
    size_t expected_cells;
    struct weigh *weigh;
    int64_t credit;
    struct reading reading;
    struct reading line; /* scratch */
    struct buf text;
    struct bytes cells[TABLE_MAX_CELLS];
};

int splitter_new(const struct dialect *dialect, size_t expected_cells,
                 struct splitter **out_splitter, struct err *err)
{
    struct splitter *splitter = mem_calloc(1, sizeof *splitter);
    if (splitter == NULL)
        return err_set(err, ERR_NOMEM, "could not make a splitter of records");
    grammar_init(&splitter->grammar, dialect);
    splitter->expected_cells = expected_cells;
    splitter->credit = CREDIT_START;
    /* Nothing in a cell is longer than it was in the text, but a NUL follows each. */
    buf_init(&splitter->text, TABLE_MAX_ROW_BYTES + TABLE_MAX_CELLS);
    int rc = weigh_new(&splitter->grammar, expected_cells, &splitter->weigh, err);
    if (rc != OK) {
        splitter_free(splitter);
        return rc;
    }
    *out_splitter = splitter;
    return OK;
}

void splitter_free(struct splitter *splitter)
{
    if (splitter == NULL)
        return;
    weigh_free(splitter->weigh);
    buf_deinit(&splitter->text);
    mem_free(splitter);
}

/* ---- Cells ---- */

struct writer {
    const struct grammar *grammar;
    struct table_row *row;
    char *at;
    char *cell; /* the one at hand begins here */
};

/* What does not fit into a cell is dropped, and the row says so. */
static void put(struct writer *writer, const char *ptr, size_t len)
{
    size_t room = TABLE_MAX_CELL_BYTES - (size_t)(writer->at - writer->cell);
    if (len > room) {
        writer->row->fault = TABLE_FAULT_LONG;
        len = room;
    }
    memcpy(writer->at, ptr, len);
    writer->at += len;
}

/* Resolve the escapes of text[at, end). */
static void put_resolved(struct writer *writer, struct bytes text, size_t at, size_t end,
                         bool quoted)
{
    const struct dialect *dialect = &writer->grammar->dialect;
    struct bytes inside = {text.ptr, end};
    while (at < end) {
        size_t start = at;
        while (at < end && text.ptr[at] != dialect->escape && text.ptr[at] != dialect->quote)
            at++;
        put(writer, text.ptr + start, at - start);
        if (at == end)
            break;
        size_t bytes = 1;
        char c = text.ptr[at];
        if (dialect->escape != 0 && c == dialect->escape) {
            bytes = grammar_escaped(writer->grammar, inside, at);
        } else if (quoted && dialect->escape == 0 && c == dialect->quote) {
            bytes = at + 1 < end && text.ptr[at + 1] == c ? 2 : 1;
        }
        if (bytes == 1 && quoted && c == dialect->quote)
            writer->row->mends |= TABLE_MEND_QUOTE;
        put(writer, text.ptr + at + (bytes > 1), bytes - (bytes > 1));
        at += bytes;
    }
}

static void put_plain(struct writer *writer, struct bytes text, const struct span *span)
{
    const struct dialect *dialect = &writer->grammar->dialect;
    bool opens =
        dialect->quote != 0 && span->end > span->start && text.ptr[span->start] == dialect->quote;
    if (opens)
        writer->row->mends |= TABLE_MEND_QUOTE;
    writer->row->mends |= span->mends;
    if (span->escapes && dialect->escape != 0)
        put_resolved(writer, text, span->start, span->end, false);
    else
        put(writer, text.ptr + span->start, span->end - span->start);
}

static void put_quoted(struct writer *writer, struct bytes text, const struct span *span)
{
    char quote = writer->grammar->dialect.quote;
    size_t open = span->start, close = span->end - 1;
    while (text.ptr[open] != quote)
        open++;
    while (text.ptr[close] != quote)
        close--;
    put(writer, text.ptr + span->start, open - span->start);
    if (span->escapes)
        put_resolved(writer, text, open + 1, close, true);
    else
        put(writer, text.ptr + open + 1, close - open - 1);
    put(writer, text.ptr + close + 1, span->end - close - 1);
}

static int write_row(struct splitter *splitter, struct bytes text, struct table_row *row,
                     struct err *err)
{
    const struct reading *reading = &splitter->reading;
    *row = (struct table_row){.cells = splitter->cells, .cell_count = reading->cell_count};
    if (row->cell_count > TABLE_MAX_CELLS) {
        row->cell_count = TABLE_MAX_CELLS;
        row->fault = TABLE_FAULT_CELLS;
    }
    if (reading->ended_by_cr)
        row->mends |= TABLE_MEND_CR;
    buf_clear(&splitter->text);
    char *room = buf_reserve(&splitter->text, reading->end + row->cell_count);
    if (room == NULL)
        return buf_status(&splitter->text, err);
    struct writer writer = {.grammar = &splitter->grammar, .row = row, .at = room};
    for (size_t i = 0; i < row->cell_count; i++) {
        const struct span *span = &reading->cells[i];
        writer.cell = writer.at;
        if (span->quoted)
            put_quoted(&writer, text, span);
        else
            put_plain(&writer, text, span);
        splitter->cells[i] = (struct bytes){writer.cell, (size_t)(writer.at - writer.cell)};
        *writer.at++ = '\0';
    }
    row->text = (struct bytes){room, (size_t)(writer.at - room)};
    return OK;
}

/* ---- Ways to a reading ---- */

/* Whether one of the record's lines has the shape of a record by itself. */
static bool holds_record(struct splitter *splitter, struct bytes text)
{
    struct bytes rest = {text.ptr, splitter->reading.taken};
    size_t end = 0, taken = 0;
    while (rest.len > 0 && grammar_line(&splitter->grammar, rest, true, &end, &taken)) {
        if (taken == splitter->reading.taken)
            return false; /* the record is this line */
        reading_of_line(&splitter->grammar, (struct bytes){rest.ptr, end}, &splitter->line);
        if (splitter->line.cell_count == splitter->expected_cells)
            return true;
        rest = (struct bytes){rest.ptr + taken, rest.len - taken};
    }
    return false;
}

/* A well-formed record may yet be several, or be meant otherwise, if it has not the shape of the others. That it is
 * short or long does not speak against it: rows lack their last cells. */
static bool is_suspicious(struct splitter *splitter, struct bytes text)
{
    const struct reading *reading = &splitter->reading;
    const struct grammar *grammar = &splitter->grammar;
    if (splitter->expected_cells < 2 || reading->cell_count == splitter->expected_cells ||
        reading->cell_count == 0)
        return false;
    bool ends_short = grammar->delimiter_bytes == 2 && reading->end > 0 &&
                      text.ptr[reading->end - 1] == grammar->dialect.delimiter[0];
    return ends_short || reading_has_stray(grammar, text, reading, false) ||
           holds_record(splitter, text);
}

/* The first line alone. false: there is no line end yet. */
static bool read_line(struct splitter *splitter, struct bytes text, bool whole, bool *out_is_long)
{
    size_t end = text.len, taken = text.len;
    bool has_line = grammar_line(&splitter->grammar, text, whole, &end, &taken);
    *out_is_long = !has_line;
    if (!has_line && text.len < TABLE_MAX_ROW_BYTES)
        return false;
    /* A CRLF is not to be cut in two. */
    if (!has_line && text.ptr[taken - 1] == '\r')
        taken--;
    reading_of_line(&splitter->grammar, (struct bytes){text.ptr, end}, &splitter->reading);
    splitter->reading.taken = taken;
    return true;
}

/* SPLIT_MORE or a reading; `*out_work`: what was done beside reading what is well-formed. */
static int find_reading(struct splitter *splitter, struct bytes text, bool whole,
                        enum split *out_split, bool *out_is_long, int64_t *out_work,
                        struct err *err)
{
    struct reading *reading = &splitter->reading;
    enum strict strict = STRICT_BROKEN;
    enum weighed weighed = WEIGHED_NONE;
    *out_split = SPLIT_RECORD;
    *out_is_long = false;
    *out_work = 0;
    if (splitter->credit > 0) {
        strict = reading_strict(&splitter->grammar, text, whole, reading);
        if (strict == STRICT_CUT && text.len < TABLE_MAX_ROW_BYTES) {
            *out_split = SPLIT_MORE;
            return OK;
        }
        if (strict == STRICT_FINE &&
            (reading->taken > SPLITTER_LOOKAHEAD_BYTES || !is_suspicious(splitter, text)))
            return OK;
        int64_t looked_at = (int64_t)reading->taken;
        int rc = weigh_record(splitter->weigh, text, whole, splitter->credit, &weighed, reading,
                              out_work, err);
        if (rc != OK)
            return rc;
        *out_work += looked_at;
    }
    bool has_reading = strict == STRICT_FINE || weighed == WEIGHED_DECIDED;
    if (weighed == WEIGHED_MORE || (!has_reading && !read_line(splitter, text, whole, out_is_long)))
        *out_split = SPLIT_MORE;
    return OK;
}

int splitter_split(struct splitter *splitter, struct bytes text, bool whole, enum split *out_split,
                   struct table_row *out_row, size_t *out_taken, struct err *err)
{
    if (text.len > TABLE_MAX_ROW_BYTES) {
        text.len = TABLE_MAX_ROW_BYTES;
        whole = false;
    }
    enum split split = SPLIT_MORE;
    bool is_long = false;
    int64_t work = 0;
    struct table_row row;
    int rc = find_reading(splitter, text, whole, &split, &is_long, &work, err);
    if (rc == OK && split == SPLIT_RECORD)
        rc = write_row(splitter, text, &row, err);
    if (rc != OK)
        return rc;
    *out_split = split;
    if (split == SPLIT_MORE)
        return OK;
    if (is_long)
        row.fault = TABLE_FAULT_LONG;
    size_t taken = splitter->reading.taken;
    splitter->credit += CREDIT_PER_BYTE * (int64_t)taken - work;
    *out_row = row;
    *out_taken = taken;
    return OK;
}
