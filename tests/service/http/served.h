#ifndef PINGYI_TESTS_SERVICE_HTTP_SERVED_H
#define PINGYI_TESTS_SERVICE_HTTP_SERVED_H

#include "base/buf.h"
#include "service/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A server and its clients in one thread: the clients are plain sockets, and whoever waits runs the server's loop. */
struct served {
    uv_loop_t loop;
    struct http_server *server;
    struct http_options options;
    int port;
    bool is_stopped;
};

static inline void served_start(struct served *served)
{
    struct err err;
    served->is_stopped = false;
    assert_int_equal(uv_loop_init(&served->loop), 0);
    assert_int_equal(http_server_new(&served->loop, &served->options, &served->server, &err), OK);
    assert_int_equal(http_server_listen(served->server, "127.0.0.1", 0, &served->port, &err), OK);
}

static inline void served_on_stopped(void *context)
{
    struct served *served = context;
    served->is_stopped = true;
}

static inline void served_stop(struct served *served)
{
    http_server_stop(served->server, served_on_stopped, served);
    while (!served->is_stopped)
        (void)uv_run(&served->loop, UV_RUN_ONCE);
    http_server_free(served->server);
    (void)uv_run(&served->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&served->loop), 0);
}

static inline int client_connect(const struct served *served)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)served->port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), at_once = 1;
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

/* What is sent over loopback is there at once; a few rounds accept the connection and read it. */
static inline void client_send(struct served *served, int fd, struct bytes bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            break;
        if (sent > 0) {
            bytes.ptr += sent;
            bytes.len -= (size_t)sent;
        }
        for (int round = 0; round < 3; round++)
            (void)uv_run(&served->loop, UV_RUN_NOWAIT);
    }
}

/* Read until `until` has come, or the end when it is empty. Returns false when the end came first. */
static inline bool client_read(struct served *served, int fd, struct bytes until, struct buf *out)
{
    char piece[65536];
    for (;;) {
        ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (got > 0)
            buf_append(out, (struct bytes){piece, (size_t)got});
        if (until.len > 0 && bytes_find(buf_bytes(out), until) < out->len)
            return true;
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return until.len == 0;
        if (got < 0)
            (void)uv_run(&served->loop, UV_RUN_ONCE);
    }
}

/* Send `request` in two pieces, the first `cut` bytes long, and read to the end. `out` is initialised. */
static inline void client_ask(struct served *served, struct bytes request, size_t cut,
                              struct buf *out)
{
    int fd = client_connect(served);
    client_send(served, fd, (struct bytes){request.ptr, cut});
    client_send(served, fd, (struct bytes){request.ptr + cut, request.len - cut});
    (void)client_read(served, fd, BYTES_NONE, out);
    (void)close(fd);
}

/* The status of the first answer in `text`, 0 when there is none. */
static inline int answer_status(struct bytes text)
{
    int64_t status;
    if (text.len < 12 || !bytes_starts_with(text, BYTES_LIT("HTTP/1.1 ")) ||
        !bytes_to_int64((struct bytes){text.ptr + 9, 3}, &status))
        return 0;
    return (int)status;
}

static inline bool answer_has(struct bytes text, const char *part)
{
    return bytes_find(text, bytes_from_z(part)) < text.len;
}

/* What the head of every answer says, once; which server it is it does not. */
static inline void check_guarded(struct bytes text)
{
    static const char *const headers[] = {
        "\r\nDate: ",
        "\r\nContent-Security-Policy: default-src 'none'; ",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nReferrer-Policy: no-referrer\r\n",
        "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
        "\r\nPermissions-Policy: camera=(), geolocation=(), microphone=()\r\n",
        "\r\nCache-Control: ",
    };
    struct bytes head = {text.ptr, bytes_find(text, BYTES_LIT("\r\n\r\n")) + 2};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        size_t at = bytes_find(head, bytes_from_z(headers[i]));
        if (at == head.len ||
            answer_has((struct bytes){head.ptr + at + 1, head.len - at - 1}, headers[i]))
            fail_msg("not once \"%s\" in " BYTES_FMT, headers[i] + 2, BYTES_ARG(head));
    }
    assert_false(answer_has(head, "\r\nServer:"));
}

#endif
