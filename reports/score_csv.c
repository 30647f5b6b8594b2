#include "reports/score_csv.h"

#include "reports/csv.h"
#include "reports/score_cell.h"

#include <inttypes.h>

static void append_value(struct buf *out, struct score_cell cell)
{
    switch (cell.type) {
    case SCORE_CELL_EMPTY:
        break;
    case SCORE_CELL_COUNT:
        buf_printf(out, "%" PRId64, cell.count);
        break;
    case SCORE_CELL_RATE:
        buf_printf(out, "%.9f", cell.rate);
        break;
    case SCORE_CELL_TEXT:
        csv_cell(out, cell.text);
        break;
    }
}

int score_csv_render(const struct ranking *ranking, struct buf *out, struct err *err)
{
    for (size_t i = 0; score_column_name(i) != NULL; i++) {
        buf_append_z(out, i > 0 ? "," : "");
        buf_append_z(out, score_column_name(i));
    }
    buf_append_byte(out, '\n');
    for (size_t r = 0; r < ranking->row_count; r++) {
        for (size_t i = 0; score_column_name(i) != NULL; i++) {
            buf_append_z(out, i > 0 ? "," : "");
            append_value(out, score_cell(&ranking->rows[r], i));
        }
        buf_append_byte(out, '\n');
    }
    return buf_status(out, err);
}
