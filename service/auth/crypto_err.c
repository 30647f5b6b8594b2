#include "service/auth/crypto_err.h"

#include <openssl/err.h>

#include <stdbool.h>
#include <stddef.h>

/* OpenSSL notes missing memory as such, as "initialization error", as something else, or not at all, since a note needs
 * memory too. What we ask of it can otherwise only fail because an algorithm is not there or randomness is not. So
 * those two are recognised, and all else is memory. */
int crypto_err_set(struct err *err, const char *what)
{
    bool is_memory = false;
    unsigned long cause = 0;
    for (unsigned long next = ERR_get_error(); next != 0; next = ERR_get_error()) {
        if (ERR_GET_REASON(next) == ERR_R_MALLOC_FAILURE)
            is_memory = true;
        if (ERR_GET_REASON(next) == ERR_R_UNSUPPORTED || ERR_GET_LIB(next) == ERR_LIB_RAND)
            cause = next;
    }
    if (is_memory || cause == 0)
        return err_set(err, ERR_NOMEM, "could not %s: out of memory", what);
    const char *reason = ERR_reason_error_string(cause);
    return err_set(err, ERR_WRONG_STATE, "could not %s: %s", what,
                   reason != NULL ? reason : "unknown reason");
}
