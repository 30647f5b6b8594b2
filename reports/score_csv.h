#ifndef PINGYI_REPORTS_SCORE_CSV_H
#define PINGYI_REPORTS_SCORE_CSV_H

#include "base/buf.h"

#include "scoring/ranking.h"

/* `score --format csv`: a contract with other programs. One header line, then the ranking's rows as they stand (units,
 * a `*` row per class, the `*,…,*` row over all); UTF-8 without BOM, `\n`. Rates have 9 decimals; what is undefined
 * is empty, and so are the columns of the sample, score included, before a draw. Names are only quoted, never altered.
 * Appends to `out`, which must not have failed before. ERR_NOMEM, ERR_LIMIT. Thread: any. */
int score_csv_render(const struct ranking *ranking, struct buf *out, struct err *err);

#endif
