#ifndef PINGYI_SERVICE_API_CASE_JSON_H
#define PINGYI_SERVICE_API_CASE_JSON_H

#include "service/api/case_shown.h"

#include <jansson.h>

/* Cases as the pages read them (openapi.json: Case). NULL when memory fails. Thread: any. */

/* Who asks, as it is read out. */
struct case_asker {
    struct bytes organ, phone; /* the phone may be empty */
};

json_t *case_to_json(struct case_parts *parts, const struct case_shown *shown,
                     const struct case_asker *asker);
/* Parts of it. `items`: which of the script's, ended by NULL; NULL: all. */
json_t *case_orders_to_json(struct case_parts *parts, const struct case_shown *shown,
                            const struct case_asker *asker, const char *const *items,
                            bool with_answers);
json_t *case_numbers_to_json(const struct case_shown *shown);
json_t *case_dial_to_json(const struct dial_row *dial); /* id 0: null */
/* The name of a disposition; an empty code is an interrupted dial. */
const char *case_disposition_zh(struct bytes code);
/* … of a dial; a checker's says only whether the person was reached. */
const char *case_dial_zh(struct bytes code, bool is_recheck);

/* {"code","name","asks","then"} of all that callers may give, in the pages' order. */
json_t *case_dispositions_to_json(void);

#endif
