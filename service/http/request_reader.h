#ifndef PINGYI_SERVICE_HTTP_REQUEST_READER_H
#define PINGYI_SERVICE_HTTP_REQUEST_READER_H

#include "service/http/head.h"

#include <llhttp.h>

/* Requests out of bytes, without a socket: the head by head.h, then llhttp over the same bytes, which must see the same
 * framing, and llhttp for the body. Thread: loop.
 *
 *     head_find_end(...)  ->  reader_begin(whole head)  ->  reader_body(...) until done */
struct request_reader {
    llhttp_t parser;
    int (*take)(void *context, struct bytes piece); /* a piece of the body; 0 or a status */
    void *context;
    const char *framing;  /* where in the bytes given last the body's last piece ended */
    size_t framing_bytes; /* that came since then before */
    int status;           /* what a callback refuses with */
    bool is_in_head, is_complete;
};

/* A new request. `head` is whole and stays in place. Returns 0 or a status. */
int reader_begin(struct request_reader *reader, struct bytes text, struct http_head *head);

/* Whether there is (more of) a body to come. */
bool reader_wants_body(const struct request_reader *reader);

/* Give the body's pieces in `bytes` to `take`. *out_used: how many bytes belonged to this request. 0 or a status. */
int reader_body(struct request_reader *reader, struct bytes bytes, size_t *out_used);

#endif
