#ifndef PINGYI_SERVICE_HTTP_PERCENT_H
#define PINGYI_SERVICE_HTTP_PERCENT_H

#include "base/arena.h"

#include <stdbool.h>

/* Decoding of %XX in paths, queries and forms. Thread: any. */

enum percent_kind {
    PERCENT_PATH,  /* '+' is itself; no control characters, no '/' and no '\\' behind a % */
    PERCENT_QUERY, /* '+' is a space; no control characters */
    PERCENT_FORM,  /* '+' is a space; tab, CR and LF are text */
};

/* Decode `text`; false unless each % is followed by two hexadecimal digits and what comes out is valid UTF-8 without
 * forbidden characters, or when memory fails. Without anything to decode *out is `text` itself, else the arena's. */
bool percent_decode(struct arena *arena, struct bytes text, enum percent_kind kind,
                    struct bytes *out);

#endif
