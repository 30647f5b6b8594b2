#ifndef PINGYI_IMPORTERS_DUMP_H
#define PINGYI_IMPORTERS_DUMP_H

#include "importers/encoding.h"
#include "importers/sniff.h"

/* A push reader of the tables in a file: bytes in, rows with their place out, in constant memory. It asks for no
 * column.
 * Thread: one owner at a time.
 *
 * The first SNIFF_SAMPLE_BYTES of text are held back to find dialect and outline; then bytes flow: decoder, table,
 * framer. */

struct dump_options {
    const struct profile *profile; /* words that tell a header; may be NULL; borrowed */
    struct form form;
    enum encoding encoding; /* as found or given */
    bool
        is_sheet; /* the bytes are a sheet as book.h writes it: UTF-8, comma, one record a row; short rows are filled up
                    * with empty cells to the width of the header, and the form's dialect does not matter */
};

struct dump_sink {
    int (*on_sniff)(void *context, const struct sniff *sniff,
                    struct err *err); /* once, first; may be NULL */
    placed_row_cb on_row;
    void *context;
};

struct dump;

int dump_new(const struct dump_options *options, struct dump_sink sink, struct dump **out_dump,
             struct err *err);
void dump_free(struct dump *dump);

/* Feed the next bytes of the file, cut anywhere. ERR_REFUSED: no text table, dump_refusal says why. A sink's code comes
 * back as it is. After a failure only dump_free may follow. */
int dump_feed(struct dump *dump, struct bytes bytes, struct err *err);
int dump_finish(struct dump *dump, struct err *err);

/* Whether a file that begins with `head` is one that we wrote rejects to: what a profile or an option says about the
 * form of the dump is not about it. */
bool dump_is_rejects(struct bytes head);

enum refusal dump_refusal(const struct dump *dump);

/* Valid once on_sniff was called; borrowed. */
const struct sniff *dump_sniff(const struct dump *dump);

/* Whether the text fed so far ends with a line end; true for none. */
bool dump_ends_line(const struct dump *dump);

/* Whether a NUL byte was met so far: rows since then may hold one inside a cell. */
bool dump_has_nul(const struct dump *dump);

#endif
