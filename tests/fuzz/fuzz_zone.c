#include "base/civil.h"
#include "base/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is accepted answers for instants of the years 1 to 9999, and a local time it names is one it shows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t instants[] = {-62135596800, -1, 0, 951782400, 1709251199, 253402214400};
    struct zone *zone = NULL;
    struct err err;
    if (zone_parse((struct bytes){(const char *)data, size}, &zone, &err) != OK)
        return 0;
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        int64_t local_s = instants[i] + zone_offset_s(zone, instants[i]);
        if (zone_to_utc(zone, local_s) > instants[i])
            abort();
    }
    zone_free(zone);
    return 0;
}
