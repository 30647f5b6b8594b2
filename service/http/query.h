#ifndef PINGYI_SERVICE_HTTP_QUERY_H
#define PINGYI_SERVICE_HTTP_QUERY_H

#include "service/http/percent.h"

/* Names and values of queries and of forms (application/x-www-form-urlencoded), and of cookies. Thread: any. */

enum { QUERY_PAIRS_MAX = 64 };

struct query_pair {
    struct bytes name, value; /* decoded; `value` may be empty, its ptr is never NULL */
};
struct query {
    struct query_pair *pairs;
    size_t count;
};

/* Pieces without '=' have an empty value, empty pieces are passed over. What is decoded lies in `arena`, the rest in
 * `text`. False: too many, or something that percent_decode refuses, or memory failed. */
bool query_parse(struct arena *arena, struct bytes text, enum percent_kind kind, struct query *out);

/* ptr NULL when it is not there, the first when it is there twice. */
struct bytes query_find(const struct query *query, const char *name);

/* The value that a Cookie header gives `name`, without quotes around it; ptr NULL when it is not there, there twice
 * with different values, or holds what a cookie's value may not (RFC 6265 4.1.1). */
struct bytes cookie_find(struct bytes header, const char *name);

#endif
