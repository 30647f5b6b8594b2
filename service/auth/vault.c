#include "service/auth/vault.h"

#include "base/alloc.h"
#include "service/auth/crypto_err.h"
#include "service/auth/vault_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <assert.h>
#include <limits.h>
#include <string.h>

/* Nonces are random. By the birthday bound (NIST SP 800-38D, 8.3) one key may seal 2^32 records before two of them
 * share a nonce with a chance above 2^-32. Each purpose has a key of its own, and even 10 million orders a year,
 * each sealed again ten times, take 42 years to get there. The row's id as associated data keeps a record from
 * being moved to another row. */

enum {
    KEY_BYTES = VAULT_KEY_BYTES,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    ROW_ID_BYTES = 8,
    CIPHER_AES_256_GCM = 1, /* lower half of the first byte; upper half: the key's generation */
    GENERATION_SHIFT = 4,
    HALF_BYTE = 0xF,
    HEAD_BYTES = 1 + NONCE_BYTES, /* cipher id and nonce */
    FRAME_BYTES = HEAD_BYTES + TAG_BYTES,
    POOL_BYTES =
        1024 *
        NONCE_BYTES, /* one call for 1,024 nonces: a call for each costs more than the sealing */
};

#define INDEX_PURPOSE "blind index"
#define AUDIT_PURPOSE "audit"

struct vault {
    struct vault_keys keys;
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

/* ---- the keys ---- */

static int make_key(unsigned char out[KEY_BYTES], struct err *err)
{
    return RAND_priv_bytes(out, KEY_BYTES) == 1 ? OK : crypto_err_set(err, "draw a key");
}

int vault_create(const char *path, struct err *err)
{
    struct vault_keys keys = {0};
    int rc = make_key(keys.current, err);
    if (rc == OK)
        rc = vault_keys_write(path, &keys, false, err);
    OPENSSL_cleanse(&keys, sizeof keys);
    return rc;
}

int vault_open(const char *path, struct vault **out_vault, struct err *err)
{
    struct vault *vault = mem_calloc(1, sizeof *vault);
    if (vault == NULL)
        return err_set(err, ERR_NOMEM, "could not hold the key of \"%s\"", path);
    int rc = vault_keys_read(path, &vault->keys, err);
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

/* The key of one purpose: HKDF-SHA-256 (RFC 5869) of a key of the vault, without salt, the purpose as info. */
static int derive_key(const unsigned char from[KEY_BYTES], const char *purpose,
                      unsigned char key[KEY_BYTES], struct err *err)
{
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = hkdf != NULL ? EVP_KDF_CTX_new(hkdf) : NULL;
    /* OpenSSL's parameters are not const, but only read here. */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)from, KEY_BYTES),
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

static unsigned char record_head(int generation)
{
    return (unsigned char)(CIPHER_AES_256_GCM | (generation & HALF_BYTE) << GENERATION_SHIFT);
}

/* ---- replacing the key ---- */

int vault_rotate_begin(const char *path, struct err *err)
{
    struct vault_keys keys;
    int rc = vault_keys_read(path, &keys, err);
    if (rc != OK || keys.has_previous)
        return rc;
    if (!keys.has_audit)
        rc = derive_key(keys.current, AUDIT_PURPOSE, keys.audit, err);
    memcpy(keys.previous, keys.current, sizeof keys.previous);
    keys.has_audit = keys.has_previous = true;
    keys.generation++;
    if (rc == OK)
        rc = make_key(keys.current, err);
    if (rc == OK)
        rc = vault_keys_write(path, &keys, true, err);
    OPENSSL_cleanse(&keys, sizeof keys);
    return rc;
}

int vault_rotate_end(const char *path, struct err *err)
{
    struct vault_keys keys;
    int rc = vault_keys_read(path, &keys, err);
    if (rc == OK) {
        OPENSSL_cleanse(keys.previous, sizeof keys.previous);
        keys.has_previous = false;
        rc = vault_keys_write(path, &keys, true, err);
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    return rc;
}

bool vault_is_rotating(const struct vault *vault)
{
    return vault->keys.has_previous;
}

bool vault_record_is_current(const struct vault *vault, struct bytes sealed)
{
    return sealed.len > 0 && (unsigned char)sealed.ptr[0] == record_head(vault->keys.generation);
}

/* ---- sealing ---- */

struct vault_sealer {
    /* All hold the expanded key; a record only sets its nonce. */
    EVP_CIPHER_CTX *sealing;
    EVP_CIPHER_CTX *opening;
    EVP_CIPHER_CTX *opening_previous; /* NULL: that key is gone */
    int generation;
    size_t nonces_used; /* bytes of the pool */
    unsigned char nonces[POOL_BYTES];
};

/* A context for one direction under the key of `purpose` that comes from `from`. */
static int make_context(const unsigned char from[KEY_BYTES], const char *purpose, bool seals,
                        EVP_CIPHER_CTX **out, struct err *err)
{
    unsigned char key[KEY_BYTES];
    int rc = derive_key(from, purpose, key, err);
    if (rc != OK)
        return rc;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (cipher == NULL || context == NULL ||
        EVP_CipherInit_ex2(context, cipher, key, NULL, seals, NULL) != 1) {
        rc = crypto_err_set(err, "make a sealer");
        EVP_CIPHER_CTX_free(context);
    } else {
        *out = context;
    }
    OPENSSL_cleanse(key, sizeof key);
    EVP_CIPHER_free(cipher); /* the context holds it */
    return rc;
}

int vault_sealer_new(const struct vault *vault, const char *purpose, struct vault_sealer **out,
                     struct err *err)
{
    assert(strcmp(purpose, INDEX_PURPOSE) != 0);
    const struct vault_keys *keys = &vault->keys;
    struct vault_sealer *sealer = mem_calloc(1, sizeof *sealer);
    if (sealer == NULL)
        return err_set(err, ERR_NOMEM, "could not make a sealer for \"%s\"", purpose);
    sealer->nonces_used = POOL_BYTES;
    sealer->generation = keys->generation;
    int rc = make_context(keys->current, purpose, true, &sealer->sealing, err);
    if (rc == OK)
        rc = make_context(keys->current, purpose, false, &sealer->opening, err);
    if (rc == OK && keys->has_previous)
        rc = make_context(keys->previous, purpose, false, &sealer->opening_previous, err);
    if (rc != OK) {
        vault_sealer_free(sealer);
        return rc;
    }
    *out = sealer;
    return OK;
}

void vault_sealer_free(struct vault_sealer *sealer)
{
    if (sealer == NULL)
        return;
    EVP_CIPHER_CTX_free(sealer->sealing); /* wipes its key */
    EVP_CIPHER_CTX_free(sealer->opening);
    EVP_CIPHER_CTX_free(sealer->opening_previous);
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
    record[0] = record_head(sealer->generation);
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

/* NULL: no key of ours. */
static EVP_CIPHER_CTX *context_of(struct vault_sealer *sealer, unsigned char head)
{
    if (head == record_head(sealer->generation))
        return sealer->opening;
    return head == record_head(sealer->generation - 1) ? sealer->opening_previous : NULL;
}

static int open_sealed(void *context, int64_t row_id, struct bytes sealed, struct buf *out,
                       struct err *err)
{
    struct vault_sealer *sealer = context;
    if (sealed.len < FRAME_BYTES || sealed.len - FRAME_BYTES > INT_MAX)
        return err_set(err, ERR_CORRUPT, "sealed record has an impossible length of %zu bytes",
                       sealed.len);
    const unsigned char *record = (const unsigned char *)sealed.ptr;
    EVP_CIPHER_CTX *opening = context_of(sealer, record[0]);
    if (opening == NULL)
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
    if (EVP_DecryptInit_ex2(opening, NULL, NULL, record + 1, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1 ||
        EVP_DecryptUpdate(opening, NULL, &len, row, sizeof row) != 1 ||
        (text_bytes > 0 && EVP_DecryptUpdate(opening, plain, &len, text, (int)text_bytes) != 1))
        return crypto_err_set(err, "open a sealed record");
    if (EVP_DecryptFinal_ex(opening, tag, &len) != 1) {
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
    const struct vault_keys *keys = &vault->keys;
    bool is_kept = keys->has_audit && strcmp(purpose, AUDIT_PURPOSE) == 0;
    int rc = OK;
    if (is_kept)
        memcpy(key, keys->audit, sizeof key);
    else
        rc = derive_key(keys->current, purpose, key, err);
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
