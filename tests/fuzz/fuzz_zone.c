#include "base/civil.h"
#include "base/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No offset is beyond a day and two hours, so no two readings of a local time lie further apart. */
enum { REACH_S = 2 * (SECONDS_A_DAY + 2 * 3600) };

/* Whatever is accepted answers for instants of the years 1 to 9999, and comes back to where it started. How
 * exactly, when clocks change, is for the tests of real zones: one that changes by a day for a day has no right
 * answer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t instants[] = {-62135596800, -1, 0, 951782400, 1709251199, 253402214400};
    struct zone *zone = NULL;
    struct err err;
    if (zone_parse((struct bytes){(const char *)data, size}, &zone, &err) != OK)
        return 0;
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        int64_t local_s = instants[i] + zone_offset_s(zone, instants[i]);
        if (llabs(zone_to_utc(zone, local_s) - instants[i]) > REACH_S)
            abort();
    }
    zone_free(zone);
    return 0;
}
