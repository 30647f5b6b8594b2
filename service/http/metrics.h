#ifndef PINGYI_SERVICE_HTTP_METRICS_H
#define PINGYI_SERVICE_HTTP_METRICS_H

#include "base/buf.h"

/* What the server counts. Thread: loop. */

enum { METRICS_BUCKETS = 14 };

struct http_counters {
    int64_t connections; /* accepted since start */
    int64_t turned_away; /* for limits of connections */
    int64_t rate_limited, timeouts;
    int64_t answers[6];                     /* by status / 100 */
    int64_t durations[METRICS_BUCKETS + 1]; /* not cumulative; the last: longer than all */
    int64_t duration_us;                    /* of all answers */
    int64_t bytes_in, bytes_out;            /* on the wire */
};

void metrics_count_answer(struct http_counters *counters, int status, int64_t duration_us);

/* Prometheus' text format. `open` connections now, `dropped` lines of the access log. */
void metrics_append(const struct http_counters *counters, int open, int64_t dropped,
                    struct buf *out);

#endif
