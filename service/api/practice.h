#ifndef PINGYI_SERVICE_API_PRACTICE_H
#define PINGYI_SERVICE_API_PRACTICE_H

#include "service/api/case_json.h"

/* Invented cases on which callers learn the work: nothing of them is stored, and nobody is called. An array of cases
 * as of case_to_json; NULL when memory fails. `windows`: the hours that the appointment picker shows. Thread: any. */
json_t *practice_to_json(const struct case_asker *asker, struct calling_window *windows,
                         size_t window_count, int64_t now_utc);

#endif
