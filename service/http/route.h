#ifndef PINGYI_SERVICE_HTTP_ROUTE_H
#define PINGYI_SERVICE_HTTP_ROUTE_H

#include "service/http/exchange.h"

/* Which function answers which request: one constant table. Thread: any. */

enum http_body {
    HTTP_BODY_NONE,   /* a body is refused (413) */
    HTTP_BODY_MEMORY, /* whole before `handle` is called, at most `body_max_bytes` */
    HTTP_BODY_FILE,   /* streamed to a file of the spool directory */
};

struct http_route {
    enum http_method method; /* GET answers HEAD too */
    const char *path;        /* "/api/v1/rounds/{id}/score": {name} takes one segment */
    uint32_t access;         /* who may: bits that the application gives meaning to */
    enum http_body body;
    int64_t body_max_bytes; /* 0: the server's HTTP_BODY_DEFAULT_BYTES */
    void (*handle)(struct http_exchange *exchange);
    const char *operation; /* its operationId in the OpenAPI document */
};

enum { ROUTE_PARAMS_MAX = 4 };
struct route_match {
    const struct http_route *route;        /* NULL: nothing matched */
    struct bytes params[ROUTE_PARAMS_MAX]; /* raw, in the order of the path; parts of `path` */
    unsigned methods;                      /* bits 1 << http_method that the path knows, for 405 */
};

enum { ROUTES_MAX = 256 };
struct route_table {
    const struct http_route *routes; /* borrowed */
    size_t count;
    struct {
        size_t slashes, head; /* how many; bytes before the first {name} */
        struct bytes tail;    /* behind the last one; of a literal path empty */
    } keys[ROUTES_MAX];       /* of each route, by which most are passed over */
};
void route_table_init(struct route_table *table, const struct http_route *routes, size_t count);

/* Literal segments win over {name}. `path` as exchange_path. */
struct route_match route_find(const struct route_table *table, enum http_method method,
                              struct bytes path);

#endif
