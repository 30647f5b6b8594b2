#include "service/auth/random.h"

#include "service/auth/crypto_err.h"

#include <openssl/rand.h>

#include <limits.h>

int random_bytes(unsigned char *out, size_t count, struct err *err)
{
    if (count > INT_MAX) /* OpenSSL counts in int */
        return err_set(err, ERR_LIMIT, "cannot draw %zu random bytes at once", count);
    return RAND_priv_bytes(out, (int)count) == 1 ? OK : crypto_err_set(err, "draw random bytes");
}
