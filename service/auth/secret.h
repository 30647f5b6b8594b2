#ifndef PINGYI_SERVICE_AUTH_SECRET_H
#define PINGYI_SERVICE_AUTH_SECRET_H

#include "base/bytes.h"

/* Whether two secrets are the same, in a time that tells their lengths alone. Thread: any. */
bool secret_equal(struct bytes a, struct bytes b);

#endif
