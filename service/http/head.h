#ifndef PINGYI_SERVICE_HTTP_HEAD_H
#define PINGYI_SERVICE_HTTP_HEAD_H

#include "service/http/exchange.h"
#include "service/http/limits.h"

/* The head of a request: found, checked and taken apart, more strictly than any parser of a library does. What two
 * servers in a row could understand differently is refused. Thread: any.
 *
 * Refusals are HTTP statuses: 400, 414, 421, 431, 501, 505. */

struct http_header {
    struct bytes name, value; /* value without space around it */
};

struct http_head {
    enum http_method method;
    bool is_http10;
    struct bytes target, path, query; /* query without '?', empty when there is none */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t count;
    struct bytes host; /* ptr NULL: HTTP/1.0 without one */
    bool has_length;
    int64_t content_length;
    bool is_chunked;
    bool keeps_alive;
    bool expects_continue;
};

/* Where the end of a head is looked for, in bytes that grow. */
struct head_scan {
    size_t line; /* where the line begins whose end has not come yet */
};

/* Look for the empty line that ends the head. Returns 0 and *out_len, 0 when it has not come yet, or the status of what
 * can be refused already: no request, a bare LF, too long. */
int head_find_end(struct head_scan *scan, struct bytes text, size_t *out_len);

/* Take apart a whole head, with its empty line; *out points into `text`. Returns 0 or the status to refuse it with. */
int head_parse(struct bytes text, struct http_head *out);

/* ptr NULL when it is not there; the first of several. */
struct bytes head_header(const struct http_head *head, const char *name);

/* Whether `text` is a host with or without a port, as a Host header has it; *out_name is it without the port. */
bool host_is_valid(struct bytes text, struct bytes *out_name);

/* Whether the comma-separated `list` has `word`, in whatever case. */
bool list_has_word(struct bytes list, const char *word);

/* The same text but for the case of ASCII letters. */
bool bytes_equal_nocase(struct bytes a, struct bytes b);

#endif
