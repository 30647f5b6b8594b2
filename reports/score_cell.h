#ifndef PINGYI_REPORTS_SCORE_CELL_H
#define PINGYI_REPORTS_SCORE_CELL_H

#include "scoring/ranking.h"

/* The columns of the score as typed cells: one table behind CSV and JSON, so that the two cannot drift apart. The names
 * and their order are a contract with other programs. Thread: any. */

enum score_cell_type { SCORE_CELL_EMPTY, SCORE_CELL_COUNT, SCORE_CELL_RATE, SCORE_CELL_TEXT };

struct score_cell {
    enum score_cell_type type;
    int64_t count;
    double rate; /* in [0,1], never NAN */
    struct bytes text;
};

/* Name of column `column`, NULL behind the last one. */
const char *score_column_name(size_t column);

/* The cell of a row; texts are borrowed from it. SCORE_CELL_EMPTY where nothing is defined, and in all columns of the
 * sample before a draw; an empty text stays SCORE_CELL_TEXT. */
struct score_cell score_cell(const struct ranking_row *row, size_t column);

#endif
