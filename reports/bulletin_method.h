#ifndef PINGYI_REPORTS_BULLETIN_METHOD_H
#define PINGYI_REPORTS_BULLETIN_METHOD_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* How the figures of a sampled round come about, in plain sentences made from its rules: nothing is said that the rules
 * do not ask for. Thread: as struct page. */
void bulletin_method(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

#endif
