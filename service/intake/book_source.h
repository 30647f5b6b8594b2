#ifndef PINGYI_SERVICE_INTAKE_BOOK_SOURCE_H
#define PINGYI_SERVICE_INTAKE_BOOK_SOURCE_H

#include "base/buf.h"
#include "base/err.h"

#include "importers/book.h"

/* A workbook's file, and a scratch file of mode 0600 for what must not stay in memory: made when it is first needed,
 * unlinked at once. Thread: one owner at a time. */
struct book_source {
    int fd;                /* the workbook; borrowed */
    const char *dir;       /* where the scratch file is made; borrowed */
    int scratch;           /* -1: not made yet */
    int64_t kept_bytes;    /* written to the scratch file */
    struct buf held;       /* to be written behind them */
    struct book_file file; /* for book_open: read_at, keep and recall of this source */
};

/* No file is made and no memory asked for yet. `source` must stay where it is: its file points to it. */
void book_source_init(struct book_source *source, int fd, int64_t size_bytes, const char *dir);
void book_source_deinit(struct book_source *source);

/* What the functions of `file` return: ERR_IO, ERR_FULL, ERR_NOMEM; ERR_WRONG_STATE: the workbook has become
 * shorter. */

#endif
