#include "importers/splitter.h"

#include <stdlib.h>
#include <string.h>

/* The first three bytes choose the dialect, the number of cells to expect and where the text is cut; the rest is a
 * text. Nothing is lost: what a record has besides its cells is delimiters, quotes, escapes and line ends. A table
 * read from the text is the same however it is cut, and has the rows that the splitter alone finds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dialect choose_dialect(uint8_t choice)
{
    static const char delimiters[][DIALECT_DELIMITER_BYTES] = {",", ";",  "\t", "|",
                                                               " ", ", ", "||", "''"};
    static const char quotes[] = {'"', '\'', 0, '"'};
    struct dialect dialect = {.quote = quotes[choice >> 3 & 3]};
    memcpy(dialect.delimiter, delimiters[choice & 7], sizeof dialect.delimiter);
    dialect.escape = (choice & 32) != 0 ? '\\' : 0;
    dialect.cr_ends = (choice & 64) != 0;
    dialect.by_record = (choice & 128) != 0;
    return dialect;
}

/* ---- One record after the other ---- */

static bool is_structure(const struct dialect *dialect, char c)
{
    return c == dialect->delimiter[0] ||
           (dialect->delimiter[1] != 0 && c == dialect->delimiter[1]) ||
           (dialect->quote != 0 && c == dialect->quote) ||
           (dialect->escape != 0 && c == dialect->escape) || c == '\r' || c == '\n';
}

static size_t count_text(const struct dialect *dialect, struct bytes bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++)
        count += !is_structure(dialect, bytes.ptr[i]);
    return count;
}

static void check_row(const struct dialect *dialect, const struct table_row *row,
                      struct bytes record)
{
    size_t text = 0, len = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        text += count_text(dialect, row->cells[i]);
        len += row->cells[i].len + 1;
        if (row->cells[i].len > TABLE_MAX_CELL_BYTES)
            abort();
    }
    if (row->cell_count > TABLE_MAX_CELLS || len != row->text.len)
        abort();
    if (row->fault == TABLE_FAULT_NONE && text != count_text(dialect, record))
        abort();
}

static void append_row(struct buf *out, const struct table_row *row)
{
    buf_printf(out, "%zu %d %u ", row->cell_count, (int)row->fault, row->mends);
    buf_append(out, row->text);
}

static void split_all(const struct dialect *dialect, size_t expected, struct bytes text,
                      struct buf *out)
{
    struct err err = {0};
    struct splitter *splitter = NULL;
    if (splitter_new(dialect, expected, &splitter, &err) != OK)
        abort();
    while (text.len > 0) {
        enum split split = SPLIT_MORE;
        struct table_row row = {0};
        size_t taken = 0;
        if (splitter_split(splitter, text, true, &split, &row, &taken, &err) != OK ||
            split != SPLIT_RECORD || taken == 0 || taken > text.len)
            abort();
        check_row(dialect, &row, (struct bytes){text.ptr, taken});
        append_row(out, &row);
        text = (struct bytes){text.ptr + taken, text.len - taken};
    }
    splitter_free(splitter);
}

/* ---- A table ---- */

struct seen {
    struct buf rows;
    struct buf lines;
};

static int write_row(void *context, const struct table_row *row, struct err *err)
{
    struct seen *seen = context;
    buf_printf(&seen->lines, "%lld ", (long long)row->line);
    append_row(&seen->rows, row);
    return buf_status(&seen->rows, err);
}

static void read_cut(const struct dialect *dialect, size_t expected, struct bytes text, size_t cut,
                     struct seen *out)
{
    struct err err = {0};
    struct table *table = NULL;
    if (table_new(dialect, expected, write_row, out, &table, &err) != OK)
        abort();
    int rc = table_feed(table, (struct bytes){text.ptr, cut}, &err);
    /* Small pieces behind the cut, at least one. */
    size_t piece = cut % 7 == 0 ? 1 : text.len;
    for (size_t at = cut; rc == OK && at < text.len; at += piece) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        rc = table_feed(table, (struct bytes){text.ptr + at, len}, &err);
    }
    if (rc == OK)
        rc = table_finish(table, &err);
    if (rc != OK)
        abort();
    table_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    struct dialect dialect = choose_dialect(data[0]);
    size_t expected = data[1] % 16;
    struct bytes text = {(const char *)data + 3, size - 3};
    enum { MAX_BYTES = 1 << 24 };
    struct buf split;
    struct seen whole, cut;
    struct buf *all[] = {&split, &whole.rows, &whole.lines, &cut.rows, &cut.lines};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_init(all[i], MAX_BYTES);
    split_all(&dialect, expected, text, &split);
    read_cut(&dialect, expected, text, text.len, &whole);
    read_cut(&dialect, expected, text, text.len * data[2] / 256, &cut);
    if (!bytes_equal(buf_bytes(&whole.rows), buf_bytes(&cut.rows)) ||
        !bytes_equal(buf_bytes(&whole.lines), buf_bytes(&cut.lines)) ||
        !bytes_equal(buf_bytes(&whole.rows), buf_bytes(&split)))
        abort();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_deinit(all[i]);
    return 0;
}
