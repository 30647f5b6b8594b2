/* The one file of http/ that knows OpenSSL, and longer than others so that it stays the only one.
 *
 * A session is an SSL on a BIO of our own whose two ends are bufs: what the peer sent, and what it shall get.
 * OpenSSL's memory BIOs would do the same, but keep the memory of their fullest moment; a buf is freed as soon as it
 * is empty, and with SSL_MODE_RELEASE_BUFFERS an idle connection holds no buffer at all.
 *
 * Tickets: sessions are resumed from what the client keeps; the server keeps nothing of them but two keys. New tickets
 * are sealed (AES-256-CBC, HMAC-SHA-256) by the current key, which is replaced after TICKET_S; tickets of the one
 * before are still opened, and renewed. The keys are drawn at start, never written anywhere, and wiped when they go:
 * who gets hold of the machine later cannot read what was recorded longer than twice TICKET_S ago. Keys change on use,
 * without a timer, and at each reload. */
#include "service/http/tls.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TICKET_S = 8 * 3600, /* a working day: who comes back in the afternoon resumes */
    TICKET_NAME_BYTES = 16,
    TICKET_KEY_BYTES = 32,
    DAY_S = 24 * 3600,
    CERTIFICATE_DAYS = 730,
    CLOCK_SKEW_S = 3600, /* browsers whose clock is behind accept a new certificate too */
    SERIAL_BITS = 127,
    NAME_MAX_BYTES = 253,       /* of a host name */
    COMMON_NAME_MAX_BYTES = 64, /* RFC 5280, ub-common-name */
};

static const char tls12_suites[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                   "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                   "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char groups[] = "X25519:P-256:P-384";

struct ticket_key {
    bool is_there;
    int64_t since_ms; /* by the monotonic clock */
    unsigned char name[TICKET_NAME_BYTES];
    unsigned char cipher_key[TICKET_KEY_BYTES];
    unsigned char mac_key[TICKET_KEY_BYTES];
};

struct tls {
    SSL_CTX *context;
    int64_t not_after_utc;
    BIO_METHOD *bio;
    EVP_CIPHER *ticket_cipher;
    struct ticket_key ticket_keys[2]; /* the current one, the one before */
    char *certificate_path;
    char *key_path;
};

struct tls_session {
    SSL *ssl;
    struct buf in; /* from the peer; OpenSSL has read the first `in_used` bytes */
    size_t in_used;
    struct buf out; /* for the peer */
    bool is_broken;
};

/* Describe what OpenSSL complains of: missing memory as such, anything else as `code`. Where it complains of nothing,
 * memory was missing: a note needs some too. */
static int openssl_err_set(struct err *err, enum err_code code, const char *what, const char *value)
{
    bool is_memory = false;
    unsigned long cause = ERR_peek_error();
    for (unsigned long next = ERR_get_error(); next != 0; next = ERR_get_error()) {
        if (ERR_GET_REASON(next) == ERR_R_MALLOC_FAILURE)
            is_memory = true;
    }
    if (is_memory || cause == 0)
        return err_set(err, ERR_NOMEM, "could not %s \"%s\": out of memory", what, value);
    const char *reason = ERR_reason_error_string(cause);
    return err_set(err, code, "could not %s \"%s\": %s", what, value,
                   reason != NULL ? reason : "unknown reason");
}

static int file_err_set(struct err *err, const char *what, const char *path)
{
    int number = errno;
    enum err_code code = ERR_IO;
    if (number == ENOSPC || number == EDQUOT)
        code = ERR_FULL;
    else if (number == ENOENT)
        code = ERR_NOT_FOUND;
    else if (number == EACCES)
        code = ERR_PERMISSION;
    else if (number == EEXIST)
        code = ERR_EXISTS;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(number));
}

/* ---- tickets ---- */

static bool ticket_key_draw(struct ticket_key *key)
{
    struct ticket_key drawn = {.is_there = true, .since_ms = clock_monotonic_ms()};
    bool is_drawn = RAND_bytes(drawn.name, sizeof drawn.name) == 1 &&
                    RAND_priv_bytes(drawn.cipher_key, sizeof drawn.cipher_key) == 1 &&
                    RAND_priv_bytes(drawn.mac_key, sizeof drawn.mac_key) == 1;
    if (is_drawn)
        *key = drawn;
    OPENSSL_cleanse(&drawn, sizeof drawn);
    return is_drawn;
}

/* Begin a new key; the current one becomes the one before. Without randomness all stays. */
static bool ticket_keys_rotate(struct tls *tls)
{
    struct ticket_key fresh;
    if (!ticket_key_draw(&fresh))
        return false;
    tls->ticket_keys[1] = tls->ticket_keys[0];
    tls->ticket_keys[0] = fresh;
    OPENSSL_cleanse(&fresh, sizeof fresh);
    return true;
}

static void ticket_keys_refresh(struct tls *tls)
{
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - tls->ticket_keys[0].since_ms >= (int64_t)TICKET_S * 1000)
        (void)ticket_keys_rotate(tls);
    /* After a night without a visitor the one before is too old at once. */
    if (now_ms - tls->ticket_keys[1].since_ms >= (int64_t)TICKET_S * 2 * 1000)
        OPENSSL_cleanse(&tls->ticket_keys[1], sizeof tls->ticket_keys[1]);
}

/* OpenSSL's contract: -1 failure, 0 no ticket, 1 fine, 2 opened but to be renewed. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int is_new)
{
    struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    ticket_keys_refresh(tls);
    struct ticket_key *key = &tls->ticket_keys[0];
    if (is_new) {
        memcpy(name, key->name, sizeof key->name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(tls->ticket_cipher)) != 1)
            return -1;
    } else if (memcmp(name, key->name, sizeof key->name) != 0) {
        key = &tls->ticket_keys[1];
        if (!key->is_there || memcmp(name, key->name, sizeof key->name) != 0)
            return 0;
    }
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac_key, sizeof key->mac_key),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_end()};
    if (EVP_CipherInit_ex(cipher, tls->ticket_cipher, NULL, key->cipher_key, iv, is_new) != 1 ||
        EVP_MAC_CTX_set_params(mac, params) != 1)
        return -1;
    return key == &tls->ticket_keys[0] ? 1 : 2;
}

/* ---- certificate and key ---- */

/* Instead of asking at the terminal. */
static int on_password(char *out, int size, int is_writing, void *context)
{
    (void)size;
    (void)is_writing;
    (void)context;
    out[0] = '\0';
    return -1;
}

/* HTTP/1.1 is all we speak; who offers other protocols alone is told so. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *offered, unsigned int offered_len, void *context)
{
    (void)ssl;
    (void)context;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static int context_new(struct tls *tls, SSL_CTX **out, struct err *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        return openssl_err_set(err, ERR_WRONG_STATE, "make", "TLS context");
    (void)SSL_CTX_set_app_data(context, tls);
    SSL_CTX_set_security_level(context, 2);
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_timeout(context, TICKET_S);
    SSL_CTX_set_default_passwd_cb(context, on_password);
    SSL_CTX_set_alpn_select_cb(context, on_alpn, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, tls12_suites) != 1 ||
        SSL_CTX_set1_groups_list(context, groups) != 1 ||
        SSL_CTX_set_session_id_context(context, (const unsigned char *)"pingyi", 6) != 1 ||
        SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket) != 1) {
        SSL_CTX_free(context);
        return openssl_err_set(err, ERR_WRONG_STATE, "set up", "TLS context");
    }
    *out = context;
    return OK;
}

/* Open a PEM file to be read; -1 and `err` when it cannot be. */
static int pem_open(const char *path, bool is_secret, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not keep us waiting */
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        (void)file_err_set(err, "read", path);
    } else if (!S_ISREG(status.st_mode)) {
        (void)err_set(err, ERR_FORMAT, "\"%s\" is no regular file", path);
    } else if (is_secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)err_set(err, ERR_PERMISSION, "\"%s\" is open to other users (mode %04o)", path,
                      (unsigned)status.st_mode & 07777U);
    } else {
        return fd;
    }
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int key_load(SSL_CTX *context, const char *path, struct err *err)
{
    int fd = pem_open(path, true, err);
    if (fd < 0)
        return (int)err->code;
    int rc = OK;
    EVP_PKEY *key = NULL;
    BIO *bio = BIO_new_fd(fd, BIO_CLOSE);
    if (bio == NULL) {
        (void)close(fd);
        return openssl_err_set(err, ERR_NOMEM, "read the key", path);
    }
    key = PEM_read_bio_PrivateKey(bio, NULL, on_password, NULL);
    if (key == NULL)
        rc = openssl_err_set(err, ERR_FORMAT, "read the key", path);
    else if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1)
        rc = openssl_err_set(err, ERR_FORMAT, "use the key", path);
    EVP_PKEY_free(key);
    (void)BIO_free(bio);
    return rc;
}

/* Seconds since 1970, or -1 when memory fails. */
static int64_t asn1_utc(const ASN1_TIME *time)
{
    int64_t utc = -1;
    int days = 0;
    int seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    if (epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1)
        utc = (int64_t)days * DAY_S + seconds;
    ASN1_TIME_free(epoch);
    return utc;
}

/* Make a context of what the files hold now. */
static int tls_load(struct tls *tls, SSL_CTX **out, int64_t *out_not_after_utc, struct err *err)
{
    ERR_clear_error();
    const char *path = tls->certificate_path;
    int fd = pem_open(path, false, err);
    if (fd < 0)
        return (int)err->code;
    (void)close(fd);
    SSL_CTX *context = NULL;
    int rc = context_new(tls, &context, err);
    if (rc != OK)
        return rc;
    if (SSL_CTX_use_certificate_chain_file(context, path) != 1)
        rc = openssl_err_set(err, ERR_FORMAT, "read the certificate", path);
    if (rc == OK)
        rc = key_load(context, tls->key_path, err);
    if (rc == OK) {
        int64_t not_after_utc = asn1_utc(X509_get0_notAfter(SSL_CTX_get0_certificate(context)));
        if (not_after_utc >= 0) {
            *out_not_after_utc = not_after_utc;
            *out = context;
            return OK;
        }
        rc = openssl_err_set(err, ERR_FORMAT, "read the end of the certificate", path);
    }
    SSL_CTX_free(context);
    return rc;
}

int tls_reload(struct tls *tls, struct err *err)
{
    SSL_CTX *context = NULL;
    int64_t not_after_utc = 0;
    int rc = tls_load(tls, &context, &not_after_utc, err);
    if (rc != OK)
        return rc;
    if (!ticket_keys_rotate(tls)) {
        SSL_CTX_free(context);
        return openssl_err_set(err, ERR_WRONG_STATE, "draw a key for", "tickets");
    }
    SSL_CTX_free(tls->context);
    tls->context = context;
    tls->not_after_utc = not_after_utc;
    return OK;
}

int tls_days_left(const struct tls *tls, int64_t now_utc)
{
    int64_t left_s = tls->not_after_utc - now_utc;
    int64_t days = left_s / DAY_S;
    return (int)(left_s % DAY_S < 0 ? days - 1 : days);
}

/* ---- making a certificate ---- */

static bool name_is_plain(struct bytes name)
{
    if (name.len == 0 || name.len > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
            return false;
    }
    return true;
}

/* A name as the extension has it: an address where it is one, else a host name. */
static bool names_add(GENERAL_NAMES *names, const char *text)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    if (name == NULL)
        return false;
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(text);
    if (address != NULL) {
        GENERAL_NAME_set0_value(name, GEN_IPADD, address);
    } else {
        ASN1_IA5STRING *host = ASN1_IA5STRING_new();
        if (host == NULL || ASN1_STRING_set(host, text, (int)strlen(text)) != 1) {
            ASN1_IA5STRING_free(host);
            GENERAL_NAME_free(name);
            return false;
        }
        GENERAL_NAME_set0_value(name, GEN_DNS, host);
    }
    if (sk_GENERAL_NAME_push(names, name) > 0)
        return true;
    GENERAL_NAME_free(name);
    return false;
}

static bool certificate_set_alternatives(X509 *certificate, const char *name)
{
    static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool is_done = names != NULL && names_add(names, name);
    for (size_t i = 0; is_done && i < sizeof always / sizeof *always; i++)
        is_done = strcmp(name, always[i]) == 0 || names_add(names, always[i]);
    is_done = is_done && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0,
                                           X509V3_ADD_APPEND) == 1;
    GENERAL_NAMES_free(names);
    return is_done;
}

static bool certificate_extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool is_done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_done;
}

static bool certificate_set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool is_done = number != NULL &&
                   BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                   BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return is_done;
}

static bool certificate_fill(X509 *certificate, EVP_PKEY *key, const char *name, int64_t now_utc)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    const char *common = strlen(name) <= COMMON_NAME_MAX_BYTES ? name : "pingyi";
    time_t begin = (time_t)(now_utc - CLOCK_SKEW_S);
    time_t end = (time_t)(now_utc + (int64_t)CERTIFICATE_DAYS * DAY_S);
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           certificate_set_serial(certificate) &&
           X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC,
                                      (const unsigned char *)common, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), end) != NULL &&
           X509_set_pubkey(certificate, key) == 1 &&
           certificate_extend(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           certificate_extend(certificate, NID_key_usage, "critical,digitalSignature") &&
           certificate_extend(certificate, NID_ext_key_usage, "serverAuth") &&
           certificate_set_alternatives(certificate, name) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

/* Write what `bio` holds to a new file. */
static int file_create(const char *path, mode_t mode, BIO *bio, struct err *err)
{
    char *ptr = NULL;
    long left = BIO_get_mem_data(bio, &ptr);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return file_err_set(err, "create", path);
    int rc = OK;
    while (rc == OK && left > 0) {
        ssize_t written = write(fd, ptr, (size_t)left);
        if (written > 0) {
            ptr += written;
            left -= written;
        } else if (errno != EINTR) {
            rc = file_err_set(err, "write", path);
        }
    }
    if (rc == OK && fsync(fd) != 0)
        rc = file_err_set(err, "write", path);
    (void)close(fd);
    if (rc != OK)
        (void)unlink(path);
    return rc;
}

int tls_create_self_signed(const char *certificate_path, const char *key_path, const char *name,
                           int64_t now_utc, struct err *err)
{
    if (!name_is_plain(bytes_from_z(name)))
        return err_set(err, ERR_FORMAT, "\"%s\" cannot be the name of a host", name);
    ERR_clear_error();
    int rc = OK;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIO *key_pem = BIO_new(BIO_s_mem());
    BIO *certificate_pem = BIO_new(BIO_s_mem());
    if (key == NULL || certificate == NULL || key_pem == NULL || certificate_pem == NULL ||
        !certificate_fill(certificate, key, name, now_utc) ||
        PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(certificate_pem, certificate) != 1) {
        rc = openssl_err_set(err, ERR_NOMEM, "make a certificate for", name);
        goto done;
    }
    rc = file_create(key_path, S_IRUSR | S_IWUSR, key_pem, err);
    if (rc != OK)
        goto done;
    rc = file_create(certificate_path, 0644, certificate_pem, err);
    if (rc != OK)
        (void)unlink(key_path);
done:
    (void)BIO_free(key_pem); /* wiped with it */
    (void)BIO_free(certificate_pem);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return rc;
}

int tls_sha256_hex(struct bytes bytes, char out[TLS_SHA256_HEX_BYTES], struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];
    ERR_clear_error();
    if (EVP_Digest(bytes.ptr, bytes.len, digest, NULL, EVP_sha256(), NULL) != 1)
        return openssl_err_set(err, ERR_WRONG_STATE, "digest", "content");
    for (size_t i = 0; i < sizeof digest; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 0xF];
    }
    out[2 * sizeof digest] = '\0';
    return OK;
}

/* ---- the two ends of a session ---- */

static int on_bio_write(BIO *bio, const char *ptr, size_t len, size_t *out_len)
{
    struct tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    buf_append(&session->out, (struct bytes){ptr, len});
    if (session->out.rc != OK)
        return 0;
    *out_len = len;
    return 1;
}

static int on_bio_read(BIO *bio, char *ptr, size_t size, size_t *out_len)
{
    struct tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t left = session->in.len - session->in_used;
    if (left == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    size_t len = left < size ? left : size;
    memcpy(ptr, session->in.ptr + session->in_used, len);
    session->in_used += len;
    if (session->in_used == session->in.len) {
        buf_deinit(&session->in);
        session->in_used = 0;
    }
    *out_len = len;
    return 1;
}

static long on_bio_ctrl(BIO *bio, int command, long number, void *ptr)
{
    (void)bio;
    (void)number;
    (void)ptr;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_method_new(BIO_METHOD **out, struct err *err)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "session");
    if (method == NULL || BIO_meth_set_write_ex(method, on_bio_write) != 1 ||
        BIO_meth_set_read_ex(method, on_bio_read) != 1 ||
        BIO_meth_set_ctrl(method, on_bio_ctrl) != 1) {
        BIO_meth_free(method);
        return openssl_err_set(err, ERR_NOMEM, "make", "session BIO");
    }
    *out = method;
    return OK;
}

int tls_new(const char *certificate_path, const char *key_path, struct tls **out, struct err *err)
{
    ERR_clear_error();
    struct tls *tls = mem_calloc(1, sizeof *tls);
    if (tls == NULL)
        return err_set(err, ERR_NOMEM, "could not hold \"%s\"", certificate_path);
    tls->certificate_path = mem_copy(certificate_path, strlen(certificate_path));
    tls->key_path = mem_copy(key_path, strlen(key_path));
    if (tls->certificate_path == NULL || tls->key_path == NULL) {
        tls_free(tls);
        return err_set(err, ERR_NOMEM, "could not hold \"%s\"", certificate_path);
    }
    int rc = bio_method_new(&tls->bio, err);
    if (rc == OK) {
        tls->ticket_cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
        if (tls->ticket_cipher == NULL)
            rc = openssl_err_set(err, ERR_WRONG_STATE, "find", "AES-256-CBC");
    }
    if (rc == OK)
        rc = tls_reload(tls, err);
    if (rc != OK) {
        tls_free(tls);
        return rc;
    }
    *out = tls;
    return OK;
}

void tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->context);
    BIO_meth_free(tls->bio);
    EVP_CIPHER_free(tls->ticket_cipher);
    OPENSSL_cleanse(tls->ticket_keys, sizeof tls->ticket_keys);
    mem_free(tls->certificate_path);
    mem_free(tls->key_path);
    mem_free(tls);
}

/* ---- a session ---- */

int tls_session_new(struct tls *tls, struct tls_session **out, struct err *err)
{
    ERR_clear_error();
    struct tls_session *session = mem_calloc(1, sizeof *session);
    BIO *bio = NULL;
    if (session == NULL)
        goto no_memory;
    buf_init(&session->in, TLS_HELD_MAX_BYTES);
    buf_init(&session->out, TLS_HELD_MAX_BYTES);
    session->ssl = SSL_new(tls->context);
    bio = BIO_new(tls->bio);
    if (session->ssl == NULL || bio == NULL)
        goto no_memory;
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio);
    SSL_set_accept_state(session->ssl);
    *out = session;
    return OK;
no_memory:
    (void)BIO_free(bio);
    tls_session_free(session);
    return err_set(err, ERR_NOMEM, "could not hold a TLS session");
}

void tls_session_free(struct tls_session *session)
{
    if (session == NULL)
        return;
    SSL_free(session->ssl);
    buf_deinit(&session->in);
    buf_deinit(&session->out);
    mem_free(session);
}

static int session_broken(struct tls_session *session, struct err *err)
{
    session->is_broken = true;
    if (session->out.rc != OK)
        return buf_status(&session->out, err);
    return openssl_err_set(err, ERR_FORMAT, "go on with a", "TLS session");
}

static int session_check(const struct tls_session *session, struct err *err)
{
    if (session->is_broken)
        return err_set(err, ERR_WRONG_STATE, "the TLS session has failed before");
    return OK;
}

int tls_session_feed(struct tls_session *session, struct bytes cipher, struct err *err)
{
    int rc = session_check(session, err);
    if (rc != OK || cipher.len == 0)
        return rc;
    buf_append(&session->in, cipher);
    rc = buf_status(&session->in, err);
    if (rc != OK)
        session->is_broken = true;
    return rc;
}

int tls_session_read(struct tls_session *session, char *out, size_t size, size_t *out_count,
                     bool *out_closed, struct err *err)
{
    int rc = session_check(session, err);
    if (rc != OK)
        return rc;
    ERR_clear_error();
    size_t count = 0;
    bool is_closed = false;
    int result = SSL_read_ex(session->ssl, out, size, &count);
    if (result != 1) {
        int why = SSL_get_error(session->ssl, result);
        is_closed = why == SSL_ERROR_ZERO_RETURN;
        if (!is_closed && why != SSL_ERROR_WANT_READ)
            return session_broken(session, err);
    }
    *out_count = count;
    *out_closed = is_closed;
    return OK;
}

int tls_session_write(struct tls_session *session, struct bytes plain, struct err *err)
{
    int rc = session_check(session, err);
    if (rc != OK || plain.len == 0)
        return rc;
    assert(tls_session_is_ready(session));
    ERR_clear_error();
    size_t written = 0;
    if (SSL_write_ex(session->ssl, plain.ptr, plain.len, &written) != 1)
        return session_broken(session, err);
    return OK;
}

void tls_session_close(struct tls_session *session)
{
    if (session->is_broken || !tls_session_is_ready(session))
        return;
    ERR_clear_error();
    (void)SSL_shutdown(session->ssl);
}

void tls_session_take(struct tls_session *session, struct buf *out)
{
    buf_append(out, buf_bytes(&session->out));
    buf_deinit(&session->out);
}

bool tls_session_is_ready(const struct tls_session *session)
{
    return SSL_is_init_finished(session->ssl) == 1;
}

size_t tls_session_held(const struct tls_session *session)
{
    return session->out.len;
}
