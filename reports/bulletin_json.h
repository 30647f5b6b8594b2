#ifndef PINGYI_REPORTS_BULLETIN_JSON_H
#define PINGYI_REPORTS_BULLETIN_JSON_H

#include "reports/bulletin.h"
#include "reports/json_builder.h"

/* Add to the bulletin's object what it shows of draw and sample: issue, draw, parts, requests, sample. What is
 * not there is null, lists are empty. Thread: any. */
void bulletin_json_sample(struct json_builder *builder, json_t *root,
                          const struct bulletin *bulletin);

#endif
