#include "tests/service/http/served.h"

#include "tests/support/fault.h"
#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdio.h>

/* The server whole: over TLS, without memory, where it cannot listen. */

static void handle_echo(struct http_exchange *exchange)
{
    exchange_answer(exchange, 200, "text/plain", exchange_body(exchange));
}

enum { BODY_BYTES = 300000, HELD_MAX = HTTP_PIPELINE_MAX + 1 };

struct secure {
    struct served served;
    struct http_exchange *held[HELD_MAX];
    int held_count;
    char directory[TEMP_DIR_BYTES];
    SSL_CTX *client;
};

static void handle_hold(struct http_exchange *exchange)
{
    struct secure *secure = exchange_application(exchange);
    assert_true(secure->held_count < HELD_MAX);
    secure->held[secure->held_count++] = exchange;
}

/* Answer all that is held, and this. */
static void handle_release(struct http_exchange *exchange)
{
    struct secure *secure = exchange_application(exchange);
    for (int i = 0; i < HTTP_PIPELINE_MAX; i++)
        exchange_answer(secure->held[i], 200, "text/plain", BYTES_LIT("held"));
    exchange_answer(exchange, 200, "text/plain", BYTES_LIT("released"));
}

static const struct http_route routes[] = {
    {METHOD_POST, "/echo", 0, HTTP_BODY_MEMORY, 1 << 20, handle_echo, "echo"},
    {METHOD_GET, "/hold", 0, HTTP_BODY_NONE, 0, handle_hold, "hold"},
    {METHOD_GET, "/release", 0, HTTP_BODY_NONE, 0, handle_release, "release"},
};

static struct http_options plain_options(void)
{
    return (struct http_options){
        .limits = http_limits_default,
        .application = {.routes = routes, .route_count = sizeof routes / sizeof *routes},
    };
}

static int setup_secure(void **state)
{
    static struct secure secure;
    char certificate[TEMP_DIR_BYTES + 8], key[TEMP_DIR_BYTES + 8];
    struct err err;
    temp_dir_make(secure.directory);
    (void)snprintf(certificate, sizeof certificate, "%s/c.pem", secure.directory);
    (void)snprintf(key, sizeof key, "%s/k.pem", secure.directory);
    secure.served.options = plain_options();
    secure.served.options.application.context = &secure;
    secure.held_count = 0;
    assert_int_equal(tls_create_self_signed(certificate, key, "localhost", 1790000000, &err), OK);
    assert_int_equal(tls_new(certificate, key, &secure.served.options.tls, &err), OK);
    secure.client = SSL_CTX_new(TLS_client_method());
    assert_non_null(secure.client);
    *state = &secure;
    return 0;
}

static int teardown_secure(void **state)
{
    struct secure *secure = *state;
    served_stop(&secure->served);
    tls_free(secure->served.options.tls);
    SSL_CTX_free(secure->client);
    temp_dir_remove(secure->directory);
    return 0;
}

/* Whether `rc` says to try again once the server has had its turn. */
static bool must_wait(struct secure *secure, const SSL *ssl, int rc)
{
    int why = SSL_get_error(ssl, rc);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        return false;
    (void)uv_run(&secure->served.loop, UV_RUN_NOWAIT);
    return true;
}

/* A connection through whose handshake both sides are. */
static SSL *connect_secure(struct secure *secure)
{
    int fd = client_connect(&secure->served), rc;
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    SSL *ssl = SSL_new(secure->client);
    assert_non_null(ssl);
    (void)SSL_set_fd(ssl, fd);
    (void)SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    while ((rc = SSL_connect(ssl)) != 1)
        assert_true(must_wait(secure, ssl, rc));
    return ssl;
}

static void disconnect(SSL *ssl)
{
    int fd = SSL_get_fd(ssl);
    SSL_free(ssl);
    (void)close(fd);
}

static void run(struct secure *secure)
{
    for (int round = 0; round < 3; round++)
        (void)uv_run(&secure->served.loop, UV_RUN_NOWAIT);
}

static void send_all(struct secure *secure, SSL *ssl, struct bytes bytes)
{
    while (bytes.len > 0) {
        int sent = SSL_write(ssl, bytes.ptr, (int)bytes.len);
        assert_true(sent > 0 || must_wait(secure, ssl, sent));
        if (sent > 0)
            bytes = (struct bytes){bytes.ptr + sent, bytes.len - (size_t)sent};
    }
}

/* To the peer's close_notify: anything else is no proper end. */
static void read_all(struct secure *secure, SSL *ssl, struct buf *out)
{
    char piece[16384];
    for (;;) {
        int got = SSL_read(ssl, piece, sizeof piece);
        if (got > 0)
            buf_append(out, (struct bytes){piece, (size_t)got});
        else if (SSL_get_error(ssl, got) == SSL_ERROR_ZERO_RETURN)
            return;
        else
            assert_true(must_wait(secure, ssl, got));
    }
}

static void server__speaks_tls(void **state)
{
    struct secure *secure = *state;
    struct buf text;
    served_start(&secure->served);
    SSL *ssl = connect_secure(secure);
    buf_init(&text, 1 << 20);
    buf_printf(&text,
               "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n",
               BODY_BYTES);
    for (int i = 0; i < BODY_BYTES; i++)
        buf_append_byte(&text, (char)('a' + i % 26));
    send_all(secure, ssl, buf_bytes(&text));
    buf_clear(&text);
    read_all(secure, ssl, &text);
    assert_int_equal(answer_status(buf_bytes(&text)), 200);
    assert_true(answer_has(buf_bytes(&text), "Strict-Transport-Security: max-age="));
    size_t body = bytes_find(buf_bytes(&text), BYTES_LIT("\r\n\r\n")) + 4;
    assert_int_equal(text.len - body, BODY_BYTES);
    for (int i = 0; i < BODY_BYTES; i++)
        assert_int_equal(text.ptr[body + (size_t)i], 'a' + i % 26);
    disconnect(ssl);
    buf_deinit(&text);
}

static void server__puts_a_request_together_out_of_records(void **state)
{
    struct secure *secure = *state;
    struct buf text;
    served_start(&secure->served);
    buf_init(&text, 1 << 16);
    SSL *ssl = connect_secure(secure);
    send_all(secure, ssl, BYTES_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Le"));
    send_all(secure, ssl, BYTES_LIT("ngth: 2\r\nConnection: close"));
    send_all(secure, ssl, BYTES_LIT("\r\n\r\na"));
    send_all(secure, ssl, BYTES_LIT("b"));
    read_all(secure, ssl, &text);
    assert_int_equal(answer_status(buf_bytes(&text)), 200);
    assert_true(answer_has(buf_bytes(&text), "\r\n\r\nab"));
    disconnect(ssl);
    buf_deinit(&text);
}

/* One connection reads on in the midst of another's requests. */
static void server__keeps_connections_apart(void **state)
{
    struct secure *secure = *state;
    struct buf text;
    served_start(&secure->served);
    buf_init(&text, 1 << 16);
    SSL *waiting = connect_secure(secure), *ssl = connect_secure(secure);
    for (int i = 0; i < HELD_MAX; i++)
        send_all(secure, waiting, BYTES_LIT("GET /hold HTTP/1.1\r\nHost: other.example\r\n\r\n"));
    run(secure);
    assert_int_equal(secure->held_count, HTTP_PIPELINE_MAX);
    send_all(secure, ssl,
             BYTES_LIT("GET /release HTTP/1.1\r\nHost: a\r\n\r\n"
                       "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2"
                       "\r\n\r\nab"));
    read_all(secure, ssl, &text);
    assert_true(answer_has(buf_bytes(&text), "\r\n\r\nreleasedHTTP/1.1 200 OK"));
    assert_true(answer_has(buf_bytes(&text), "\r\n\r\nab"));
    assert_int_equal(secure->held_count, HELD_MAX);
    exchange_refuse(secure->held[HELD_MAX - 1], 404);
    disconnect(waiting);
    disconnect(ssl);
    buf_deinit(&text);
}

/* Who has said that no more comes still gets the answers, and the same words back. */
static void server__says_goodbye_to_who_has(void **state)
{
    struct secure *secure = *state;
    struct buf text;
    served_start(&secure->served);
    buf_init(&text, 1 << 16);
    SSL *ssl = connect_secure(secure);
    send_all(secure, ssl,
             BYTES_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"));
    assert_int_equal(SSL_shutdown(ssl), 0);
    read_all(secure, ssl, &text);
    assert_true(answer_has(buf_bytes(&text), "\r\n\r\nab"));
    run(secure);
    assert_int_equal(http_server_connections(secure->served.server), 0);
    disconnect(ssl);
    buf_deinit(&text);
}

static void server__does_not_wait_for_a_body_whose_sender_has_finished(void **state)
{
    struct secure *secure = *state;
    served_start(&secure->served);
    SSL *ssl = connect_secure(secure);
    send_all(secure, ssl,
             BYTES_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"));
    run(secure);
    assert_int_equal(http_server_connections(secure->served.server), 1);
    assert_int_equal(SSL_shutdown(ssl), 0);
    run(secure);
    assert_int_equal(http_server_connections(secure->served.server), 0);
    disconnect(ssl);
}

/* The answer still goes out; what it meets is that nobody is there, and the words that end TLS find the way closed. */
static void server__may_find_the_peer_gone_at_the_last_word(void **state)
{
    struct secure *secure = *state;
    char byte;
    served_start(&secure->served);
    SSL *ssl = connect_secure(secure);
    send_all(secure, ssl, BYTES_LIT("GET /hold HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    run(secure);
    assert_int_equal(secure->held_count, 1);
    (void)SSL_peek(ssl, &byte, 1); /* what is left unread would tell the server at once */
    disconnect(ssl);
    exchange_answer(secure->held[0], 200, "text/plain", BYTES_LIT("too late"));
    run(secure);
    assert_int_equal(http_server_connections(secure->served.server), 0);
}

static void server__refuses_plain_text_and_slow_handshakes(void **state)
{
    struct secure *secure = *state;
    struct buf answer;
    secure->served.options.limits.tls_handshake_ms = 20;
    served_start(&secure->served);
    buf_init(&answer, 1 << 16);
    client_ask(&secure->served, BYTES_LIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0, &answer);
    assert_false(answer_has(buf_bytes(&answer), "HTTP"));
    client_ask(&secure->served, BYTES_LIT("\x16\x03\x01"), 1, &answer);
    (void)uv_run(&secure->served.loop, UV_RUN_NOWAIT);
    assert_int_equal(http_server_connections(secure->served.server), 0);
    buf_deinit(&answer);
}

/* One request; an answer that does not come for want of memory is ERR_NOMEM. */
static int ask_once(void *context, struct err *err)
{
    struct served served = {.options = plain_options()};
    struct buf answer;
    struct err why;
    (void)context;
    assert_int_equal(uv_loop_init(&served.loop), 0);
    int rc = http_server_new(&served.loop, &served.options, &served.server, err);
    if (rc == OK) {
        buf_init(&answer, 1 << 16);
        assert_int_equal(http_server_listen(served.server, "127.0.0.1", 0, &served.port, &why), OK);
        client_ask(&served,
                   BYTES_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: "
                             "close\r\nContent-Length: 2\r\n\r\nab"),
                   30, &answer);
        if (answer_status(buf_bytes(&answer)) != 200 || answer.rc != OK)
            rc = err_set(err, ERR_NOMEM, "no answer");
        buf_deinit(&answer);
        served_stop(&served);
    } else {
        assert_int_equal(uv_loop_close(&served.loop), 0);
    }
    return rc;
}

static void server__survives_want_of_memory(void **state)
{
    (void)state;
    fault_loop(ask_once, NULL);
}

static void http_server_listen__says_why_not(void **state)
{
    (void)state;
    struct served served = {.options = plain_options()};
    struct err err;
    int port = 0;
    served_start(&served);
    assert_int_equal(http_server_listen(served.server, "127.0.0.1", served.port, &port, &err),
                     ERR_EXISTS);
    assert_int_equal(http_server_listen(served.server, "localhost", 0, &port, &err), ERR_FORMAT);
    assert_int_equal(http_server_listen(served.server, "127.0.0.1", 65536, &port, &err),
                     ERR_FORMAT);
    assert_int_equal(port, 0);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(server__speaks_tls, setup_secure, teardown_secure),
        cmocka_unit_test_setup_teardown(server__puts_a_request_together_out_of_records,
                                        setup_secure, teardown_secure),
        cmocka_unit_test_setup_teardown(server__keeps_connections_apart, setup_secure,
                                        teardown_secure),
        cmocka_unit_test_setup_teardown(server__says_goodbye_to_who_has, setup_secure,
                                        teardown_secure),
        cmocka_unit_test_setup_teardown(server__does_not_wait_for_a_body_whose_sender_has_finished,
                                        setup_secure, teardown_secure),
        cmocka_unit_test_setup_teardown(server__may_find_the_peer_gone_at_the_last_word,
                                        setup_secure, teardown_secure),
        cmocka_unit_test_setup_teardown(server__refuses_plain_text_and_slow_handshakes,
                                        setup_secure, teardown_secure),
        cmocka_unit_test(server__survives_want_of_memory),
        cmocka_unit_test(http_server_listen__says_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
