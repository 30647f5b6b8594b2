#ifndef PINGYI_TESTS_SUPPORT_DAMAGE_H
#define PINGYI_TESTS_SUPPORT_DAMAGE_H

#include "base/buf.h"

/* Tables for tests of readers, how they are written as text, and what may be broken in them, one place at a time. */

/* ---- Rows as they come out ---- */

enum { GRID_MAX_ROWS = 96, GRID_MAX_BYTES = 1 << 20 };

struct grid_row {
    size_t start, len; /* in the text: its cells, a unit separator (31) behind each */
    int64_t line;
    unsigned mends;
};

struct grid {
    struct buf text;
    size_t count;
    struct grid_row rows[GRID_MAX_ROWS];
};

void grid_init(struct grid *grid);
void grid_deinit(struct grid *grid);
void grid_clear(struct grid *grid);
/* Take what was appended to grid->text since the last row as a row. */
void grid_end_row(struct grid *grid, int64_t line, unsigned mends);
void grid_add_row(struct grid *grid, const struct bytes *cells, size_t count, int64_t line,
                  unsigned mends);
struct bytes grid_row_text(const struct grid *grid, size_t at);

/* Its rows from `from` on as RFC 4180 has them, in quotes what needs it. */
void grid_write_csv(const struct grid *grid, size_t from, struct buf *out);

/* ---- Tables ---- */

enum { BASE_MAX_COLUMNS = 10 };

struct base_column {
    const char *name;
    const char *
        words; /* of the records, one after the other, again and again; | between them, # is the row's number */
};

/* How a table is written. */
struct shape {
    const char *delimiter;
    char quote;  /* 0: none */
    char escape; /* '\\', or 0: a quote is doubled */
    const char *line_end;
    bool quotes_all; /* else only the cells that need it */
};

struct base {
    const char *name;
    struct shape shape;
    bool has_known_words; /* its header is one of a dump of orders */
    size_t rows, columns; /* the header is row 0 */
    struct base_column column[BASE_MAX_COLUMNS];
};

extern const struct base bases[];
extern const size_t base_count;

void base_append_cell(const struct base *base, size_t row, size_t column, struct buf *out);

/* Whether every cell of the table can be written in the shape. */
bool shape_can(const struct shape *shape, const struct base *base);

/* ---- Damage ---- */

#define DAMAGES(X)                                                                                 \
    X(DAMAGE_NONE, "none")                                                                         \
    X(DAMAGE_QUOTE_AT_START, "stray quote at the start")                                           \
    X(DAMAGE_QUOTE_INSIDE, "stray quote in the middle")                                            \
    X(DAMAGE_QUOTE_AT_END, "stray quote at the end")                                               \
    X(DAMAGE_QUOTE_IN_QUOTED, "unescaped quote in a quoted cell")                                  \
    X(DAMAGE_CLOSING_QUOTE_LESS, "closing quote missing")                                          \
    X(DAMAGE_NUL, "NUL")                                                                           \
    X(DAMAGE_CR, "lone CR")                                                                        \
    X(DAMAGE_CR_IN_QUOTED, "lone CR in a quoted cell")                                             \
    X(DAMAGE_DELIMITER_MORE, "delimiter too many")                                                 \
    X(DAMAGE_DELIMITER_LESS, "delimiter too few")                                                  \
    X(DAMAGE_BLANK_ROW, "blank row before")                                                        \
    X(DAMAGE_EMPTY_ROW, "row of delimiters before")                                                \
    X(DAMAGE_ENDS_LF, "row ended by LF")                                                           \
    X(DAMAGE_ENDS_CRLF, "row ended by CRLF")                                                       \
    X(DAMAGE_ENDS_CR, "row ended by CR")

enum damage {
#define X(name, words) name,
    DAMAGES(X)
#undef X
        DAMAGE_COUNT,
};

struct place {
    enum damage damage;
    size_t row, column;
};

const char *damage_words(enum damage damage);

/* How many places the damage has in a row, and whether it can be done there. */
size_t damage_places(const struct base *base, enum damage damage);
bool damage_can(const struct base *base, const struct shape *shape, const struct place *place);

/* Whether the cell is written in quotes, damaged or not. */
bool place_is_quoted(const struct base *base, const struct shape *shape, const struct place *place,
                     size_t row, size_t column);

/* Append the table with its damage. `*expected` is set to the rows as a person would read them, with their lines: a
 * stray quote is text, and so is that of a cell that never closes; where a delimiter is missing, two cells are one. */
void damage_write(const struct base *base, const struct shape *shape, const struct place *place,
                  struct buf *out, struct grid *expected);

#endif
