#ifndef PINGYI_SERVICE_API_DRAW_WORDS_H
#define PINGYI_SERVICE_API_DRAW_WORDS_H

#include "base/buf.h"

#include "service/followup/draw.h"

/* Plans and draws as text; failures stay in `out` but for JSON's. Thread: any. */

/* For people; `wish` tells which columns mean something. */
void draw_words_plan(const struct draw_plan *plan, const struct rules *rules,
                     const struct draw_wish *wish, struct buf *out);
/* unit_code,unit_name,frame,sample,reserve,expected_answers,expected_margin; the last row, with unit code `*`, is of
 * all. */
void draw_words_plan_csv(const struct draw_plan *plan, struct buf *out);
int draw_words_plan_json(const struct draw_plan *plan, struct buf *out, struct err *err);

void draw_words_overview(const struct draw_overview *overview, struct buf *out);
int draw_words_overview_json(const struct draw_overview *overview, struct buf *out,
                             struct err *err);

#endif
