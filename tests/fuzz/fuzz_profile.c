#include "importers/profile.h"

#include <stddef.h>
#include <stdint.h>

/* Any text is a profile or refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct profile *profile = NULL;
    if (profile_parse((struct bytes){(const char *)data, size}, &profile, &err) == OK)
        profile_free(profile);
    return 0;
}
