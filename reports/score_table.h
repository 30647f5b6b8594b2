#ifndef PINGYI_REPORTS_SCORE_TABLE_H
#define PINGYI_REPORTS_SCORE_TABLE_H

#include "base/buf.h"

#include "scoring/ranking.h"

/* `score --format table`: for people at a terminal. Class by class, with the class's sum and the sum over all; columns
 * aligned by display width (East Asian wide characters take two). With a sample there are three such tables: score and
 * rank, the two sampled rates, the on-time rate. Not a contract. Control characters of names are
 * dropped, so that none can command the terminal. `rules`: those of the ranking, for what its columns and notes are
 * called. Appends to `out`, which must not have failed before. ERR_NOMEM, ERR_LIMIT. Thread: any. */
int score_table_render(const struct ranking *ranking, const struct rules *rules, struct buf *out,
                       struct err *err);

/* Columns of a terminal that the text takes; invalid bytes count one each. */
size_t text_display_width(struct bytes text);

#endif
