#include "service/auth/digest.h"

#include "base/alloc.h"
#include "service/auth/crypto_err.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <string.h>

struct sha256 {
    EVP_MD *algorithm; /* fetched once: looking it up costs more than a short digest */
    EVP_MD_CTX *state; /* always begun */
};

int sha256_new(struct sha256 **out, struct err *err)
{
    struct sha256 *sha256 = mem_calloc(1, sizeof *sha256);
    if (sha256 == NULL)
        return err_set(err, ERR_NOMEM, "could not make a SHA-256");
    sha256->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha256->state = EVP_MD_CTX_new();
    if (sha256->algorithm == NULL || sha256->state == NULL ||
        EVP_DigestInit_ex2(sha256->state, sha256->algorithm, NULL) != 1) {
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
    EVP_MD_CTX_free(sha256->state);
    EVP_MD_free(sha256->algorithm);
    mem_free(sha256);
}

int sha256_feed(struct sha256 *sha256, struct bytes bytes, struct err *err)
{
    if (EVP_DigestUpdate(sha256->state, bytes.ptr, bytes.len) != 1)
        return crypto_err_set(err, "feed a SHA-256");
    return OK;
}

int sha256_finish(struct sha256 *sha256, unsigned char out[SHA256_BYTES], struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    if (EVP_DigestFinal_ex(sha256->state, digest, NULL) != 1 ||
        EVP_DigestInit_ex2(sha256->state, sha256->algorithm, NULL) != 1)
        return crypto_err_set(err, "finish a SHA-256");
    memcpy(out, digest, sizeof digest);
    return OK;
}

int sha256_of(struct bytes bytes, unsigned char out[SHA256_BYTES], struct err *err)
{
    if (SHA256((const unsigned char *)bytes.ptr, bytes.len, out) == NULL)
        return crypto_err_set(err, "compute a SHA-256");
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
