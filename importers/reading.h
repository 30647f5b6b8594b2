#ifndef PINGYI_IMPORTERS_READING_H
#define PINGYI_IMPORTERS_READING_H

#include "base/bytes.h"

#include "importers/table.h"

/* How one record is cut into cells: places in a text, nothing copied. Values. Thread: any. */

/* A dialect, ready for looking at single bytes. */
struct grammar {
    struct dialect dialect;
    size_t delimiter_bytes; /* 1 or 2 */
    bool stops[256];        /* bytes that may end or escape in an unquoted cell */
};

void grammar_init(struct grammar *grammar, const struct dialect *dialect);

/* What stands at a place outside of quotes. */
enum mark {
    MARK_TEXT,
    MARK_DELIMITER,
    MARK_END,     /* a line end or the end of the text */
    MARK_CR,      /* a CR without LF that the dialect takes for text */
    MARK_UNKNOWN, /* the text ends too early to tell */
};
enum mark grammar_mark(const struct grammar *grammar, struct bytes text, bool whole, size_t at,
                       size_t *out_bytes);

/* How many bytes from `at`, an escape, on are an escape and what it makes text; 1: it is text itself. */
size_t grammar_escaped(const struct grammar *grammar, struct bytes text, size_t at);

/* The first line end of the text: where it begins, and the bytes with it; false if there is none (or, unless `whole`,
 * none for sure: a CR at the end may be half a CRLF). The end of a whole text is one too, unless it is empty. */
bool grammar_line(const struct grammar *grammar, struct bytes text, bool whole, size_t *out_end,
                  size_t *out_taken);

struct span {
    size_t start, end; /* of the cell with its quotes, and with blanks around them if `quoted` */
    bool quoted;
    bool escapes;   /* unless false, it has quotes or escapes to be resolved or kept */
    unsigned mends; /* enum table_mend, but what its quotes tell by themselves */
};

struct reading {
    struct span cells[TABLE_MAX_CELLS];
    size_t cell_count; /* may be more than there are spans */
    size_t end;        /* of the record, without its line end */
    size_t taken;      /* with it */
    bool ended_by_cr;  /* against the dialect */
};

enum strict { STRICT_FINE, STRICT_BROKEN, STRICT_CUT };

/* Read the first record of a text to the letter of its dialect. Only STRICT_FINE fills all of `*out_reading`;
 * STRICT_CUT (never of a `whole` text): the text ends before the record; else `taken` is where it broke. An unquoted
 * cell may hold quotes. */
enum strict reading_strict(const struct grammar *grammar, struct bytes text, bool whole,
                           struct reading *out_reading);

/* Read a line, which goes to the end of the text, as it is best done without looking behind it: a quoted cell closes
 * at the first quote that a delimiter or the end follows, and one that never does is text. Linear. */
void reading_of_line(const struct grammar *grammar, struct bytes line, struct reading *out_reading);

/* Whether the reading has unquoted cells with quotes in them; `odd`: with an odd number of them. */
bool reading_has_stray(const struct grammar *grammar, struct bytes text,
                       const struct reading *reading, bool odd);

#endif
