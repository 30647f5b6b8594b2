/* Load for a server on 127.0.0.1, and what it answers, measured. One thread, epoll, TLS by OpenSSL.
 *
 *     bench_load get|post PORT CONNECTIONS SECONDS REQUEST
 *         answers/s, p50 and p99 in ms, and how many answers were no 2xx
 *     bench_load shake PORT CONNECTIONS SECONDS
 *         full TLS 1.3 handshakes/s, and the same
 *     bench_load idle PORT CONNECTIONS 0 REQUEST
 *         asks once by TLS on each, says how many are open, and holds them until its input ends
 *
 * REQUEST is a file with one request as it goes over the wire. The letters KKKKKKKKKKKKKKKK in it become a number that
 * is another one each time (an Idempotency-Key). A connection asks anew as soon as it has its answer. */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    REQUEST_MAX_BYTES = 16 * 1024,
    ANSWER_MAX_BYTES = 64 * 1024,
    KEY_BYTES = 16,
    SLOT_US = 10, /* latencies are counted in slots */
    SLOT_COUNT = 1000 * 1000,
    EVENT_COUNT = 256,
    SHAKING_MAX = 64, /* idle connections are opened so many at a time */
};

static const char key_marker[] = "KKKKKKKKKKKKKKKK";

struct connection {
    int fd;
    SSL *ssl;
    bool is_shaken, has_ticket; /* the server has had our end of the handshake when it sends one */
    size_t sent, got;           /* of its request, of its answer */
    char *request, *answer;
    int64_t began_us;
};

struct load {
    int port, count, epoll;
    int64_t end_us, next_key;
    struct bytes request;
    size_t key_at; /* request.len: none */
    SSL_CTX *tls;
    struct connection *connections;
    int64_t done, failed;
    int64_t *slots;
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool fail(const char *what)
{
    perror(what);
    return false;
}

static void count_done(struct load *load, struct connection *connection, bool is_good)
{
    int64_t slot = (now_us() - connection->began_us) / SLOT_US;
    load->slots[slot < SLOT_COUNT ? slot : SLOT_COUNT - 1]++;
    load->done += is_good;
    load->failed += !is_good;
}

/* ---- connections ---- */

static bool connection_open(struct load *load, struct connection *connection)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    /* Each address has some 28,000 ports of its own: 10,000 idle connections and those in TIME_WAIT need several. */
    struct sockaddr_in own = {.sin_family = AF_INET};
    int64_t nth = connection - load->connections;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(nth % 16));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    connection->began_us = now_us();
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0)
        return fail("socket");
    (void)setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(connection->fd, (struct sockaddr *)&own, sizeof own) != 0 ||
        connect(connection->fd, (struct sockaddr *)&name, sizeof name) != 0 ||
        fcntl(connection->fd, F_SETFL, O_NONBLOCK) != 0)
        return fail("connect");
    connection->is_shaken = load->tls == NULL;
    connection->has_ticket = false;
    if (load->tls != NULL) {
        connection->ssl = SSL_new(load->tls);
        if (connection->ssl == NULL || SSL_set_fd(connection->ssl, connection->fd) != 1)
            return fail("SSL_new");
        (void)SSL_set_app_data(connection->ssl, connection);
        SSL_set_connect_state(connection->ssl);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
        return fail("epoll_ctl");
    return true;
}

static void connection_shut(struct connection *connection)
{
    /* A reset, so that no port waits: the server has no harm of it. */
    struct linger at_once = {.l_onoff = 1};
    (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    SSL_free(connection->ssl);
    connection->ssl = NULL;
    (void)close(connection->fd);
}

/* ---- handshakes ---- */

static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
    struct connection *connection = SSL_get_app_data(ssl);
    (void)ticket;
    connection->has_ticket = true;
    return 0;
}

static bool shake(struct load *load, struct connection *connection)
{
    int result = SSL_do_handshake(connection->ssl);
    if (result == 1) {
        connection->is_shaken = true;
        return true;
    }
    if (SSL_get_error(connection->ssl, result) == SSL_ERROR_WANT_READ)
        return true;
    load->failed++;
    (void)fprintf(stderr, "a handshake failed\n");
    return false;
}

/* One handshake after the other. */
static bool step_shaking(struct load *load, struct connection *connection)
{
    if (!shake(load, connection))
        return false;
    char byte = 0;
    if (connection->is_shaken)
        (void)SSL_read(connection->ssl, &byte, 1);
    if (!connection->has_ticket)
        return true;
    count_done(load, connection, true);
    connection_shut(connection);
    return connection_open(load, connection) && shake(load, connection);
}

/* ---- requests ---- */

static bool ask(struct load *load, struct connection *connection)
{
    connection->began_us = now_us();
    connection->got = 0;
    if (load->key_at < load->request.len) {
        char key[KEY_BYTES + 1];
        (void)snprintf(key, sizeof key, "%0*" PRId64, KEY_BYTES, load->next_key++);
        memcpy(connection->request + load->key_at, key, KEY_BYTES);
    }
    /* Requests are small: what does not fit a socket's empty buffer is a mistake. */
    ssize_t sent = send(connection->fd, connection->request, load->request.len, MSG_NOSIGNAL);
    return sent == (ssize_t)load->request.len || fail("send");
}

/* Length of the answer that begins `text`, 0 when it is not whole yet. */
static size_t answer_length(struct bytes text)
{
    static const char name[] = "\r\ncontent-length:";
    static const char last[] = "\r\n0\r\n\r\n";
    size_t head = bytes_find(text, BYTES_LIT("\r\n\r\n"));
    if (head == text.len)
        return 0;
    for (size_t i = 0; i < head; i++) {
        if (text.ptr[i] != '\r' || strncasecmp(text.ptr + i, name, sizeof name - 1) != 0)
            continue;
        struct bytes rest = {text.ptr + i + sizeof name - 1, head + 2 - (i + sizeof name - 1)};
        int64_t length = 0;
        if (!bytes_to_int64(bytes_trim(bytes_cut(&rest, '\r')), &length))
            return 0;
        size_t whole = head + 4 + (size_t)length;
        return whole <= text.len ? whole : 0;
    }
    size_t end = bytes_find(text, BYTES_LIT(last)); /* chunked */
    return end < text.len ? end + sizeof last - 1 : 0;
}

static bool step_asking(struct load *load, struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->answer + connection->got,
                       ANSWER_MAX_BYTES - connection->got, 0);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return fail("the server has closed a connection");
    connection->got += (size_t)got;
    struct bytes text = {connection->answer, connection->got};
    if (answer_length(text) == 0)
        return true;
    count_done(load, connection, text.len > 9 && text.ptr[9] == '2');
    return ask(load, connection);
}

/* ---- all of them ---- */

static bool run(struct load *load, bool (*step)(struct load *, struct connection *))
{
    struct epoll_event events[EVENT_COUNT];
    while (now_us() < load->end_us) {
        int count = epoll_wait(load->epoll, events, EVENT_COUNT, 100);
        for (int i = 0; i < count; i++) {
            if (!step(load, events[i].data.ptr))
                return false;
        }
    }
    return true;
}

static void report(const struct load *load, int64_t took_us)
{
    int64_t all = load->done + load->failed;
    double at[2] = {0, 0};
    const double parts[2] = {0.50, 0.99};
    for (int i = 0; i < 2; i++) {
        int64_t seen = 0;
        int slot = 0;
        while (slot < SLOT_COUNT - 1 &&
               seen + load->slots[slot] <= (int64_t)(parts[i] * (double)all))
            seen += load->slots[slot++];
        at[i] = (double)slot * SLOT_US / 1000;
    }
    printf("%.0f %.2f %.2f %" PRId64 "\n", (double)load->done * 1e6 / (double)took_us, at[0], at[1],
           load->failed);
}

/* Wait until there is something to read. */
static void wait_for(const struct connection *connection)
{
    struct pollfd wait = {.fd = connection->fd, .events = POLLIN};
    (void)poll(&wait, 1, -1);
}

/* Shake hands, ask once, and have the answer. */
static bool make_idle(struct load *load, struct connection *connection)
{
    static char answer[ANSWER_MAX_BYTES];
    while (shake(load, connection) && !connection->is_shaken)
        wait_for(connection);
    if (!connection->is_shaken ||
        SSL_write(connection->ssl, load->request.ptr, (int)load->request.len) <= 0)
        return false;
    size_t got = 0;
    while (answer_length((struct bytes){answer, got}) == 0) {
        int count = SSL_read(connection->ssl, answer + got, (int)(sizeof answer - got));
        if (count > 0)
            got += (size_t)count;
        else if (SSL_get_error(connection->ssl, count) == SSL_ERROR_WANT_READ)
            wait_for(connection);
        else
            return fail("the server has closed a connection");
    }
    return true;
}

static bool hold(struct load *load)
{
    for (int first = 0; first < load->count; first += SHAKING_MAX) {
        int last = first + SHAKING_MAX < load->count ? first + SHAKING_MAX : load->count;
        for (int i = first; i < last; i++) {
            if (!connection_open(load, &load->connections[i]) ||
                !shake(load, &load->connections[i]))
                return false;
        }
        for (int i = first; i < last; i++) {
            if (!make_idle(load, &load->connections[i]))
                return false;
        }
    }
    int open = 0;
    for (int i = 0; i < load->count; i++) {
        char byte;
        open += recv(load->connections[i].fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
    }
    printf("%d\n", open);
    (void)fflush(stdout);
    while (getchar() != EOF)
        continue;
    return true;
}

static bool read_request(struct load *load, const char *path)
{
    static char text[REQUEST_MAX_BYTES];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return fail(path);
    load->request = (struct bytes){text, fread(text, 1, sizeof text, file)};
    load->key_at = bytes_find(load->request, bytes_from_z(key_marker));
    (void)fclose(file);
    return true;
}

static bool copy_request(struct load *load)
{
    for (int i = 0; i < load->count; i++) {
        struct connection *connection = &load->connections[i];
        connection->request = mem_copy(load->request.ptr, load->request.len);
        connection->answer = mem_alloc(ANSWER_MAX_BYTES);
        if (connection->request == NULL || connection->answer == NULL)
            return fail("memory");
    }
    return true;
}

static bool measure(struct load *load, int64_t seconds, bool is_asking)
{
    if (is_asking && !copy_request(load))
        return false;
    int64_t began_us = now_us();
    load->end_us = began_us + seconds * 1000000;
    load->next_key = began_us; /* another run's are others */
    for (int i = 0; i < load->count; i++) {
        struct connection *connection = &load->connections[i];
        if (!connection_open(load, connection) ||
            !(is_asking ? ask(load, connection) : shake(load, connection)))
            return false;
    }
    if (!run(load, is_asking ? step_asking : step_shaking))
        return false;
    report(load, now_us() - began_us);
    return true;
}

int main(int argc, char **argv)
{
    int64_t port = 0;
    int64_t count = 0;
    int64_t seconds = 0;
    if (argc < 5) /* `make bench` runs every program once; serve.sh runs this one with arguments */
        return 0;
    bool is_idle = strcmp(argv[1], "idle") == 0;
    bool is_shaking = strcmp(argv[1], "shake") == 0;
    if (!bytes_to_int64(bytes_from_z(argv[2]), &port) ||
        !bytes_to_int64(bytes_from_z(argv[3]), &count) || count < 1 || count > 100000 ||
        !bytes_to_int64(bytes_from_z(argv[4]), &seconds) || argc != (is_shaking ? 5 : 6))
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    struct load load = {.port = (int)port, .count = (int)count};
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    load.connections = mem_calloc((size_t)count, sizeof *load.connections);
    load.slots = mem_calloc(SLOT_COUNT, sizeof *load.slots);
    if (load.epoll < 0 || load.connections == NULL || load.slots == NULL)
        return 1;
    if (is_idle || is_shaking) {
        load.tls = SSL_CTX_new(TLS_client_method());
        if (load.tls == NULL || SSL_CTX_set_min_proto_version(load.tls, TLS1_3_VERSION) != 1)
            return 1;
        (void)SSL_CTX_set_mode(load.tls, SSL_MODE_RELEASE_BUFFERS);
        (void)SSL_CTX_set_session_cache_mode(load.tls,
                                             SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(load.tls, on_ticket);
    }
    if (!is_shaking && !read_request(&load, argv[5]))
        return 1;
    return (is_idle ? hold(&load) : measure(&load, seconds, !is_shaking)) ? 0 : 1;
}
