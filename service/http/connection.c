#include "service/http/connection.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "service/http/status.h"

#include <assert.h>
#include <string.h>

/* One connection: bytes in, requests out of them, their answers in the order of the requests, bytes out. Everything happens
 * in connection_step, which is called when bytes have come, when an answer is ready and when bytes have been sent; it parses
 * as far as it may, moves the answers whose turn it is to `out`, and sends them together. */

enum {
    OUT_MAX_BYTES = HTTP_ANSWER_MAX_BYTES + 8 * HTTP_WRITE_HIGH,
    IN_MAX_BYTES = 4 * HTTP_READ_BYTES,
    LINGER_MS = 2000,
    LINGER_MAX_BYTES = 1 << 20,
};

static void on_closed(uv_handle_t *handle);

void connection_close(struct http_connection *connection)
{
    if (connection->state == CONNECTION_CLOSING)
        return;
    connection->state = CONNECTION_CLOSING;
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* ---- out ---- */

size_t connection_backlog(const struct http_connection *connection)
{
    return connection->out.len +
           uv_stream_get_write_queue_size((const uv_stream_t *)&connection->tcp);
}

struct buf *connection_out(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    if (connection->first != exchange || connection->state == CONNECTION_CLOSING)
        return &exchange->answer;
    if (connection->out.ptr == NULL)
        connection->out = server_lend_buf(connection->server, OUT_MAX_BYTES);
    return &connection->out;
}

void connection_continue(struct http_exchange *exchange)
{
    /* Who waits behind another answer begins to send by itself after a while. */
    if (exchange->connection->first == exchange)
        buf_append_z(connection_out(exchange), "HTTP/1.1 100 Continue\r\n\r\n");
}

static void on_written(uv_write_t *write, int status)
{
    struct http_connection *connection = write->data;
    connection->is_writing = false;
    server_take_back(connection->server, &connection->wire);
    if (status < 0)
        connection_close(connection);
    else
        connection_step(connection);
}

/* Send what there is; what the kernel does not take at once is sent as it takes it. */
static void flush(struct http_connection *connection)
{
    if (connection->is_writing || connection->out.len == 0)
        return;
    if (connection->out.rc != OK) {
        connection_close(connection);
        return;
    }
    uv_buf_t rest = uv_buf_init(connection->out.ptr, (unsigned)connection->out.len);
    int sent = uv_try_write((uv_stream_t *)&connection->tcp, &rest, 1);
    if (sent == UV_EAGAIN)
        sent = 0;
    if (sent < 0) {
        connection_close(connection);
        return;
    }
    connection->server->counters.bytes_out += (int64_t)rest.len;
    if ((size_t)sent == rest.len) {
        server_take_back(connection->server, &connection->out);
        return;
    }
    connection->wire = connection->out;
    connection->out = (struct buf){.max_bytes = OUT_MAX_BYTES};
    rest = uv_buf_init(connection->wire.ptr + sent, (unsigned)(rest.len - (size_t)sent));
    connection->write.data = connection;
    connection->is_writing = true;
    connection->write_since_ms = uv_now(connection->server->loop);
    connection->write_left = rest.len;
    if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, &rest, 1, on_written) != 0) {
        connection->is_writing = false;
        connection_close(connection);
    }
}

/* ---- answers in their order ---- */

static void unlink_first(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->first;
    connection->first = exchange->next;
    if (connection->first == NULL)
        connection->last = NULL;
    connection->waiting--;
    if (connection->reading == exchange)
        connection->reading = NULL;
}

/* Move what the first in the row has answered while it waited. */
static void move_answer(struct http_connection *connection, struct http_exchange *exchange)
{
    if (exchange->answer.len == 0 && exchange->answer.rc == OK)
        return;
    struct buf *out = connection_out(exchange);
    if (exchange->answer.rc != OK)
        out->rc = exchange->answer.rc;
    buf_append(out, buf_bytes(&exchange->answer));
    buf_clear(&exchange->answer);
    (void)connection;
}

static void settle(struct http_connection *connection)
{
    while (connection->first != NULL) {
        struct http_exchange *exchange = connection->first;
        if (exchange->stage < EXCHANGE_STREAM)
            break;
        move_answer(connection, exchange);
        if (exchange->stage == EXCHANGE_STREAM || connection->reading == exchange)
            break;
        unlink_first(connection);
        exchange_free(exchange);
        connection->read_since_ms = uv_now(connection->server->loop);
    }
}

/* The stream whose turn it is may write when all that went before has been sent. */
static void give_room(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->first;
    if (exchange == NULL || exchange->stage != EXCHANGE_STREAM || connection->is_writing ||
        connection->out.len > 0 || exchange->stream->room == NULL)
        return;
    exchange->stream->room(exchange->stream);
}

/* ---- in ---- */

static bool may_parse(const struct http_connection *connection)
{
    if (connection->state > CONNECTION_LAST || connection->waiting >= HTTP_PIPELINE_MAX ||
        connection_backlog(connection) >= HTTP_WRITE_HIGH)
        return connection->state <= CONNECTION_LAST && connection->reading != NULL;
    return connection->reading != NULL || connection->state == CONNECTION_OPEN;
}

static int take_body(void *context, struct bytes piece)
{
    struct http_connection *connection = context;
    struct http_exchange *exchange = connection->reading;
    if (exchange->is_refused)
        return 0;
    buf_append(&exchange->body, piece);
    if (exchange->body.rc == ERR_LIMIT)
        return STATUS_TOO_LARGE;
    return exchange->body.rc != OK ? STATUS_UNAVAILABLE : 0;
}

static void append_exchange(struct http_connection *connection, struct http_exchange *exchange)
{
    if (connection->last != NULL)
        connection->last->next = exchange;
    else
        connection->first = exchange;
    connection->last = exchange;
    connection->waiting++;
    connection->requests++;
    connection->server->counters.requests++;
}

/* What cannot be understood ends the connection, for nobody knows where the next request begins. */
static void refuse_head(struct http_exchange *exchange, int status)
{
    exchange->head.method = METHOD_GET;
    exchange->head.is_http10 = false;
    exchange->head.count = 0;
    exchange_refuse_and_close(exchange, status);
}

/* A request whose head is `text`, or that is refused with `status`. */
static void begin_request(struct http_connection *connection, struct bytes text, int status)
{
    struct http_exchange *exchange = exchange_new(connection->server, connection);
    struct bytes copy = exchange != NULL ? arena_copy(&exchange->arena, text) : BYTES_NONE;
    if (copy.ptr == NULL) {
        if (exchange != NULL)
            exchange_free(exchange);
        connection_close(connection);
        return;
    }
    append_exchange(connection, exchange);
    exchange->now_utc = clock_now_utc();
    exchange->begun_ns = uv_hrtime();
    if (status == 0)
        status = reader_begin(&connection->reader, copy, &exchange->head);
    if (status != 0) {
        refuse_head(exchange, status);
        return;
    }
    if (!exchange->head.keeps_alive || connection->requests >= HTTP_REQUESTS_PER_CONNECTION) {
        exchange->head.keeps_alive = false;
        connection->state = CONNECTION_LAST;
    }
    if (reader_wants_body(&connection->reader)) {
        connection->reading = exchange;
        connection->body_since_ms = uv_now(connection->server->loop);
    }
    exchange_begin(exchange);
}

/* False: the head is not whole yet. */
static bool read_head(struct http_connection *connection)
{
    size_t len;
    int status = head_find_end(&connection->scan, connection->input, &len);
    if (status == 0 && len == 0)
        return false;
    struct bytes text = {connection->input.ptr, len};
    connection->input.ptr += len;
    connection->input.len -= len;
    connection->scan = (struct head_scan){0};
    begin_request(connection, text, status);
    return true;
}

static void read_body(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->reading;
    size_t used = 0;
    connection->reader.take = take_body;
    connection->reader.context = connection;
    int status = reader_body(&connection->reader, connection->input, &used);
    if (status != 0) {
        connection->reading = NULL;
        connection->state = CONNECTION_LAST;
        if (exchange->stage == EXCHANGE_BODY)
            exchange_refuse_and_close(exchange, status);
        return;
    }
    connection->input.ptr += used;
    connection->input.len -= used;
    if (reader_wants_body(&connection->reader))
        return;
    connection->reading = NULL;
    if (!exchange->is_refused)
        exchange_handle(exchange);
}

static bool parse(struct http_connection *connection)
{
    bool moved = false;
    while (connection->input.len > 0 && may_parse(connection)) {
        if (connection->reading != NULL)
            read_body(connection);
        else if (!read_head(connection))
            break;
        moved = true;
        settle(connection);
    }
    return moved;
}

/* What has been read and cannot be parsed yet is kept; most of the time there is nothing. */
static void keep_input(struct http_connection *connection)
{
    struct bytes input = connection->input;
    struct buf *in = &connection->in;
    if (connection->state > CONNECTION_OPEN && connection->reading == NULL)
        input.len = 0;
    if (input.len == 0) {
        server_take_back(connection->server, in);
    } else if (in->len > 0) {
        memmove(in->ptr, input.ptr, input.len);
        in->len = input.len;
    } else {
        if (in->ptr == NULL)
            *in = server_lend_buf(connection->server, IN_MAX_BYTES);
        buf_append(in, input);
    }
    connection->input = buf_bytes(in);
    if (in->rc != OK)
        connection_close(connection);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
    const struct http_connection *connection = handle->data;
    (void)size;
    *out = uv_buf_init(connection->server->input, HTTP_READ_BYTES);
}

/* Read on, or let the peer wait. */
static void decide_on_reading(struct http_connection *connection)
{
    bool wants = !connection->peer_is_done &&
                 (connection->state == CONNECTION_LINGER || may_parse(connection));
    if (wants == connection->is_reading)
        return;
    connection->is_reading = wants;
    connection->read_since_ms = uv_now(connection->server->loop);
    if (!wants)
        (void)uv_read_stop((uv_stream_t *)&connection->tcp);
    else if (uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0)
        connection_close(connection);
}

/* Close for writing, and wait for the peer to do the same: a close at once would destroy what it has not read yet. */
static void linger(struct http_connection *connection)
{
    uv_os_fd_t fd;
    connection->state = CONNECTION_LINGER;
    connection->read_since_ms = uv_now(connection->server->loop);
    connection->reader.fed_bytes = 0;
    if (uv_fileno((uv_handle_t *)&connection->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0)
        connection_close(connection);
}

static void decide_on_end(struct http_connection *connection)
{
    bool is_sent = connection->first == NULL && !connection->is_writing && connection->out.len == 0;
    if (!is_sent)
        return;
    if (connection->peer_is_done)
        connection_close(connection);
    else if (connection->state == CONNECTION_LAST)
        linger(connection);
}

void connection_step(struct http_connection *connection)
{
    if (connection->is_stepping)
        return;
    connection->is_stepping = true;
    bool moved = true;
    while (moved && connection->state <= CONNECTION_LAST) {
        moved = parse(connection);
        settle(connection);
        flush(connection);
        if (connection->state <= CONNECTION_LAST) {
            give_room(connection);
            moved = moved || (connection->out.len > 0 && !connection->is_writing);
        }
    }
    if (connection->state <= CONNECTION_LAST)
        decide_on_end(connection);
    keep_input(connection);
    if (connection->state != CONNECTION_CLOSING)
        decide_on_reading(connection);
    connection->is_stepping = false;
}

static void receive(struct http_connection *connection, struct bytes bytes)
{
    uint64_t now = uv_now(connection->server->loop);
    if (connection->state == CONNECTION_LINGER) {
        connection->reader.fed_bytes += (int64_t)bytes.len;
        if (connection->reader.fed_bytes > LINGER_MAX_BYTES)
            connection_close(connection);
        return;
    }
    if (connection->reading != NULL || connection->in.len == 0)
        connection->read_since_ms = now;
    if (connection->in.len == 0) {
        connection->input = bytes;
    } else {
        buf_append(&connection->in, bytes);
        connection->input = buf_bytes(&connection->in);
    }
    connection_step(connection);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct http_connection *connection = stream->data;
    if (count > 0) {
        connection->server->counters.bytes_in += count;
        receive(connection, (struct bytes){buf->base, (size_t)count});
    } else if (count == UV_EOF && connection->state != CONNECTION_LINGER) {
        /* Half closed: whoever has asked still gets the answers. */
        connection->peer_is_done = true;
        if (connection->reading != NULL)
            connection_close(connection);
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

static void time_out_request(struct http_connection *connection)
{
    if (connection->reading != NULL) {
        struct http_exchange *exchange = connection->reading;
        connection->reading = NULL;
        connection->state = CONNECTION_LAST;
        if (exchange->stage == EXCHANGE_BODY)
            exchange_refuse_and_close(exchange, STATUS_TIMEOUT);
    } else {
        connection->input = BYTES_NONE;
        begin_request(connection, BYTES_LIT(""), STATUS_TIMEOUT);
    }
    connection_step(connection);
}

static void check_write_time(struct http_connection *connection, uint64_t now_ms)
{
    size_t left = uv_stream_get_write_queue_size((uv_stream_t *)&connection->tcp);
    if (left != connection->write_left) {
        connection->write_left = left;
        connection->write_since_ms = now_ms;
    } else if (is_over(connection->write_since_ms,
                       connection->server->options.limits.write_stall_ms, now_ms)) {
        connection_close(connection);
    }
}

void connection_check_time(struct http_connection *connection, uint64_t now_ms)
{
    const struct http_limits *limits = &connection->server->options.limits;
    if (connection->is_writing)
        check_write_time(connection, now_ms);
    if (!connection->is_reading || connection->state == CONNECTION_CLOSING)
        return;
    uint64_t since = connection->read_since_ms;
    if (connection->state == CONNECTION_LINGER) {
        if (is_over(since, LINGER_MS, now_ms))
            connection_close(connection);
    } else if (connection->reading != NULL) {
        if (is_over(since, limits->body_stall_ms, now_ms) ||
            is_over(connection->body_since_ms, limits->body_total_ms, now_ms))
            time_out_request(connection);
    } else if (connection->in.len > 0) {
        if (is_over(since, limits->head_ms, now_ms))
            time_out_request(connection);
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
        unlink_first(connection);
        exchange->connection = NULL;
        if (exchange->stage == EXCHANGE_OPEN)
            continue;
        exchange_free(exchange);
        if (stream != NULL && stream->gone != NULL)
            stream->gone(stream);
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct http_connection *connection = handle->data;
    struct http_server *server = connection->server;
    leave_exchanges(connection);
    server_take_back(server, &connection->in);
    server_take_back(server, &connection->out);
    server_take_back(server, &connection->wire);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    server->connection_count--;
    if (server->spare == NULL && !server->is_stopping)
        server->spare = connection;
    else
        mem_free(connection);
    if (server->waiting != NULL && !server->is_stopping)
        connection_accept(server->waiting);
    server_handle_closed(server);
}

static void name_peer(struct http_connection *connection)
{
    struct sockaddr_storage peer;
    int len = sizeof peer;
    (void)snprintf(connection->address, sizeof connection->address, "?");
    if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&peer, &len) != 0)
        return;
    if (peer.ss_family == AF_INET)
        (void)uv_ip4_name((struct sockaddr_in *)&peer, connection->address,
                          sizeof connection->address);
    else if (peer.ss_family == AF_INET6)
        (void)uv_ip6_name((struct sockaddr_in6 *)&peer, connection->address,
                          sizeof connection->address);
}

static void start(struct http_connection *connection)
{
    name_peer(connection);
    (void)uv_tcp_nodelay(&connection->tcp, 1);
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
    connection->read_since_ms = uv_now(server->loop);
    /* One is always kept ready, so that in want of memory a connection can be accepted in order to close it. */
    server->spare = mem_calloc(1, sizeof *connection);
    int rc = uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&connection->tcp);
    if (rc != 0 || server->spare == NULL || server->is_stopping) {
        connection_close(connection);
        return;
    }
    start(connection);
}
