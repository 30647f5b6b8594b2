#ifndef PINGYI_SERVICE_AUTH_EMBEDDED_H
#define PINGYI_SERVICE_AUTH_EMBEDDED_H

#include "base/embedded.h"

/* The files of service/auth/data. */
extern const struct embedded_file embedded_auth[];

#endif
