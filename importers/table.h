#ifndef PINGYI_IMPORTERS_TABLE_H
#define PINGYI_IMPORTERS_TABLE_H

#include "base/buf.h"

#include "importers/dialect.h"

/* A push reader: text in, rows of cells with their line numbers out, in constant memory. It knows no header and no
 * profile. Thread: one owner at a time.
 *
 * Text is UTF-8, but any bytes pass (NUL and DECODER_DAMAGE too): only the dialect's delimiter, quote and escape, CR
 * and LF mean anything. Rows end with LF or CRLF, with CR as the dialect says. Nothing is trimmed. libcsv in strict
 * mode reads what is well-formed; a record where it fails is read again from its first byte by splitter.h, and so is
 * every record of a dialect that libcsv does not speak. What comes out does not depend on where the text is cut. */

enum {
    TABLE_MAX_CELL_BYTES = 1024 * 1024,
    TABLE_MAX_CELLS = 1024,
    TABLE_MAX_ROW_BYTES = 4 * 1024 * 1024,
};

/* Why a row's cells are not all there: its cells are then as many as could be read. */
enum table_fault {
    TABLE_FAULT_NONE,
    TABLE_FAULT_LONG, /* a cell (cut there) or the row goes beyond its limit; reading goes on behind it, or if its end
                         * is not within the limit, at the next line */
    TABLE_FAULT_CELLS, /* more than TABLE_MAX_CELLS */
};

/* What was decided about a row whose grammar is broken; bits. */
enum table_mend {
    /* An unescaped quote inside a quoted cell, or one that opens a cell and never closes it, was kept as text. */
    TABLE_MEND_QUOTE = 1,
    /* A lone CR was kept as text in an unquoted cell, or taken as the end of a record, against the dialect. */
    TABLE_MEND_CR = 2,
};

struct table_row {
    int64_t line; /* first physical line, from 1 (dialect.by_record: number of the record) */
    const struct bytes *cells; /* borrowed until the sink returns */
    size_t cell_count;         /* 0 for a blank line */
    struct bytes text;         /* all cells, a NUL behind each */
    enum table_fault fault;
    unsigned mends; /* enum table_mend */
};

/* Returns OK, or a negative code that stops the table and comes back from table_feed. */
typedef int (*table_row_cb)(void *context, const struct table_row *row, struct err *err);

struct table;

/* `expected_cells`: how many cells most records have, 0 unknown; by it broken records are mended. */
int table_new(const struct dialect *dialect, size_t expected_cells, table_row_cb on_row,
              void *context, struct table **out_table, struct err *err);
void table_free(struct table *table);

/* Feed text cut anywhere; rows that end in it go to the sink. ERR_NOMEM or what the sink returned; after a failure
 * only table_free may follow. */
int table_feed(struct table *table, struct bytes text, struct err *err);

/* The text has ended: the last row may lack its line end. */
int table_finish(struct table *table, struct err *err);

#endif
