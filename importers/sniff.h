#ifndef PINGYI_IMPORTERS_SNIFF_H
#define PINGYI_IMPORTERS_SNIFF_H

#include "importers/columns.h"
#include "importers/outline.h"
#include "importers/refusal.h"

/* What the beginning of a file tells: its dialect, and where its table is; each with the reason. Thread: any. */

enum { SNIFF_SAMPLE_BYTES = 256 * 1024 };

struct sniff {
    struct dialect dialect;
    int64_t lf_ends, crlf_ends, cr_ends; /* record ends in the sample, by kind */
    struct evidence delimiter_why, quote_why, escape_why;
    struct outline outline;
    struct columns
        columns;        /* the profile applied to the header; no fields without header or profile */
    size_t extra_cells; /* all records are longer than the header by so many empty cells */
};

/* Look at `sample`, decoded text from the file's start; `whole` says that the file ends with it. The profile's
 * words are evidence for delimiter and header, but no column is required; `profile` may be NULL. What `form`
 * says stands. `by_record` comes from whoever knows (dialect.by_record): such a text is well-formed,
 * nothing in it is mended.
 *
 * REFUSAL_NONE and `*out_sniff` (header and types in `arena`), else why this is no text table: REFUSAL_EMPTY
 * (a whole file of nothing but white space), REFUSAL_HTML, REFUSAL_SPREADSHEET (as XML), REFUSAL_BINARY (control
 * characters: more than three and one in a thousand bytes, or a quarter of a short text). ERR_NOMEM comes as the return
 * value, OK otherwise.
 *
 * Delimiter, quote and escape are tried together: comma, semicolon, tab, pipe, space, and two characters (", "
 * "; " "| " "||" ";;" "::"), quote " or ' or none, doubled or backslash. The dialect wins under which most
 * records have the same number of cells (more than one) and most cells are of a kind (numbers, dates, codes,
 * names, quoted texts); among equals the one that is more usual. */
int sniff_sample(const struct profile *profile, const struct form *form, bool by_record,
                 struct bytes sample, bool whole, struct arena *arena, struct sniff *out_sniff,
                 enum refusal *out_refusal, struct err *err);

#endif
