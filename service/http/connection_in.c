#include "service/http/connection.h"

#include "service/http/status.h"

#include <string.h>

/* The half of a connection that reads: bytes, perhaps through TLS, requests out of them, and no further than its limits
 * allow. What is not parsed yet is `input`: a view of the memory that all connections read into, or of `in`. */

enum { IN_MAX_BYTES = 4 * HTTP_READ_BYTES };

/* Whether there is work that more bytes would be used for. */
bool connection_may_parse(const struct http_connection *connection)
{
    if (connection->state > CONNECTION_LAST)
        return false;
    if (connection->reading != NULL)
        return connection->reading->spool == NULL || !spool_is_full(connection->reading->spool);
    return connection->state == CONNECTION_OPEN && connection->waiting < HTTP_PIPELINE_MAX &&
           connection_backlog(connection) < HTTP_WRITE_HIGH;
}

/* ---- bodies ---- */

static int take_body(void *context, struct bytes piece)
{
    struct http_connection *connection = context;
    struct http_exchange *exchange = connection->reading;
    if (exchange->is_refused)
        return 0;
    exchange->body_bytes += (int64_t)piece.len;
    if (exchange->body_bytes > exchange->body_max)
        return STATUS_TOO_LARGE;
    if (exchange->spool != NULL)
        return spool_append(exchange->spool, piece);
    buf_append(&exchange->body, piece);
    return exchange->body.rc != OK ? STATUS_UNAVAILABLE : 0;
}

void connection_refuse_body(struct http_connection *connection, int status)
{
    struct http_exchange *exchange = connection->reading;
    connection->reading = NULL;
    if (connection->state == CONNECTION_OPEN)
        connection->state = CONNECTION_LAST;
    if (exchange->stage == EXCHANGE_BODY)
        exchange_refuse_and_close(exchange, status);
}

static void read_body(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->reading;
    size_t used = 0;
    connection->reader.take = take_body;
    connection->reader.context = connection;
    int status = reader_body(&connection->reader, connection->input, &used);
    if (status != 0) {
        connection_refuse_body(connection, status);
        return;
    }
    connection->input.ptr += used;
    connection->input.len -= used;
    if (reader_wants_body(&connection->reader))
        return;
    connection->reading = NULL;
    if (exchange->is_refused)
        return;
    if (exchange->spool != NULL)
        spool_finish(exchange->spool);
    else
        exchange_handle(exchange);
}

/* ---- heads ---- */

static void append_exchange(struct http_connection *connection, struct http_exchange *exchange)
{
    if (connection->last != NULL)
        connection->last->next = exchange;
    else
        connection->first = exchange;
    connection->last = exchange;
    connection->waiting++;
    connection->requests++;
}

/* What cannot be understood ends the connection, for nobody knows where the next request begins. */
static void refuse_head(struct http_exchange *exchange, int status)
{
    exchange->head.method = METHOD_GET;
    exchange->head.is_http10 = false;
    exchange->head.count = 0;
    exchange_refuse_and_close(exchange, status);
}

void connection_begin_request(struct http_connection *connection, struct bytes text, int status)
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
    if (status == 0)
        status = reader_begin(&connection->reader, copy, &exchange->head);
    if (status != 0) {
        refuse_head(exchange, status);
        return;
    }
    if (connection->requests >= HTTP_REQUESTS_PER_CONNECTION)
        exchange->head.keeps_alive = false;
    if (!exchange->head.keeps_alive)
        connection->state = CONNECTION_LAST;
    if (reader_wants_body(&connection->reader)) {
        connection->reading = exchange;
        connection->body_since_ms = uv_now(connection->server->loop);
        connection->body_before = 0;
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
    connection_begin_request(connection, text, status);
    return true;
}

/* ---- bytes ---- */

static void append_input(struct http_connection *connection, struct bytes bytes)
{
    if (connection->in.ptr == NULL)
        connection->in = server_lend_buf(connection->server, IN_MAX_BYTES);
    buf_append(&connection->in, bytes);
    connection->input = buf_bytes(&connection->in);
}

void connection_keep_input(struct http_connection *connection)
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
        append_input(connection, input);
    }
    connection->input = buf_bytes(in);
    if (in->rc != OK)
        connection_close(connection);
}

static void note_input(struct http_connection *connection)
{
    if (connection->reading != NULL || connection->in.len == 0)
        connection->read_since_ms = uv_now(connection->server->loop);
}

/* What has been read is looked at where it lies, until the end of this step. */
static void add_input(struct http_connection *connection, struct bytes bytes)
{
    note_input(connection);
    if (connection->input.len > 0)
        append_input(connection, bytes);
    else
        connection->input = bytes;
}

/* Half closed: whoever has asked still gets the answers; who was still asking does not. */
void connection_hear_end(struct http_connection *connection)
{
    connection->peer_is_done = true;
    if (connection->reading != NULL)
        connection_close(connection);
}

/* More plain text out of what has come through TLS. False: there is none. It is copied from the memory that all share
 * at once: a request that is handled may let another connection go on, and this one may need several records. */
static bool pull(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct err err;
    size_t count = 0;
    bool is_closed = false;
    if (connection->tls == NULL)
        return false;
    if (tls_session_read(connection->tls, server->plain, sizeof server->plain, &count, &is_closed,
                         &err) != OK) {
        connection_flush(connection);
        connection_close(connection);
        return false;
    }
    if (is_closed)
        connection_hear_end(connection);
    if (count > 0) {
        connection_keep_input(connection);
        note_input(connection);
        append_input(connection, (struct bytes){server->plain, count});
    }
    return count > 0;
}

bool connection_parse(struct http_connection *connection)
{
    bool moved = false;
    while (connection_may_parse(connection)) {
        bool has_input = connection->input.len > 0;
        if (has_input && connection->reading != NULL)
            read_body(connection);
        else if (!has_input || !read_head(connection)) {
            if (!pull(connection))
                break;
            continue;
        }
        moved = true;
        connection_settle(connection);
    }
    return moved;
}

void connection_receive(struct http_connection *connection, struct bytes bytes)
{
    struct err err;
    connection->server->counters.bytes_in += (int64_t)bytes.len;
    if (connection->state == CONNECTION_LINGER) {
        connection->lingered_bytes += bytes.len;
        if (connection->lingered_bytes > HTTP_LINGER_MAX_BYTES)
            connection_close(connection);
    } else if (connection->tls == NULL) {
        add_input(connection, bytes);
    } else if (tls_session_feed(connection->tls, bytes, &err) != OK) {
        connection_close(connection);
    }
}
