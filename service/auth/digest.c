/* OpenSSL 3 deprecates SHA256_CTX, but beginning and ending an EVP_MD_CTX took longer than a short text: of millions of
 * commitments, more than the hashing. The name stands for this file and prefix_digest.c alone. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "service/auth/digest.h"

#include "base/alloc.h"
#include "service/auth/crypto_err.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <string.h>

struct sha256 {
    SHA256_CTX state; /* always begun */
};

int sha256_new(struct sha256 **out, struct err *err)
{
    struct sha256 *sha256 = mem_calloc(1, sizeof *sha256);
    if (sha256 == NULL)
        return err_set(err, ERR_NOMEM, "could not make a SHA-256");
    if (SHA256_Init(&sha256->state) != 1) {
        sha256_free(sha256);
        return crypto_err_set(err, "make a SHA-256");
    }
    *out = sha256;
    return OK;
}

void sha256_free(struct sha256 *sha256)
{
    if (sha256 == NULL)
        return;
    OPENSSL_cleanse(sha256, sizeof *sha256);
    mem_free(sha256);
}

int sha256_feed(struct sha256 *sha256, struct bytes bytes, struct err *err)
{
    if (SHA256_Update(&sha256->state, bytes.ptr, bytes.len) != 1)
        return crypto_err_set(err, "feed a SHA-256");
    return OK;
}

int sha256_finish(struct sha256 *sha256, unsigned char out[SHA256_BYTES], struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    if (SHA256_Final(digest, &sha256->state) != 1 || SHA256_Init(&sha256->state) != 1)
        return crypto_err_set(err, "finish a SHA-256");
    memcpy(out, digest, sizeof digest);
    return OK;
}

int sha256_of(struct bytes bytes, unsigned char out[SHA256_BYTES], struct err *err)
{
    SHA256_CTX state; /* SHA256() looks for its algorithm each time */
    unsigned char digest[SHA256_BYTES];
    int made = SHA256_Init(&state) == 1 && SHA256_Update(&state, bytes.ptr, bytes.len) == 1 &&
               SHA256_Final(digest, &state) == 1;
    OPENSSL_cleanse(&state, sizeof state); /* what is hashed may be secret */
    if (!made)
        return crypto_err_set(err, "compute a SHA-256");
    memcpy(out, digest, sizeof digest);
    return OK;
}

void sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 0xF];
    }
    out[SHA256_HEX_BYTES - 1] = '\0';
}

void sha256_base64(const unsigned char digest[SHA256_BYTES], char out[SHA256_BASE64_BYTES])
{
    (void)EVP_EncodeBlock((unsigned char *)out, digest, SHA256_BYTES);
}
