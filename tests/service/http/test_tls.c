#include "tests/service/http/tls_peer.h"

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

/* ---- coming back ---- */

/* Shake hands, with `ticket` if there is one; true when the session was resumed. `out_ticket` is what it was given. */
static bool resumes(struct tls *tls, int version, SSL_SESSION *ticket, SSL_SESSION **out_ticket)
{
    struct peer peer;
    peer_init(&peer, tls);
    assert_int_equal(SSL_set_max_proto_version(peer.ssl, version), 1);
    if (ticket != NULL)
        assert_int_equal(SSL_set_session(peer.ssl, ticket), 1);
    check_shaken(&peer);
    check_echo(&peer, BYTES_LIT("GET /"));
    bool is_resumed = SSL_session_reused(peer.ssl) == 1;
    if (out_ticket != NULL) {
        /* Of a renewed ticket of TLS 1.2 OpenSSL tells nobody. */
        *out_ticket = version == TLS1_2_VERSION ? SSL_get1_session(peer.ssl) : peer.ticket;
        assert_non_null(*out_ticket);
        if (version == TLS1_3_VERSION)
            peer.ticket = NULL;
    }
    peer_deinit(&peer);
    return is_resumed;
}

static void tls_session__resumes_by_ticket(void **state)
{
    struct fixture *fixture = *state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        SSL_SESSION *ticket = NULL;
        assert_false(resumes(fixture->tls, version, NULL, &ticket));
        assert_true(resumes(fixture->tls, version, ticket, NULL));
        /* Another server, or this one after a restart, knows nothing of it, and begins anew. */
        struct err err = {.code = OK};
        struct tls *other = NULL;
        assert_int_equal(tls_new(fixture->certificate, fixture->key, &other, &err), OK);
        assert_false(resumes(other, version, ticket, NULL));
        tls_free(other);
        SSL_SESSION_free(ticket);
    }
}

static void tls_reload__lets_tickets_live_once(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        SSL_SESSION *first = NULL;
        SSL_SESSION *renewed = NULL;
        assert_false(resumes(fixture->tls, version, NULL, &first));
        assert_int_equal(tls_reload(fixture->tls, &err), OK);
        assert_true(resumes(fixture->tls, version, first, &renewed));
        assert_int_equal(tls_reload(fixture->tls, &err), OK);
        assert_false(resumes(fixture->tls, version, first, NULL));
        assert_true(resumes(fixture->tls, version, renewed, NULL));
        SSL_SESSION_free(first);
        SSL_SESSION_free(renewed);
    }
}

static void tls_session__speaks_http_1_1_alone(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *offer;
        bool is_accepted;
    } cases[] = {{"\x08http/1.1", true},
                 {"\x02h2\x08http/1.1", true},
                 {"\x02h2", false},
                 {"\x03"
                  "ftp",
                  false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {.code = OK};
        struct peer peer;
        peer_init(&peer, fixture->tls);
        const unsigned char *offer = (const unsigned char *)cases[i].offer;
        assert_int_equal(SSL_set_alpn_protos(peer.ssl, offer, (unsigned)strlen(cases[i].offer)), 0);
        assert_int_equal(shake_hands(&peer, &err), cases[i].is_accepted);
        if (cases[i].is_accepted) {
            const unsigned char *chosen = NULL;
            unsigned len = 0;
            SSL_get0_alpn_selected(peer.ssl, &chosen, &len);
            assert_int_equal(len, 8);
            assert_memory_equal(chosen, "http/1.1", 8);
        }
        peer_deinit(&peer);
    }
}

static struct bytes sent_by(struct peer *peer)
{
    char *ptr = NULL;
    BIO *bio = SSL_get_wbio(peer->ssl);
    size_t len = (size_t)BIO_get_mem_data(bio, &ptr);
    return (struct bytes){ptr, len};
}

static void tls_session__does_not_renegotiate(void **state)
{
    struct fixture *fixture = *state;
    char plain[16];
    size_t count = 0;
    bool is_closed = false;
    struct err err = {.code = OK};
    struct peer peer;
    peer_init(&peer, fixture->tls);
    assert_int_equal(SSL_set_max_proto_version(peer.ssl, TLS1_2_VERSION), 1);
    check_shaken(&peer);
    assert_int_equal(SSL_renegotiate(peer.ssl), 1);
    assert_int_equal(SSL_do_handshake(peer.ssl), -1);
    peer.rc = tls_session_feed(peer.session, sent_by(&peer), &err);
    (void)BIO_reset(SSL_get_wbio(peer.ssl));
    assert_int_equal(tls_session_read(peer.session, plain, sizeof plain, &count, &is_closed, &err),
                     OK);
    assert_in_range(tls_session_held(peer.session), 1, 100); /* the alert that says no */
    server_step(&peer, &err);
    assert_int_equal(tls_session_held(peer.session), 0);
    assert_false(shake_hands(&peer, &err));
    peer_deinit(&peer);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tls_session__carries_both_versions),
        TEST(tls_session__does_not_care_where_bytes_are_cut),
        TEST(tls_session__takes_everything_fed_at_once),
        TEST(tls_session_close__is_heard),
        TEST(tls_session__refuses_old_versions),
        TEST(tls_session__takes_aead_suites_alone),
        TEST(tls_session__refuses_what_is_no_tls),
        TEST(tls_session__survives_any_damaged_byte),
        TEST(tls_session__resumes_by_ticket),
        TEST(tls_reload__lets_tickets_live_once),
        TEST(tls_session__speaks_http_1_1_alone),
        TEST(tls_session__does_not_renegotiate),
    };
    return cmocka_run_group_tests_name("service/http/tls", tests, NULL, NULL);
}
