#ifndef PINGYI_BASE_MOMENT_H
#define PINGYI_BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* A point in time as precisely as a file tells it: to the second, or a bare day. */
enum moment_kind {
    MOMENT_NONE = 0,
    MOMENT_INSTANT, /* `seconds` since 1970-01-01 00:00:00 UTC */
    MOMENT_DAY,     /* `seconds` of the civil day's midnight as if it were UTC: free of any zone */
};

struct moment {
    int64_t seconds;
    enum moment_kind kind;
};

#endif
