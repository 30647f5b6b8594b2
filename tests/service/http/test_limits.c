#include "tests/service/http/served.h"

#include <sys/un.h>

/* Of an address that the kernel gave: a NUL and five digits. */
enum { UNIX_NAME_BYTES = offsetof(struct sockaddr_un, sun_path) + 6 };

/* Limits so small that each is met within milliseconds; and the times of those who wait for nothing. */

static void handle_hello(struct http_exchange *exchange)
{
    exchange_answer(exchange, 200, "text/plain", exchange_body(exchange));
}

static const struct http_route routes[] = {
    {METHOD_GET, "/hello", 0, HTTP_BODY_NONE, 0, handle_hello, "hello"},
    {METHOD_POST, "/hello", 0, HTTP_BODY_MEMORY, 100, handle_hello, "helloBody"},
};

static const char *const proxies[] = {"127.0.0.1", NULL};

static int setup(void **state)
{
    static struct served served;
    served.options = (struct http_options){.limits = http_limits_default};
    served.options.application.routes = routes;
    served.options.application.route_count = sizeof routes / sizeof *routes;
    served.options.proxies = proxies;
    *state = &served;
    return 0;
}

static int teardown(void **state)
{
    served_stop(*state);
    return 0;
}

/* What comes back for `request` when nothing more is sent. */
static int status_of(struct served *served, const char *request)
{
    struct buf answer;
    buf_init(&answer, 1 << 16);
    client_ask(served, bytes_from_z(request), 0, &answer);
    int status = answer_status(buf_bytes(&answer));
    assert_true(status == 0 || answer_has(buf_bytes(&answer), "Connection: close\r\n"));
    if (status != 0)
        check_guarded(buf_bytes(&answer));
    buf_deinit(&answer);
    return status;
}

static void limits__head_has_its_time(void **state)
{
    struct served *served = *state;
    served->options.limits.head_ms = 20;
    served_start(served);
    assert_int_equal(status_of(served, "GET /hello HTTP/1.1\r\nHost: a\r\n"), 408);
    assert_int_equal(status_of(served, ""), 0);
}

static void limits__head_fed_slowly_has_no_more_time(void **state)
{
    struct served *served = *state;
    served->options.limits.head_ms = 20;
    served_start(served);
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(served);
    client_send(served, fd, BYTES_LIT("GET /hello HTTP/1.1\r\n"));
    while (http_server_connections(served->server) > 0 && answer.len == 0) {
        char piece[1024];
        client_send(served, fd, BYTES_LIT("X: y\r\n"));
        ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (got > 0)
            buf_append(&answer, (struct bytes){piece, (size_t)got});
        (void)uv_run(&served->loop, UV_RUN_ONCE);
    }
    int status = answer_status(buf_bytes(&answer));
    assert_true(status == 408 || status == 431);
    (void)close(fd);
    buf_deinit(&answer);
}

static void limits__body_has_its_time(void **state)
{
    struct served *served = *state;
    served->options.limits.body_stall_ms = 20;
    served_start(served);
    assert_int_equal(
        status_of(served, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"), 408);
    assert_int_equal(
        status_of(served,
                  "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"),
        408);
}

static void limits__body_has_its_size(void **state)
{
    struct served *served = *state;
    served_start(served);
    assert_int_equal(
        status_of(
            served,
            "POST /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 101\r\n\r\n"),
        413);
    assert_int_equal(
        status_of(served, "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "32\r\n01234567890123456789012345678901234567890123456789\r\n"
                          "33\r\n012345678901234567890123456789012345678901234567890\r\n0\r\n\r\n"),
        413);
}

static void limits__idle_connection_is_closed(void **state)
{
    struct served *served = *state;
    served->options.limits.idle_ms = 20;
    served_start(served);
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(served);
    client_send(served, fd, BYTES_LIT("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(client_read(served, fd, BYTES_NONE, &answer));
    assert_false(answer_has(buf_bytes(&answer), "Connection: close"));
    (void)close(fd);
    buf_deinit(&answer);
}

static void limits__connections_are_counted(void **state)
{
    struct served *served = *state;
    served->options.limits.connections = 2;
    served_start(served);
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int one = client_connect(served), two = client_connect(served), three = client_connect(served);
    (void)client_read(served, three, BYTES_NONE, &answer);
    assert_int_equal(answer_status(buf_bytes(&answer)), 503);
    assert_true(answer_has(buf_bytes(&answer), "Retry-After: "));
    (void)close(one);
    (void)close(two);
    (void)close(three);
    while (http_server_connections(served->server) > 0)
        (void)uv_run(&served->loop, UV_RUN_ONCE);
    assert_int_equal(
        status_of(served, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
    buf_deinit(&answer);
}

/* Listen where nobody comes over loopback, whose connections are not counted: over a Unix socket all peers have one
 * address. */
static void listen_unix(struct served *served, struct sockaddr_un *out_name)
{
    socklen_t len = sizeof *out_name;
    struct err err;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *out_name = (struct sockaddr_un){.sun_family = AF_UNIX};
    assert_int_equal(bind(fd, (struct sockaddr *)out_name, sizeof out_name->sun_family), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)out_name, &len), 0);
    assert_int_equal(http_server_listen_fd(served->server, fd, &err), OK);
}

/* The status that a new connection gets for a request; it stays open as *out_fd. */
static int status_at(struct served *served, const struct sockaddr_un *name, int *out_fd)
{
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)name, UNIX_NAME_BYTES), 0);
    client_send(served, fd, BYTES_LIT("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(client_read(served, fd, BYTES_LIT("\r\n\r\n"), &answer));
    int status = answer_status(buf_bytes(&answer));
    assert_true(status != 503 || answer_has(buf_bytes(&answer), "Retry-After: 1\r\n"));
    buf_deinit(&answer);
    *out_fd = fd;
    return status;
}

static void limits__strangers_are_not_heard_beside_a_proxy(void **state)
{
    struct served *served = *state;
    struct sockaddr_un name;
    served_start(served);
    listen_unix(served, &name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&name, UNIX_NAME_BYTES), 0);
    struct buf answer;
    buf_init(&answer, 1 << 16);
    client_send(served, fd, BYTES_LIT("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(client_read(served, fd, BYTES_NONE, &answer));
    assert_int_equal(answer.len, 0);
    (void)close(fd);
}

static void limits__connections_of_an_address_are_counted(void **state)
{
    enum { EACH = 2 };
    struct served *served = *state;
    struct sockaddr_un name;
    int fds[EACH + 1];
    served->options.limits.connections_per_address = EACH;
    served->options.proxies = NULL;
    served_start(served);
    listen_unix(served, &name);
    for (int i = 0; i < EACH; i++)
        assert_int_equal(status_at(served, &name, &fds[i]), 200);
    assert_int_equal(status_at(served, &name, &fds[EACH]), 503);
    (void)close(fds[EACH]);
    assert_int_equal(
        status_of(served, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
    (void)close(fds[0]);
    while (http_server_connections(served->server) >= EACH)
        (void)uv_run(&served->loop, UV_RUN_ONCE);
    assert_int_equal(status_at(served, &name, &fds[0]), 200);
    for (int i = 0; i < EACH; i++)
        (void)close(fds[i]);
}

static void limits__requests_of_an_address_are_counted(void **state)
{
    struct served *served = *state;
    served->options.limits.requests_per_minute = 2;
    served_start(served);
    static const char mine[] =
        "GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nConnection: close\r\n\r\n";
    static const char yours[] =
        "GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.5\r\nConnection: close\r\n\r\n";
    assert_int_equal(status_of(served, mine), 200);
    assert_int_equal(status_of(served, mine), 200);
    assert_int_equal(status_of(served, mine), 429);
    assert_int_equal(status_of(served, yours), 200);
    for (int i = 0; i < 4; i++)
        assert_int_equal(
            status_of(served, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(limits__head_has_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__head_fed_slowly_has_no_more_time, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__body_has_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__body_has_its_size, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__idle_connection_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__connections_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(limits__strangers_are_not_heard_beside_a_proxy, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(limits__connections_of_an_address_are_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(limits__requests_of_an_address_are_counted, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
