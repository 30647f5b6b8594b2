#ifndef PINGYI_REPORTS_BULLETIN_DRAW_H
#define PINGYI_REPORTS_BULLETIN_DRAW_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* Where the sample comes from. Thread: as struct page. */

/* The frozen frame, what was left out of it, the draw, its hashes and how to check them. */
void bulletin_draw(struct page *page, xmlNode *parent, const struct bulletin_draw *draw);
/* What an accumulated round is made of; nothing for another. */
void bulletin_parts(struct page *page, xmlNode *parent, const struct bulletin *bulletin);
/* Exclusions by request, per reason; nothing without one. */
void bulletin_requests(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

#endif
