#ifndef PINGYI_SERVICE_HTTP_LIMITS_H
#define PINGYI_SERVICE_HTTP_LIMITS_H

#include <stdint.h>

/* Everything a stranger can make grow. */
enum {
    HTTP_TARGET_MAX_BYTES = 4096,    /* longer: 414 */
    HTTP_HEAD_MAX_BYTES = 16 * 1024, /* request line and headers; longer: 431 */
    HTTP_HEADERS_MAX = 64,           /* more: 431 */
    HTTP_BODY_DEFAULT_BYTES = 64 * 1024,
    /* Requests of a connection read ahead of their answers. Each that is answered out of turn holds its answer; none
     * is begun while the peer has not taken most of what was answered before. */
    HTTP_PIPELINE_MAX = 16,
    HTTP_ANSWER_MAX_BYTES = 8 * 1024 * 1024, /* of one that is made in memory */
    HTTP_REQUESTS_PER_CONNECTION = 100000,   /* then the connection is closed politely */
    /* Who gives or takes less in the time that the limits below say holds what others need: with the defaults 3.3 KB a
     * second of an answer, 1.1 of a body. What is left of an answer, where that is less, must be taken in the time. */
    HTTP_SLOWEST_BYTES = 64 * 1024,
};

struct http_limits {
    int connections;             /* more are closed at once; without TLS they are told 503 */
    int connections_per_address; /* likewise; loopback and named proxies are exempt */
    int requests_per_minute;     /* of one address, 429 beyond; loopback and named proxies exempt */
    int head_ms; /* from the first byte of a request, or the connection, to its whole head */
    int tls_handshake_ms;
    int body_stall_ms; /* without a byte of the body: 408 */
    int body_total_ms; /* for all of a body in memory, for HTTP_SLOWEST_BYTES of one to disk: 408 */
    int idle_ms;       /* between requests */
    int write_stall_ms; /* for HTTP_SLOWEST_BYTES of what is being sent: the connection is cut */
    int stop_ms;        /* how long a stopping server waits for answers */
};
/* 20000, 256, 1200, 10 s, 10 s, 15 s, 60 s, 75 s, 20 s, 20 s. */
extern const struct http_limits http_limits_default;

#endif
