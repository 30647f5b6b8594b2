#ifndef PINGYI_REPORTS_BULLETIN_RULES_H
#define PINGYI_REPORTS_BULLETIN_RULES_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* The rules of the on-time rate in plain sentences, as an ordered list. */
void bulletin_rules(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

#endif
