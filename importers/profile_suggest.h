#ifndef PINGYI_IMPORTERS_PROFILE_SUGGEST_H
#define PINGYI_IMPORTERS_PROFILE_SUGGEST_H

#include "importers/profile.h"

/* The built-in profile that was written for dumps with this header: three quarters of its fields have their columns,
 * the required ones among them; never `auto`, nor the one that `used` is. Empty when there is none. The name is
 * static. ERR_NOMEM. Thread: any. */
int profile_suggest(const struct profile *used, const struct bytes *header, size_t header_count,
                    struct bytes *out_name, struct err *err);

#endif
