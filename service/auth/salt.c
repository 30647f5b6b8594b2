#include "service/auth/salt.h"

#include "base/alloc.h"
#include "service/auth/prefix_digest.h"

#include <openssl/crypto.h>

#include <string.h>

enum { BLOCK_BYTES = 64, INNER_PAD = 0x36, OUTER_PAD = 0x5C };

/* HMAC (RFC 2104) is a SHA-256 behind the inner key within one behind the outer key. Each key is one whole block,
 * whose state is kept: a salt costs two blocks instead of four, and no allocation. */
struct salts {
    struct prefix_digest *inner, *outer;
};

static int new_behind(const unsigned char key[SALT_KEY_BYTES], unsigned char pad,
                      struct prefix_digest **out, struct err *err)
{
    char block[BLOCK_BYTES];
    int rc = prefix_digest_new(out, err);
    if (rc != OK)
        return rc;
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < SALT_KEY_BYTES; i++)
        block[i] = (char)(key[i] ^ pad);
    rc = prefix_digest_set(*out, (struct bytes){block, sizeof block}, err);
    OPENSSL_cleanse(block, sizeof block);
    return rc;
}

int salts_new(const unsigned char key[SALT_KEY_BYTES], struct salts **out, struct err *err)
{
    struct salts *salts = mem_calloc(1, sizeof *salts);
    if (salts == NULL)
        return err_set(err, ERR_NOMEM, "could not make salts");
    int rc = new_behind(key, INNER_PAD, &salts->inner, err);
    if (rc == OK)
        rc = new_behind(key, OUTER_PAD, &salts->outer, err);
    if (rc != OK) {
        salts_free(salts);
        return rc;
    }
    *out = salts;
    return OK;
}

void salts_free(struct salts *salts)
{
    if (salts == NULL)
        return;
    prefix_digest_free(salts->inner);
    prefix_digest_free(salts->outer);
    mem_free(salts);
}

int salt_of(struct salts *salts, struct bytes name, unsigned char out[SALT_OF_NAME_BYTES],
            struct err *err)
{
    unsigned char digest[SHA256_BYTES];
    unsigned char mac[SHA256_BYTES];
    int rc = prefix_digest_of(salts->inner, name, digest, err);
    if (rc == OK)
        rc = prefix_digest_of(salts->outer, (struct bytes){(const char *)digest, sizeof digest},
                              mac, err);
    if (rc == OK)
        memcpy(out, mac, SALT_OF_NAME_BYTES);
    OPENSSL_cleanse(digest, sizeof digest);
    OPENSSL_cleanse(mac, sizeof mac);
    return rc;
}
