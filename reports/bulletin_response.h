#ifndef PINGYI_REPORTS_BULLETIN_RESPONSE_H
#define PINGYI_REPORTS_BULLETIN_RESPONSE_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* How the released cases answered, and what those who did not could change. Thread: as struct page. */

/* Outcomes per unit, the bounds of each rate under nonresponse, the rates by number of attempt. */
void bulletin_response(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

/* AAPOR's rates over all, unweighted and, for a round that is not accumulated, weighted. */
void bulletin_response_rates(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

#endif
