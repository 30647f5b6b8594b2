#ifndef PINGYI_SERVICE_AUTH_CRYPTO_ERR_H
#define PINGYI_SERVICE_AUTH_CRYPTO_ERR_H

#include "base/err.h"

/* Describe the failure of the OpenSSL call that was to do `what` ("seal a record"), and empty OpenSSL's queue of errors
 * of this thread, so that nobody later takes them for their own. ERR_NOMEM where memory was missing, else
 * ERR_WRONG_STATE: a library that lacks an algorithm or cannot draw random bytes. Returns the code. Thread: any. */
int crypto_err_set(struct err *err, const char *what);

#endif
