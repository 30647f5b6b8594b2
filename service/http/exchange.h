#ifndef PINGYI_SERVICE_HTTP_EXCHANGE_H
#define PINGYI_SERVICE_HTTP_EXCHANGE_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* One request and its answer. It exists from when the request's head has been read until its answer has been written
 * or its peer is gone, and it is answered exactly once. Thread: loop.
 *
 * All bytes given out are the exchange's and stay valid until it is answered: whoever answers later, from a job, may
 * keep them until then. When the peer goes away meanwhile the exchange waits all the same: answering it then only
 * ends it. */
struct http_exchange;

enum http_method {
    METHOD_GET,
    METHOD_HEAD, /* answered as GET, without the body */
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_COUNT,
};
const char *http_method_word(enum http_method method); /* "GET" */

/* ---- the request ---- */

enum http_method exchange_method(const struct http_exchange *exchange);
const struct http_route *exchange_route(const struct http_exchange *exchange);
void *exchange_application(const struct http_exchange *exchange); /* http_application.context */
struct arena *exchange_arena(struct http_exchange *exchange);

/* As it came, without the query: begins with '/', holds no control character, no "//", no segment "." or "..". */
struct bytes exchange_path(const struct http_exchange *exchange);
/* What stands in the place of a route's `{name}`, decoded: valid UTF-8 without control characters, not empty. */
struct bytes exchange_param(const struct http_exchange *exchange, const char *name);
/* As it came, with the query. */
struct bytes exchange_target(const struct http_exchange *exchange);
/* A parameter of the query, decoded likewise; ptr NULL when it is not there, the first when it is there twice. */
struct bytes exchange_query(const struct http_exchange *exchange, const char *name);
/* Names are compared without case; ptr NULL when it is not there. A header that came twice is refused where that
 * matters (Host, Content-Length, Authorization, Cookie, Idempotency-Key, X-CSRF-Token); of others the first. */
struct bytes exchange_header(const struct http_exchange *exchange, const char *name);
/* The value of a cookie; ptr NULL when it is not there or there twice with different values. */
struct bytes exchange_cookie(const struct http_exchange *exchange, const char *name);

/* Where the body was read into memory (HTTP_BODY_MEMORY). */
struct bytes exchange_body(const struct http_exchange *exchange);
/* Where it was streamed to disk (HTTP_BODY_FILE): the file is removed with the exchange unless it was taken, that is
 * renamed. */
const char *exchange_body_path(const struct http_exchange *exchange);
int64_t exchange_body_bytes(const struct http_exchange *exchange);

/* Who asks: the peer, or what a named proxy says of it. Numeric, NUL-terminated. */
const char *exchange_address(const struct http_exchange *exchange);
bool exchange_is_loopback(const struct http_exchange *exchange); /* of exchange_address */
bool exchange_wants_page(const struct http_exchange *exchange);  /* Accept prefers text/html */
int64_t exchange_now_utc(const struct http_exchange *exchange);  /* when its head had been read */

/* The application's own state of this request, set in `admit` and read in the handler. */
void exchange_set_state(struct http_exchange *exchange, void *state);
void *exchange_state(const struct http_exchange *exchange);

/* ---- the answer ---- */

/* One more header of the answer, before it is answered. `name` is static; `value` is copied, without CR, LF or NUL
 * (assert). */
void exchange_add_header(struct http_exchange *exchange, const char *name, struct bytes value);

/* Answer; `type` is a static media type, NULL without a body. `body` is copied. Security headers (CSP, nosniff,
 * no-store, HSTS under TLS, …) are the server's. */
void exchange_answer(struct http_exchange *exchange, int status, const char *type,
                     struct bytes body);

/* Answer with a file from disk, read in pieces as the peer takes them. `download_name` NULL: shown in place. With
 * `remove_after` it is unlinked at once after opening. 500 when it cannot be opened. */
void exchange_answer_file(struct http_exchange *exchange, const char *type, const char *path,
                          const char *download_name, bool remove_after);

/* What went wrong. */
struct http_problem {
    int status;
    const char *code;    /* stable word, e.g. "wrong_password"; NULL: the status's own */
    struct bytes detail; /* Chinese, what to do about it; may be empty */
    struct bytes field;  /* which field of the request is meant, or empty */
    int retry_after_s;   /* 429 and 503: at least 1; else 0 */
};
/* Answer with application/problem+json, or with the application's page where exchange_wants_page. */
void exchange_answer_problem(struct http_exchange *exchange, const struct http_problem *problem);
/* The same with the status alone. 503 and 429 say Retry-After: 1. */
void exchange_refuse(struct http_exchange *exchange, int status);

/* What the access log calls the account that asked: a number, no name; 0 nobody. */
void exchange_set_account(struct http_exchange *exchange, int64_t account_id);

#endif
