#ifndef PINGYI_TESTS_SUPPORT_TABLE_FILE_H
#define PINGYI_TESTS_SUPPORT_TABLE_FILE_H

#include "base/buf.h"

/* A golden table: a header line and rows of plain cells (no quotes) separated by commas. What cannot be read, a column
 * that is not there or a cell that is no number fails the test that asked for it. */
struct table_file {
    struct buf text;
    struct bytes *cells; /* of the header, then of the rows; they point into `text` */
    size_t column_count;
    size_t row_count; /* without the header */
    const char *path; /* borrowed */
};

/* Read the table at `path`, relative to the project's root. Ends with table_file_free. */
struct table_file table_file_read(const char *path);
void table_file_free(struct table_file *table);

/* Index of the column with that name. */
size_t table_file_column(const struct table_file *table, const char *name);

/* A cell as text, as a number (NaN for NA, Inf and -Inf as in R), as a whole number. Rows count from 0. */
struct bytes table_file_text(const struct table_file *table, size_t row, const char *column);
double table_file_number(const struct table_file *table, size_t row, const char *column);
int64_t table_file_count(const struct table_file *table, size_t row, const char *column);

/* Whether a cell holds that text. */
bool table_file_is(const struct table_file *table, size_t row, const char *column,
                   const char *text);

/* `actual` is the number in the cell within 1e-9 of it (of 1 if that is more), NaN where it is NA. */
void table_file_expect(const struct table_file *table, size_t row, const char *column,
                       double actual);

#endif
