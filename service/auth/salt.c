#include "service/auth/salt.h"

#include "base/alloc.h"
#include "service/auth/hmac.h"

#include <openssl/crypto.h>

#include <string.h>

struct salts {
    struct hmac *hmac;
};

int salts_new(const unsigned char key[SALT_KEY_BYTES], struct salts **out, struct err *err)
{
    struct salts *salts = mem_calloc(1, sizeof *salts);
    if (salts == NULL)
        return err_set(err, ERR_NOMEM, "could not make salts");
    int rc = hmac_new(key, &salts->hmac, err);
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
    hmac_free(salts->hmac);
    mem_free(salts);
}

int salt_of(struct salts *salts, struct bytes name, unsigned char out[SALT_OF_NAME_BYTES],
            struct err *err)
{
    unsigned char mac[HMAC_BYTES];
    int rc = hmac_of(salts->hmac, name, mac, err);
    if (rc == OK)
        memcpy(out, mac, SALT_OF_NAME_BYTES);
    OPENSSL_cleanse(mac, sizeof mac);
    return rc;
}
