#include "importers/table.h"

#include "base/alloc.h"

#include "importers/reading.h"
#include "importers/splitter.h"

#include <csv.h>

#include <string.h>

/* libcsv in strict mode reads what is well-formed; the splitter reads the rest, and all of a dialect that libcsv does
 * not speak. For the splitter a record must be there from its first byte, so what is unfinished at the end of a feed
 * is held and goes on with the next. libcsv tells no positions and its callbacks cannot stop it, so:
 * - it gets pieces of whole lines (cut anew where a lone CR stands, which it would take for a line end);
 * - the first byte of the record at hand is found by counting line ends, which is needed only when a piece ends inside
 *   a record or something failed;
 * - after a failure the splitter reads on alone for a while, so that pieces given up stay few. */

enum {
    PIECE_BYTES = 64 * 1024,
    BLOCK_BYTES = 4096, /* by which libcsv grows a cell */
    /* States of libcsv that its header does not name. */
    CSV_ROW_NOT_BEGUN = 0,
    CSV_FIELD_BEGUN = 2,
};

struct table {
    struct grammar grammar;
    bool speaks; /* libcsv speaks the dialect */
    size_t expected_cells;
    table_row_cb on_row;
    void *context;
    struct err *err; /* of the call that is running */
    int rc;

    struct csv_parser parser;
    struct buf text; /* the cells of the row at hand, a NUL behind each */
    size_t starts[TABLE_MAX_CELLS];
    struct bytes cells[TABLE_MAX_CELLS];
    size_t cell_count;
    bool after_cr; /* the last byte was a CR that ended a row: an LF behind it belongs to it */
    bool gave_up;  /* the row at hand is more than libcsv can judge: what follows does not count */

    struct splitter *splitter;
    size_t splitting; /* so many bytes more are the splitter's */
    bool skipping;    /* to the next line: the last row was too long */

    struct buf
        held; /* from the first byte of the record at hand on; empty if it begins with the next feed */
    size_t wanted;  /* less than this need not be looked at again */
    size_t parsed;  /* so much of the record at hand libcsv has had */
    int64_t line;   /* where the record at hand begins */
    int64_t record; /* its number */
};

/* libcsv asks for one block more, then for half of it and so on, until it gets some or none. */
static void *cell_realloc(void *ptr, size_t bytes)
{
    return bytes > TABLE_MAX_CELL_BYTES ? NULL : mem_realloc(ptr, bytes);
}

static int nothing_is_space(unsigned char c)
{
    (void)c;
    return 0;
}

static int parser_open(struct table *table, struct err *err)
{
    const struct dialect *dialect = &table->grammar.dialect;
    if (csv_init(&table->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return err_set(err, ERR_NOMEM, "could not start the CSV parser");
    csv_set_delim(&table->parser, (unsigned char)dialect->delimiter[0]);
    csv_set_quote(&table->parser, (unsigned char)dialect->quote);
    csv_set_space_func(&table->parser, nothing_is_space);
    csv_set_realloc_func(&table->parser, cell_realloc);
    csv_set_free_func(&table->parser, mem_free);
    csv_set_blk_size(&table->parser, BLOCK_BYTES);
    return OK;
}

int table_new(const struct dialect *dialect, size_t expected_cells, table_row_cb on_row,
              void *context, struct table **out_table, struct err *err)
{
    struct table *table = mem_calloc(1, sizeof *table);
    if (table == NULL)
        return err_set(err, ERR_NOMEM, "could not make a table reader");
    grammar_init(&table->grammar, dialect);
    table->speaks =
        table->grammar.delimiter_bytes == 1 && dialect->quote != 0 && dialect->escape == 0;
    table->expected_cells = expected_cells;
    table->on_row = on_row;
    table->context = context;
    table->line = table->record = 1;
    buf_init(&table->text, TABLE_MAX_ROW_BYTES + TABLE_MAX_CELLS);
    buf_init(&table->held, TABLE_MAX_ROW_BYTES + 2 * PIECE_BYTES);
    int rc = parser_open(table, err);
    if (rc == OK)
        rc = splitter_new(dialect, expected_cells, &table->splitter, err);
    if (rc != OK) {
        table_free(table);
        return rc;
    }
    *out_table = table;
    return OK;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    csv_free(&table->parser);
    splitter_free(table->splitter);
    buf_deinit(&table->text);
    buf_deinit(&table->held);
    mem_free(table);
}

/* ---- Rows ---- */

/* LF and CRLF are line ends, each once; a CR alone as the dialect says. */
static int64_t count_line_ends(const struct table *table, struct bytes text)
{
    int64_t count = 0;
    const char *end = text.ptr + text.len;
    for (const char *at = text.ptr; at < end; at++, count++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            break;
    }
    for (const char *at = text.ptr; at < end && table->grammar.dialect.cr_ends; at++) {
        at = memchr(at, '\r', (size_t)(end - at));
        if (at == NULL)
            break;
        count += at + 1 == end || at[1] != '\n';
    }
    return count;
}

/* How many bytes the first `lines` lines have. */
static size_t find_line(const struct table *table, struct bytes text, int64_t lines)
{
    size_t at = 0;
    for (; lines > 0 && at < text.len; at++) {
        bool is_lone_cr = text.ptr[at] == '\r' && table->grammar.dialect.cr_ends &&
                          (at + 1 == text.len || text.ptr[at + 1] != '\n');
        lines -= text.ptr[at] == '\n' || is_lone_cr;
    }
    return at;
}

static void put_row(struct table *table, struct table_row *row, int64_t lines)
{
    row->line = table->grammar.dialect.by_record ? table->record : table->line;
    table->line += lines;
    table->record++;
    table->rc = table->on_row(table->context, row, table->err);
}

static void drop_row(struct table *table)
{
    buf_clear(&table->text);
    table->cell_count = 0;
}

static void end_row(struct table *table)
{
    struct bytes text = buf_bytes(&table->text);
    int64_t line_ends = text.len > 0 ? count_line_ends(table, text) : 0;
    bool is_odd = table->expected_cells > 1 && table->cell_count != table->expected_cells;
    if (line_ends > 0 && is_odd) {
        table->gave_up = true;
        return;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t next = i + 1 < table->cell_count ? table->starts[i + 1] : text.len;
        table->cells[i] = (struct bytes){text.ptr + table->starts[i], next - table->starts[i] - 1};
    }
    struct table_row row = {
        .cells = table->cells,
        .cell_count = table->cell_count,
        .text = text,
    };
    put_row(table, &row, 1 + line_ends);
    drop_row(table);
}

static void on_cell(void *cell, size_t len, void *context)
{
    struct table *table = context;
    table->after_cr = false;
    if (table->rc != OK || table->gave_up)
        return;
    /* Cells that are not kept may have line ends, which must be counted. */
    table->gave_up = table->cell_count == TABLE_MAX_CELLS;
    if (table->gave_up)
        return;
    /* Nearly always there is room, and asking for it costs a call for each cell of a dump. */
    struct buf *text = &table->text;
    char *room =
        len < text->capacity - text->len ? text->ptr + text->len : buf_reserve(text, len + 1);
    if (room == NULL) {
        table->rc = buf_status(&table->text, table->err);
        return;
    }
    if (len > 0)
        memcpy(room, cell, len);
    room[len] = '\0';
    table->starts[table->cell_count++] = text->len;
    text->len += len + 1;
}

static void on_row_end(int terminator, void *context)
{
    struct table *table = context;
    bool is_second_half = table->after_cr && terminator == '\n' && table->cell_count == 0;
    table->after_cr = terminator == '\r';
    if (!is_second_half && table->rc == OK && !table->gave_up)
        end_row(table);
}

/* ---- By libcsv ---- */

/* How many bytes of the text, about a piece, are whole lines; 0: none yet. */
static size_t find_piece(const struct table *table, struct bytes text, bool whole)
{
    size_t limit = TABLE_MAX_ROW_BYTES - table->parsed;
    size_t len = text.len < PIECE_BYTES ? text.len : PIECE_BYTES;
    if (whole && text.len <= PIECE_BYTES && text.len <= limit)
        return text.len;
    for (size_t at = len < limit ? len : limit; at > 0; at--) {
        size_t bytes = 0;
        bool is_cr = text.ptr[at - 1] == '\r' && table->grammar.dialect.cr_ends;
        if (text.ptr[at - 1] == '\n')
            return at;
        if (is_cr && grammar_mark(&table->grammar, text, whole, at - 1, &bytes) == MARK_END)
            return at - 1 + bytes;
    }
    size_t end = 0, taken = 0;
    bool has_line = text.len > 0 && grammar_line(&table->grammar, text, whole, &end, &taken);
    return has_line && taken <= limit ? taken : 0;
}

/* The first lone CR at or behind `from` that is no line end; text.len if there is none. */
static size_t find_lone_cr(const struct table *table, struct bytes text, size_t from)
{
    while (from < text.len && !table->grammar.dialect.cr_ends) {
        const char *cr = memchr(text.ptr + from, '\r', text.len - from);
        if (cr == NULL)
            break;
        from = (size_t)(cr - text.ptr);
        if (from + 1 < text.len && cr[1] != '\n')
            return from;
        from++;
    }
    return text.len;
}

/* Returns how much libcsv has read before it failed, or all. */
static size_t parse(struct table *table, struct bytes piece)
{
    struct csv_parser *parser = &table->parser;
    size_t at = 0;
    for (size_t cr = 0; at < piece.len; cr++) {
        cr = find_lone_cr(table, piece, cr);
        size_t len = cr - at;
        size_t used = csv_parse(parser, piece.ptr + at, len, on_cell, on_row_end, table);
        at += used;
        bool is_text = parser->pstate == CSV_FIELD_BEGUN && parser->quoted;
        if (table->rc != OK || used < len || (cr < piece.len && !is_text))
            break;
    }
    return at;
}

/* libcsv has failed with the record at hand, having had `work` bytes of it: the splitter takes over. */
static void hand_over(struct table *table, size_t work)
{
    struct csv_parser *parser = &table->parser;
    bool is_full = csv_get_buffer_size(parser) >= TABLE_MAX_CELL_BYTES;
    if (csv_error(parser) == CSV_ENOMEM && !is_full) {
        table->rc = err_set(table->err, ERR_NOMEM, "could not hold a cell of %zu bytes",
                            csv_get_buffer_size(parser));
        return;
    }
    drop_row(table);
    table->gave_up = table->after_cr = false;
    table->parsed = 0;
    table->splitting = work > PIECE_BYTES ? work : PIECE_BYTES;
    csv_free(parser);
    table->rc = parser_open(table, table->err);
}

/* Let libcsv read a piece of the text, which begins with the record at hand. Returns how many bytes of whole records
 * that were; `*out_stuck`: more text is needed to go on. */
static size_t read_piece(struct table *table, struct bytes text, bool whole, bool *out_stuck)
{
    struct bytes piece = {text.ptr + table->parsed, text.len - table->parsed};
    piece.len = find_piece(table, piece, whole);
    bool is_last = whole && table->parsed + piece.len == text.len;
    *out_stuck = piece.len == 0 && !is_last && text.len < TABLE_MAX_ROW_BYTES;
    if (*out_stuck)
        return 0;
    if (piece.len == 0 && !is_last) {
        hand_over(table, TABLE_MAX_ROW_BYTES);
        return 0;
    }
    int64_t line = table->line;
    size_t used = parse(table, piece);
    bool failed = table->rc == OK && used < piece.len;
    if (table->rc == OK && !failed && is_last && !table->gave_up)
        failed = csv_fini(&table->parser, on_cell, on_row_end, table) != 0;
    if (table->rc != OK)
        return 0;
    used += table->parsed;
    failed = failed || table->gave_up;
    bool is_between = table->cell_count == 0 && table->parser.pstate == CSV_ROW_NOT_BEGUN;
    size_t taken = is_between && !failed ? used : find_line(table, text, table->line - line);
    table->parsed = used - taken;
    if (failed)
        hand_over(table, table->gave_up ? 0 : used - taken);
    return taken;
}

/* ---- By the splitter ---- */

static size_t split_record(struct table *table, struct bytes text, bool whole, bool *out_stuck)
{
    enum split split = SPLIT_MORE;
    struct table_row row;
    size_t taken = 0;
    table->rc = splitter_split(table->splitter, text, whole, &split, &row, &taken, table->err);
    *out_stuck = split == SPLIT_MORE;
    if (table->rc != OK || *out_stuck)
        return 0;
    char last = text.ptr[taken - 1];
    bool ends = last == '\n' || (last == '\r' && table->grammar.dialect.cr_ends);
    table->skipping = row.fault == TABLE_FAULT_LONG && !ends;
    table->splitting -= taken < table->splitting ? taken : table->splitting;
    put_row(table, &row, count_line_ends(table, (struct bytes){text.ptr, taken}));
    return taken;
}

/* To the end of a line of which more than any row may have was read. */
static size_t skip_line(struct table *table, struct bytes text, bool whole, bool *out_stuck)
{
    size_t end = 0, taken = 0;
    *out_stuck = !grammar_line(&table->grammar, text, whole, &end, &taken);
    if (*out_stuck)
        return text.ptr[text.len - 1] == '\r' ? text.len - 1 : text.len;
    table->skipping = false;
    table->line++;
    return taken;
}

/* ---- Feeding ---- */

/* Read the whole records of a text that begins with the record at hand; returns how many bytes they have. */
static size_t read_text(struct table *table, struct bytes text, bool whole)
{
    size_t at = 0;
    bool stuck = false;
    while (table->rc == OK && at < text.len && !stuck) {
        struct bytes rest = {text.ptr + at, text.len - at};
        if (table->skipping)
            at += skip_line(table, rest, whole, &stuck);
        else if (!table->speaks || table->splitting > 0)
            at += split_record(table, rest, whole, &stuck);
        else
            at += read_piece(table, rest, whole, &stuck);
    }
    size_t rest = text.len - at;
    table->wanted = rest < TABLE_MAX_ROW_BYTES / 2 ? rest * 2 : TABLE_MAX_ROW_BYTES;
    return at;
}

/* How much of the text to add to what is held: enough to look again, and then to the end of a line, so that what comes
 * behind it need not be held. */
static size_t find_addition(const struct table *table, struct bytes text)
{
    size_t least = table->wanted > table->held.len ? table->wanted - table->held.len : 0;
    if (least >= text.len)
        return text.len;
    struct bytes rest = {text.ptr + least, text.len - least};
    size_t end = 0, taken = 0;
    if (rest.len > PIECE_BYTES)
        rest.len = PIECE_BYTES;
    bool has_line = grammar_line(&table->grammar, rest, false, &end, &taken);
    return least + (has_line ? taken : rest.len);
}

int table_feed(struct table *table, struct bytes text, struct err *err)
{
    table->err = err;
    struct buf *held = &table->held;
    while (text.len > 0 && table->rc == OK) {
        bool is_direct = held->len == 0;
        size_t added = is_direct ? text.len : find_addition(table, text);
        struct bytes window = {text.ptr, added};
        if (!is_direct) {
            buf_append(held, window);
            window = buf_bytes(held);
        }
        text = (struct bytes){text.ptr + added, text.len - added};
        size_t taken = 0;
        if (buf_status(held, err) == OK && (is_direct || held->len >= table->wanted))
            taken = read_text(table, window, false);
        struct bytes rest = {window.ptr + taken, window.len - taken};
        if (is_direct) {
            buf_append(held, rest);
        } else if (taken > 0) {
            memmove(held->ptr, rest.ptr, rest.len);
            held->len = rest.len;
        }
        if (table->rc == OK)
            table->rc = buf_status(held, err);
    }
    return table->rc;
}

int table_finish(struct table *table, struct err *err)
{
    table->err = err;
    if (table->rc == OK && table->held.len > 0)
        (void)read_text(table, buf_bytes(&table->held), true);
    return table->rc;
}
