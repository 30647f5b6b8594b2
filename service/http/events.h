#ifndef PINGYI_SERVICE_HTTP_EVENTS_H
#define PINGYI_SERVICE_HTTP_EVENTS_H

#include "service/http/exchange.h"

#include <uv.h>

/* Server-sent events: a stream that many read. The last EVENTS_KEPT are kept (of EVENTS_KEPT_BYTES at most), so that
 * who comes back with Last-Event-ID misses nothing; who was away longer, or before the last start, gets the event
 * `reset` first, and asks for everything anew. A reader is sent EVENTS_BEHIND_BYTES ahead of what it takes; when what
 * it needs next is not kept any more, it is cut off, and comes back. Thread: loop. */
enum {
    EVENTS_KEPT = 1024,
    EVENTS_KEPT_BYTES = 4 * 1024 * 1024,
    EVENTS_BEHIND_BYTES = 256 * 1024,
    EVENTS_READERS_MAX = 1000,
    EVENTS_DATA_MAX_BYTES = 64 * 1024, /* of one; readers of a longer one, too, are told `reset` */
    EVENTS_HEARTBEAT_MS = 15 * 1000,
};

struct events;
int events_new(uv_loop_t *loop, struct events **out, struct err *err);
/* End all streams and close; `done` when no handle is open. Once; what is published or asked for later is refused. */
void events_stop(struct events *events, void (*done)(void *context), void *context);
void events_free(struct events *events); /* after `done`; accepts NULL */

/* `name` a static word; `data` one line of JSON. `audience`: bits; only readers with one of them get it. When memory
 * fails all readers are told `reset`. */
void events_publish(struct events *events, const char *name, uint32_t audience, struct bytes data);

/* What its timer does every EVENTS_HEARTBEAT_MS: write to each reader, so that those whose peer is gone are noticed. */
void events_heartbeat(struct events *events);

/* Answer the exchange with the stream (or 503 when there are too many readers). `may_go_on` (NULL: always) is asked
 * before each event and each heartbeat: false ends the stream, for instance because the session has ended. It must not
 * touch the exchange or these events. */
void events_subscribe(struct events *events, struct http_exchange *exchange, uint32_t audience,
                      bool (*may_go_on)(void *context, int64_t id), void *context, int64_t id);

#endif
