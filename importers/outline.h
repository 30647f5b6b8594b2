#ifndef PINGYI_IMPORTERS_OUTLINE_H
#define PINGYI_IMPORTERS_OUTLINE_H

#include "base/arena.h"

#include "importers/evidence.h"
#include "importers/profile.h"
#include "importers/table.h"

/* Where in the rows of a file its table is: rows before it, header, records, later tables below. Thread: one owner.
 *
 * A file is rows of one table, or of several one below the other; blank rows stand anywhere. Before the header
 * there may be a preamble (title, time of export, rows with hardly a cell filled); the header is 0 to
 * FORM_MAX_HEADER_ROWS rows. A header is known by the profile's words, or by its cells being text where the
 * columns below hold numbers, dates or codes, or by names (filled, different, short) where nothing speaks
 * against it. Total rows and notes below are rows of the table: who needs to tell them apart asks
 * outline_is_total. */

enum {
    OUTLINE_MAX_SAMPLE_ROWS = 2000,
    OUTLINE_MAX_PREAMBLE_ROWS = 50, /* rows that are not blank, before the header */
    OUTLINE_LOOKAHEAD_ROWS = 4,     /* rows held back to see whether a later table begins */
};

/* What most cells of a column are. */
enum column_type { COLUMN_EMPTY, COLUMN_TEXT, COLUMN_NUMBER, COLUMN_DATE, COLUMN_CODE };

struct outline {
    int64_t preamble_rows; /* before the header, else before the first record; blank ones too */
    int header_rows;       /* 0: the table has no header; blank rows do not count */
    int64_t header_line;   /* line of the first header row; 0 without */
    struct bytes
        *header; /* its cells, those of several rows joined by a space, valid UTF-8; in the arena */
    size_t header_count;
    size_t width; /* cells of most records, of the header if there are none; of the first table */
    enum column_type *types; /* `width` of them; in the arena */
    struct evidence preamble_why, header_why;
};

/* Find the outline in the first rows of a file. `profile` may be NULL: no words are known then. What `form`
 * says about rows to skip and header rows stands. ERR_NOMEM. */
int outline_find(const struct table_row *rows, size_t row_count, const struct form *form,
                 const struct profile *profile, struct arena *arena, struct outline *out_outline,
                 struct err *err);

/* Whether the row is a total: its first filled cell says so, alone or with a number (合计, 总计：4130件, total). */
bool outline_is_total(const struct table_row *row);

/* ---- The rows of the whole file, one by one ---- */

enum row_place { PLACE_BLANK, PLACE_PREAMBLE, PLACE_HEADER, PLACE_BODY };

struct row_context {
    enum row_place place;
    int table;         /* from 1; later ones begin with a header row of theirs */
    bool same_columns; /* of a later table: its header is the first table's, word for word */
};

typedef int (*placed_row_cb)(void *context, const struct table_row *row, struct row_context where,
                             struct err *err);

struct framer; /* opaque */

/* `outline` is borrowed and outlives it. A row whose cells are all empty is PLACE_BLANK. A later table begins
 * at a row that
 * - repeats the header's words (most of them, in their places; it may have fewer or more), or
 * - follows blank rows or has another number of cells, looks like a header and is followed by rows of its own
 *   width or types unlike those above; a single damaged record never does.
 * So up to OUTLINE_LOOKAHEAD_ROWS rows are copied and come late; their order stays. */
int framer_new(const struct outline *outline, placed_row_cb on_row, void *context,
               struct framer **out_framer, struct err *err);
void framer_free(struct framer *framer);
int framer_take(struct framer *framer, const struct table_row *row,
                struct err *err); /* ERR_NOMEM, or the sink's */
int framer_finish(struct framer *framer, struct err *err);

#endif
