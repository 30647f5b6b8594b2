#include "service/api/call.h"
#include "service/api/handlers.h"
#include "service/api/subtree.h"

/* What has changed, told to those who watch: events `task`, `round`, `import` and `followup`, each to the roles that
 * may read of it. A stream ends with its session. */

static bool may_go_on(void *context, int64_t session_id)
{
    const struct service *service = context;
    return !service->is_stopping &&
           session_book_has(service->book, session_id, service_now_utc(service));
}

void feed_subscribe(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct service *service = call->service;
    uint32_t audience = subtree_audience(&call->who);
    int64_t session_id = call->who.session_id;
    call_release(call);
    events_subscribe(service->events, exchange, audience, may_go_on, service, session_id);
}
