#ifndef PINGYI_SERVICE_API_FOLLOWUP_JSON_H
#define PINGYI_SERVICE_API_FOLLOWUP_JSON_H

#include "service/followup/overview.h"
#include "service/storage/call_records.h"

#include <jansson.h>

/* An overview as the page reads it (openapi.json: Followup). `for_whole`: with units, target and open ends. NULL when
 * memory fails. Thread: any. */
json_t *overview_to_json(const struct overview *overview, bool for_whole, int64_t now_utc,
                         int64_t fresh_for_s);
/* A package as packages_each gives it. NULL when memory fails. */
json_t *package_to_json(const struct package_row *row, int64_t now_utc);

/* What is told of a case wherever it is shown; more is added to it. */
json_t *followup_case_to_json(const struct followup_case *row);

#endif
