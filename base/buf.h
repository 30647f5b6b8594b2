#ifndef PINGYI_BASE_BUF_H
#define PINGYI_BASE_BUF_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdarg.h>

/* A growing run of bytes with a maximum. It remembers its first failure: after one, appends do nothing, so a writer
 * appends freely and asks buf_status once at the end. Thread: one owner at a time. */
struct buf {
    char *ptr; /* read it through buf_bytes */
    size_t len;
    size_t capacity;
    size_t max_bytes;
    int rc; /* OK, ERR_NOMEM or ERR_LIMIT */
};

/* No allocation yet. `max_bytes` is the most it will ever hold. */
void buf_init(struct buf *buf, size_t max_bytes);

/* Free the contents; accepts a zeroed buf. */
void buf_deinit(struct buf *buf);

/* The same for a secret: what it holds is overwritten first. What it outgrew on the way is not: reserve at once. */
void buf_wipe(struct buf *buf);

/* Empty, without failure, capacity kept. */
void buf_clear(struct buf *buf);

void buf_append(struct buf *buf, struct bytes bytes);
void buf_append_z(struct buf *buf, const char *text);
void buf_append_byte(struct buf *buf, char byte);
void buf_append_integer(struct buf *buf, int64_t value); /* in decimal */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);

/* Room for `len` more bytes, to be filled by the caller and then counted by adding to `buf->len`; NULL on failure. */
char *buf_reserve(struct buf *buf, size_t len);

/* What it holds, borrowed until the next append, clear or deinit. */
struct bytes buf_bytes(const struct buf *buf);

/* OK, or the first failure described in `err`. */
int buf_status(const struct buf *buf, struct err *err);

#endif
