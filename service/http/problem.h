#ifndef PINGYI_SERVICE_HTTP_PROBLEM_H
#define PINGYI_SERVICE_HTTP_PROBLEM_H

#include "base/buf.h"
#include "service/http/exchange.h"

/* Thread: any. */

/* `problem` with the words of its status where it has none of its own. */
struct http_problem problem_completed(const struct http_problem *problem);

/* Append it, completed, as application/problem+json (RFC 9457). */
void problem_append_json(const struct http_problem *problem, struct buf *out);

#endif
