#ifndef PINGYI_SERVICE_HTTP_CONNECTION_H
#define PINGYI_SERVICE_HTTP_CONNECTION_H

#include "service/http/access_log.h"
#include "service/http/address_book.h"
#include "service/http/metrics.h"
#include "service/http/proxies.h"
#include "service/http/query.h"
#include "service/http/request_reader.h"
#include "service/http/server.h"
#include "service/http/spool.h"
#include "service/http/stream.h"

/* What server.c, connection.c, exchange.c and answer.c share; nobody else looks in here. Thread: loop. */

enum {
    HTTP_READ_BYTES = 64 * 1024, /* read at once, into memory that all connections share */
    HTTP_WRITE_HIGH = 64 * 1024, /* unsent answers from which on nothing is read any more */
    HTTP_ARENA_BYTES = 16 << 20, /* of one exchange */
    HTTP_SPARE_MAX = 512,        /* of exchanges and buffers kept for the next request */
    HTTP_ADDED_HEADERS_BYTES = 8 << 10,
    HTTP_LINGER_MAX_BYTES = 1 << 20, /* read and thrown away before a close */
};
#define HTTP_SPOOL_PREFIX "body-"

/* BODY --whole--> OPEN --answered--> DONE --its turn--> (freed) OPEN --stream_begin--> STREAM --stream_end--> DONE
 * BODY and OPEN may be answered early, too. A connection that ends frees those in BODY and DONE, tells those in
 * STREAM, and leaves those in OPEN to whoever is going to answer them (connection NULL). */
enum exchange_stage { EXCHANGE_BODY, EXCHANGE_OPEN, EXCHANGE_STREAM, EXCHANGE_DONE };

struct http_exchange {
    struct http_server *server;
    struct http_connection *connection; /* NULL: the peer is gone */
    struct http_exchange *next;         /* in the order of their arrival; of spare ones likewise */
    enum exchange_stage stage;
    struct arena arena;
    struct http_head head;
    struct query query;
    struct route_match match;
    struct bytes params[ROUTE_PARAMS_MAX];
    const char *address;
    void *state;
    struct buf body;
    struct spool *spool;
    int64_t body_bytes, body_max;
    struct buf added;  /* headers of the answer */
    struct buf answer; /* what waits for its turn */
    struct http_stream *stream;
    bool is_chunked; /* the stream's body */
    bool is_refused; /* answered before its body was read, which is passed over */
    bool closes;     /* the answer says Connection: close */
    bool is_asset;
    int status;
    int64_t account_id, answer_bytes, now_utc;
    uint64_t begun_ns;
};

/* OPEN --close after the last answer--> LAST --all answers sent--> LINGER --peer closes too, or time--> CLOSING
 * Anything may go to CLOSING at once: errors, limits. */
enum connection_state { CONNECTION_OPEN, CONNECTION_LAST, CONNECTION_LINGER, CONNECTION_CLOSING };

struct http_connection {
    struct http_server *server;
    struct http_connection *previous, *next;
    enum connection_state state;
    uv_tcp_t tcp;
    uv_write_t write;
    struct tls_session *tls;     /* NULL: plain */
    struct address_entry *entry; /* NULL: not counted */
    struct request_reader reader;
    struct head_scan scan;
    struct bytes input; /* read, and not parsed yet */
    struct buf in;      /* where `input` is kept between reads; mostly without memory */
    struct buf out;     /* to be sent; of TLS before it is encrypted */
    struct buf wire;    /* being sent by `write` */
    struct http_exchange *first, *last; /* that are not answered, or wait for their turn */
    struct http_exchange *reading;      /* whose body is coming */
    int waiting;                        /* from first to last */
    int64_t requests;
    uint64_t read_since_ms, write_since_ms; /* since when what it waits for has not moved */
    uint64_t begun_ms, body_since_ms;
    int64_t body_before; /* bytes of the body by body_since_ms */
    size_t lingered_bytes;
    size_t write_left; /* what the peer had not taken by write_since_ms */
    bool is_reading, is_writing, is_stepping, peer_is_done, is_proxy;
    char address[ADDRESS_TEXT_BYTES];
};

struct http_listener {
    uv_tcp_t tcp;
    struct http_server *server;
};
enum { HTTP_LISTENERS_MAX = 16 };

struct http_server {
    uv_loop_t *loop;
    struct http_options options;
    struct route_table routes; /* of options.application */
    struct http_listener listeners[HTTP_LISTENERS_MAX];
    int listener_count, open_handles;
    struct http_connection *connections; /* newest first */
    struct http_connection *spare;       /* what the next one becomes */
    struct http_listener *waiting;       /* has one to accept that there was no memory for */
    int connection_count;
    uv_timer_t sweeper;
    bool is_stopping, is_done, is_freed;
    uint64_t stop_since_ms;
    void (*stopped)(void *context);
    void *stopped_context;
    struct http_exchange *spare_exchanges;
    int spare_exchange_count;
    int64_t exchange_count; /* in use */
    struct buf spare_bufs[HTTP_SPARE_MAX];
    int spare_buf_count;
    int64_t date_utc;
    char date[64]; /* "Sun, 06 Nov 1994 08:49:37 GMT" of date_utc */
    struct http_counters counters;
    struct address_book addresses;
    struct access_log log;
    char input[HTTP_READ_BYTES]; /* what is being read, by whichever connection */
    char plain[HTTP_READ_BYTES]; /* the same out of TLS */
};

/* ---- connection.c ---- */

/* The connection that waits at `listener`; beyond a limit it is turned away. */
void connection_accept(struct http_listener *listener);
/* Do whatever can be done now: parse, answer, send, read on or close. */
void connection_step(struct http_connection *connection);
/* Cut it off. Its exchanges are left behind in a later round of the loop. */
void connection_close(struct http_connection *connection);
/* Compare its times with the limits. */
void connection_check_time(struct http_connection *connection, uint64_t now_ms);

/* ---- connection_in.c ---- */

void connection_receive(struct http_connection *connection, struct bytes bytes);
/* The peer sends no more: its end of TCP, or of TLS. */
void connection_hear_end(struct http_connection *connection);
/* Whether there is use for more bytes now. */
bool connection_may_parse(const struct http_connection *connection);
/* Go as far as bytes and limits allow; whether anything moved. */
bool connection_parse(struct http_connection *connection);
/* Keep what is not parsed beyond this read. */
void connection_keep_input(struct http_connection *connection);
/* A request whose whole head is `text`; with a status not 0 it is refused, whatever it is. */
void connection_begin_request(struct http_connection *connection, struct bytes text, int status);
/* The body that is coming cannot be taken to its end. */
void connection_refuse_body(struct http_connection *connection, int status);

/* ---- connection_out.c ---- */

/* The buffer that the answer of `exchange` goes to: the connection's when it is its turn and there is room. */
struct buf *connection_out(struct http_exchange *exchange);
size_t connection_backlog(const struct http_connection *connection);
/* How many bytes that are being written the peer has not taken; the kernel holds some of them. */
size_t connection_untaken(const struct http_connection *connection);
/* Tell the peer that its body is welcome. */
void connection_continue(struct http_exchange *exchange);
/* Take the answers that are whole and whose turn it is. */
void connection_settle(struct http_connection *connection);
/* Send what there is; what the kernel does not take at once is sent as it takes it. */
void connection_flush(struct http_connection *connection);
/* Whether there is more to send and nothing in its way. */
bool connection_may_flush(const struct http_connection *connection);
/* The stream whose turn it is may write when all that went before has been sent. */
void connection_give_room(struct http_connection *connection);
void connection_unlink_first(struct http_connection *connection);

/* ---- server.c ---- */

/* An empty buffer, perhaps with memory from an earlier use; it is given back when it is not needed for now. */
struct buf server_lend_buf(struct http_server *server, size_t max_bytes);
void server_take_back(struct http_server *server, struct buf *buf);
/* The time of the answer as its header has it. */
const char *server_date(struct http_server *server);
/* One of server.open_handles has been closed. */
void server_handle_closed(struct http_server *server);

/* ---- exchange.c ---- */

/* Zeroed but for what is kept from earlier ones; NULL when memory fails. */
struct http_exchange *exchange_new(struct http_server *server, struct http_connection *connection);
/* It has been answered, or nobody waits for it. */
void exchange_free(struct http_exchange *exchange);
/* Its head has been read: find its route, ask whether it may, and hand it over if it has no body. */
void exchange_begin(struct http_exchange *exchange);
/* Its body is whole. */
void exchange_handle(struct http_exchange *exchange);
/* Refuse what cannot be gone on with: the answer says Connection: close. */
void exchange_refuse_and_close(struct http_exchange *exchange, int status);

/* ---- asset_answer.c ---- */

/* Answer when the path is that of a static file; whether it was. */
bool asset_answer(struct http_exchange *exchange);

/* ---- answer.c ---- */

/* Write the head of an answer; length -1: chunked, -2: none. */
void answer_head(struct http_exchange *exchange, struct buf *out, int status, const char *type,
                 int64_t length);

#endif
