#include "service/commands/grid.h"

#include "reports/csv.h"
#include "reports/score_table.h"
#include "reports/text.h"

#include "service/commands/output.h"

#include <math.h>

enum grid_type { GRID_TEXT, GRID_COUNT, GRID_RATE, GRID_NUMBER };

struct grid_cell {
    struct grid_cell *next;
    enum grid_type type;
    struct bytes text;
    int64_t count;
    double number;
};

void grid_init(struct grid *grid, const struct grid_column *columns, size_t column_count,
               struct arena *arena)
{
    *grid = (struct grid){.columns = columns, .column_count = column_count, .arena = arena};
}

static void add(struct grid *grid, struct grid_cell cell)
{
    struct grid_cell *kept = arena_alloc(grid->arena, sizeof *kept);
    if (kept == NULL) {
        grid->failed = true;
        return;
    }
    *kept = cell;
    if (grid->last != NULL)
        grid->last->next = kept;
    else
        grid->first = kept;
    grid->last = kept;
}

void grid_text(struct grid *grid, struct bytes text)
{
    struct bytes copy = arena_copy(grid->arena, text);
    grid->failed = grid->failed || copy.ptr == NULL;
    add(grid, (struct grid_cell){.type = GRID_TEXT, .text = copy});
}

void grid_count(struct grid *grid, int64_t count)
{
    add(grid, (struct grid_cell){.type = GRID_COUNT, .count = count});
}

void grid_rate(struct grid *grid, double rate)
{
    add(grid, (struct grid_cell){.type = GRID_RATE, .number = rate});
}

void grid_number(struct grid *grid, double number)
{
    add(grid, (struct grid_cell){.type = GRID_NUMBER, .number = number});
}

static size_t next_column(const struct grid *grid, size_t column)
{
    return column + 1 < grid->column_count ? column + 1 : 0;
}

/* ---- CSV and JSON ---- */

static void cell_to_csv(const struct grid_cell *cell, struct buf *out)
{
    if (cell->type == GRID_TEXT)
        csv_cell(out, cell->text);
    else if (cell->type == GRID_COUNT)
        buf_printf(out, "%lld", (long long)cell->count);
    else if (!isnan(cell->number))
        buf_printf(out, "%.9f", cell->number);
}

static json_t *cell_to_json(const struct grid_cell *cell)
{
    if (cell->type == GRID_TEXT)
        return output_string(cell->text);
    if (cell->type == GRID_COUNT)
        return json_integer((json_int_t)cell->count);
    return isnan(cell->number) ? json_null() : json_real(cell->number);
}

static void to_csv(const struct grid *grid, struct buf *out)
{
    size_t column = 0;
    for (size_t i = 0; i < grid->column_count; i++)
        buf_printf(out, "%s%s", i > 0 ? "," : "", grid->columns[i].name);
    buf_append_byte(out, '\n');
    for (const struct grid_cell *cell = grid->first; cell != NULL; cell = cell->next) {
        cell_to_csv(cell, out);
        column = next_column(grid, column);
        buf_append_byte(out, column > 0 ? ',' : '\n');
    }
}

static json_t *to_json(const struct grid *grid)
{
    json_t *array = json_array();
    json_t *object = NULL;
    size_t column = 0;
    bool fits = array != NULL;
    for (const struct grid_cell *cell = grid->first; cell != NULL && fits; cell = cell->next) {
        if (column == 0) {
            object = json_object();
            fits = json_array_append_new(array, object) == 0;
        }
        fits = fits &&
               json_object_set_new(object, grid->columns[column].name, cell_to_json(cell)) == 0;
        column = next_column(grid, column);
    }
    if (fits)
        return array;
    json_decref(array);
    return NULL;
}

/* ---- for people ---- */

static void cell_to_words(const struct grid_cell *cell, struct buf *out)
{
    buf_clear(out);
    if (cell->type == GRID_TEXT)
        text_printable(out, cell->text);
    else if (cell->type == GRID_COUNT)
        buf_printf(out, "%lld", (long long)cell->count);
    else if (isnan(cell->number))
        buf_append_z(out, "-");
    else if (cell->type == GRID_RATE)
        buf_printf(out, "%.1f%%", 100 * cell->number);
    else
        buf_printf(out, "%.2f", cell->number);
}

static void put_padded(struct bytes text, size_t width, bool is_left, bool is_last, struct buf *out)
{
    size_t own = text_display_width(text);
    size_t padding = own < width ? width - own : 0;
    if (is_left)
        buf_append(out, text);
    for (size_t i = 0; i < padding && !(is_left && is_last); i++)
        buf_append_byte(out, ' ');
    if (!is_left)
        buf_append(out, text);
    buf_append_z(out, is_last ? "\n" : "  ");
}

static void to_words(const struct grid *grid, size_t *widths, struct buf *scratch, struct buf *out)
{
    size_t column = 0;
    const struct grid_cell *first = grid->first;
    for (size_t i = 0; i < grid->column_count; i++)
        widths[i] = text_display_width(bytes_from_z(grid->columns[i].heading));
    for (const struct grid_cell *cell = first; cell != NULL; cell = cell->next) {
        cell_to_words(cell, scratch);
        size_t width = text_display_width(buf_bytes(scratch));
        widths[column] = width > widths[column] ? width : widths[column];
        column = next_column(grid, column);
    }
    for (const struct grid_cell *cell = first; column < grid->column_count; column++) {
        bool is_left = cell != NULL && cell->type == GRID_TEXT;
        put_padded(bytes_from_z(grid->columns[column].heading), widths[column], is_left,
                   column + 1 == grid->column_count, out);
        cell = cell != NULL ? cell->next : NULL;
    }
    column = 0;
    for (const struct grid_cell *cell = first; cell != NULL; cell = cell->next) {
        cell_to_words(cell, scratch);
        put_padded(buf_bytes(scratch), widths[column], cell->type == GRID_TEXT,
                   column + 1 == grid->column_count, out);
        column = next_column(grid, column);
    }
}

int grid_render(const struct grid *grid, enum command_format format, struct buf *out,
                struct err *err)
{
    enum { CELL_MAX_BYTES = 1024 * 1024 };
    size_t *widths = arena_alloc(grid->arena, grid->column_count * sizeof *widths);
    struct buf scratch;
    if (grid->failed || widths == NULL)
        return err_set(err, ERR_NOMEM, "could not print a table");
    if (format == FORMAT_JSON)
        return json_print(out, to_json(grid), err);
    if (format == FORMAT_CSV) {
        to_csv(grid, out);
        return buf_status(out, err);
    }
    buf_init(&scratch, CELL_MAX_BYTES);
    to_words(grid, widths, &scratch, out);
    int rc = buf_status(&scratch, err);
    buf_deinit(&scratch);
    return rc == OK ? buf_status(out, err) : rc;
}
