#ifndef PINGYI_IMPORTERS_BOOK_ROW_H
#define PINGYI_IMPORTERS_BOOK_ROW_H

#include "importers/book_zip.h"

/* Rows of a sheet written as CSV text, as book.h says: cells of one row in any order, rows in theirs. Blank rows
 * are written when a row with text follows, so that a million styled rows below a table are nothing. Thread: one
 * owner. */

struct book_row {
    book_text_cb on_text;
    void *context;
    struct buf texts; /* of the row's cells */
    struct buf cells; /* where they are */
    bool sorted;      /* the cells came from left to right */
    int64_t written_rows;
    int64_t written_bytes;
    char *out; /* a piece of text for the sink */
    size_t out_len;
};

/* No allocation yet; freed with book_row_deinit, which accepts a zeroed one. */
void book_row_init(struct book_row *row, book_text_cb on_text, void *context);
void book_row_deinit(struct book_row *row);

/* Add a cell to the row at hand; `column` from 0. REFUSAL_BOMB: the row is too long; ERR_NOMEM. */
int book_row_add(struct book_row *row, int column, struct bytes text, struct book_fail fail);

/* The row at hand is row `number`, from 1, and whole. REFUSAL_BROKEN: two cells of one column; REFUSAL_BOMB:
 * more than BOOK_MAX_TEXT_BYTES; ERR_NOMEM; what the sink says. */
int book_row_end(struct book_row *row, int64_t number, struct book_fail fail);

/* The sheet has ended: hand over what is held back. */
int book_row_finish(struct book_row *row, struct book_fail fail);

#endif
