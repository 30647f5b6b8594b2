#ifndef PINGYI_SERVICE_API_ROUND_JSON_H
#define PINGYI_SERVICE_API_ROUND_JSON_H

#include "service/rounds/round_shown.h"

#include <jansson.h>

/* Rounds as programs read them: what `round list` and `round show --format json` print and the service answers. NULL
 * when memory fails. Thread: any. */

/* {"id","kind","from","to","state","accumulated"} */
json_t *round_row_to_json(const struct round_row *row);
/* All of that, and as_of, parts, part_of, frame, draw, score, steps, rules. Of a draw the public values alone. */
json_t *round_shown_to_json(const struct round_shown *shown);

#endif
