#ifndef PINGYI_SERVICE_API_JSON_BODY_H
#define PINGYI_SERVICE_API_JSON_BODY_H

#include "base/arena.h"
#include "base/bytes.h"

/* Bodies of strangers as JSON objects, strictly: one object of plain values and arrays of texts, no member
 * twice, none that is not known, no control
 * characters in texts. Read by hand: jansson took a third of what the loop spends on a request. Pure. Thread: any. */

enum { JSON_BODY_MEMBERS_MAX = 16 };

struct json_member {
    enum {
        MEMBER_MISSING, /* or null */
        MEMBER_TEXT,
        MEMBER_TEXTS, /* an array of them */
        MEMBER_NUMBER,
        MEMBER_TRUE,
        MEMBER_FALSE,
    } kind;
    /* Decoded, in the arena, of a text; of several each with a NUL behind it; of a number as the body has it. */
    struct bytes text;
};

struct json_body {
    const char *const *names; /* ended by NULL */
    struct json_member members[JSON_BODY_MEMBERS_MAX];
};

/* Why a body was not taken. */
struct json_fault {
    const char *field;     /* "" of the whole; static, the caller's, or the arena's */
    const char *detail_zh; /* what is wrong; static. NULL: memory failed */
};

/* `names` are the members there may be, at most JSON_BODY_MEMBERS_MAX, ended by NULL; as long as *out is
 * used. False with *fault. */
bool json_body_parse(struct arena *arena, struct bytes body, const char *const *names,
                     struct json_body *out, struct json_fault *fault);

/* A member. False with *fault, and *out as it was. */
/* The arena's; empty when it is missing. */
bool json_body_text(const struct json_body *body, const char *name, bool is_required,
                    size_t max_bytes, struct bytes *out, struct json_fault *fault);
bool json_body_integer(const struct json_body *body, const char *name, bool is_required,
                       int64_t min, int64_t max, int64_t *out,
                       struct json_fault *fault); /* missing: *out stays */
bool json_body_boolean(const struct json_body *body, const char *name, bool *out,
                       struct json_fault *fault); /* missing: *out stays */
/* Each ended by a NUL; at least one. */
bool json_body_texts(const struct json_body *body, const char *name, struct bytes *out);
/* Whether it is a number that is plainly written, without an exponent. */
bool json_body_number(const struct json_body *body, const char *name, double *out);
bool json_body_has(const struct json_body *body, const char *name);

#endif
