#ifndef PINGYI_IMPORTERS_ROW_FACTS_H
#define PINGYI_IMPORTERS_ROW_FACTS_H

#include "base/arena.h"

#include "importers/cell_type.h"
#include "importers/outline.h"

/* What the first rows of a file are made of, looked at once: the ground on which outline.c decides. Thread:
 * one owner. */

/* Whether no cell has anything in it; how many have. */
bool row_is_blank(const struct table_row *row);
size_t row_filled(const struct table_row *row);

/* Whether both have the same cells, white space around them apart. */
bool row_equals(const struct table_row *a, const struct table_row *b);

/* Whether all filled cells can be names of columns, and there are at least `least`. */
bool row_is_names(const struct table_row *row, size_t least);

/* What a column of such cells is. */
enum column_type column_type_of(enum cell_type cell);

struct row_facts {
    const struct table_row *rows;
    size_t count;
    size_t typed_count;    /* the first rows, whose cells' types are kept */
    unsigned char **types; /* per typed row: enum cell_type per cell */
    size_t width;          /* cells of most rows that are not blank */
    size_t common_filled;  /* filled cells of the row in the middle */
    enum cell_type
        *columns;         /* what most filled cells of a column are, of the rows last asked for */
    unsigned char *again; /* scratch, per typed row */
    int *tallies;         /* scratch */
    size_t body_rows;     /* rows last asked for that are not blank */
    size_t first_body;    /* the first of them */
};

/* `rows` are borrowed; memory comes from `arena`. `width` 0: found by looking. ERR_NOMEM. */
int row_facts_init(struct row_facts *facts, const struct table_row *rows, size_t count,
                   size_t width, struct arena *arena, struct err *err);

/* Find `columns` of the rows from `from` on. */
void row_facts_columns(struct row_facts *facts, size_t from);

/* Does row `at` look like the rows below it, which row_facts_columns was asked for? `*out_unlike` columns say
 * no: a text above numbers; `*out_alike` say yes: a number above numbers, or a text met again below. */
void row_facts_compare(const struct row_facts *facts, size_t at, size_t *out_unlike,
                       size_t *out_alike);

/* Whether row `at` has hardly a cell filled, compared to the others: a title, a note. */
bool row_facts_is_narrow(const struct row_facts *facts, size_t at);

#endif
