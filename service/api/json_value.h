#ifndef PINGYI_SERVICE_API_JSON_VALUE_H
#define PINGYI_SERVICE_API_JSON_VALUE_H

#include "base/buf.h"

#include <jansson.h>

/* Values as JSON. Functions that make it give NULL when memory fails; jansson passes such a NULL on, so that a writer
 * checks once at the end. Thread: any. */

/* A string, bytes that are no UTF-8 as U+FFFD; BYTES_NONE: null. */
json_t *json_bytes(struct bytes text);
/* The same where an empty text stands for none: null, or the empty string, wherever its bytes lie. */
json_t *json_text_or_null(struct bytes text);
json_t *json_text_or_empty(struct bytes text);
/* RFC 3339 with the office's offset (Asia/Shanghai); 0: null. */
json_t *json_time(int64_t utc);
/* The array with the value behind it; takes both over. */
json_t *json_append(json_t *array, json_t *value);
/* The object with the members of another; takes both over. */
json_t *json_with(json_t *object, json_t *more);
/* Append the value, compact; it stays the caller's. NULL is ERR_NOMEM. */
int json_write(struct buf *out, const json_t *value, struct err *err);
/* Append the document, indented by two, and a line end; takes `root` over, NULL is ERR_NOMEM. */
int json_print(struct buf *out, json_t *root, struct err *err);

#endif
