#include "service/auth/vault.h"

#include "base/alloc.h"
#include "service/auth/crypto_err.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nonces are random. By the birthday bound (NIST SP 800-38D, 8.3) one key may seal 2^32 records before two of them
 * share a nonce with a chance above 2^-32. Each purpose has a key of its own, and even 10 million orders a year,
 * each sealed again ten times, take 42 years to get there. The row's id as associated data keeps a record from
 * being moved to another row. */

enum {
    KEY_BYTES = 32,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    ROW_ID_BYTES = 8,
    CIPHER_AES_256_GCM = 1,
    HEAD_BYTES = 1 + NONCE_BYTES, /* cipher id and nonce */
    FRAME_BYTES = HEAD_BYTES + TAG_BYTES,
    POOL_BYTES =
        1024 *
        NONCE_BYTES, /* one call for 1,024 nonces: a call for each costs more than the sealing */
    PATH_MAX_BYTES = 1 << 16,
};

#define FILE_VERSION_LINE "pingyi-vault 1\n"
#define INDEX_PURPOSE     "blind index"

enum {
    FILE_HEAD_BYTES = sizeof FILE_VERSION_LINE - 1,
    FILE_BYTES = FILE_HEAD_BYTES + 2 * KEY_BYTES + 1, /* both lines with their line ends */
};

struct vault {
    unsigned char key[KEY_BYTES];
};

/* OpenSSL hands over the place of the call, and expects that nothing is left of what it resizes to 0 bytes. */
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
    if (ptr != NULL && bytes == 0) {
        mem_free(ptr);
        return NULL;
    }
    return mem_realloc(ptr, bytes);
}

static void release(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    mem_free(ptr);
}

bool vault_use_allocator(void)
{
    return CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;
}

/* ---- the file ---- */

static int file_err_set(struct err *err, const char *what, const char *path)
{
    int number = errno;
    enum err_code code = number == ENOSPC || number == EDQUOT ? ERR_FULL : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(number));
}

static int write_all(int fd, const char *ptr, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, ptr, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        ptr += written;
        len -= (size_t)written;
    }
    return 0;
}

/* Make the names in the directory of `path` durable. */
static int sync_directory(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    /* With its slash: what stands before the one of "/vault.key" is no directory. */
    char *directory = slash != NULL ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copy(".", 1);
    if (directory == NULL)
        return err_set(err, ERR_NOMEM, "could not name the directory of \"%s\"", path);
    int rc = OK;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        rc = file_err_set(err, "sync the directory", directory);
    if (fd >= 0)
        (void)close(fd);
    mem_free(directory);
    return rc;
}

/* Give the finished file at `temporary` its name. A link, unlike a rename, never replaces what is there. */
static int publish(const char *temporary, const char *path, struct err *err)
{
    if (link(temporary, path) != 0) {
        if (errno == EEXIST)
            return err_set(err, ERR_EXISTS, "\"%s\" exists already", path);
        return file_err_set(err, "create", path);
    }
    int rc = sync_directory(path, err);
    if (rc != OK)
        (void)unlink(path);
    return rc;
}

static int write_new_key(int fd, const char *path, struct err *err)
{
    unsigned char key[KEY_BYTES];
    char text[FILE_BYTES + 1] = FILE_VERSION_LINE;
    int rc = OK;
    if (RAND_priv_bytes(key, sizeof key) != 1) {
        rc = crypto_err_set(err, "draw a key");
        goto done;
    }
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < KEY_BYTES; i++) {
        text[FILE_HEAD_BYTES + 2 * i] = digits[key[i] >> 4];
        text[FILE_HEAD_BYTES + 2 * i + 1] = digits[key[i] & 0xF];
    }
    text[FILE_BYTES - 1] = '\n';
    if (write_all(fd, text, FILE_BYTES) != 0 || fsync(fd) != 0)
        rc = file_err_set(err, "write", path);
done:
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
    return rc;
}

int vault_create(const char *path, struct err *err)
{
    struct buf temporary;
    buf_init(&temporary, PATH_MAX_BYTES);
    buf_append_z(&temporary, path);
    buf_append(&temporary, (struct bytes){".XXXXXX", sizeof ".XXXXXX"}); /* with its NUL */
    int fd = -1;
    int rc = buf_status(&temporary, err);
    if (rc != OK)
        goto done;
    fd = mkostemp(temporary.ptr, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        rc = file_err_set(err, "create", temporary.ptr);
        goto done;
    }
    rc = write_new_key(fd, temporary.ptr, err);
    if (rc == OK)
        rc = publish(temporary.ptr, path, err);
    (void)unlink(temporary.ptr);
done:
    if (fd >= 0)
        (void)close(fd);
    buf_deinit(&temporary);
    return rc;
}

/* Up to `capacity` bytes of the file, or -1. */
static ssize_t read_all(int fd, char *ptr, size_t capacity)
{
    size_t len = 0;
    while (len < capacity) {
        ssize_t got = read(fd, ptr + len, capacity - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

static bool key_parse(struct bytes text, unsigned char key[KEY_BYTES])
{
    if (text.len != FILE_BYTES || text.ptr[FILE_BYTES - 1] != '\n' ||
        !bytes_starts_with(text, BYTES_LIT(FILE_VERSION_LINE)))
        return false;
    for (size_t i = 0; i < KEY_BYTES; i++) {
        const char *pair = text.ptr + FILE_HEAD_BYTES + 2 * i;
        int high = OPENSSL_hexchar2int((unsigned char)pair[0]);
        int low = OPENSSL_hexchar2int((unsigned char)pair[1]);
        if (high < 0 || low < 0)
            return false;
        key[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static int read_key(int fd, const char *path, unsigned char key[KEY_BYTES], struct err *err)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return file_err_set(err, "read", path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_CORRUPT, "\"%s\" is no regular file", path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err, ERR_PERMISSION, "\"%s\" is open to other users (mode %04o)", path,
                       (unsigned)status.st_mode & 07777U);
    char text[FILE_BYTES + 1]; /* one more, to notice a file that goes on */
    int rc = OK;
    ssize_t len = read_all(fd, text, sizeof text);
    if (len < 0)
        rc = file_err_set(err, "read", path);
    else if (!key_parse((struct bytes){text, (size_t)len}, key))
        rc = err_set(err, ERR_CORRUPT, "\"%s\" does not hold a vault key of version 1", path);
    OPENSSL_cleanse(text, sizeof text);
    return rc;
}

int vault_open(const char *path, struct vault **out_vault, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not keep us waiting */
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "vault key \"%s\" not found", path);
    if (fd < 0 && errno == EACCES)
        return err_set(err, ERR_PERMISSION, "vault key \"%s\" cannot be read by this user", path);
    if (fd < 0)
        return file_err_set(err, "open", path);
    int rc = OK;
    struct vault *vault = mem_calloc(1, sizeof *vault);
    if (vault == NULL)
        rc = err_set(err, ERR_NOMEM, "could not hold the key of \"%s\"", path);
    if (rc == OK)
        rc = read_key(fd, path, vault->key, err);
    (void)close(fd);
    if (rc != OK) {
        vault_free(vault);
        return rc;
    }
    *out_vault = vault;
    return OK;
}

void vault_free(struct vault *vault)
{
    if (vault == NULL)
        return;
    OPENSSL_cleanse(vault, sizeof *vault);
    mem_free(vault);
}

/* The key of one purpose: HKDF-SHA-256 (RFC 5869) of the vault's key, without salt, the purpose as info. */
static int derive_key(const struct vault *vault, const char *purpose, unsigned char key[KEY_BYTES],
                      struct err *err)
{
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = hkdf != NULL ? EVP_KDF_CTX_new(hkdf) : NULL;
    /* OpenSSL's parameters are not const, but only read here. */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)vault->key, KEY_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)purpose, strlen(purpose)),
        OSSL_PARAM_construct_end(),
    };
    int rc = OK;
    if (context == NULL || EVP_KDF_derive(context, key, KEY_BYTES, params) != 1)
        rc = crypto_err_set(err, "derive a key");
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(hkdf);
    return rc;
}

/* ---- sealing ---- */

struct vault_sealer {
    /* Both hold the expanded key; a record only sets its nonce. */
    EVP_CIPHER_CTX *sealing;
    EVP_CIPHER_CTX *opening;
    size_t nonces_used; /* bytes of the pool */
    unsigned char nonces[POOL_BYTES];
};

int vault_sealer_new(const struct vault *vault, const char *purpose, struct vault_sealer **out,
                     struct err *err)
{
    assert(strcmp(purpose, INDEX_PURPOSE) != 0);
    unsigned char key[KEY_BYTES];
    EVP_CIPHER *cipher = NULL;
    int rc = OK;
    struct vault_sealer *sealer = mem_calloc(1, sizeof *sealer);
    if (sealer == NULL)
        return err_set(err, ERR_NOMEM, "could not make a sealer for \"%s\"", purpose);
    sealer->nonces_used = POOL_BYTES;
    rc = derive_key(vault, purpose, key, err);
    if (rc != OK)
        goto done;
    cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    sealer->sealing = EVP_CIPHER_CTX_new();
    sealer->opening = EVP_CIPHER_CTX_new();
    if (cipher == NULL || sealer->sealing == NULL || sealer->opening == NULL ||
        EVP_EncryptInit_ex2(sealer->sealing, cipher, key, NULL, NULL) != 1 ||
        EVP_DecryptInit_ex2(sealer->opening, cipher, key, NULL, NULL) != 1) {
        rc = crypto_err_set(err, "make a sealer");
        goto done;
    }
    *out = sealer;
    sealer = NULL;
done:
    OPENSSL_cleanse(key, sizeof key);
    EVP_CIPHER_free(cipher); /* the contexts hold it */
    vault_sealer_free(sealer);
    return rc;
}

void vault_sealer_free(struct vault_sealer *sealer)
{
    if (sealer == NULL)
        return;
    EVP_CIPHER_CTX_free(sealer->sealing); /* wipes its key */
    EVP_CIPHER_CTX_free(sealer->opening);
    mem_free(sealer);
}

static int take_nonce(struct vault_sealer *sealer, unsigned char nonce[NONCE_BYTES],
                      struct err *err)
{
    if (sealer->nonces_used == POOL_BYTES) {
        if (RAND_bytes(sealer->nonces, POOL_BYTES) != 1)
            return crypto_err_set(err, "draw nonces");
        sealer->nonces_used = 0;
    }
    memcpy(nonce, sealer->nonces + sealer->nonces_used, NONCE_BYTES);
    sealer->nonces_used += NONCE_BYTES;
    return OK;
}

static void put_row_id(int64_t row_id, unsigned char out[ROW_ID_BYTES])
{
    for (size_t i = 0; i < ROW_ID_BYTES; i++)
        out[i] = (unsigned char)((uint64_t)row_id >> (8 * (ROW_ID_BYTES - 1 - i)));
}

static int seal(void *context, int64_t row_id, struct bytes plain, struct buf *out, struct err *err)
{
    struct vault_sealer *sealer = context;
    if (plain.len > INT_MAX) /* OpenSSL counts in int */
        return err_set(err, ERR_LIMIT, "cannot seal %zu bytes at once", plain.len);
    unsigned char *record = (unsigned char *)buf_reserve(out, size_add(FRAME_BYTES, plain.len));
    if (record == NULL)
        return buf_status(out, err);
    record[0] = CIPHER_AES_256_GCM;
    unsigned char *nonce = record + 1;
    int rc = take_nonce(sealer, nonce, err);
    if (rc != OK)
        return rc;
    unsigned char row[ROW_ID_BYTES];
    put_row_id(row_id, row);
    unsigned char *text = record + HEAD_BYTES;
    unsigned char *tag = text + plain.len;
    int len = 0;
    if (EVP_EncryptInit_ex2(sealer->sealing, NULL, NULL, nonce, NULL) != 1 ||
        EVP_EncryptUpdate(sealer->sealing, NULL, &len, row, sizeof row) != 1 ||
        (plain.len > 0 &&
         EVP_EncryptUpdate(sealer->sealing, text, &len, (const unsigned char *)plain.ptr,
                           (int)plain.len) != 1) ||
        EVP_EncryptFinal_ex(sealer->sealing, tag, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(sealer->sealing, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) != 1)
        return crypto_err_set(err, "seal a record");
    out->len += FRAME_BYTES + plain.len;
    return OK;
}

static int open_sealed(void *context, int64_t row_id, struct bytes sealed, struct buf *out,
                       struct err *err)
{
    struct vault_sealer *sealer = context;
    if (sealed.len < FRAME_BYTES || sealed.len - FRAME_BYTES > INT_MAX)
        return err_set(err, ERR_CORRUPT, "sealed record has an impossible length of %zu bytes",
                       sealed.len);
    const unsigned char *record = (const unsigned char *)sealed.ptr;
    if (record[0] != CIPHER_AES_256_GCM)
        return err_set(err, ERR_CORRUPT, "sealed record has an unknown cipher id %d", record[0]);
    size_t text_bytes = sealed.len - FRAME_BYTES;
    const unsigned char *text = record + HEAD_BYTES;
    unsigned char tag[TAG_BYTES];
    memcpy(tag, text + text_bytes, sizeof tag);
    unsigned char *plain = (unsigned char *)buf_reserve(out, text_bytes);
    if (plain == NULL)
        return buf_status(out, err);
    unsigned char row[ROW_ID_BYTES];
    put_row_id(row_id, row);
    int len = 0;
    if (EVP_DecryptInit_ex2(sealer->opening, NULL, NULL, record + 1, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(sealer->opening, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1 ||
        EVP_DecryptUpdate(sealer->opening, NULL, &len, row, sizeof row) != 1 ||
        (text_bytes > 0 &&
         EVP_DecryptUpdate(sealer->opening, plain, &len, text, (int)text_bytes) != 1))
        return crypto_err_set(err, "open a sealed record");
    if (EVP_DecryptFinal_ex(sealer->opening, tag, &len) != 1) {
        /* What was decrypted is not authentic: nobody may see it, nor OpenSSL's complaint later. */
        OPENSSL_cleanse(plain, text_bytes);
        (void)crypto_err_set(err, "open a sealed record");
        return err_set(err, ERR_CORRUPT, "sealed record of row %lld is not authentic",
                       (long long)row_id);
    }
    out->len += text_bytes;
    return OK;
}

struct sealer vault_sealer_door(struct vault_sealer *sealer)
{
    return (struct sealer){.seal = seal, .open = open_sealed, .context = sealer};
}

/* ---- HMAC and blind index ---- */

int vault_hmac_new(const struct vault *vault, const char *purpose, struct hmac **out,
                   struct err *err)
{
    unsigned char key[KEY_BYTES];
    int rc = derive_key(vault, purpose, key, err);
    if (rc == OK)
        rc = hmac_new(key, out, err);
    OPENSSL_cleanse(key, sizeof key);
    return rc;
}

struct vault_index {
    struct hmac *hmac;
};

int vault_index_new(const struct vault *vault, struct vault_index **out, struct err *err)
{
    struct vault_index *index = mem_calloc(1, sizeof *index);
    if (index == NULL)
        return err_set(err, ERR_NOMEM, "could not make a blind index");
    int rc = vault_hmac_new(vault, INDEX_PURPOSE, &index->hmac, err);
    if (rc != OK) {
        vault_index_free(index);
        return rc;
    }
    *out = index;
    return OK;
}

void vault_index_free(struct vault_index *index)
{
    if (index == NULL)
        return;
    hmac_free(index->hmac);
    mem_free(index);
}

int vault_index_of(struct vault_index *index, struct bytes digits, int64_t *out_key,
                   struct err *err)
{
    unsigned char mac[HMAC_BYTES];
    int rc = hmac_of(index->hmac, digits, mac, err);
    if (rc != OK)
        return rc;
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | mac[i];
    *out_key = key != 0 ? (int64_t)key : 1;
    return OK;
}
