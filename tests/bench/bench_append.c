/* A peer for the service's writes, with nothing between HTTP and the disk: it appends each body to a file and answers
 * when fdatasync has returned. While one sync runs the next batch gathers. libuv, llhttp.
 *
 *     bench_append PORT FILE */
#include "base/alloc.h"
#include "base/buf.h"

#include <llhttp.h>
#include <uv.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, BATCH_MAX_BYTES = 64 << 20, BACKLOG = 1024 };

static const char answer[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                             "Content-Length: 15\r\n\r\n{\"stored\":true}";

struct peer {
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_work_t work;
    bool is_working;
    int file;
    struct buf gathering, writing;
    struct client *gathered, *written; /* who waits for which */
    llhttp_settings_t settings;
    char input[READ_BYTES];
};

struct client {
    uv_tcp_t tcp;
    llhttp_t parser;
    struct peer *peer;
    struct client *next;
    bool is_waiting, is_closed;
};

static void client_free(struct client *client)
{
    if (client->is_closed && !client->is_waiting)
        mem_free(client);
}

static void on_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    client->is_closed = true;
    client_free(client);
}

/* ---- the disk ---- */

static void on_work(uv_work_t *work)
{
    const struct peer *peer = work->data;
    struct bytes left = buf_bytes(&peer->writing);
    while (left.len > 0) {
        ssize_t written = write(peer->file, left.ptr, left.len);
        if (written <= 0)
            abort();
        left.ptr += written;
        left.len -= (size_t)written;
    }
    if (fdatasync(peer->file) != 0)
        abort();
}

static void peer_step(struct peer *peer);

static void on_stored(uv_work_t *work, int status)
{
    struct peer *peer = work->data;
    (void)status;
    struct client *next = NULL;
    for (struct client *client = peer->written; client != NULL; client = next) {
        next = client->next;
        client->is_waiting = false;
        uv_buf_t text = uv_buf_init((char *)(uintptr_t)answer, sizeof answer - 1);
        if (!client->is_closed)
            (void)uv_try_write((uv_stream_t *)&client->tcp, &text, 1);
        client_free(client);
    }
    peer->written = NULL;
    peer->is_working = false;
    peer_step(peer);
}

static void peer_step(struct peer *peer)
{
    if (peer->is_working || peer->gathered == NULL)
        return;
    struct buf spare = peer->writing;
    peer->writing = peer->gathering;
    peer->gathering = spare;
    buf_clear(&peer->gathering);
    peer->written = peer->gathered;
    peer->gathered = NULL;
    peer->is_working = true;
    (void)uv_queue_work(&peer->loop, &peer->work, on_work, on_stored);
}

/* ---- HTTP ---- */

static int on_body(llhttp_t *parser, const char *ptr, size_t len)
{
    struct client *client = parser->data;
    buf_append(&client->peer->gathering, (struct bytes){ptr, len});
    return 0;
}

static int on_complete(llhttp_t *parser)
{
    struct client *client = parser->data;
    buf_append_byte(&client->peer->gathering, '\n');
    client->is_waiting = true;
    client->next = client->peer->gathered;
    client->peer->gathered = client;
    return 0;
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
    const struct client *client = handle->data;
    (void)size;
    *out = uv_buf_init((char *)(uintptr_t)client->peer->input, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct client *client = stream->data;
    if (count < 0 ||
        (count > 0 && llhttp_execute(&client->parser, buf->base, (size_t)count) != HPE_OK)) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    peer_step(client->peer);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct peer *peer = stream->data;
    struct client *client = mem_calloc(1, sizeof *client);
    if (status < 0 || client == NULL)
        abort();
    client->peer = peer;
    (void)uv_tcp_init(&peer->loop, &client->tcp);
    client->tcp.data = client;
    llhttp_init(&client->parser, HTTP_REQUEST, &peer->settings);
    client->parser.data = client;
    if (uv_accept(stream, (uv_stream_t *)&client->tcp) != 0)
        abort();
    (void)uv_tcp_nodelay(&client->tcp, 1);
    (void)uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read);
}

int main(int argc, char **argv)
{
    static struct peer peer;
    struct sockaddr_in name;
    int64_t port = 0;
    if (argc != 3) /* `make bench` runs every program once; serve.sh runs this one with arguments */
        return 0;
    peer.file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!bytes_to_int64(bytes_from_z(argv[1]), &port) || peer.file < 0)
        return 1;
    (void)signal(SIGPIPE, SIG_IGN);
    buf_init(&peer.gathering, BATCH_MAX_BYTES);
    buf_init(&peer.writing, BATCH_MAX_BYTES);
    llhttp_settings_init(&peer.settings);
    peer.settings.on_body = on_body;
    peer.settings.on_message_complete = on_complete;
    peer.work.data = &peer;
    peer.listener.data = &peer;
    if (uv_loop_init(&peer.loop) != 0 || uv_tcp_init(&peer.loop, &peer.listener) != 0 ||
        uv_ip4_addr("127.0.0.1", (int)port, &name) != 0 ||
        uv_tcp_bind(&peer.listener, (const struct sockaddr *)&name, 0) != 0 ||
        uv_listen((uv_stream_t *)&peer.listener, BACKLOG, on_connection) != 0)
        return 1;
    return uv_run(&peer.loop, UV_RUN_DEFAULT);
}
