#ifndef PINGYI_SERVICE_AUTH_CRYPTO_ERR_H
#define PINGYI_SERVICE_AUTH_CRYPTO_ERR_H

#include "base/err.h"

/* OpenSSL has a type of the name of one of our codes. It goes by another name here, so this header comes before any of
 * OpenSSL's. */
#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/err.h>
#undef ERR_STATE

/* Describe the failure of the OpenSSL call that was to do `what` ("seal a record"), and empty OpenSSL's queue of errors
 * of this thread, so that nobody later takes them for their own. ERR_NOMEM where memory was missing, else ERR_STATE: a
 * library that lacks an algorithm or cannot draw random bytes. Returns the code. Thread: any. */
int crypto_err_set(struct err *err, const char *what);

#endif
