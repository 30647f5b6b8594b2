#include "importers/table.h"

#include "base/alloc.h"

#include <csv.h>

#include <string.h>

/* libcsv in strict mode does the grammar. It gives no line numbers and its callbacks cannot stop it, so:
 * - every row terminator is reported (CSV_REPALL_NL) and line ends inside cells are counted when the row is complete;
 * - after the sink has failed, rows are dropped until csv_parse returns, which one piece of input bounds.
 * Where the grammar fails, the row is given up: what is left of that line is its last cell, and a fresh parser begins
 * at the next line. */
struct table {
    struct csv_parser parser;
    table_row_cb on_row;
    void *context;
    struct err *err; /* of the call that is running */
    int rc;

    struct buf text; /* the cells of the row at hand, a NUL behind each */
    size_t starts[TABLE_MAX_CELLS];
    struct bytes cells[TABLE_MAX_CELLS];
    size_t cell_count;
    enum table_fault fault;

    int64_t line;  /* the row at hand begins here */
    bool after_cr; /* the last byte was a CR that ended a row: an LF behind it belongs to it */
    bool skipping; /* the row has failed: collecting the rest of its line */
};

/* libcsv asks for one block more, then for half of it and so on, until it gets some or none. */
static void *cell_realloc(void *ptr, size_t bytes)
{
    return bytes > TABLE_MAX_CELL_BYTES ? NULL : mem_realloc(ptr, bytes);
}

static int parser_open(struct table *table, char delimiter, struct err *err)
{
    enum { BLOCK_BYTES = 4096 };
    if (csv_init(&table->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return err_set(err, ERR_NOMEM, "could not start the CSV parser");
    csv_set_delim(&table->parser, (unsigned char)delimiter);
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
    (void)expected_cells;
    int rc = parser_open(table, dialect->delimiter[0], err);
    if (rc != OK) {
        mem_free(table);
        return rc;
    }
    table->on_row = on_row;
    table->context = context;
    table->line = 1;
    buf_init(&table->text, TABLE_MAX_ROW_BYTES);
    *out_table = table;
    return OK;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    csv_free(&table->parser);
    buf_deinit(&table->text);
    mem_free(table);
}

/* The row has room for one cell more of `len` bytes, its NUL, and the NUL of a line given up; else its fault is
 * noted. */
static bool has_room(struct table *table, size_t len)
{
    bool fits = len + 2 <= TABLE_MAX_ROW_BYTES - table->text.len;
    bool counts = table->cell_count < TABLE_MAX_CELLS;
    if (table->fault == TABLE_FAULT_NONE && !(fits && counts))
        table->fault = counts ? TABLE_FAULT_LONG : TABLE_FAULT_CELLS;
    return fits && counts;
}

static void add_cell(struct table *table, struct bytes cell)
{
    if (!has_room(table, cell.len))
        return;
    /* Nearly always there is room, and asking for it costs a call for each cell of a dump. */
    struct buf *text = &table->text;
    char *room = cell.len < text->capacity - text->len ? text->ptr + text->len
                                                       : buf_reserve(text, cell.len + 1);
    if (room == NULL) {
        table->rc = buf_status(&table->text, table->err);
        return;
    }
    if (cell.len > 0)
        memcpy(room, cell.ptr, cell.len);
    room[cell.len] = '\0';
    table->starts[table->cell_count++] = table->text.len;
    table->text.len += cell.len + 1;
}

/* Line ends: LF, CRLF or CR, each once. */
static int64_t count_line_ends(struct bytes text)
{
    int64_t count = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end; at++, count++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            break;
    }
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end; at++) {
        at = memchr(at, '\r', (size_t)(end - at));
        if (at == NULL)
            break;
        count += at + 1 == end || at[1] != '\n';
    }
    return count;
}

static void end_row(struct table *table)
{
    struct bytes text = buf_bytes(&table->text);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t next = i + 1 < table->cell_count ? table->starts[i + 1] : text.len;
        table->cells[i] = (struct bytes){text.ptr + table->starts[i], next - table->starts[i] - 1};
    }
    struct table_row row = {
        .line = table->line,
        .cells = table->cells,
        .cell_count = table->cell_count,
        .text = text,
        .fault = table->fault,
    };
    table->line += 1 + (text.len > 0 ? count_line_ends(text) : 0);
    if (table->rc == OK)
        table->rc = table->on_row(table->context, &row, table->err);
    buf_clear(&table->text);
    table->cell_count = 0;
    table->fault = TABLE_FAULT_NONE;
}

static void on_cell(void *cell, size_t len, void *context)
{
    struct table *table = context;
    table->after_cr = false;
    if (table->rc == OK)
        add_cell(table, (struct bytes){cell, len});
}

static void on_row_end(int terminator, void *context)
{
    struct table *table = context;
    bool is_second_half = table->after_cr && terminator == '\n' && table->cell_count == 0 &&
                          table->fault == TABLE_FAULT_NONE;
    table->after_cr = terminator == '\r';
    if (!is_second_half && table->rc == OK)
        end_row(table);
}

/* The grammar has failed inside a cell: keep what was read of it as the beginning of the row's last cell. */
static int give_up_row(struct table *table, enum table_fault fault)
{
    struct csv_parser *parser = &table->parser;
    char delimiter = (char)csv_get_delim(parser);
    struct bytes begun = {(const char *)parser->entry_buf, parser->entry_pos};
    table->fault = fault;
    table->after_cr = false;
    if (has_room(table, begun.len + 1)) {
        table->starts[table->cell_count++] = table->text.len;
        if (parser->quoted)
            buf_append_byte(&table->text, '"');
        buf_append(&table->text, begun);
    }
    table->skipping = true;
    csv_free(parser);
    int rc = parser_open(table, delimiter, table->err);
    return rc != OK ? rc : buf_status(&table->text, table->err);
}

/* Add the rest of a failed row's line; returns how many bytes it took. */
static size_t skip_line(struct table *table, struct bytes text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] != '\n' && text.ptr[len] != '\r')
        len++;
    struct bytes rest = {text.ptr, len};
    size_t room = TABLE_MAX_ROW_BYTES - 1 - table->text.len;
    if (rest.len > room)
        rest.len = room;
    buf_append(&table->text, rest);
    if (len == text.len)
        return len;
    buf_append_byte(&table->text, '\0');
    table->rc = buf_status(&table->text, table->err);
    table->skipping = false;
    if (table->rc == OK)
        end_row(table);
    table->after_cr = text.ptr[len] == '\r';
    return len + 1;
}

/* csv_parse stopped before the end of its input. */
static int on_failure(struct table *table)
{
    if (csv_error(&table->parser) == CSV_EPARSE)
        return give_up_row(table, TABLE_FAULT_QUOTES);
    if (csv_get_buffer_size(&table->parser) >= TABLE_MAX_CELL_BYTES)
        return give_up_row(table, TABLE_FAULT_LONG);
    return err_set(table->err, ERR_NOMEM, "could not hold a cell of %zu bytes",
                   csv_get_buffer_size(&table->parser));
}

int table_feed(struct table *table, struct bytes text, struct err *err)
{
    table->err = err;
    while (text.len > 0 && table->rc == OK) {
        size_t taken = 0;
        if (table->skipping) {
            taken = skip_line(table, text);
        } else {
            taken = csv_parse(&table->parser, text.ptr, text.len, on_cell, on_row_end, table);
            if (table->rc == OK && taken < text.len)
                table->rc = on_failure(table);
        }
        text = (struct bytes){text.ptr + taken, text.len - taken};
    }
    return table->rc;
}

int table_finish(struct table *table, struct err *err)
{
    table->err = err;
    if (table->rc == OK && !table->skipping &&
        csv_fini(&table->parser, on_cell, on_row_end, table) != 0)
        table->rc = give_up_row(table, TABLE_FAULT_QUOTES);
    if (table->rc == OK && table->skipping)
        (void)skip_line(table, BYTES_LIT("\n"));
    return table->rc;
}
