#ifndef PINGYI_IMPORTERS_CALL_RECORD_H
#define PINGYI_IMPORTERS_CALL_RECORD_H

#include "base/bytes.h"

#include <stdint.h>

/* One row of a telephone company's list of calls (话单), validated. All bytes are borrowed until the sink returns. */
struct call_record {
    int64_t line;        /* first physical line, from 1 */
    struct bytes number; /* the called one, as phone_read gives it */
    int64_t began_utc;
    int64_t seconds;           /* talked; 0: not answered, or not said */
    struct bytes calling_line; /* may be empty */
};

#endif
