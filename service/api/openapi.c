#include "service/api/call.h"
#include "service/api/embedded.h"
#include "service/api/handlers.h"

/* The description of all routes, written by hand and held against them by a test. */
void openapi_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call_release(call);
    exchange_answer(exchange, 200, "application/json", embedded_bytes(&embedded_api[0]));
}
