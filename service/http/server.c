#include "service/http/connection.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/clock.h"

#include <signal.h>
#include <stdio.h>

/* ---- what connections share ---- */

struct buf server_lend_buf(struct http_server *server, size_t max_bytes)
{
    struct buf buf = {0};
    if (server->spare_buf_count > 0)
        buf = server->spare_bufs[--server->spare_buf_count];
    buf.max_bytes = max_bytes;
    return buf;
}

void server_take_back(struct http_server *server, struct buf *buf)
{
    enum { KEPT_BYTES = 32 * 1024 };
    if (buf->ptr == NULL || buf->capacity > KEPT_BYTES ||
        server->spare_buf_count == HTTP_SPARE_MAX) {
        buf_deinit(buf);
    } else {
        buf_clear(buf);
        server->spare_bufs[server->spare_buf_count++] = *buf;
    }
    *buf = (struct buf){0};
}

const char *server_date(struct http_server *server)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t now = clock_now_utc();
    if (now == server->date_utc)
        return server->date;
    int64_t day = seconds_to_day(now);
    struct civil date = day_to_civil(day);
    int second = (int)(now - day * SECONDS_A_DAY);
    (void)snprintf(server->date, sizeof server->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   days[day_weekday(day)], date.day % 100, months[date.month - 1],
                   date.year % 10000, second / 3600, second / 60 % 60, second % 60);
    server->date_utc = now;
    return server->date;
}

/* ---- times ---- */

static int smallest_time(const struct http_limits *limits)
{
    const int times[] = {limits->head_ms,       limits->tls_handshake_ms, limits->body_stall_ms,
                         limits->body_total_ms, limits->idle_ms,          limits->write_stall_ms,
                         limits->stop_ms};
    int smallest = times[0];
    for (size_t i = 1; i < sizeof times / sizeof *times; i++)
        if (times[i] < smallest)
            smallest = times[i];
    return smallest;
}

/* One timer looks at all connections now and then, so that none costs a request anything. */
static void on_sweep(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    uint64_t now = uv_now(server->loop);
    bool is_over = server->is_stopping &&
                   now - server->stop_since_ms > (uint64_t)server->options.limits.stop_ms;
    struct http_connection *next;
    for (struct http_connection *c = server->connections; c != NULL; c = next) {
        next = c->next;
        if (is_over)
            connection_close(c);
        else
            connection_check_time(c, now);
    }
    address_book_sweep(&server->addresses, now);
    if (access_log_flush(&server->log))
        server->open_handles++;
}

static int start_sweeper(struct http_server *server, struct err *err)
{
    enum { SLOWEST_MS = 1000, FASTEST_MS = 2, LOOKS = 8 };
    if (server->open_handles > 0)
        return OK;
    int period = smallest_time(&server->options.limits) / LOOKS;
    period = period > SLOWEST_MS ? SLOWEST_MS : period < FASTEST_MS ? FASTEST_MS : period;
    int rc = uv_timer_init(server->loop, &server->sweeper);
    if (rc != 0)
        return err_set(err, ERR_IO, "could not make a timer: %s", uv_strerror(rc));
    server->sweeper.data = server;
    server->open_handles++;
    (void)uv_timer_start(&server->sweeper, on_sweep, (uint64_t)period, (uint64_t)period);
    return OK;
}

/* ---- listening ---- */

static void on_connection(uv_stream_t *stream, int status)
{
    /* Out of descriptors: libuv has closed it, and others will come. */
    if (status == 0)
        connection_accept(stream->data);
}

static void on_handle_closed(uv_handle_t *handle)
{
    server_handle_closed(handle->data);
}

static void on_listener_closed(uv_handle_t *handle)
{
    const struct http_listener *listener = handle->data;
    server_handle_closed(listener->server);
}

static int listen_error(int rc, struct err *err)
{
    enum err_code code = ERR_IO;
    if (rc == UV_EADDRINUSE)
        code = ERR_EXISTS;
    else if (rc == UV_EACCES)
        code = ERR_PERMISSION;
    return err_set(err, code, "could not listen: %s", uv_strerror(rc));
}

static int open_listener(struct http_server *server, struct http_listener **out, struct err *err)
{
    if (server->listener_count == HTTP_LISTENERS_MAX || server->is_stopping)
        return err_set(err, ERR_LIMIT, "cannot listen on more than %d sockets", HTTP_LISTENERS_MAX);
    if (start_sweeper(server, err) != OK)
        return (int)err->code;
    struct http_listener *listener = &server->listeners[server->listener_count];
    int rc = uv_tcp_init(server->loop, &listener->tcp);
    if (rc != 0)
        return listen_error(rc, err);
    listener->server = server;
    listener->tcp.data = listener;
    server->listener_count++;
    server->open_handles++;
    *out = listener;
    return OK;
}

/* Begin to listen, or close what cannot. A listener that failed keeps its place until the server stops. */
static int begin_listening(struct http_listener *listener, int rc, struct err *err)
{
    enum { BACKLOG = 1024 };
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
    if (rc == 0)
        return OK;
    uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    return listen_error(rc, err);
}

int http_server_listen(struct http_server *server, const char *address, int port, int *out_port,
                       struct err *err)
{
    struct sockaddr_storage name = {0};
    struct http_listener *listener = NULL;
    if (port < 0 || port > 65535 ||
        (uv_ip4_addr(address, port, (struct sockaddr_in *)&name) != 0 &&
         uv_ip6_addr(address, port, (struct sockaddr_in6 *)&name) != 0))
        return err_set(err, ERR_FORMAT, "cannot listen on \"%s\" port %d: no address", address,
                       port);
    if (open_listener(server, &listener, err) != OK)
        return (int)err->code;
    int rc = uv_tcp_bind(&listener->tcp, (struct sockaddr *)&name, 0);
    if (begin_listening(listener, rc, err) != OK)
        return err_wrap(err, "address %s, port %d", address, port);
    int len = sizeof name;
    (void)uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&name, &len);
    *out_port = ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                                 : ((struct sockaddr_in *)&name)->sin_port);
    return OK;
}

int http_server_listen_fd(struct http_server *server, int fd, struct err *err)
{
    struct http_listener *listener = NULL;
    if (open_listener(server, &listener, err) != OK)
        return (int)err->code;
    return begin_listening(listener, uv_tcp_open(&listener->tcp, fd), err);
}

/* ---- beginning and end ---- */

static void on_log_idle(void *context)
{
    server_handle_closed(context);
}

int http_server_new(uv_loop_t *loop, const struct http_options *options, struct http_server **out,
                    struct err *err)
{
    struct http_server *server = mem_calloc(1, sizeof *server);
    struct http_connection *spare = mem_calloc(1, sizeof *spare);
    if (server == NULL || spare == NULL) {
        mem_free(server);
        mem_free(spare);
        return err_set(err, ERR_NOMEM, "could not make an HTTP server");
    }
    /* Writing to a peer that has left is to be an error, not the end of the program: libuv leaves that to us. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (options->spool_path != NULL)
        spool_clear(options->spool_path);
    server->loop = loop;
    server->options = *options;
    route_table_init(&server->routes, options->application.routes,
                     options->application.route_count);
    server->spare = spare;
    address_book_init(&server->addresses);
    access_log_init(&server->log, loop, options->access_log, on_log_idle, server);
    *out = server;
    return OK;
}

/* The timer goes last: it watches over those who do not want to leave. Before it goes what the log holds. */
void server_handle_closed(struct http_server *server)
{
    server->open_handles--;
    if (!server->is_stopping)
        return;
    if (server->open_handles == 1 && !uv_is_closing((uv_handle_t *)&server->sweeper)) {
        if (access_log_flush(&server->log))
            server->open_handles++;
        else
            uv_close((uv_handle_t *)&server->sweeper, on_handle_closed);
    } else if (server->open_handles == 0) {
        server->is_done = true;
        server->stopped(server->stopped_context);
    }
}

void http_server_stop(struct http_server *server, void (*done)(void *context), void *context)
{
    server->is_stopping = true;
    server->stopped = done;
    server->stopped_context = context;
    server->stop_since_ms = uv_now(server->loop);
    for (int i = 0; i < server->listener_count; i++)
        if (!uv_is_closing((uv_handle_t *)&server->listeners[i].tcp))
            uv_close((uv_handle_t *)&server->listeners[i].tcp, on_listener_closed);
    for (struct http_connection *c = server->connections; c != NULL; c = c->next) {
        if (c->state == CONNECTION_OPEN)
            c->state = CONNECTION_LAST;
        if (c->first != NULL && c->first->stage == EXCHANGE_STREAM && c->first->is_chunked)
            connection_close(c);
        else
            connection_step(c);
    }
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    server->is_freed = true;
    /* Answers that are still being made for nobody need the server until they are. */
    if (server->exchange_count > 0)
        return;
    while (server->spare_exchanges != NULL) {
        struct http_exchange *exchange = server->spare_exchanges;
        server->spare_exchanges = exchange->next;
        arena_deinit(&exchange->arena);
        buf_deinit(&exchange->added);
        mem_free(exchange);
    }
    while (server->spare_buf_count > 0)
        buf_deinit(&server->spare_bufs[--server->spare_buf_count]);
    access_log_deinit(&server->log);
    address_book_deinit(&server->addresses);
    mem_free(server->spare);
    mem_free(server);
}

int http_server_connections(const struct http_server *server)
{
    return server->connection_count;
}

void http_server_metrics(const struct http_server *server, struct buf *out)
{
    metrics_append(&server->counters, server->connection_count, server->log.dropped, out);
}
