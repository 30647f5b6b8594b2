#ifndef PINGYI_TESTS_SERVICE_HTTP_TLS_PEER_H
#define PINGYI_TESTS_SERVICE_HTTP_TLS_PEER_H

#include "base/alloc.h"
#include "base/clock.h"
#include "service/http/tls.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdio.h>
#include <string.h>

/* A pair of files, what tls.c makes of them, and a client of OpenSSL's own beside it in the same thread. */

enum {
    MAX_BYTES = 1 << 20,
    PATH_BYTES = TEMP_DIR_BYTES + 32,
    DAY_S = 24 * 3600,
    ROUNDS = 20,
    RECORD_HEAD_BYTES = 5
};

struct fixture {
    char directory[TEMP_DIR_BYTES];
    char certificate[PATH_BYTES];
    char key[PATH_BYTES];
    struct tls *tls;
};

static inline void path_in(const struct fixture *fixture, const char *name, char out[PATH_BYTES])
{
    (void)snprintf(out, PATH_BYTES, "%s/%s", fixture->directory, name);
}

static inline int set_up(void **state)
{
    struct err err = {.code = OK};
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    temp_dir_make(fixture->directory);
    path_in(fixture, "tls.crt", fixture->certificate);
    path_in(fixture, "tls.key", fixture->key);
    if (tls_create_self_signed(fixture->certificate, fixture->key, "pingyi.example",
                               clock_now_utc(), &err) != OK ||
        tls_new(fixture->certificate, fixture->key, &fixture->tls, &err) != OK)
        fail_msg("%s", err.message);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    tls_free(fixture->tls);
    temp_dir_remove(fixture->directory);
    mem_free(fixture);
    return 0;
}

/* ---- a client of OpenSSL's own, and the way between the two ---- */

struct peer {
    SSL_CTX *context;
    SSL *ssl;
    SSL_SESSION *ticket; /* the newest it was given */
    struct tls_session *session;
    size_t piece;   /* bytes at a time, 0: all there is */
    int rc;         /* of the server's last call that failed */
    struct buf got; /* plain text the server has read */
    bool closed;    /* the server has seen the end */
};

static inline int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
    struct peer *peer = SSL_get_app_data(ssl);
    SSL_SESSION_free(peer->ticket);
    peer->ticket = ticket;
    return 1;
}

static inline void peer_init(struct peer *peer, struct tls *tls)
{
    struct err err = {.code = OK};
    *peer = (struct peer){.context = SSL_CTX_new(TLS_client_method())};
    assert_non_null(peer->context);
    /* What a client offers here is up to the test: the refusal shall be the server's. */
    SSL_CTX_set_security_level(peer->context, 0);
    (void)SSL_CTX_set_min_proto_version(peer->context, 0);
    (void)SSL_CTX_set_session_cache_mode(peer->context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(peer->context, on_ticket);
    peer->ssl = SSL_new(peer->context);
    assert_non_null(peer->ssl);
    (void)SSL_set_app_data(peer->ssl, peer);
    SSL_set_bio(peer->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(peer->ssl);
    buf_init(&peer->got, MAX_BYTES);
    assert_int_equal(tls_session_new(tls, &peer->session, &err), OK);
}

static inline void peer_deinit(struct peer *peer)
{
    tls_session_free(peer->session);
    (void)SSL_shutdown(peer->ssl); /* who leaves without it is not to resume */
    ERR_clear_error();
    SSL_SESSION_free(peer->ticket);
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->context);
    buf_deinit(&peer->got);
}

/* Let the server read all that it can, and hand its bytes to the client. */
static inline void server_step(struct peer *peer, struct err *err)
{
    char plain[1000];
    size_t count = 1;
    while (peer->rc == OK && count > 0) {
        int rc = tls_session_read(peer->session, plain, sizeof plain, &count, &peer->closed, err);
        if (rc != OK)
            peer->rc = rc;
        else
            buf_append(&peer->got, (struct bytes){plain, count});
    }
    struct buf out;
    buf_init(&out, MAX_BYTES);
    tls_session_take(peer->session, &out);
    assert_int_equal(out.rc, OK);
    if (out.len > 0)
        assert_int_equal(BIO_write(SSL_get_rbio(peer->ssl), out.ptr, (int)out.len), (int)out.len);
    buf_deinit(&out);
}

/* Hand the client's bytes to the server, in the pieces the test wants. */
static inline void client_to_server(struct peer *peer, struct err *err)
{
    char *ptr = NULL;
    BIO *bio = SSL_get_wbio(peer->ssl);
    size_t left = (size_t)BIO_get_mem_data(bio, &ptr);
    while (left > 0 && peer->rc == OK) {
        size_t len = peer->piece > 0 && peer->piece < left ? peer->piece : left;
        peer->rc = tls_session_feed(peer->session, (struct bytes){ptr, len}, err);
        ptr += len;
        left -= len;
        if (peer->rc == OK)
            server_step(peer, err);
    }
    (void)BIO_reset(bio);
}

/* Shake hands; true when both sides are through with it. */
static inline bool shake_hands(struct peer *peer, struct err *err)
{
    bool is_client_done = false;
    for (int round = 0; round < ROUNDS; round++) {
        is_client_done = SSL_do_handshake(peer->ssl) == 1;
        client_to_server(peer, err);
        server_step(peer, err);
    }
    ERR_clear_error();
    return is_client_done && tls_session_is_ready(peer->session);
}

static inline void check_shaken(struct peer *peer)
{
    struct err err = {.code = OK};
    if (!shake_hands(peer, &err))
        fail_msg("%s", err.message);
}

/* The client says `text`, the server answers with the same. */
static inline void check_echo(struct peer *peer, struct bytes text)
{
    struct err err = {.code = OK};
    size_t written = 0;
    buf_clear(&peer->got);
    assert_int_equal(SSL_write_ex(peer->ssl, text.ptr, text.len, &written), 1);
    client_to_server(peer, &err);
    assert_int_equal(peer->rc, OK);
    assert_int_equal(peer->got.len, text.len);
    assert_memory_equal(peer->got.ptr, text.ptr, text.len);
    assert_int_equal(tls_session_write(peer->session, buf_bytes(&peer->got), &err), OK);
    server_step(peer, &err);
    struct buf back;
    buf_init(&back, MAX_BYTES);
    char plain[1000];
    for (size_t count = 1; SSL_read_ex(peer->ssl, plain, sizeof plain, &count) == 1;)
        buf_append(&back, (struct bytes){plain, count});
    assert_true(bytes_equal(buf_bytes(&back), text));
    buf_deinit(&back);
}

#endif
