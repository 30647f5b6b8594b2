#ifndef PINGYI_SERVICE_API_PRACTICE_H
#define PINGYI_SERVICE_API_PRACTICE_H

#include "service/api/case_json.h"

/* Invented cases on which callers learn the work: nothing of them is stored, and nobody is called.
 *
 * *out is JSON, an array of cases as of case_to_json, the reader's until the next call: it is made once a day, and anew
 * when another campaign lends its hours (`hours` NULL: none does) to the practice of making appointments. */
int practice_render(struct case_reader *reader, const struct case_asker *asker, int64_t campaign_id,
                    const struct calling_hours *hours, int64_t now_utc, struct bytes *out,
                    struct err *err);

#endif
