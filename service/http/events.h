#ifndef PINGYI_SERVICE_HTTP_EVENTS_H
#define PINGYI_SERVICE_HTTP_EVENTS_H

#include "service/http/exchange.h"

#include <uv.h>

/* Server-sent events: a stream that many read. The last EVENTS_KEPT are kept, so that who comes back with Last-Event-ID
 * misses nothing; who was away longer gets the event `reset` first, and asks for everything anew. A reader that does not
 * take EVENTS_BEHIND_BYTES is cut off, and comes back. Thread: loop. */
enum { EVENTS_KEPT = 1024, EVENTS_BEHIND_BYTES = 256 * 1024, EVENTS_READERS_MAX = 1000 };

struct events;
int events_new(uv_loop_t *loop, struct events **out, struct err *err);
/* End all streams and close; `done` when no handle is open. */
void events_stop(struct events *events, void (*done)(void *context), void *context);
void events_free(struct events *events);

/* `name` a static word; `data` one line of JSON. `audience`: bits; only readers with one of them get it. */
void events_publish(struct events *events, const char *name, uint32_t audience, struct bytes data);

/* Answer the exchange with the stream (or 503 when there are too many readers). `may_go_on` is asked before each event and
 * each heartbeat (15 s): false ends the stream, for instance because the session has ended. */
void events_subscribe(struct events *events, struct http_exchange *exchange, uint32_t audience,
                      bool (*may_go_on)(void *context, int64_t id), void *context, int64_t id);

#endif
