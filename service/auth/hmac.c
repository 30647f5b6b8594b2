#include "service/auth/hmac.h"

#include "base/alloc.h"
#include "service/auth/prefix_digest.h"

#include <openssl/crypto.h>

#include <string.h>

enum { BLOCK_BYTES = 64, INNER_PAD = 0x36, OUTER_PAD = 0x5C };

/* A SHA-256 behind the inner key within one behind the outer key. Each key is one whole block, whose state is kept: a
 * short text costs two blocks instead of four, and no allocation. */
struct hmac {
    struct prefix_digest *inner, *outer;
};

static int new_behind(const unsigned char key[HMAC_KEY_BYTES], unsigned char pad,
                      struct prefix_digest **out, struct err *err)
{
    char block[BLOCK_BYTES];
    int rc = prefix_digest_new(out, err);
    if (rc != OK)
        return rc;
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < HMAC_KEY_BYTES; i++)
        block[i] = (char)(key[i] ^ pad);
    rc = prefix_digest_set(*out, (struct bytes){block, sizeof block}, err);
    OPENSSL_cleanse(block, sizeof block);
    return rc;
}

int hmac_new(const unsigned char key[HMAC_KEY_BYTES], struct hmac **out, struct err *err)
{
    struct hmac *hmac = mem_calloc(1, sizeof *hmac);
    if (hmac == NULL)
        return err_set(err, ERR_NOMEM, "could not make an HMAC");
    int rc = new_behind(key, INNER_PAD, &hmac->inner, err);
    if (rc == OK)
        rc = new_behind(key, OUTER_PAD, &hmac->outer, err);
    if (rc != OK) {
        hmac_free(hmac);
        return rc;
    }
    *out = hmac;
    return OK;
}

void hmac_free(struct hmac *hmac)
{
    if (hmac == NULL)
        return;
    prefix_digest_free(hmac->inner);
    prefix_digest_free(hmac->outer);
    mem_free(hmac);
}

int hmac_of(const struct hmac *hmac, struct bytes text, unsigned char out[HMAC_BYTES],
            struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    int rc = prefix_digest_of(hmac->inner, text, digest, err);
    if (rc == OK)
        rc = prefix_digest_of(hmac->outer, (struct bytes){(const char *)digest, sizeof digest}, out,
                              err);
    OPENSSL_cleanse(digest, sizeof digest);
    return rc;
}
