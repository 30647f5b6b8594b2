#include "service/auth/crypto_err.h"

#include <stdbool.h>

int crypto_err_set(struct err *err, const char *what)
{
    /* Without memory OpenSSL may be unable to note even that: an empty queue means the same. */
    unsigned long first = ERR_get_error();
    bool is_memory = first == 0 || ERR_GET_REASON(first) == ERR_R_MALLOC_FAILURE;
    for (unsigned long next = ERR_get_error(); next != 0; next = ERR_get_error())
        is_memory = is_memory || ERR_GET_REASON(next) == ERR_R_MALLOC_FAILURE;
    if (is_memory)
        return err_set(err, ERR_NOMEM, "could not %s: out of memory", what);
    const char *reason = ERR_reason_error_string(first);
    return err_set(err, ERR_STATE, "could not %s: %s", what,
                   reason != NULL ? reason : "unknown reason");
}
