#include "service/http/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

/* The half of a connection that answers: in the order of the requests, together, and as fast as the peer takes it. */

enum {
    OUT_MAX_BYTES = HTTP_ANSWER_MAX_BYTES + 8 * HTTP_WRITE_HIGH,
    WIRE_MAX_BYTES = OUT_MAX_BYTES + OUT_MAX_BYTES / 8, /* TLS adds a little to each record */
};

size_t connection_backlog(const struct http_connection *connection)
{
    size_t held = connection->tls != NULL ? tls_session_held(connection->tls) : 0;
    return connection->out.len + held +
           uv_stream_get_write_queue_size((const uv_stream_t *)&connection->tcp);
}

size_t connection_untaken(const struct http_connection *connection)
{
    const uv_handle_t *handle = (const uv_handle_t *)&connection->tcp;
    uv_os_fd_t fd;
    int held = 0;
    if (uv_fileno(handle, &fd) != 0 || ioctl(fd, SIOCOUTQ, &held) != 0 || held < 0)
        held = 0;
    return uv_stream_get_write_queue_size((const uv_stream_t *)&connection->tcp) + (size_t)held;
}

/* `out` holds one large answer, not several: the others wait with their exchanges. */
static bool has_room(const struct http_connection *connection)
{
    return connection_backlog(connection) < HTTP_WRITE_HIGH;
}

static struct buf *open_out(struct http_connection *connection)
{
    if (connection->out.ptr == NULL)
        connection->out = server_lend_buf(connection->server, OUT_MAX_BYTES);
    return &connection->out;
}

static bool has_waiting_answer(const struct http_exchange *exchange)
{
    return exchange->answer.len > 0 || exchange->answer.rc != OK;
}

struct buf *connection_out(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    bool is_its_turn = connection->first == exchange && connection->state != CONNECTION_CLOSING;
    if (!is_its_turn || has_waiting_answer(exchange) || !has_room(connection))
        return &exchange->answer;
    return open_out(connection);
}

void connection_continue(struct http_exchange *exchange)
{
    /* Who waits behind another answer begins to send by itself after a while. */
    if (exchange->connection->first == exchange)
        buf_append_z(connection_out(exchange), "HTTP/1.1 100 Continue\r\n\r\n");
}

/* ---- sending ---- */

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

/* Move what is to be sent to `wire`. False: it cannot be, and the connection is of no use any more. */
static bool fill_wire(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct err err;
    if (connection->out.rc != OK)
        return false;
    if (connection->tls == NULL) {
        connection->wire = connection->out;
        connection->out = (struct buf){0};
        return true;
    }
    if (connection->out.len > 0 && tls_session_is_ready(connection->tls)) {
        if (tls_session_write(connection->tls, buf_bytes(&connection->out), &err) != OK)
            return false;
        server_take_back(server, &connection->out);
    }
    connection->wire = server_lend_buf(server, WIRE_MAX_BYTES);
    tls_session_take(connection->tls, &connection->wire);
    return connection->wire.rc == OK;
}

/* What the kernel did not take at once. */
static void send_later(struct http_connection *connection, size_t sent)
{
    struct buf *wire = &connection->wire;
    uv_buf_t rest = uv_buf_init(wire->ptr + sent, (unsigned)(wire->len - sent));
    connection->write.data = connection;
    connection->is_writing = true;
    connection->write_since_ms = uv_now(connection->server->loop);
    if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, &rest, 1, on_written) == 0) {
        connection->write_left = connection_untaken(connection);
        return;
    }
    connection->is_writing = false;
    connection_close(connection);
}

void connection_flush(struct http_connection *connection)
{
    if (connection->is_writing || (connection->out.len == 0 && connection->tls == NULL))
        return;
    if (!fill_wire(connection)) {
        connection_close(connection);
        return;
    }
    struct buf *wire = &connection->wire;
    int sent = 0;
    if (wire->len > 0) {
        uv_buf_t all = uv_buf_init(wire->ptr, (unsigned)wire->len);
        sent = uv_try_write((uv_stream_t *)&connection->tcp, &all, 1);
    }
    if (sent < 0 && sent != UV_EAGAIN) {
        connection_close(connection);
        return;
    }
    connection->server->counters.bytes_out += (int64_t)wire->len;
    if (sent == UV_EAGAIN)
        send_later(connection, 0);
    else if ((size_t)sent < wire->len)
        send_later(connection, (size_t)sent);
    else
        server_take_back(connection->server, wire);
}

/* ---- answers in their order ---- */

void connection_unlink_first(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->first;
    connection->first = exchange->next;
    if (connection->first == NULL)
        connection->last = NULL;
    connection->waiting--;
    if (connection->reading == exchange)
        connection->reading = NULL;
}

/* Move what the first in the row has answered while it waited. False: it waits on. */
static bool move_answer(struct http_connection *connection)
{
    struct buf *answer = &connection->first->answer;
    if (!has_waiting_answer(connection->first))
        return true;
    if (!has_room(connection))
        return false;
    struct buf *out = open_out(connection);
    buf_append(out, buf_bytes(answer));
    if (answer->rc != OK)
        out->rc = answer->rc;
    buf_deinit(answer);
    return true;
}

void connection_settle(struct http_connection *connection)
{
    while (connection->first != NULL) {
        struct http_exchange *exchange = connection->first;
        if (!move_answer(connection) || exchange->stage != EXCHANGE_DONE ||
            connection->reading == exchange)
            break;
        connection_unlink_first(connection);
        exchange_free(exchange);
        connection->read_since_ms = uv_now(connection->server->loop);
    }
}

bool connection_may_flush(const struct http_connection *connection)
{
    bool has_more = connection->out.len > 0 ||
                    (connection->first != NULL && has_waiting_answer(connection->first));
    return has_more && !connection->is_writing;
}

void connection_give_room(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->first;
    if (exchange == NULL || exchange->stage != EXCHANGE_STREAM || connection->is_writing ||
        connection_may_flush(connection) || exchange->stream->room == NULL)
        return;
    exchange->stream->room(exchange->stream);
}
