#ifndef PINGYI_IMPORTERS_SPLITTER_H
#define PINGYI_IMPORTERS_SPLITTER_H

#include "base/buf.h"

#include "importers/table.h"

/* The tolerant splitter: one record from the start of a text, however it is broken. Thread: one owner at a time.
 *
 * A record that is well-formed in its dialect is read as it is. Of one that is not, every reading is weighed: a quote
 * that opens a cell may be text; a quoted cell may close at any quote that a delimiter or a line end follows, other
 * quotes in it being text; a quoted cell may go over line ends, which costs the more the more the lines it swallows
 * look like records; a lone CR may be text or an end. The cheapest reading wins, and readings with `expected_cells`
 * cells are preferred to others. One damaged record never swallows the next. */

enum { SPLITTER_LOOKAHEAD_BYTES = 64 * 1024 /* so far the end of a broken record is looked for */ };

struct splitter; /* opaque: scratch memory, and the cells of the last record */

int splitter_new(const struct dialect *dialect, size_t expected_cells,
                 struct splitter **out_splitter, struct err *err);
void splitter_free(struct splitter *splitter);

enum split { SPLIT_RECORD, SPLIT_MORE };

/* Split the record that begins with text.ptr[0]; `whole`: the text ends with text.ptr[text.len].
 * SPLIT_RECORD: `*out_row` (all but `line`; its memory is the splitter's until the next call) and `*out_taken`, the
 * bytes of the record and its line end, at least 1 unless the text is empty.
 * SPLIT_MORE: it cannot be decided without more text; never when `whole`, nor beyond the limits of table.h, where the
 * row has TABLE_FAULT_LONG.
 *
 * The work done for a record is bounded by a multiple of the bytes taken before and now, so that a file full of damage
 * is read in linear time: what would go beyond is decided with the record's first line alone. ERR_NOMEM. */
int splitter_split(struct splitter *splitter, struct bytes text, bool whole, enum split *out_split,
                   struct table_row *out_row, size_t *out_taken, struct err *err);

#endif
