#ifndef PINGYI_SERVICE_API_CASE_PARTS_H
#define PINGYI_SERVICE_API_CASE_PARTS_H

#include "service/followup/hours.h"
#include "service/followup/script.h"

#include <jansson.h>

/* What one case has in common with the next, made once and shared by their JSON: the items of the script, and when may
 * be called. Nothing here ever changes; what has ended is made anew. Thread: one at a time, until the last JSON that
 * shares it is given back too. */

enum { SHOWN_DAYS = 15 };

struct case_parts {
    json_t **items; /* of the script, as they stand there; NULL: not yet made */
    json_t *windows;
    const struct calling_hours *hours;     /* the windows' */
    int64_t windows_utc, windows_ends_utc; /* they are so from then until then */
};

void case_parts_deinit(struct case_parts *parts); /* accepts a zeroed one */

/* The script's item at that place with the names filled in; the caller's. NULL: no memory. */
json_t *case_parts_item(struct case_parts *parts, size_t at, const struct script_names *names);
/* The windows of the next SHOWN_DAYS, of which the first may have begun; what the calendar does not cover any more is
 * left out. `hours` must outlive `parts`; NULL: none. The caller's. NULL: no memory. */
json_t *case_parts_windows(struct case_parts *parts, const struct calling_hours *hours,
                           int64_t now_utc);

#endif
