/* Post remarks over many connections at once, each with a key of its own, until the server is gone or enough are
 * acknowledged; say which were acknowledged and which were not. Which ones count is for the caller to check.
 *
 *   post_remarks PORT COOKIE CSRF PATH CONNECTIONS COUNT PREFIX ACKNOWLEDGED OPEN
 *       posts PREFIX-1 ... PREFIX-COUNT; appends keys to the files ACKNOWLEDGED and OPEN
 *   post_remarks PORT COOKIE CSRF PATH CONNECTIONS 0 - ACKNOWLEDGED OPEN < keys
 *       posts the keys it reads
 *
 * A remark's text is its key. 503 and 429 are asked again. Exit 0 when all were acknowledged, 3 when the server left,
 * 1 otherwise. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 512, KEY_BYTES = 64, ANSWER_BYTES = 8192 };

struct connection {
    int fd;
    char key[KEY_BYTES]; /* empty: nothing is asked */
    char answer[ANSWER_BYTES];
    size_t len;
};

struct client {
    int port, count, next, wanted;
    const char *cookie, *csrf, *path, *prefix;
    FILE *acknowledged, *open;
    struct connection connections[CONNECTIONS_MAX];
    bool is_gone, is_refused;
};

static bool next_key(struct client *client, char out[KEY_BYTES])
{
    if (client->wanted > 0) {
        if (client->next == client->wanted)
            return false;
        (void)snprintf(out, KEY_BYTES, "%s-%d", client->prefix, ++client->next);
        return true;
    }
    if (fgets(out, KEY_BYTES, stdin) == NULL)
        return false;
    out[strcspn(out, "\n")] = '\0';
    return true;
}

static bool ask(struct client *client, struct connection *connection)
{
    char request[2048], body[KEY_BYTES + 32];
    int body_len = snprintf(body, sizeof body, "{\"text\":\"%s\"}", connection->key);
    int len = snprintf(request, sizeof request,
                       "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nX-CSRF-Token: %s\r\n"
                       "Idempotency-Key: %s\r\nContent-Type: application/json\r\n"
                       "Content-Length: %d\r\n\r\n%s",
                       client->path, client->cookie, client->csrf, connection->key, body_len, body);
    connection->len = 0;
    return send(connection->fd, request, (size_t)len, MSG_NOSIGNAL) == len;
}

static bool connect_one(const struct client *client, struct connection *connection)
{
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)client->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->fd < 0)
        return false;
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return connect(connection->fd, (struct sockaddr *)&address, sizeof address) == 0;
}

/* The status of a whole answer, 0 while it is not whole. */
static int status_of(const struct connection *connection)
{
    const char *end = strstr(connection->answer, "\r\n\r\n");
    const char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    if (end == NULL || length == NULL || length > end)
        return 0;
    size_t whole = (size_t)(end + 4 - connection->answer) + strtoul(length + 17, NULL, 10);
    return connection->len >= whole ? (int)strtol(connection->answer + 9, NULL, 10) : 0;
}

static void take(struct client *client, struct connection *connection)
{
    struct timespec pause = {.tv_nsec = 20000000};
    ssize_t got = recv(connection->fd, connection->answer + connection->len,
                       ANSWER_BYTES - 1 - connection->len, 0);
    if (got <= 0) {
        client->is_gone = true;
        return;
    }
    connection->len += (size_t)got;
    connection->answer[connection->len] = '\0';
    int status = status_of(connection);
    if (status == 0)
        return;
    if (status == 201) {
        (void)fprintf(client->acknowledged, "%s\n", connection->key);
        if (!next_key(client, connection->key)) {
            connection->key[0] = '\0';
            return;
        }
    } else if (status == 503 || status == 429) {
        (void)nanosleep(&pause, NULL);
    } else {
        (void)fprintf(stderr, "%s\n", connection->answer);
        client->is_refused = true;
        return;
    }
    if (!ask(client, connection))
        client->is_gone = true;
}

static void run(struct client *client)
{
    struct pollfd polled[CONNECTIONS_MAX];
    bool is_busy = true;
    while (is_busy && !client->is_gone && !client->is_refused) {
        is_busy = false;
        for (int i = 0; i < client->count; i++) {
            bool asks = client->connections[i].key[0] != '\0';
            polled[i] =
                (struct pollfd){.fd = asks ? client->connections[i].fd : -1, .events = POLLIN};
            is_busy = is_busy || asks;
        }
        if (!is_busy || poll(polled, (nfds_t)client->count, -1) < 0)
            continue;
        for (int i = 0; i < client->count; i++) {
            if (polled[i].revents != 0)
                take(client, &client->connections[i]);
        }
    }
}

int main(int argc, char **argv)
{
    static struct client client;
    if (argc != 10)
        return 2;
    client.port = (int)strtol(argv[1], NULL, 10);
    client.cookie = argv[2];
    client.csrf = argv[3];
    client.path = argv[4];
    client.count = (int)strtol(argv[5], NULL, 10);
    client.wanted = (int)strtol(argv[6], NULL, 10);
    client.prefix = argv[7];
    client.acknowledged = fopen(argv[8], "a");
    client.open = fopen(argv[9], "a");
    if (client.acknowledged == NULL || client.open == NULL || client.count > CONNECTIONS_MAX)
        return 2;
    for (int i = 0; i < client.count && !client.is_gone; i++) {
        struct connection *connection = &client.connections[i];
        client.is_gone = !connect_one(&client, connection);
        if (!client.is_gone && next_key(&client, connection->key))
            client.is_gone = !ask(&client, connection);
    }
    run(&client);
    for (int i = 0; i < client.count; i++) {
        if (client.connections[i].key[0] != '\0')
            (void)fprintf(client.open, "%s\n", client.connections[i].key);
    }
    char key[KEY_BYTES];
    while (client.wanted == 0 && next_key(&client, key))
        (void)fprintf(client.open, "%s\n", key);
    bool is_written = fclose(client.acknowledged) == 0 && fclose(client.open) == 0;
    if (!is_written || client.is_refused)
        return 1;
    return client.is_gone ? 3 : 0;
}
