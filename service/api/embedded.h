#ifndef PINGYI_SERVICE_API_EMBEDDED_H
#define PINGYI_SERVICE_API_EMBEDDED_H

#include "base/embedded.h"

/* openapi.json. */
extern const struct embedded_file embedded_api[];

#endif
