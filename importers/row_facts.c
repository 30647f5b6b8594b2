#include "importers/row_facts.h"

#include "importers/cell.h"

#include <string.h>

enum { TYPED_ROWS = 200, TYPES = CELL_TEXT + 1 };

bool row_is_blank(const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        if (row->cells[i].len > 0 && cell_trim(row->cells[i]).len > 0)
            return false;
    }
    return true;
}

size_t row_filled(const struct table_row *row)
{
    size_t filled = 0;
    for (size_t i = 0; i < row->cell_count; i++)
        filled += row->cells[i].len > 0 && cell_trim(row->cells[i]).len > 0;
    return filled;
}

bool row_equals(const struct table_row *a, const struct table_row *b)
{
    if (a->cell_count != b->cell_count)
        return false;
    for (size_t i = 0; i < a->cell_count; i++) {
        if (!bytes_equal(cell_trim(a->cells[i]), cell_trim(b->cells[i])))
            return false;
    }
    return true;
}

bool row_is_names(const struct table_row *row, size_t least)
{
    size_t names = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        if (cell_trim(row->cells[i]).len == 0)
            continue;
        if (!cell_is_name(row->cells[i]))
            return false;
        names++;
    }
    return names >= least;
}

enum column_type column_type_of(enum cell_type cell)
{
    switch (cell) {
    case CELL_EMPTY:
        return COLUMN_EMPTY;
    case CELL_NUMBER:
        return COLUMN_NUMBER;
    case CELL_DATE:
        return COLUMN_DATE;
    case CELL_CODE:
        return COLUMN_CODE;
    default:
        return COLUMN_TEXT;
    }
}

/* ---- Looking once ---- */

/* The most common number of cells, the larger one among equals. */
static size_t find_width(const struct table_row *rows, size_t count)
{
    int64_t tally[TABLE_MAX_CELLS + 1] = {0};
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].cell_count <= TABLE_MAX_CELLS && !row_is_blank(&rows[i]))
            tally[rows[i].cell_count]++;
    }
    for (size_t width = 1; width <= TABLE_MAX_CELLS; width++) {
        if (tally[width] > 0 && tally[width] >= tally[best])
            best = width;
    }
    return best;
}

/* Half of the rows that are not blank have as many filled cells, or more. */
static size_t find_common_filled(const struct table_row *rows, size_t count)
{
    int64_t tally[TABLE_MAX_CELLS + 1] = {0};
    int64_t all = 0, below = 0;
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        filled = row_filled(&rows[i]);
        tally[filled <= TABLE_MAX_CELLS ? filled : TABLE_MAX_CELLS]++;
        all += filled > 0;
    }
    for (filled = 1; filled < TABLE_MAX_CELLS; filled++) {
        below += tally[filled];
        if (below * 2 > all)
            break;
    }
    return all > 0 ? filled : 0;
}

static bool type_row(struct row_facts *facts, size_t at, struct arena *arena)
{
    const struct table_row *row = &facts->rows[at];
    facts->types[at] = arena_alloc(arena, row->cell_count + 1);
    if (facts->types[at] == NULL)
        return false;
    for (size_t i = 0; i < row->cell_count; i++)
        facts->types[at][i] = (unsigned char)cell_type_of(row->cells[i]);
    return true;
}

int row_facts_init(struct row_facts *facts, const struct table_row *rows, size_t count,
                   size_t width, struct arena *arena, struct err *err)
{
    size_t typed = count < TYPED_ROWS ? count : TYPED_ROWS;
    *facts = (struct row_facts){.rows = rows, .count = count};
    facts->width = width > 0 ? width : find_width(rows, count);
    facts->common_filled = find_common_filled(rows, count);
    facts->types = arena_alloc(arena, (typed + 1) * sizeof *facts->types);
    facts->columns = arena_alloc(arena, (facts->width + 1) * sizeof *facts->columns);
    facts->again = arena_alloc(arena, typed + 1);
    facts->tallies = arena_alloc(arena, (facts->width + 1) * TYPES * sizeof *facts->tallies);
    bool ok = facts->types != NULL && facts->columns != NULL && facts->again != NULL &&
              facts->tallies != NULL;
    for (size_t i = 0; i < typed && ok; i++)
        ok = type_row(facts, i, arena);
    facts->typed_count = typed;
    return ok ? OK : err_set(err, ERR_NOMEM, "could not look at the first rows of a file");
}

/* ---- Columns ---- */

static enum cell_type column_of(const int *tally)
{
    int filled = 0;
    for (int type = CELL_EMPTY + 1; type < TYPES; type++)
        filled += tally[type];
    if (filled == 0)
        return CELL_EMPTY;
    for (int type = CELL_EMPTY + 1; type < CELL_TEXT; type++) {
        if (tally[type] * 2 > filled)
            return (enum cell_type)type;
    }
    /* Codes of digits alone are numbers here and there. */
    if ((tally[CELL_NUMBER] + tally[CELL_CODE]) * 2 > filled)
        return tally[CELL_NUMBER] > tally[CELL_CODE] ? CELL_NUMBER : CELL_CODE;
    return CELL_TEXT;
}

void row_facts_columns(struct row_facts *facts, size_t from)
{
    memset(facts->tallies, 0, facts->width * TYPES * sizeof *facts->tallies);
    facts->body_rows = 0;
    facts->first_body = from;
    for (size_t i = from; i < facts->typed_count; i++) {
        const struct table_row *row = &facts->rows[i];
        if (row_is_blank(row))
            continue;
        if (facts->body_rows++ == 0)
            facts->first_body = i;
        for (size_t c = 0; c < row->cell_count && c < facts->width; c++)
            facts->tallies[c * TYPES + facts->types[i][c]]++;
    }
    for (size_t c = 0; c < facts->width; c++)
        facts->columns[c] = column_of(&facts->tallies[c * TYPES]);
}

/* ---- A row above others ---- */

/* Whether all numbers of the row, two or more, count on from their neighbours: 2019, 2020, 2021 are names of
 * columns. */
static bool counts_on(const struct row_facts *facts, size_t at)
{
    const struct table_row *row = &facts->rows[at];
    int64_t before = 0, number = 0;
    size_t numbers = 0;
    for (size_t c = 0; c < row->cell_count; c++) {
        if (facts->types[at][c] != CELL_NUMBER)
            continue;
        if (!bytes_to_int64(cell_trim(row->cells[c]), &number) ||
            (numbers > 0 && (before == INT64_MAX || number != before + 1)))
            return false;
        before = number;
        numbers++;
    }
    return numbers >= 2;
}

static char shape_of(char c)
{
    if (c >= '0' && c <= '9')
        return '9';
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter ? 'a' : c;
}

/* Codes of one kind have digits and letters in the same places. */
static bool has_shape_of(struct bytes a, struct bytes b)
{
    a = cell_trim(a);
    b = cell_trim(b);
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (shape_of(a.ptr[i]) != shape_of(b.ptr[i]))
            return false;
    }
    return true;
}

/* Whether `row` is the header `above` once more, or nearly. */
static bool is_again(const struct table_row *row, const struct table_row *above)
{
    size_t equal = 0;
    for (size_t c = 0; c < row->cell_count && c < above->cell_count; c++)
        equal += row->cells[c].len > 0 &&
                 bytes_equal(cell_trim(row->cells[c]), cell_trim(above->cells[c]));
    return equal * 4 >= row_filled(above) * 3 && row_is_names(above, 1);
}

/* In a record: a header that stands in the file twice speaks for itself. */
static bool is_met_below(const struct row_facts *facts, const struct table_row *above,
                         size_t column)
{
    enum { UNKNOWN, AGAIN, RECORD };
    struct bytes cell = cell_trim(above->cells[column]);
    for (size_t i = facts->first_body; i < facts->typed_count; i++) {
        const struct table_row *row = &facts->rows[i];
        if (column >= row->cell_count || !bytes_equal(cell_trim(row->cells[column]), cell))
            continue;
        if (facts->again[i] == UNKNOWN)
            facts->again[i] = is_again(row, above) ? AGAIN : RECORD;
        if (facts->again[i] == RECORD)
            return true;
    }
    return false;
}

/* 1 when the cell is unlike its column, -1 when it is alike, 0 when it says nothing. */
static int compare_cell(const struct row_facts *facts, const struct table_row *row, size_t column,
                        enum cell_type type)
{
    enum cell_type below = facts->columns[column];
    struct bytes cell = row->cells[column];
    if (type == CELL_EMPTY || below == CELL_EMPTY)
        return 0;
    if (below == CELL_TEXT)
        return is_met_below(facts, row, column) ? -1 : 0;
    const struct table_row *body = &facts->rows[facts->first_body];
    if (type == CELL_CODE && below == CELL_CODE)
        return column < body->cell_count && has_shape_of(cell, body->cells[column]) ? -1 : 0;
    if ((type == CELL_NUMBER && below == CELL_CODE) || type == below)
        return -1;
    return 1;
}

void row_facts_compare(const struct row_facts *facts, size_t at, size_t *out_unlike,
                       size_t *out_alike)
{
    const struct table_row *row = &facts->rows[at];
    size_t unlike = 0, alike = 0;
    memset(facts->again, 0, facts->typed_count);
    bool has_names_of_numbers = at < facts->typed_count && counts_on(facts, at) &&
                                facts->body_rows > 0 && !counts_on(facts, facts->first_body);
    for (size_t c = 0; c < row->cell_count && c < facts->width && at < facts->typed_count; c++) {
        enum cell_type type = (enum cell_type)facts->types[at][c];
        bool is_name = type == CELL_NUMBER && has_names_of_numbers;
        int verdict = compare_cell(facts, row, c, is_name ? CELL_TEXT : type);
        unlike += verdict > 0;
        alike += verdict < 0;
    }
    *out_unlike = unlike;
    *out_alike = alike;
}

bool row_facts_is_narrow(const struct row_facts *facts, size_t at)
{
    const struct table_row *row = &facts->rows[at];
    size_t filled = row_filled(row);
    return facts->width >= 2 &&
           (filled <= 1 || (row->cell_count < facts->width && filled * 2 < facts->common_filled));
}
