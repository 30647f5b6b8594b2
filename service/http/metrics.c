#include "service/http/metrics.h"

#include <inttypes.h>

static const struct {
    int64_t us;
    const char *seconds;
} bounds[METRICS_BUCKETS] = {
    {250, "0.00025"}, {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},
    {10000, "0.01"},  {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"},
    {500000, "0.5"},  {1000000, "1"},   {2500000, "2.5"}, {10000000, "10"},
};

void metrics_count_answer(struct http_counters *counters, int status, int64_t duration_us)
{
    int bucket = 0;
    while (bucket < METRICS_BUCKETS && duration_us > bounds[bucket].us)
        bucket++;
    counters->durations[bucket]++;
    counters->duration_us += duration_us;
    if (status >= 100 && status < 600)
        counters->answers[status / 100]++;
}

static void append_counter(struct buf *out, const char *name, const char *help, int64_t value)
{
    buf_printf(out, "# HELP pingyi_http_%s %s\n# TYPE pingyi_http_%s counter\n", name, help, name);
    buf_printf(out, "pingyi_http_%s %" PRId64 "\n", name, value);
}

static void append_durations(const struct http_counters *counters, struct buf *out)
{
    int64_t count = 0;
    buf_append_z(out, "# HELP pingyi_http_duration_seconds From a request's head to its answer.\n"
                      "# TYPE pingyi_http_duration_seconds histogram\n");
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        count += counters->durations[i];
        buf_printf(out, "pingyi_http_duration_seconds_bucket{le=\"%s\"} %" PRId64 "\n",
                   bounds[i].seconds, count);
    }
    count += counters->durations[METRICS_BUCKETS];
    buf_printf(out, "pingyi_http_duration_seconds_bucket{le=\"+Inf\"} %" PRId64 "\n", count);
    buf_printf(out, "pingyi_http_duration_seconds_sum %" PRId64 ".%06" PRId64 "\n",
               counters->duration_us / 1000000, counters->duration_us % 1000000);
    buf_printf(out, "pingyi_http_duration_seconds_count %" PRId64 "\n", count);
}

void metrics_append(const struct http_counters *counters, int open, int64_t dropped,
                    struct buf *out)
{
    buf_printf(out,
               "# HELP pingyi_http_connections_open Connections now.\n"
               "# TYPE pingyi_http_connections_open gauge\npingyi_http_connections_open %d\n",
               open);
    append_counter(out, "connections_total", "Connections accepted.", counters->connections);
    append_counter(out, "connections_turned_away_total", "Connections beyond a limit.",
                   counters->turned_away);
    append_counter(out, "rate_limited_total", "Requests of an address beyond its limit.",
                   counters->rate_limited);
    append_counter(out, "timeouts_total", "Peers that were too slow.", counters->timeouts);
    append_counter(out, "received_bytes_total", "Bytes read.", counters->bytes_in);
    append_counter(out, "sent_bytes_total", "Bytes written.", counters->bytes_out);
    append_counter(out, "log_lines_dropped_total", "Lines of the access log that found no room.",
                   dropped);
    buf_append_z(out, "# HELP pingyi_http_answers_total Answers by class of status.\n"
                      "# TYPE pingyi_http_answers_total counter\n");
    for (int class = 2; class < 6; class ++)
        buf_printf(out, "pingyi_http_answers_total{status=\"%dxx\"} %" PRId64 "\n", class,
                   counters->answers[class]);
    append_durations(counters, out);
}
