#ifndef PINGYI_SERVICE_HTTP_STREAM_H
#define PINGYI_SERVICE_HTTP_STREAM_H

#include "service/http/exchange.h"

/* An answer whose end is not known when it begins (chunked), or that is too large to be made in memory (with its
 * length). Only for files of http/. Thread: loop.
 *
 * The writer keeps a struct http_stream alive from stream_begin to `gone` or stream_end, whichever comes first. */
struct http_stream {
    /* All that was written has been taken by the kernel: there is room for more. Also called once after stream_begin,
     * when it is this answer's turn. May write and end; may be NULL. */
    void (*room)(struct http_stream *stream);
    /* The peer is gone, the connection was shed or the server stops: the exchange is no more. Called at most once,
     * never after stream_end and never from within stream_begin or stream_write. */
    void (*gone)(struct http_stream *stream);
    struct http_exchange *exchange; /* set by stream_begin */
};

/* Answer `exchange` with 200 and a body of media type `type` that follows; `length` -1 when it is not known. Headers of
 * exchange_add_header are sent. False: there is nothing to write (HEAD, or nobody is there any more), the exchange is
 * answered, and `stream` is not called. */
bool stream_begin(struct http_exchange *exchange, const char *type, int64_t length,
                  struct http_stream *stream);

/* Write a piece, not empty; it is copied. Returns how many bytes of the connection the kernel has not taken yet: who
 * writes on regardless is to end the stream at some size. With `length` no more than that in all. */
size_t stream_write(struct http_stream *stream, struct bytes piece);

/* The body is whole; `stream` is the caller's again. `is_whole` false: it broke off, and the connection is cut. */
void stream_end(struct http_stream *stream, bool is_whole);

#endif
