#ifndef PINGYI_SERVICE_API_JSON_BODY_H
#define PINGYI_SERVICE_API_JSON_BODY_H

#include "base/bytes.h"

#include <jansson.h>

/* Bodies of strangers as JSON objects, strictly: one object, no member twice, none that is not known, no control
 * characters in texts. Pure. Thread: any. */

/* Why a body was not taken. */
struct json_fault {
    const char *field;     /* "" of the whole; static, the caller's, or the object's */
    const char *detail_zh; /* what is wrong; static. NULL: memory failed */
};

/* `names` are the members there may be, ended by NULL. *out is set whenever something could be read, to be given back
 * with json_decref also after a fault, which may point into it. */
bool json_body_parse(struct bytes body, const char *const *names, json_t **out,
                     struct json_fault *fault);

/* A member; null is as if it were not there. False with *fault, and *out as it was. */
/* Borrowed from `object`; empty when it is missing. */
bool json_body_text(json_t *object, const char *name, bool is_required, size_t max_bytes,
                    struct bytes *out, struct json_fault *fault);
/* The same, of several lines: it may hold line feeds. */
bool json_body_lines(json_t *object, const char *name, bool is_required, size_t max_bytes,
                     struct bytes *out, struct json_fault *fault);
bool json_body_integer(json_t *object, const char *name, bool is_required, int64_t min, int64_t max,
                       int64_t *out, struct json_fault *fault); /* missing: *out stays */
bool json_body_boolean(json_t *object, const char *name, bool *out,
                       struct json_fault *fault); /* missing: *out stays */

#endif
