#include "service/auth/salt.h"

#include "base/alloc.h"
#include "service/auth/crypto_err.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string.h>

struct salts {
    EVP_MAC_CTX *hmac; /* keyed; begun anew for each name */
};

int salts_new(const unsigned char key[SALT_KEY_BYTES], struct salts **out, struct err *err)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    struct salts *salts = mem_calloc(1, sizeof *salts);
    if (salts == NULL)
        return err_set(err, ERR_NOMEM, "could not make salts");
    int rc = OK;
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    salts->hmac = algorithm != NULL ? EVP_MAC_CTX_new(algorithm) : NULL;
    if (salts->hmac == NULL || EVP_MAC_init(salts->hmac, key, SALT_KEY_BYTES, params) != 1)
        rc = crypto_err_set(err, "make salts");
    EVP_MAC_free(algorithm); /* the context holds it */
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
    EVP_MAC_CTX_free(salts->hmac); /* wipes its key */
    mem_free(salts);
}

int salt_of(struct salts *salts, struct bytes name, unsigned char out[SALT_OF_NAME_BYTES],
            struct err *err)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t len = 0;
    if (EVP_MAC_init(salts->hmac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(salts->hmac, (const unsigned char *)name.ptr, name.len) != 1 ||
        EVP_MAC_final(salts->hmac, mac, &len, sizeof mac) != 1)
        return crypto_err_set(err, "compute a salt");
    memcpy(out, mac, SALT_OF_NAME_BYTES);
    OPENSSL_cleanse(mac, sizeof mac);
    return OK;
}
