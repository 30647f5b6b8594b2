#ifndef PINGYI_REPORTS_BULLETIN_DOTS_H
#define PINGYI_REPORTS_BULLETIN_DOTS_H

#include "reports/figures.h"
#include "reports/page.h"

/* Draw one sampled rate of a class into `parent` as SVG: units by falling rate, a dot with its interval as a whisker, a
 * dot alone where all were asked and answered, hollow and grey where the unit is not ranked, a dashed line for the
 * class. Units without an answer are left out; nothing is drawn when none is left. */
void bulletin_dots(struct page *page, xmlNode *parent, const struct bulletin *bulletin,
                   const struct ranking_row *units, size_t unit_count,
                   const struct ranking_row *class_row, enum item item);

#endif
