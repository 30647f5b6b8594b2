#ifndef PINGYI_IMPORTERS_DIALECT_SCORE_H
#define PINGYI_IMPORTERS_DIALECT_SCORE_H

#include "importers/table.h"

/* How well a dialect explains a text: a plain scan that mends nothing, for what has to be mended is what
 * speaks against a dialect. Linear in the text, without heap. Thread: any. */

struct dialect_score {
    double score; /* 0 to 1, to be compared between dialects of one text */
    size_t width; /* cells of most records, among those with more than one; 1 without a delimiter */
    int64_t fitting, records; /* so many have that width, of so many that are not blank */
    int64_t cells, enclosed;  /* of the fitting records; enclosed by quotes */
    int64_t needed; /* cells enclosed for a reason: a delimiter, a line end or a quote is in them */
    int64_t doubled, escaped, stray;     /* quotes inside enclosed cells, by how they are written */
    int64_t lf_ends, crlf_ends, cr_ends; /* of records, blank ones too */
};

/* Room for the counts, by the number of cells of a record. */
struct dialect_tally {
    struct {
        int64_t records, cells, enclosed;
        double judged, good; /* cells that are not empty, and what they are worth */
    } by_width[TABLE_MAX_CELLS + 1];
};

/* dialect->delimiter "" is allowed: each record is one cell. Unless `whole`, the last record is left out.
 * `scratch` is overwritten. */
void dialect_score(const struct dialect *dialect, struct bytes text, bool whole,
                   struct dialect_tally *scratch, struct dialect_score *out_score);

#endif
