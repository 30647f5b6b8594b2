#ifndef PINGYI_BASE_JSON_TEXT_H
#define PINGYI_BASE_JSON_TEXT_H

#include "base/buf.h"

/* Append `text` as a JSON string, with its quotes: valid UTF-8, bytes that belong to no character become U+FFFD.
 * Thread: any. */
void json_append_text(struct buf *out, struct bytes text);

#endif
