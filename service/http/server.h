#ifndef PINGYI_SERVICE_HTTP_SERVER_H
#define PINGYI_SERVICE_HTTP_SERVER_H

#include "service/http/assets.h"
#include "service/http/limits.h"
#include "service/http/route.h"
#include "service/http/tls.h"

#include <uv.h>

/* HTTP/1.1 on libuv: keep-alive, pipelining, TLS, limits. It knows no domain: what an application is stands in
 * http_application. Thread: loop. */

struct http_application {
    void *context;
    const struct http_route *routes;
    size_t route_count;
    const struct assets *assets; /* answered before the routes; NULL: none */
    /* Called when a request's head has been read and its route found, before its body is: who asks, and may they?
     * False: it has answered (or will: then the body is not read). NULL: everybody may everything. */
    bool (*admit)(struct http_exchange *exchange);
    /* A problem as a page. NULL: problem+json always. */
    void (*render_page)(const struct http_problem *problem, struct buf *out);
};

struct http_options {
    struct http_application application;
    struct http_limits limits;
    /* Borrowed; NULL: plain HTTP, and where proxies are named, for them and this machine alone. */
    struct tls *tls;
    const char *const
        *proxies; /* addresses whose X-Forwarded-For is believed, ended by NULL; NULL: none */
    /* Directory for bodies that are streamed to disk, this server's alone: what an earlier one left is removed. */
    const char *spool_path;
    const char *host; /* if not NULL: the only Host (without port) that is answered, else 421 */
    FILE *access_log; /* NULL: none; one logfmt line a request, see access_log.h */
};

struct http_server;
/* ERR_NOMEM. SIGPIPE is ignored from now on in the whole program. */
int http_server_new(uv_loop_t *loop, const struct http_options *options, struct http_server **out,
                    struct err *err);

/* Listen on `address` ("127.0.0.1", "::") and `port`, 0 for any; *out_port is what it became. Several calls, several
 * sockets. ERR_EXISTS: in use; ERR_PERMISSION; ERR_FORMAT: no address. */
int http_server_listen(struct http_server *server, const char *address, int port, int *out_port,
                       struct err *err);
/* A socket that somebody else has bound (socket activation). */
int http_server_listen_fd(struct http_server *server, int fd, struct err *err);

/* Take no more connections, close the idle ones, let the others finish their answers (with Connection: close), at most
 * limits.stop_ms, then call `done`: no handle of the server is open any more, and it may be freed. */
void http_server_stop(struct http_server *server, void (*done)(void *context), void *context);
void http_server_free(
    struct http_server *server); /* after `done`, or if it never listened; accepts NULL */

/* Prometheus text of its counters: connections, requests by status class, refusals by limit, bytes, durations. */
void http_server_metrics(const struct http_server *server, struct buf *out);

/* For tests and the watchdog. */
int http_server_connections(const struct http_server *server);

#endif
