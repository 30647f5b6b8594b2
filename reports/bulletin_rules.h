#ifndef PINGYI_REPORTS_BULLETIN_RULES_H
#define PINGYI_REPORTS_BULLETIN_RULES_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* What the denominator is called under these rules: 应办结, 已办结 or 计入统计. Static. */
const char *bulletin_base_name(const struct rules *rules);

/* The rules of the on-time rate in plain sentences, as an ordered list. */
void bulletin_rules(struct page *page, xmlNode *parent, const struct bulletin *bulletin);

#endif
