#include "service/http/connection.h"
#include "tests/service/http/served.h"

#include "tests/support/temp_dir.h"

#include <stdio.h>

/* Peers that give or take little at a time. Their minutes pass here at once: what the limits are held against is made
 * older than it is. */

enum {
    SECOND_MS = 1000,
    MOBILE_BYTES = 5 * 1024, /* a second, of a bad mobile network */
    SMALL_BUFFER_BYTES = 8 * 1024,
    FILE_BYTES = 1 << 20,
};

struct fixture {
    struct served served;
    char directory[TEMP_DIR_BYTES];
    int64_t stored_bytes;
};

static void handle_large(struct http_exchange *exchange)
{
    static const char large[HTTP_ANSWER_MAX_BYTES];
    exchange_answer(exchange, 200, "text/plain", (struct bytes){large, sizeof large});
}

static void handle_body(struct http_exchange *exchange)
{
    struct fixture *fixture = exchange_application(exchange);
    fixture->stored_bytes = exchange_body_bytes(exchange);
    exchange_answer(exchange, 201, NULL, BYTES_NONE);
}

static const struct http_route routes[] = {
    {METHOD_GET, "/large", 0, HTTP_BODY_NONE, 0, handle_large, "large"},
    {METHOD_POST, "/memory", 0, HTTP_BODY_MEMORY, FILE_BYTES, handle_body, "memory"},
    {METHOD_POST, "/file", 0, HTTP_BODY_FILE, FILE_BYTES, handle_body, "file"},
};

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.stored_bytes = -1};
    temp_dir_make(fixture.directory);
    fixture.served.options = (struct http_options){
        .limits = http_limits_default,
        .spool_path = fixture.directory,
        .application = {.context = &fixture,
                        .routes = routes,
                        .route_count = sizeof routes / sizeof *routes},
    };
    served_start(&fixture.served);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    served_stop(&fixture->served);
    temp_dir_remove(fixture->directory);
    return 0;
}

static void run(struct served *served)
{
    for (int round = 0; round < 3; round++)
        (void)uv_run(&served->loop, UV_RUN_NOWAIT);
}

static void pass(struct served *served, uint64_t ms)
{
    for (struct http_connection *c = served->server->connections; c != NULL; c = c->next) {
        c->read_since_ms -= ms;
        c->write_since_ms -= ms;
        c->body_since_ms -= ms;
        c->begun_ms -= ms;
        connection_check_time(c, uv_now(&served->loop));
    }
    run(served);
}

/* ---- who reads slowly ---- */

/* A socket for which the kernel holds little of what it is to send or has received. */
static int narrow_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = SMALL_BUFFER_BYTES;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    return fd;
}

/* Another socket to listen on, whose connections are narrow. */
static void listen_narrow(struct served *served)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t len = sizeof name;
    struct err err;
    int fd = narrow_socket();
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(http_server_listen_fd(served->server, fd, &err), OK);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    served->port = ntohs(name.sin_port);
}

static int connect_narrow(const struct served *served)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)served->port)};
    int fd = narrow_socket();
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

/* Take `bytes`; less at the end. */
static size_t take(struct served *served, int fd, size_t bytes)
{
    char piece[1024];
    size_t taken = 0;
    while (taken < bytes) {
        size_t left = bytes - taken;
        ssize_t got = recv(fd, piece, left < sizeof piece ? left : sizeof piece, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            taken += (size_t)got;
        else
            (void)uv_run(&served->loop, UV_RUN_NOWAIT);
    }
    run(served);
    return taken;
}

/* How many seconds a large answer lasts for a peer that takes `bytes` of it in each. */
static int seconds_of_reader(struct served *served, size_t bytes, size_t *out_taken)
{
    int seconds = 0;
    size_t taken = 0, last = bytes;
    int fd = connect_narrow(served);
    client_send(served, fd,
                BYTES_LIT("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    for (; last == bytes; seconds++) {
        last = take(served, fd, bytes);
        taken += last;
        pass(served, SECOND_MS);
    }
    (void)close(fd);
    *out_taken = taken;
    return seconds;
}

static void slow_reader__of_5_kilobytes_a_second_gets_all(void **state)
{
    struct fixture *fixture = *state;
    size_t taken;
    (void)seconds_of_reader(&fixture->served, MOBILE_BYTES, &taken);
    assert_true(taken >= HTTP_ANSWER_MAX_BYTES);
}

static void slow_reader__that_trickles_is_shed(void **state)
{
    struct fixture *fixture = *state;
    size_t taken;
    listen_narrow(&fixture->served); /* so that little taken is seen at once */
    int seconds = seconds_of_reader(&fixture->served, MOBILE_BYTES / 4, &taken);
    int limit = http_limits_default.write_stall_ms / SECOND_MS;
    assert_in_range(seconds, limit, 3 * limit);
    assert_true(taken < HTTP_ANSWER_MAX_BYTES / 8);
}

static void slow_reader__that_takes_nothing_is_shed(void **state)
{
    struct fixture *fixture = *state;
    struct served *served = &fixture->served;
    int fd = client_connect(served);
    client_send(served, fd, BYTES_LIT("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"));
    pass(served, (uint64_t)http_limits_default.write_stall_ms - 2 * SECOND_MS);
    assert_int_equal(http_server_connections(served->server), 1);
    pass(served, 3 * SECOND_MS);
    assert_int_equal(http_server_connections(served->server), 0);
    (void)close(fd);
}

/* ---- who sends slowly ---- */

/* How many seconds a peer stays that sends `bytes` of a body each `every` seconds. */
static int seconds_of_sender(struct served *served, const char *path, size_t bytes, int every,
                             struct buf *answer)
{
    static const char body[FILE_BYTES];
    char head[128];
    int seconds = 0, fd = client_connect(served);
    (void)snprintf(head, sizeof head,
                   "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n",
                   path, FILE_BYTES);
    client_send(served, fd, bytes_from_z(head));
    for (size_t sent = 0; sent < FILE_BYTES; seconds += every) {
        size_t len = bytes < FILE_BYTES - sent ? bytes : FILE_BYTES - sent;
        if (served->server->counters.timeouts > 0)
            break;
        client_send(served, fd, (struct bytes){body, len});
        pass(served, (uint64_t)every * SECOND_MS);
        sent += len;
    }
    (void)client_read(served, fd, BYTES_NONE, answer);
    (void)close(fd);
    return seconds;
}

static const struct {
    const char *path;
    size_t bytes;
    int every, status, least_s, most_s;
} senders[] = {
    {"/file", MOBILE_BYTES, 1, 201, FILE_BYTES / MOBILE_BYTES, FILE_BYTES / MOBILE_BYTES + 1},
    {"/file", 1, 10, 408, 60, 80},             /* never still for long, and never done */
    {"/file", 900, 1, 408, 60, 80},            /* 54 KB in its time */
    {"/file", MOBILE_BYTES, 16, 408, 16, 16},  /* stands still */
    {"/memory", MOBILE_BYTES, 1, 408, 60, 62}, /* has its time once */
    {"/memory", 32 * 1024, 1, 201, 32, 33},
};

static void slow_sender__is_refused_below_a_rate(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        struct buf answer;
        buf_init(&answer, 1 << 16);
        fixture->served.server->counters.timeouts = 0;
        int seconds = seconds_of_sender(&fixture->served, senders[i].path, senders[i].bytes,
                                        senders[i].every, &answer);
        int status = answer_status(buf_bytes(&answer));
        if (status != senders[i].status || seconds < senders[i].least_s ||
            seconds > senders[i].most_s)
            fail_msg("sender %zu: %d after %d s", i, status, seconds);
        buf_deinit(&answer);
    }
    assert_int_equal(fixture->stored_bytes, FILE_BYTES);
}

/* ---- when the disk is slow ---- */

enum { THREADS = 4 }; /* as many as libuv has */

static void on_held(uv_work_t *work)
{
    uv_mutex_lock(work->data);
    uv_mutex_unlock(work->data);
}

static void on_released(uv_work_t *work, int status)
{
    assert_int_equal(status, 0);
    work->data = NULL;
}

/* Nothing is written while `disk` is locked. */
static void hold_disk(struct served *served, uv_work_t works[THREADS], uv_mutex_t *disk)
{
    uv_mutex_lock(disk);
    for (int i = 0; i < THREADS; i++) {
        works[i].data = disk;
        assert_int_equal(uv_queue_work(&served->loop, &works[i], on_held, on_released), 0);
    }
}

/* Threads that came late are through it, too. */
static void end_disk(struct served *served, const uv_work_t works[THREADS], uv_mutex_t *disk)
{
    for (int i = 0; i < THREADS; i++)
        while (works[i].data != NULL)
            (void)uv_run(&served->loop, UV_RUN_ONCE);
    uv_mutex_destroy(disk);
}

static void slow_sender__does_not_answer_for_the_disk(void **state)
{
    enum {
        MORE_SECONDS = 70,
        SOON_FULL_BYTES = 250 * 1024,
        MORE_BYTES = 10 * 1024,
        ALL_BYTES = 300 * 1024
    };
    struct fixture *fixture = *state;
    struct served *served = &fixture->served;
    static const char body[ALL_BYTES];
    struct buf answer;
    uv_work_t works[THREADS];
    uv_mutex_t disk;
    char head[128];
    buf_init(&answer, 1 << 16);
    assert_int_equal(uv_mutex_init(&disk), 0);
    hold_disk(served, works, &disk);
    int fd = client_connect(served);
    (void)snprintf(head, sizeof head,
                   "POST /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                   "%d\r\n\r\n",
                   ALL_BYTES);
    client_send(served, fd, bytes_from_z(head));
    client_send(served, fd, (struct bytes){body, SOON_FULL_BYTES - MORE_SECONDS});
    for (int i = 0; i < MORE_SECONDS; i++) {
        client_send(served, fd, BYTES_LIT("x"));
        pass(served, SECOND_MS);
    }
    client_send(served, fd, (struct bytes){body, MORE_BYTES});
    assert_false(served->server->connections->is_reading);
    pass(served, 2 * (uint64_t)http_limits_default.body_total_ms);
    uv_mutex_unlock(&disk);
    while (!served->server->connections->is_reading)
        (void)uv_run(&served->loop, UV_RUN_ONCE);
    pass(served, SECOND_MS);
    client_send(served, fd, (struct bytes){body, ALL_BYTES - SOON_FULL_BYTES - MORE_BYTES});
    (void)client_read(served, fd, BYTES_NONE, &answer);
    assert_int_equal(answer_status(buf_bytes(&answer)), 201);
    assert_int_equal(fixture->stored_bytes, ALL_BYTES);
    (void)close(fd);
    end_disk(served, works, &disk);
    buf_deinit(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slow_reader__of_5_kilobytes_a_second_gets_all, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(slow_reader__that_trickles_is_shed, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_reader__that_takes_nothing_is_shed, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_sender__is_refused_below_a_rate, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_sender__does_not_answer_for_the_disk, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
