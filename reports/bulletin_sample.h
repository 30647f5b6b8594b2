#ifndef PINGYI_REPORTS_BULLETIN_SAMPLE_H
#define PINGYI_REPORTS_BULLETIN_SAMPLE_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* The sampled rates of the bulletin, for rankings that have a sample. Thread: as struct page. */

/* What the sample says over all units: one paragraph. */
void bulletin_sample_summary(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

/* One class: score and rank, the three rates, the counts of the on-time rate, the shares of answers, charts of the two
 * sampled rates, and who is not in the class's figures. */
void bulletin_sample_class(struct page *page, xmlNode *parent, const struct bulletin *bulletin,
                           const struct ranking_row *units, size_t unit_count,
                           const struct ranking_row *class_row);

#endif
