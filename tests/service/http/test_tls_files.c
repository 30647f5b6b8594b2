#include "tests/service/http/tls_peer.h"

#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static int open_files(const char *certificate, const char *key, struct err *err)
{
    struct tls *tls = NULL;
    int rc = tls_new(certificate, key, &tls, err);
    assert_int_equal(tls != NULL, rc == OK);
    tls_free(tls);
    return rc;
}

static void check_open(const char *certificate, const char *key, int expected)
{
    struct err err = {.code = OK};
    int rc = open_files(certificate, key, &err);
    if (rc != expected)
        fail_msg("%d instead of %d: %s", rc, expected, err.message);
    assert_int_equal(err.code, expected);
}

/* A second pair of the same directory. */
static void make_other(const struct fixture *fixture, char certificate[PATH_BYTES],
                       char key[PATH_BYTES], int64_t now_utc)
{
    struct err err = {.code = OK};
    path_in(fixture, "other.crt", certificate);
    path_in(fixture, "other.key", key);
    assert_int_equal(tls_create_self_signed(certificate, key, "192.0.2.7", now_utc, &err), OK);
}

static void write_locked_key(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(path, "w");
    assert_non_null(key);
    assert_non_null(file);
    assert_int_equal(
        PEM_write_PKCS8PrivateKey(file, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(key);
}

static void tls_new__names_what_is_wrong_with_the_files(void **state)
{
    struct fixture *fixture = *state;
    char certificate[PATH_BYTES], key[PATH_BYTES], path[PATH_BYTES];
    make_other(fixture, certificate, key, clock_now_utc());
    check_open(certificate, key, OK);
    check_open(certificate, fixture->key, ERR_FORMAT); /* a key of another certificate */
    check_open(certificate, certificate, ERR_PERMISSION);
    check_open(key, key, ERR_FORMAT);
    path_in(fixture, "none", path);
    check_open(path, key, ERR_NOT_FOUND);
    check_open(certificate, path, ERR_NOT_FOUND);
    check_open(fixture->directory, key, ERR_FORMAT);
    path_in(fixture, "text", path);
    test_file_write(path, BYTES_LIT("no PEM\n"));
    assert_int_equal(chmod(path, 0600), 0);
    check_open(path, key, ERR_FORMAT);
    check_open(certificate, path, ERR_FORMAT);
    write_locked_key(path); /* must not ask at the terminal */
    check_open(certificate, path, ERR_FORMAT);
    static const mode_t open_modes[] = {0640, 0620, 0604, 0644, 0610};
    for (size_t i = 0; i < sizeof open_modes / sizeof *open_modes; i++) {
        assert_int_equal(chmod(key, open_modes[i]), 0);
        check_open(certificate, key, ERR_PERMISSION);
    }
    assert_int_equal(chmod(key, 0400), 0);
    check_open(certificate, key, OK);
}

static void check_serves(struct tls *tls, const char *name)
{
    struct peer peer;
    peer_init(&peer, tls);
    check_shaken(&peer);
    X509 *certificate = SSL_get1_peer_certificate(peer.ssl);
    assert_int_equal(X509_check_host(certificate, name, 0, 0, NULL) == 1 ||
                         X509_check_ip_asc(certificate, name, 0) == 1,
                     1);
    X509_free(certificate);
    peer_deinit(&peer);
}

static void tls_reload__keeps_what_was_loaded_when_it_fails(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char certificate[PATH_BYTES], key[PATH_BYTES];
    make_other(fixture, certificate, key, clock_now_utc());
    struct peer old;
    peer_init(&old, fixture->tls);
    check_shaken(&old);
    check_serves(fixture->tls, "pingyi.example");
    assert_int_equal(rename(certificate, fixture->certificate), 0); /* half of the new pair */
    assert_int_equal(tls_reload(fixture->tls, &err), ERR_FORMAT);
    check_serves(fixture->tls, "pingyi.example");
    assert_int_equal(rename(key, fixture->key), 0);
    assert_int_equal(tls_reload(fixture->tls, &err), OK);
    check_serves(fixture->tls, "192.0.2.7");
    check_echo(&old, BYTES_LIT("a session keeps what it began with"));
    peer_deinit(&old);
    assert_int_equal(unlink(fixture->key), 0);
    assert_int_equal(tls_reload(fixture->tls, &err), ERR_NOT_FOUND);
    check_serves(fixture->tls, "192.0.2.7");
}

static void tls_days_left__counts_whole_days(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char certificate[PATH_BYTES], key[PATH_BYTES];
    const int64_t made_utc = 1700000000;
    make_other(fixture, certificate, key, made_utc);
    struct tls *tls = NULL;
    assert_int_equal(tls_new(certificate, key, &tls, &err), OK); /* expired or not */
    const int64_t end_utc = made_utc + INT64_C(730) * DAY_S;
    static const struct {
        int64_t before_end_s;
        int days;
    } cases[] = {{INT64_C(730) * DAY_S, 730},
                 {2 * DAY_S, 2},
                 {2 * DAY_S - 1, 1},
                 {DAY_S - 1, 0},
                 {0, 0},
                 {-1, -1},
                 {-DAY_S, -1},
                 {-DAY_S - 1, -2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tls_days_left(tls, end_utc - cases[i].before_end_s), cases[i].days);
    tls_free(tls);
}

/* ---- making them ---- */

static X509 *certificate_read(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    assert_non_null(certificate);
    assert_int_equal(fclose(file), 0);
    return certificate;
}

static void tls_create_self_signed__makes_what_browsers_want(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    X509 *certificate = certificate_read(fixture->certificate);
    assert_int_equal(X509_check_host(certificate, "pingyi.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(certificate, "::1", 0), 1);
    assert_int_equal(X509_check_host(certificate, "other.example", 0, 0, NULL), 0);
    assert_int_equal(X509_check_ip_asc(certificate, "192.0.2.7", 0), 0);
    assert_int_equal(X509_check_ca(certificate), 0);
    assert_true((X509_get_extended_key_usage(certificate) & XKU_SSL_SERVER) != 0);
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    char group[32];
    size_t len = 0;
    assert_int_equal(EVP_PKEY_get_group_name(key, group, sizeof group, &len), 1);
    assert_string_equal(group, "prime256v1");
    assert_int_equal(X509_verify(certificate, key), 1);
    assert_true(ASN1_INTEGER_get(X509_get0_serialNumber(certificate)) != 0);
    X509_free(certificate);
    assert_int_equal(stat(fixture->key, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void tls_create_self_signed__takes_any_name_as_a_name(void **state)
{
    struct fixture *fixture = *state;
    char certificate_path[PATH_BYTES], key_path[PATH_BYTES], longest[300];
    struct err err = {.code = OK};
    path_in(fixture, "a.crt", certificate_path);
    path_in(fixture, "a.key", key_path);
    memset(longest, 'a', sizeof longest);
    longest[254] = '\0';
    const char *const refused[] = {"", "a b", "a\n", "评议", longest};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(tls_create_self_signed(certificate_path, key_path, refused[i], 0, &err),
                         ERR_FORMAT);
        assert_int_equal(access(key_path, F_OK), -1);
    }
    longest[253] = '\0';
    const char *const taken[] = {"x,DNS:evil.example", "2001:db8::1", "localhost", longest};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        assert_int_equal(
            tls_create_self_signed(certificate_path, key_path, taken[i], clock_now_utc(), &err),
            OK);
        X509 *certificate = certificate_read(certificate_path);
        assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
        assert_int_equal(X509_check_host(certificate, "evil.example", 0, 0, NULL), 0);
        X509_free(certificate);
        check_open(certificate_path, key_path, OK);
        assert_int_equal(unlink(certificate_path), 0);
        assert_int_equal(unlink(key_path), 0);
    }
}

static void tls_create_self_signed__replaces_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char path[PATH_BYTES];
    path_in(fixture, "new", path);
    assert_int_equal(tls_create_self_signed(path, fixture->key, "a", 0, &err), ERR_EXISTS);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(tls_create_self_signed(fixture->certificate, path, "a", 0, &err), ERR_EXISTS);
    assert_int_equal(access(path, F_OK), -1);
    check_open(fixture->certificate, fixture->key, OK);
}

static void tls_sha256_hex__is_sha256(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    char hex[TLS_SHA256_HEX_BYTES];
    assert_int_equal(tls_sha256_hex(BYTES_LIT("abc"), hex, &err), OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(tls_sha256_hex(BYTES_NONE, hex, &err), OK);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* ---- missing memory: OpenSSL's too, which takes it through base/alloc.h here ---- */

static void *allocate(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_alloc(bytes);
}

static void *reallocate(void *ptr, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return mem_realloc(ptr, bytes);
}

static void release(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    mem_free(ptr);
}

/* A piece of memory that it misses while it decodes OpenSSL calls a decode error. */
static int tolerate_decode_error(int rc, struct err *err)
{
    if (rc == ERR_FORMAT && mem_fault_met())
        return err_set(err, ERR_NOMEM, "could not decode");
    return rc;
}

static int load(void *context, struct err *err)
{
    const struct fixture *fixture = context;
    return tolerate_decode_error(open_files(fixture->certificate, fixture->key, err), err);
}

static void tls_new__survives_missing_memory(void **state)
{
    fault_loop(load, *state);
}

static int create(void *context, struct err *err)
{
    char certificate[PATH_BYTES], key[PATH_BYTES];
    path_in(context, "fault.crt", certificate);
    path_in(context, "fault.key", key);
    int rc = tls_create_self_signed(certificate, key, "pingyi.example", clock_now_utc(), err);
    assert_int_equal(access(certificate, F_OK) == 0, rc == OK);
    assert_int_equal(access(key, F_OK) == 0, rc == OK);
    (void)unlink(certificate);
    (void)unlink(key);
    return rc;
}

static void tls_create_self_signed__survives_missing_memory(void **state)
{
    fault_loop(create, *state);
}

static int reload(void *context, struct err *err)
{
    struct fixture *fixture = context;
    return tolerate_decode_error(tls_reload(fixture->tls, err), err);
}

static void tls_reload__survives_missing_memory(void **state)
{
    struct fixture *fixture = *state;
    fault_loop(reload, fixture);
    check_serves(fixture->tls, "pingyi.example");
}

static int hold_session(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct tls_session *session = NULL;
    int rc = tls_session_new(fixture->tls, &session, err);
    if (rc == OK)
        rc = tls_session_feed(session, BYTES_LIT("\x16\x03\x01"), err);
    tls_session_free(session);
    return rc;
}

static void tls_session_new__survives_missing_memory(void **state)
{
    fault_loop(hold_session, *state);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    if (CRYPTO_set_mem_functions(allocate, reallocate, release) != 1)
        return 1;
    const struct CMUnitTest tests[] = {
        TEST(tls_new__names_what_is_wrong_with_the_files),
        TEST(tls_reload__keeps_what_was_loaded_when_it_fails),
        TEST(tls_days_left__counts_whole_days),
        TEST(tls_create_self_signed__makes_what_browsers_want),
        TEST(tls_create_self_signed__takes_any_name_as_a_name),
        TEST(tls_create_self_signed__replaces_nothing),
        TEST(tls_sha256_hex__is_sha256),
        TEST(tls_new__survives_missing_memory),
        TEST(tls_reload__survives_missing_memory),
        TEST(tls_create_self_signed__survives_missing_memory),
        TEST(tls_session_new__survives_missing_memory),
    };
    return cmocka_run_group_tests_name("service/http/tls_files", tests, NULL, NULL);
}
