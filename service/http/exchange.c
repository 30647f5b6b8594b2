#include "service/http/connection.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "service/http/accept.h"
#include "service/http/path.h"
#include "service/http/problem.h"
#include "service/http/status.h"

#include <assert.h>
#include <string.h>

const char *http_method_word(enum http_method method)
{
    static const char *const words[METHOD_COUNT] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
    return words[method];
}

/* ---- life ---- */

struct http_exchange *exchange_new(struct http_server *server, struct http_connection *connection)
{
    struct http_exchange *exchange = server->spare_exchanges;
    if (exchange != NULL) {
        server->spare_exchanges = exchange->next;
        server->spare_exchange_count--;
    } else {
        exchange = mem_calloc(1, sizeof *exchange);
        if (exchange == NULL)
            return NULL;
        arena_init(&exchange->arena, HTTP_ARENA_BYTES);
        buf_init(&exchange->added, HTTP_ADDED_HEADERS_BYTES);
    }
    server->exchange_count++;
    exchange->server = server;
    exchange->connection = connection;
    exchange->next = NULL;
    exchange->stage = EXCHANGE_BODY;
    exchange->match = (struct route_match){0};
    exchange->query = (struct query){0};
    exchange->address = connection->address;
    exchange->state = NULL;
    exchange->stream = NULL;
    exchange->is_chunked = exchange->is_refused = exchange->closes = false;
    exchange->is_asset = false;
    exchange->spool = NULL;
    exchange->body_bytes = exchange->body_max = 0;
    exchange->now_utc = clock_now_utc();
    exchange->begun_ns = uv_hrtime();
    exchange->status = 0;
    exchange->account_id = exchange->answer_bytes = 0;
    buf_init(&exchange->body, 0);
    buf_init(&exchange->answer, HTTP_ANSWER_MAX_BYTES + 2 * HTTP_HEAD_MAX_BYTES);
    return exchange;
}

/* Count it and write its line. Who left before there was an answer is written down as 499. */
static void record(const struct http_exchange *exchange)
{
    enum { LEFT = 499 };
    struct http_server *server = exchange->server;
    const struct http_route *route = exchange->match.route;
    struct access_line line = {
        .utc = exchange->now_utc,
        .method = http_method_word(exchange->head.method),
        .route = route != NULL        ? route->path
                 : exchange->is_asset ? "asset"
                                      : "-",
        .status = exchange->status != 0 ? exchange->status : LEFT,
        .bytes = exchange->answer_bytes,
        .us = (int64_t)((uv_hrtime() - exchange->begun_ns) / 1000),
        .account_id = exchange->account_id,
    };
    metrics_count_answer(&server->counters, line.status, line.us);
    access_log_append(&server->log, &line);
}

void exchange_free(struct http_exchange *exchange)
{
    enum { KEPT_BYTES = 32 * 1024 };
    struct http_server *server = exchange->server;
    record(exchange);
    spool_abandon(exchange->spool);
    buf_wipe(&exchange->body);
    buf_deinit(&exchange->answer);
    buf_clear(&exchange->added);
    server->exchange_count--;
    bool is_small = exchange->arena.used_bytes <= KEPT_BYTES;
    if (!server->is_freed && is_small && server->spare_exchange_count < HTTP_SPARE_MAX) {
        arena_reset(&exchange->arena);
        exchange->next = server->spare_exchanges;
        server->spare_exchanges = exchange;
        server->spare_exchange_count++;
        return;
    }
    arena_deinit(&exchange->arena);
    buf_deinit(&exchange->added);
    mem_free(exchange);
    if (server->is_freed)
        http_server_free(server);
}

/* ---- the request ---- */

enum http_method exchange_method(const struct http_exchange *exchange)
{
    return exchange->head.method;
}

const struct http_route *exchange_route(const struct http_exchange *exchange)
{
    return exchange->match.route;
}

void *exchange_application(const struct http_exchange *exchange)
{
    return exchange->server->options.application.context;
}

struct arena *exchange_arena(struct http_exchange *exchange)
{
    return &exchange->arena;
}

struct bytes exchange_path(const struct http_exchange *exchange)
{
    return exchange->head.path;
}

struct bytes exchange_target(const struct http_exchange *exchange)
{
    return exchange->head.target;
}

struct bytes exchange_param(const struct http_exchange *exchange, const char *name)
{
    struct bytes pattern = bytes_from_z(exchange->match.route->path), wanted = bytes_from_z(name);
    for (size_t i = 0; pattern.ptr != NULL;) {
        struct bytes segment = bytes_cut(&pattern, '/');
        if (segment.len < 2 || segment.ptr[0] != '{')
            continue;
        if (bytes_equal((struct bytes){segment.ptr + 1, segment.len - 2}, wanted))
            return exchange->params[i];
        i++;
    }
    assert(false); /* the route has no such parameter */
    return BYTES_NONE;
}

struct bytes exchange_query(const struct http_exchange *exchange, const char *name)
{
    return query_find(&exchange->query, name);
}

struct bytes exchange_header(const struct http_exchange *exchange, const char *name)
{
    return head_header(&exchange->head, name);
}

struct bytes exchange_cookie(const struct http_exchange *exchange, const char *name)
{
    return cookie_find(head_header(&exchange->head, "cookie"), name);
}

struct bytes exchange_body(const struct http_exchange *exchange)
{
    return buf_bytes(&exchange->body);
}

const char *exchange_body_path(const struct http_exchange *exchange)
{
    return exchange->spool != NULL ? spool_path(exchange->spool) : NULL;
}

int64_t exchange_body_bytes(const struct http_exchange *exchange)
{
    return exchange->body_bytes;
}

const char *exchange_address(const struct http_exchange *exchange)
{
    return exchange->address;
}

bool exchange_is_loopback(const struct http_exchange *exchange)
{
    return address_is_loopback(exchange->address);
}

bool exchange_wants_page(const struct http_exchange *exchange)
{
    struct bytes accept = head_header(&exchange->head, "accept");
    int page = accept_weight(accept, "text/html");
    return page > 0 && page > accept_weight(accept, "application/json") &&
           page > accept_weight(accept, "application/problem+json");
}

int64_t exchange_now_utc(const struct http_exchange *exchange)
{
    return exchange->now_utc;
}

void exchange_set_state(struct http_exchange *exchange, void *state)
{
    exchange->state = state;
}

void *exchange_state(const struct http_exchange *exchange)
{
    return exchange->state;
}

void exchange_set_account(struct http_exchange *exchange, int64_t account_id)
{
    exchange->account_id = account_id;
}

/* ---- the answer ---- */

void exchange_add_header(struct http_exchange *exchange, const char *name, struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        assert(value.ptr[i] != '\r' && value.ptr[i] != '\n' && value.ptr[i] != '\0');
    buf_append_z(&exchange->added, name);
    buf_append_z(&exchange->added, ": ");
    buf_append(&exchange->added, value);
    buf_append_z(&exchange->added, "\r\n");
}

/* The answer is whole: it goes out when its turn comes. */
static void finish(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    exchange->stage = EXCHANGE_DONE;
    if (connection != NULL)
        connection_step(connection);
    else
        exchange_free(exchange);
}

/* A body that was not read may be passed over when it is short; else the connection ends with this answer. */
static void decide_on_rest(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    if (connection == NULL)
        return;
    if (connection->reading == exchange) {
        exchange->is_refused = true;
        if (exchange->head.is_chunked || exchange->head.expects_continue ||
            exchange->head.content_length > HTTP_BODY_DEFAULT_BYTES) {
            connection->reading = NULL;
            exchange->head.keeps_alive = false;
        }
    }
    if (!exchange->head.keeps_alive && connection->state == CONNECTION_OPEN)
        connection->state = CONNECTION_LAST;
    exchange->closes = connection->state != CONNECTION_OPEN && connection->last == exchange;
}

void exchange_answer(struct http_exchange *exchange, int status, const char *type,
                     struct bytes body)
{
    assert(exchange->stage <= EXCHANGE_OPEN);
    if (body.len > HTTP_ANSWER_MAX_BYTES || exchange->added.rc != OK) {
        buf_clear(&exchange->added);
        exchange_refuse(exchange, STATUS_INTERNAL);
        return;
    }
    decide_on_rest(exchange);
    exchange->status = status;
    if (exchange->connection != NULL) {
        bool has_none = status == STATUS_NO_CONTENT || status == STATUS_NOT_MODIFIED;
        struct buf *out = connection_out(exchange);
        answer_head(exchange, out, status, type, has_none ? -2 : (int64_t)body.len);
        if (!has_none && exchange->head.method != METHOD_HEAD) {
            buf_append(out, body);
            exchange->answer_bytes = (int64_t)body.len;
        }
    }
    finish(exchange);
}

void exchange_answer_problem(struct http_exchange *exchange, const struct http_problem *problem)
{
    enum { PAGE_MAX_BYTES = 256 * 1024 };
    const struct http_application *application = &exchange->server->options.application;
    struct http_problem whole = problem_completed(problem);
    bool is_page = application->render_page != NULL && exchange_wants_page(exchange);
    struct buf text;
    buf_init(&text, PAGE_MAX_BYTES);
    if (is_page)
        application->render_page(&whole, &text);
    else
        problem_append_json(&whole, &text);
    if (whole.retry_after_s > 0) {
        char seconds[16];
        (void)snprintf(seconds, sizeof seconds, "%d", whole.retry_after_s);
        exchange_add_header(exchange, "Retry-After", bytes_from_z(seconds));
    }
    if (text.rc != OK)
        buf_clear(&text);
    exchange_answer(exchange, whole.status,
                    is_page ? "text/html; charset=utf-8" : "application/problem+json",
                    buf_bytes(&text));
    buf_deinit(&text);
}

void exchange_refuse(struct http_exchange *exchange, int status)
{
    exchange_answer_problem(exchange, &(struct http_problem){.status = status});
}

void exchange_refuse_and_close(struct http_exchange *exchange, int status)
{
    exchange->head.keeps_alive = false;
    exchange_refuse(exchange, status);
}

/* ---- on its way ---- */

static void refuse_method(struct http_exchange *exchange)
{
    char allowed[64];
    struct buf list = {.ptr = allowed, .capacity = sizeof allowed, .max_bytes = sizeof allowed};
    for (int method = 0; method < METHOD_COUNT; method++) {
        if ((exchange->match.methods & 1u << method) == 0)
            continue;
        if (list.len > 0)
            buf_append_z(&list, ", ");
        buf_append_z(&list, http_method_word((enum http_method)method));
    }
    exchange_add_header(exchange, "Allow", buf_bytes(&list));
    exchange_refuse(exchange, STATUS_METHOD);
}

/* Decode what the target says. False: it cannot be. */
static bool decode_target(struct http_exchange *exchange)
{
    return path_is_clean(&exchange->arena, exchange->head.path) &&
           query_parse(&exchange->arena, exchange->head.query, PERCENT_QUERY, &exchange->query);
}

static bool decode_params(struct http_exchange *exchange)
{
    for (size_t i = 0; i < ROUTE_PARAMS_MAX; i++)
        if (!percent_decode(&exchange->arena, exchange->match.params[i], PERCENT_PATH,
                            &exchange->params[i]))
            return false;
    return true;
}

/* Who asks, when a named proxy tells. */
static void believe_proxy(struct http_exchange *exchange)
{
    const char *address =
        address_forwarded(&exchange->arena, &exchange->head, exchange->server->options.proxies);
    if (address != NULL)
        exchange->address = address;
}

/* How long who asks should stay away, 0: not at all. */
static int seconds_to_wait(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    struct address_book *book = &exchange->server->addresses;
    struct address_entry *entry = connection->entry;
    bool is_forwarded = exchange->address != connection->address;
    if (is_forwarded && !address_is_loopback(exchange->address))
        entry = address_book_enter(book, exchange->address);
    if (entry == NULL)
        return 0;
    int seconds = address_entry_count(entry, exchange->server->options.limits.requests_per_minute,
                                      uv_now(exchange->server->loop));
    if (is_forwarded)
        address_entry_leave(entry);
    return seconds;
}

/* What holds for every request, whatever it asks for. True: it is answered. */
static bool refuse_stranger(struct http_exchange *exchange)
{
    const char *host = exchange->server->options.host;
    if (exchange->connection->is_proxy)
        believe_proxy(exchange);
    int seconds = seconds_to_wait(exchange);
    if (seconds > 0) {
        exchange->server->counters.rate_limited++;
        exchange_answer_problem(
            exchange, &(struct http_problem){.status = STATUS_TOO_MANY, .retry_after_s = seconds});
    } else if (!decode_target(exchange)) {
        exchange_refuse_and_close(exchange, STATUS_BAD_REQUEST);
    } else if (host != NULL && !bytes_equal_nocase(exchange->head.host, bytes_from_z(host))) {
        exchange_refuse(exchange, STATUS_MISDIRECTED);
    } else {
        return asset_answer(exchange);
    }
    return true;
}

static bool wants_body(const struct http_exchange *exchange)
{
    return exchange->connection->reading == exchange;
}

/* Go on with a request that is admitted. */
static void begin_body(struct http_exchange *exchange)
{
    if (exchange->match.route->body == HTTP_BODY_FILE) {
        exchange->spool = spool_new(exchange);
        if (exchange->spool == NULL)
            exchange_refuse_and_close(exchange, STATUS_UNAVAILABLE);
        else if (!wants_body(exchange))
            spool_finish(exchange->spool);
    } else if (!wants_body(exchange)) {
        exchange_handle(exchange);
    }
    if (exchange->stage == EXCHANGE_BODY && wants_body(exchange) && exchange->head.expects_continue)
        connection_continue(exchange);
}

static void begin_route(struct http_exchange *exchange)
{
    const struct http_application *application = &exchange->server->options.application;
    const struct http_route *route = exchange->match.route;
    if (route->body != HTTP_BODY_NONE)
        exchange->body_max =
            route->body_max_bytes > 0 ? route->body_max_bytes : HTTP_BODY_DEFAULT_BYTES;
    if (route->body == HTTP_BODY_MEMORY)
        exchange->body.max_bytes = (size_t)exchange->body_max;
    if (!decode_params(exchange))
        exchange_refuse(exchange, STATUS_BAD_REQUEST);
    else if (wants_body(exchange) &&
             (exchange->body_max == 0 || exchange->head.content_length > exchange->body_max))
        exchange_refuse(exchange, STATUS_TOO_LARGE);
    else if (application->admit == NULL || application->admit(exchange))
        begin_body(exchange);
    else if (exchange->stage == EXCHANGE_BODY) {
        exchange->stage = EXCHANGE_OPEN;
        decide_on_rest(exchange);
    }
}

void exchange_begin(struct http_exchange *exchange)
{
    if (refuse_stranger(exchange))
        return;
    exchange->match =
        route_find(&exchange->server->routes, exchange->head.method, exchange->head.path);
    if (exchange->match.route != NULL)
        begin_route(exchange);
    else if (exchange->match.methods != 0)
        refuse_method(exchange);
    else
        exchange_refuse(exchange, STATUS_NOT_FOUND);
}

void exchange_handle(struct http_exchange *exchange)
{
    exchange->stage = EXCHANGE_OPEN;
    exchange->match.route->handle(exchange);
}

/* ---- answers that go on ---- */

bool stream_begin(struct http_exchange *exchange, const char *type, int64_t length,
                  struct http_stream *stream)
{
    assert(exchange->stage <= EXCHANGE_OPEN);
    exchange->is_chunked = length < 0 && !exchange->head.is_http10;
    if (length < 0 && exchange->head.is_http10)
        exchange->head.keeps_alive = false;
    exchange->status = STATUS_OK;
    decide_on_rest(exchange);
    struct http_connection *connection = exchange->connection;
    bool is_there = connection != NULL && connection->state != CONNECTION_CLOSING;
    if (is_there)
        answer_head(exchange, connection_out(exchange), STATUS_OK, type, length);
    if (!is_there || exchange->head.method == METHOD_HEAD) {
        finish(exchange);
        return false;
    }
    exchange->stage = EXCHANGE_STREAM;
    exchange->stream = stream;
    stream->exchange = exchange;
    connection_step(connection);
    return true;
}

size_t stream_write(struct http_stream *stream, struct bytes piece)
{
    struct http_exchange *exchange = stream->exchange;
    struct http_connection *connection = exchange->connection;
    if (connection->state == CONNECTION_CLOSING)
        return 0;
    struct buf *out = connection_out(exchange);
    if (exchange->is_chunked)
        buf_printf(out, "%zx\r\n", piece.len);
    buf_append(out, piece);
    if (exchange->is_chunked)
        buf_append_z(out, "\r\n");
    exchange->answer_bytes += (int64_t)piece.len;
    connection_step(connection);
    return connection_backlog(connection) + exchange->answer.len;
}

void stream_end(struct http_stream *stream, bool is_whole)
{
    struct http_exchange *exchange = stream->exchange;
    if (!is_whole)
        connection_close(exchange->connection);
    else if (exchange->is_chunked)
        buf_append_z(connection_out(exchange), "0\r\n\r\n");
    exchange->stream = NULL;
    finish(exchange);
}
