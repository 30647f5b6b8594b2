#include "service/http/tls.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void path_in(const struct fixture *fixture, const char *name, char out[PATH_BYTES])
{
    (void)snprintf(out, PATH_BYTES, "%s/%s", fixture->directory, name);
}

static int set_up(void **state)
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

static int tear_down(void **state)
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

static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
    struct peer *peer = SSL_get_app_data(ssl);
    SSL_SESSION_free(peer->ticket);
    peer->ticket = ticket;
    return 1;
}

static void peer_init(struct peer *peer, struct tls *tls)
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

static void peer_deinit(struct peer *peer)
{
    tls_session_free(peer->session);
    SSL_SESSION_free(peer->ticket);
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->context);
    buf_deinit(&peer->got);
}

/* Let the server read all that it can, and hand its bytes to the client. */
static void server_step(struct peer *peer, struct err *err)
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
static void client_to_server(struct peer *peer, struct err *err)
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
static bool shake_hands(struct peer *peer, struct err *err)
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

static void check_shaken(struct peer *peer)
{
    struct err err = {.code = OK};
    if (!shake_hands(peer, &err))
        fail_msg("%s", err.message);
}

/* The client says `text`, the server answers with the same. */
static void check_echo(struct peer *peer, struct bytes text)
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

/* ---- conversations ---- */

static void tls_session__carries_both_versions(void **state)
{
    struct fixture *fixture = *state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct peer peer;
        peer_init(&peer, fixture->tls);
        assert_int_equal(SSL_set_max_proto_version(peer.ssl, version), 1);
        assert_false(tls_session_is_ready(peer.session));
        check_shaken(&peer);
        assert_int_equal(SSL_version(peer.ssl), version);
        check_echo(&peer, BYTES_LIT("GET /"));
        check_echo(&peer, BYTES_LIT("满意"));
        peer_deinit(&peer);
    }
}

static void tls_session__does_not_care_where_bytes_are_cut(void **state)
{
    struct fixture *fixture = *state;
    struct buf text; /* over two records */
    buf_init(&text, MAX_BYTES);
    for (int i = 0; i < 4000; i++)
        buf_printf(&text, "line %d\n", i);
    static const size_t pieces[] = {1, 2, 3, 5, 7, 64, 1000};
    for (size_t i = 0; i < 2 * sizeof pieces / sizeof *pieces; i++) {
        struct peer peer;
        peer_init(&peer, fixture->tls);
        peer.piece = pieces[i / 2];
        assert_int_equal(SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION + (int)(i % 2)), 1);
        check_shaken(&peer);
        check_echo(&peer, buf_bytes(&text));
        peer_deinit(&peer);
    }
    buf_deinit(&text);
}

static void tls_session__takes_everything_fed_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct peer peer;
    peer_init(&peer, fixture->tls);
    (void)SSL_do_handshake(peer.ssl);
    client_to_server(&peer, &err);
    assert_int_equal(SSL_do_handshake(peer.ssl), 1);
    /* The end of the handshake, a request, and the farewell arrive together. */
    assert_int_equal(SSL_write(peer.ssl, "GET /", 5), 5);
    (void)SSL_shutdown(peer.ssl);
    client_to_server(&peer, &err);
    assert_int_equal(peer.rc, OK);
    assert_true(tls_session_is_ready(peer.session));
    assert_true(bytes_equal(buf_bytes(&peer.got), BYTES_LIT("GET /")));
    assert_true(peer.closed);
    peer_deinit(&peer);
}

static void tls_session_close__is_heard(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct peer peer;
    peer_init(&peer, fixture->tls);
    tls_session_close(peer.session); /* nobody there to tell: says nothing */
    check_shaken(&peer);
    tls_session_close(peer.session);
    server_step(&peer, &err);
    char plain[16];
    int result = SSL_read(peer.ssl, plain, sizeof plain);
    assert_int_equal(SSL_get_error(peer.ssl, result), SSL_ERROR_ZERO_RETURN);
    peer_deinit(&peer);
}

/* ---- what is refused ---- */

static void tls_session__refuses_old_versions(void **state)
{
    struct fixture *fixture = *state;
    static const int versions[] = {SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct err err = {.code = OK};
        struct peer peer;
        peer_init(&peer, fixture->tls);
        assert_int_equal(SSL_set_max_proto_version(peer.ssl, versions[i]), 1);
        assert_int_equal(SSL_set_cipher_list(peer.ssl, "ALL:@SECLEVEL=0"), 1);
        assert_false(shake_hands(&peer, &err));
        if (versions[i] != SSL3_VERSION) /* which Debian's OpenSSL cannot even offer */
            assert_int_equal(peer.rc, ERR_FORMAT);
        peer_deinit(&peer);
    }
}

static bool accepts_suite(struct tls *tls, const char *suite)
{
    struct err err = {.code = OK};
    struct peer peer;
    peer_init(&peer, tls);
    assert_int_equal(SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION), 1);
    assert_int_equal(SSL_set_cipher_list(peer.ssl, suite), 1);
    bool is_accepted = shake_hands(&peer, &err);
    if (is_accepted)
        assert_string_equal(SSL_get_cipher_name(peer.ssl), suite);
    else
        assert_int_equal(peer.rc, ERR_FORMAT);
    peer_deinit(&peer);
    return is_accepted;
}

static void tls_session__takes_aead_suites_alone(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *suite;
        bool is_accepted;
    } cases[] = {{"ECDHE-ECDSA-AES128-GCM-SHA256", true},
                 {"ECDHE-ECDSA-AES256-GCM-SHA384", true},
                 {"ECDHE-ECDSA-CHACHA20-POLY1305", true},
                 {"ECDHE-ECDSA-AES128-SHA", false},
                 {"ECDHE-ECDSA-AES256-SHA384", false},
                 {"ECDHE-ECDSA-AES128-CCM", false},
                 {"AES128-GCM-SHA256", false},
                 {"DHE-RSA-AES256-GCM-SHA384", false},
                 {"AECDH-AES128-SHA@SECLEVEL=0", false},
                 {"ECDHE-RSA-AES128-GCM-SHA256", false},
                 {"ECDHE-ECDSA-CAMELLIA128-SHA256", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].suite);
        assert_int_equal(accepts_suite(fixture->tls, cases[i].suite), cases[i].is_accepted);
    }
}

static void tls_session__refuses_what_is_no_tls(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct tls_session *session = NULL;
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char plain[64];
    size_t count = 0;
    bool closed = false;
    assert_int_equal(tls_session_new(fixture->tls, &session, &err), OK);
    assert_int_equal(tls_session_feed(session, bytes_from_z(request), &err), OK);
    assert_int_equal(tls_session_read(session, plain, sizeof plain, &count, &closed, &err),
                     ERR_FORMAT);
    assert_int_equal(count, 0);
    assert_int_equal(tls_session_feed(session, bytes_from_z(request), &err), ERR_WRONG_STATE);
    assert_int_equal(tls_session_read(session, plain, sizeof plain, &count, &closed, &err),
                     ERR_WRONG_STATE);
    tls_session_close(session);
    tls_session_free(session);
}

/* ---- damage: one byte of a conversation is changed ---- */

static void tls_session__survives_any_damaged_byte(void **state)
{
    struct fixture *fixture = *state;
    for (size_t at = 0; at < 400; at++) {
        struct err err = {.code = OK};
        struct peer peer;
        peer_init(&peer, fixture->tls);
        (void)SSL_do_handshake(peer.ssl);
        char *ptr = NULL;
        size_t len = (size_t)BIO_get_mem_data(SSL_get_wbio(peer.ssl), &ptr);
        if (at < len)
            ptr[at] = (char)(ptr[at] ^ 0x5a);
        client_to_server(&peer, &err);
        bool is_through = shake_hands(&peer, &err);
        if (at >= RECORD_HEAD_BYTES) /* the transcript, which is signed, is without it */
            assert_int_equal(is_through, at >= len);
        peer_deinit(&peer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tls_session__carries_both_versions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_session__does_not_care_where_bytes_are_cut, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tls_session__takes_everything_fed_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tls_session_close__is_heard, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_session__refuses_old_versions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_session__takes_aead_suites_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_session__refuses_what_is_no_tls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_session__survives_any_damaged_byte, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("service/http/tls", tests, NULL, NULL);
}
