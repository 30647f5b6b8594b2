#ifndef PINGYI_IMPORTERS_TABLE_H
#define PINGYI_IMPORTERS_TABLE_H

#include "base/buf.h"

/* A push reader of well-formed CSV: text in, rows of cells with their line numbers out, in constant memory. It knows
 * no header and no profile. Thread: one owner at a time.
 *
 * Text is UTF-8, but any bytes pass: only the delimiter, the quote ", CR and LF mean anything. Rows end with LF, CRLF
 * or CR. Spaces and tabs around a cell that is not quoted are dropped. */

enum {
    TABLE_MAX_CELL_BYTES = 1024 * 1024,
    TABLE_MAX_CELLS = 1024,
    TABLE_MAX_ROW_BYTES = 4 * 1024 * 1024,
};

/* What is wrong with a row; its cells are then as many as could be read. */
enum table_fault {
    TABLE_FAULT_NONE,
    TABLE_FAULT_QUOTES, /* a stray or missing quote; the rest of that line is the last cell, as it stands */
    TABLE_FAULT_LONG,  /* a cell or the row goes beyond its limit */
    TABLE_FAULT_CELLS, /* more than TABLE_MAX_CELLS */
};

struct table_row {
    int64_t line;              /* first physical line, from 1 */
    const struct bytes *cells; /* borrowed until the sink returns */
    size_t cell_count;         /* 0 for a blank line */
    struct bytes text;         /* all cells, a NUL behind each */
    enum table_fault fault;
};

/* Returns OK, or a negative code that stops the table and comes back from table_feed. */
typedef int (*table_row_cb)(void *context, const struct table_row *row, struct err *err);

struct table;

int table_new(char delimiter, table_row_cb on_row, void *context, struct table **out_table,
              struct err *err);
void table_free(struct table *table);

/* Feed text cut anywhere; rows that end in it go to the sink. ERR_NOMEM or what the sink returned; after a failure
 * only table_free may follow. */
int table_feed(struct table *table, struct bytes text, struct err *err);

/* The text has ended: the last row may lack its line end. */
int table_finish(struct table *table, struct err *err);

#endif
