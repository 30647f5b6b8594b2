#ifndef PINGYI_REPORTS_BULLETIN_CHART_H
#define PINGYI_REPORTS_BULLETIN_CHART_H

#include "reports/page.h"

#include "scoring/ranking.h"

/* Draw the on-time rates of one class into `parent` as SVG: a dot a unit, a dashed line for the class, black on white.
 * `units` are the class's rows; those with an empty base are left out, and nothing is drawn when none is left. */
void bulletin_chart(struct page *page, xmlNode *parent, const struct ranking_row *units,
                    size_t unit_count, const struct ranking_row *class_row);

#endif
