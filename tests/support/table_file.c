#include "tests/support/table_file.h"

#include "base/alloc.h"

#include "tests/support/file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TABLE_MAX_BYTES = 4 << 20, NUMBER_MAX_BYTES = 40 };

static size_t count_byte(struct bytes text, char byte)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == byte ? 1 : 0;
    return count;
}

struct table_file table_file_read(const char *path)
{
    struct table_file table = {.path = path};
    buf_init(&table.text, TABLE_MAX_BYTES);
    test_file_read(path, &table.text);
    struct bytes rest = bytes_trim(buf_bytes(&table.text));
    size_t lines = count_byte(rest, '\n') + 1;
    struct bytes header = bytes_cut(&rest, '\n');
    table.column_count = count_byte(header, ',') + 1;
    table.row_count = lines - 1;
    table.cells = mem_calloc(size_multiply(lines, table.column_count), sizeof *table.cells);
    assert_non_null(table.cells);
    struct bytes line = header;
    for (size_t i = 0; i < lines; i++) {
        if (count_byte(line, ',') + 1 != table.column_count)
            fail_msg("%s, line %zu: not %zu cells", path, i + 1, table.column_count);
        for (size_t c = 0; c < table.column_count; c++)
            table.cells[i * table.column_count + c] = bytes_cut(&line, ',');
        line = bytes_cut(&rest, '\n');
    }
    return table;
}

void table_file_free(struct table_file *table)
{
    mem_free(table->cells);
    buf_deinit(&table->text);
    *table = (struct table_file){0};
}

size_t table_file_column(const struct table_file *table, const char *name)
{
    size_t column = 0;
    while (column < table->column_count && !bytes_equal(table->cells[column], bytes_from_z(name)))
        column++;
    if (column == table->column_count)
        fail_msg("%s has no column %s", table->path, name);
    return column;
}

struct bytes table_file_text(const struct table_file *table, size_t row, const char *column)
{
    assert_true(row < table->row_count);
    return table->cells[(row + 1) * table->column_count + table_file_column(table, column)];
}

double table_file_number(const struct table_file *table, size_t row, const char *column)
{
    struct bytes text = table_file_text(table, row, column);
    if (bytes_equal(text, BYTES_LIT("NA")))
        return NAN;
    char copy[NUMBER_MAX_BYTES + 1] = {0};
    assert_true(text.len > 0 && text.len <= NUMBER_MAX_BYTES);
    memcpy(copy, text.ptr, text.len);
    char *end = NULL;
    double value = strtod(copy, &end);
    if (*end != '\0')
        fail_msg("%s, row %zu: %s is no number: %s", table->path, row + 1, column, copy);
    return value;
}

int64_t table_file_count(const struct table_file *table, size_t row, const char *column)
{
    int64_t value = 0;
    struct bytes text = table_file_text(table, row, column);
    if (!bytes_to_int64(text, &value))
        fail_msg("%s, row %zu: %s is no count: " BYTES_FMT, table->path, row + 1, column,
                 BYTES_ARG(text));
    return value;
}

bool table_file_is(const struct table_file *table, size_t row, const char *column, const char *text)
{
    return bytes_equal(table_file_text(table, row, column), bytes_from_z(text));
}

void table_file_expect(const struct table_file *table, size_t row, const char *column,
                       double actual)
{
    double expected = table_file_number(table, row, column);
    double size = fabs(expected) > 1.0 ? fabs(expected) : 1.0;
    bool equal = isfinite(expected) ? fabs(actual - expected) <= 1e-9 * size
                                    : (isnan(expected) && isnan(actual)) || actual == expected;
    if (!equal) {
        struct bytes first = table->cells[(row + 1) * table->column_count];
        fail_msg("%s, " BYTES_FMT " (row %zu), %s: %.15g, not %.15g", table->path, BYTES_ARG(first),
                 row + 1, column, actual, expected);
    }
}
