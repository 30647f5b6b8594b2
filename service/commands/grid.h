#ifndef PINGYI_SERVICE_COMMANDS_GRID_H
#define PINGYI_SERVICE_COMMANDS_GRID_H

#include "service/commands/command.h"

/* Rows of cells, printed in any of the three formats: CSV (DESIGN.md 6: rates with 9 decimals, empty where undefined),
 * an array of JSON objects, or columns for people, numbers to the right. Failures stay in the grid until it is printed.
 * Thread: one owner. */

struct grid_column {
    const char *name;    /* in CSV and JSON */
    const char *heading; /* for people, in Chinese */
};

struct grid_cell;
struct grid {
    const struct grid_column *columns; /* borrowed */
    size_t column_count;
    struct arena *arena;
    struct grid_cell *last, *first; /* row by row */
    bool failed;
};

void grid_init(struct grid *grid, const struct grid_column *columns, size_t column_count,
               struct arena *arena);

/* Add the next cell of the row; texts are copied. */
void grid_text(struct grid *grid, struct bytes text);
void grid_count(struct grid *grid, int64_t count);
void grid_rate(struct grid *grid, double rate);     /* percent for people; NAN: empty */
void grid_number(struct grid *grid, double number); /* NAN: empty */

/* Print; the cells must fill whole rows. ERR_NOMEM, ERR_LIMIT. */
int grid_render(const struct grid *grid, enum command_format format, struct buf *out,
                struct err *err);

#endif
