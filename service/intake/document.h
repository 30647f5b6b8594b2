#ifndef PINGYI_SERVICE_INTAKE_DOCUMENT_H
#define PINGYI_SERVICE_INTAKE_DOCUMENT_H

#include "importers/book.h"
#include "importers/dump.h"

#include "service/intake/book_source.h"
#include "service/intake/source.h"

/* A file as the readers of importers/ want it: bytes of text in a known encoding, whether it is text or a workbook.
 * Thread: one at a time. */
struct document {
    struct source source;
    struct book_source book_source;
    struct book *book; /* NULL: text */
    size_t sheet;
    enum encoding encoding;
    struct evidence encoding_why;
    int64_t done_bytes; /* of source.size_bytes, about */
};

/* One that is not open. */
#define DOCUMENT_NONE ((struct document){.source = {.fd = -1}, .book_source = {.scratch = -1}})

/* How someone wants a file read. All borrowed. */
struct document_wish {
    const struct profile *profile; /* tells which sheet of a workbook has a header that fits */
    struct form form;              /* on top of the profile's own */
    const char *sheet; /* name or number from 1; NULL: the first that fits, else the first */
    bool last_resort;  /* text that is neither UTF-8 nor GB18030 is latin1 rather than refused */
};

/* Open and scan; `hashes`: also for source.sha256. Errors are the machine's: ERR_NOT_FOUND, ERR_IO, ERR_FULL,
 * ERR_NOMEM. */
int document_open(const char *path, const char *spool_dir, bool hashes, bool one_thread,
                  struct document *out, struct err *err);
void document_close(struct document *document); /* accepts DOCUMENT_NONE */

/* Find out what it is. ERR_REFUSED with `*out_refusal` when it can be no table; `spool_dir` as in document_open. */
int document_recognise(struct document *document, const struct document_wish *wish,
                       const char *spool_dir, enum refusal *out_refusal, struct err *err);

/* What dump_new and reader_new want to know about a recognised document. */
struct dump_options document_options(const struct document *document,
                                     const struct document_wish *wish);

/* Hand on all of its bytes, in order; may be called again. A code of the sink comes back as it is. */
typedef int (*document_cb)(void *context, struct bytes bytes, struct err *err);
int document_read(struct document *document, document_cb on_bytes, void *context,
                  enum refusal *out_refusal, struct err *err);

/* The name of the sheet that is read; empty for text. */
struct bytes document_sheet_name(const struct document *document);

#endif
