#ifndef PINGYI_SERVICE_AUTH_RANDOM_H
#define PINGYI_SERVICE_AUTH_RANDOM_H

#include "base/err.h"

#include <stddef.h>

/* Bytes that nobody can foresee, for secrets. ERR_WRONG_STATE when the system gives none; then nothing was written that
 * may be used. Thread: any. */
int random_bytes(unsigned char *out, size_t count, struct err *err);

#endif
