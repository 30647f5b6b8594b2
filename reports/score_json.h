#ifndef PINGYI_REPORTS_SCORE_JSON_H
#define PINGYI_REPORTS_SCORE_JSON_H

#include "base/buf.h"

#include "reports/bulletin.h"

/* JSON by jansson, UTF-8, indented by two, keys in a fixed order, a line end at the end. Appends to `out`, which must
 * not have failed before. Counts are integers, rates numbers, what is undefined null. Names that are no valid UTF-8
 * cannot be said in JSON: their wrong bytes become U+FFFD. ERR_NOMEM, ERR_LIMIT. Thread: any. */

/* `score --format json`: {"round":{"id","kind","from","to","as_of"}, "trial", "rows":[the columns of the CSV as keys]}.
 * Reads of the bulletin: round_*, days, as_of, document, is_trial, ranking. */
int score_json_render(const struct bulletin *bulletin, struct buf *out, struct err *err);

/* `report --to json`: all of that, and what else the bulletin shows: organ, title, document, demonstration, the head of
 * the audit log, the previous round's totals, exclusions by reason over all and per unit, data quality, rules; issue,
 * draw, parts and requests; and of a sample per row its outcomes, answers by item and attempt, rates with interval,
 * coverage, bounds under nonresponse, the exact interval for reviews (of a unit in one round), over all AAPOR's
 * rates. */
int bulletin_json_render(const struct bulletin *bulletin, struct buf *out, struct err *err);

#endif
