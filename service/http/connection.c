#include "service/http/connection.h"

#include "base/alloc.h"
#include "service/http/proxies.h"
#include "service/http/status.h"

#include <stdio.h>
#include <sys/socket.h>

/* One connection: bytes in, requests out of them, their answers in the order of the requests, bytes out. Everything
 * happens in connection_step, which is called when bytes have come, when an answer is ready and when bytes have been
 * sent: it parses as far as it may, moves the answers whose turn it is to `out`, and sends them together. */

enum { LINGER_MS = 2000 };

static void on_closed(uv_handle_t *handle);
static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

void connection_close(struct http_connection *connection)
{
    if (connection->state == CONNECTION_CLOSING)
        return;
    connection->state = CONNECTION_CLOSING;
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* ---- the step ---- */

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
    const struct http_connection *connection = handle->data;
    (void)size;
    *out = uv_buf_init(connection->server->input, HTTP_READ_BYTES);
}

/* Read on, or let the peer wait. */
static void decide_on_reading(struct http_connection *connection)
{
    bool wants = connection->state == CONNECTION_LINGER ||
                 (!connection->peer_is_done && connection_may_parse(connection));
    if (wants == connection->is_reading)
        return;
    connection->is_reading = wants;
    connection->read_since_ms = uv_now(connection->server->loop);
    /* While the disk was slow the peer was not. */
    if (wants && connection->reading != NULL && connection->reading->spool != NULL) {
        connection->body_since_ms = connection->read_since_ms;
        connection->body_before = connection->reading->body_bytes;
    }
    if (!wants)
        (void)uv_read_stop((uv_stream_t *)&connection->tcp);
    else if (uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0)
        connection_close(connection);
}

/* Say that no more comes, which TLS does in words. False: they are on their way, or there is nobody to take them: the
 * peer may have left since the answer. */
static bool part(struct http_connection *connection)
{
    if (connection->tls != NULL) {
        tls_session_close(connection->tls);
        connection_flush(connection);
    }
    return connection->state != CONNECTION_CLOSING && !connection->is_writing;
}

/* Close for writing, and wait for the peer to do the same: a close at once would destroy what it has not read yet. */
static void linger(struct http_connection *connection)
{
    uv_os_fd_t fd;
    connection->state = CONNECTION_LINGER;
    connection->read_since_ms = uv_now(connection->server->loop);
    if (uv_fileno((uv_handle_t *)&connection->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0)
        connection_close(connection);
}

static void decide_on_end(struct http_connection *connection)
{
    bool is_last = connection->state == CONNECTION_LAST || connection->peer_is_done;
    bool is_sent = connection->first == NULL && !connection->is_writing && connection->out.len == 0;
    if (!is_last || !is_sent || !part(connection))
        return;
    if (connection->peer_is_done)
        connection_close(connection);
    else
        linger(connection);
}

void connection_step(struct http_connection *connection)
{
    if (connection->is_stepping || connection->state == CONNECTION_CLOSING)
        return;
    connection->is_stepping = true;
    bool moved = true;
    while (moved && connection->state <= CONNECTION_LAST) {
        moved = connection_parse(connection);
        connection_settle(connection);
        if (connection->state <= CONNECTION_LAST)
            connection_flush(connection);
        if (connection->state <= CONNECTION_LAST)
            connection_give_room(connection);
        moved = moved || connection_may_flush(connection);
    }
    if (connection->state <= CONNECTION_LAST)
        decide_on_end(connection);
    connection_keep_input(connection);
    if (connection->state != CONNECTION_CLOSING)
        decide_on_reading(connection);
    connection->is_stepping = false;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct http_connection *connection = stream->data;
    if (count > 0) {
        connection_receive(connection, (struct bytes){buf->base, (size_t)count});
        connection_step(connection);
    } else if (count == UV_EOF && connection->state != CONNECTION_LINGER) {
        connection_hear_end(connection);
        connection_step(connection);
    } else if (count < 0) {
        connection_close(connection);
    }
}

/* ---- times ---- */

static bool is_over(uint64_t since_ms, int limit_ms, uint64_t now_ms)
{
    return now_ms - since_ms > (uint64_t)limit_ms;
}

static void time_out(struct http_connection *connection)
{
    connection->server->counters.timeouts++;
    if (connection->reading != NULL) {
        connection_refuse_body(connection, STATUS_TIMEOUT);
    } else {
        connection->input = BYTES_NONE;
        connection_begin_request(connection, BYTES_LIT(""), STATUS_TIMEOUT);
    }
    connection_step(connection);
}

/* What the kernel still holds for the peer goes with it: that is up to some MiB. */
static void shed(struct http_connection *connection)
{
    connection->server->counters.timeouts++;
    connection->state = CONNECTION_CLOSING;
    if (uv_tcp_close_reset(&connection->tcp, on_closed) != 0)
        uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* A peer that takes a little now and then would hold its answer for days. */
static void check_write_time(struct http_connection *connection, uint64_t now_ms)
{
    if (!is_over(connection->write_since_ms, connection->server->options.limits.write_stall_ms,
                 now_ms))
        return;
    size_t left = connection_untaken(connection);
    if (left + HTTP_SLOWEST_BYTES > connection->write_left) {
        shed(connection);
        return;
    }
    connection->write_left = left;
    connection->write_since_ms = now_ms;
}

/* The same of a body: one in memory has its time, one to disk has it for each of its pieces. */
static bool body_is_slow(struct http_connection *connection, uint64_t now_ms)
{
    const struct http_limits *limits = &connection->server->options.limits;
    const struct http_exchange *exchange = connection->reading;
    if (is_over(connection->read_since_ms, limits->body_stall_ms, now_ms))
        return true;
    if (!is_over(connection->body_since_ms, limits->body_total_ms, now_ms))
        return false;
    if (exchange->spool == NULL ||
        exchange->body_bytes < connection->body_before + HTTP_SLOWEST_BYTES)
        return true;
    connection->body_since_ms = now_ms;
    connection->body_before = exchange->body_bytes;
    return false;
}

void connection_check_time(struct http_connection *connection, uint64_t now_ms)
{
    const struct http_limits *limits = &connection->server->options.limits;
    uint64_t since = connection->read_since_ms;
    if (connection->is_writing && connection->state != CONNECTION_CLOSING)
        check_write_time(connection, now_ms);
    if (!connection->is_reading || connection->state == CONNECTION_CLOSING)
        return;
    if (connection->state == CONNECTION_LINGER) {
        if (is_over(since, LINGER_MS, now_ms))
            connection_close(connection);
    } else if (connection->tls != NULL && !tls_session_is_ready(connection->tls)) {
        if (is_over(connection->begun_ms, limits->tls_handshake_ms, now_ms))
            shed(connection);
    } else if (connection->reading != NULL) {
        if (body_is_slow(connection, now_ms))
            time_out(connection);
    } else if (connection->in.len > 0) {
        if (is_over(since, limits->head_ms, now_ms))
            time_out(connection);
    } else if (connection->first == NULL) {
        int limit = connection->requests == 0 ? limits->head_ms : limits->idle_ms;
        if (is_over(since, limit, now_ms))
            connection_close(connection);
    }
}

/* ---- beginning and end ---- */

/* Those who wait for an answer wait in vain; those who make one are not told until they have it. */
static void leave_exchanges(struct http_connection *connection)
{
    while (connection->first != NULL) {
        struct http_exchange *exchange = connection->first;
        struct http_stream *stream = exchange->stream;
        connection_unlink_first(connection);
        exchange->connection = NULL;
        if (exchange->stage == EXCHANGE_OPEN)
            continue;
        exchange_free(exchange);
        if (stream != NULL && stream->gone != NULL)
            stream->gone(stream);
    }
}

static void unlink_connection(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    server->connection_count--;
}

static void on_closed(uv_handle_t *handle)
{
    struct http_connection *connection = handle->data;
    struct http_server *server = connection->server;
    leave_exchanges(connection);
    server_take_back(server, &connection->in);
    server_take_back(server, &connection->out);
    server_take_back(server, &connection->wire);
    tls_session_free(connection->tls);
    address_entry_leave(connection->entry);
    unlink_connection(connection);
    if (server->spare == NULL)
        server->spare = connection;
    else
        mem_free(connection);
    if (server->waiting != NULL && !server->is_stopping)
        connection_accept(server->waiting);
    server_handle_closed(server);
}

/* Too many: said in as few words as possible, and closed. */
static void turn_away(struct http_connection *connection)
{
    static char words[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                          "Content-Length: 0\r\nConnection: close\r\n\r\n";
    uv_buf_t buf = uv_buf_init(words, sizeof words - 1);
    connection->server->counters.turned_away++;
    if (connection->server->options.tls == NULL)
        (void)uv_try_write((uv_stream_t *)&connection->tcp, &buf, 1);
    connection_close(connection);
}

/* What a stranger sends in the clear anybody on the way can read. */
static bool is_for_proxies(const struct http_server *server)
{
    const char *const *proxies = server->options.proxies;
    return server->options.tls == NULL && proxies != NULL && proxies[0] != NULL;
}

static void start(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    const struct http_limits *limits = &server->options.limits;
    struct sockaddr_storage peer;
    int len = sizeof peer;
    struct err err;
    if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&peer, &len) != 0) {
        connection_close(connection);
        return;
    }
    address_of_peer(&peer, connection->address);
    connection->is_proxy = address_is_listed(connection->address, server->options.proxies);
    bool is_counted = !connection->is_proxy && !address_is_loopback(connection->address);
    if (is_counted && is_for_proxies(server)) {
        server->counters.turned_away++;
        connection_close(connection);
        return;
    }
    if (is_counted)
        connection->entry = address_book_enter(&server->addresses, connection->address);
    if (server->connection_count > limits->connections ||
        (connection->entry != NULL &&
         connection->entry->connections > limits->connections_per_address)) {
        turn_away(connection);
        return;
    }
    (void)uv_tcp_nodelay(&connection->tcp, 1);
    if (server->options.tls != NULL &&
        tls_session_new(server->options.tls, &connection->tls, &err) != OK) {
        connection_close(connection);
        return;
    }
    connection_step(connection);
}

void connection_accept(struct http_listener *listener)
{
    struct http_server *server = listener->server;
    struct http_connection *connection = server->spare;
    server->waiting = connection == NULL ? listener : NULL;
    if (connection == NULL)
        return;
    *connection = (struct http_connection){.server = server};
    if (uv_tcp_init(server->loop, &connection->tcp) != 0)
        return;
    connection->tcp.data = connection;
    server->open_handles++;
    server->connection_count++;
    server->counters.connections++;
    connection->next = server->connections;
    if (connection->next != NULL)
        connection->next->previous = connection;
    server->connections = connection;
    connection->read_since_ms = connection->begun_ms = uv_now(server->loop);
    /* One is always kept ready, so that in want of memory a connection can be accepted in order to close it. */
    server->spare = mem_calloc(1, sizeof *connection);
    int rc = uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&connection->tcp);
    if (rc != 0 || server->spare == NULL || server->is_stopping)
        connection_close(connection);
    else
        start(connection);
}
