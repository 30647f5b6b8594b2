#include "base/buf.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY_BYTES = 256 };

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max_bytes = max_bytes};
}

void buf_deinit(struct buf *buf)
{
    mem_free(buf->ptr);
    *buf = (struct buf){.max_bytes = buf->max_bytes};
}

void buf_wipe(struct buf *buf)
{
    if (buf->ptr != NULL)
        explicit_bzero(buf->ptr, buf->capacity);
    buf_deinit(buf);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->rc = OK;
}

char *buf_reserve(struct buf *buf, size_t len)
{
    if (buf->rc != OK)
        return NULL;
    /* Nearly always: what there is suffices, and it is never more than the maximum. */
    if (len <= buf->capacity - buf->len && buf->ptr != NULL)
        return buf->ptr + buf->len;
    size_t needed = size_add(buf->len, len);
    if (needed > buf->max_bytes) {
        buf->rc = ERR_LIMIT;
        return NULL;
    }
    if (needed > buf->capacity || buf->ptr == NULL) {
        size_t capacity = buf->capacity > 0 ? buf->capacity : FIRST_CAPACITY_BYTES;
        while (capacity < needed)
            capacity = size_multiply(capacity, 2);
        if (capacity > buf->max_bytes)
            capacity = buf->max_bytes;
        char *grown = mem_realloc(buf->ptr, capacity);
        if (grown == NULL) {
            buf->rc = ERR_NOMEM;
            return NULL;
        }
        buf->ptr = grown;
        buf->capacity = capacity;
    }
    return buf->ptr + buf->len;
}

void buf_append(struct buf *buf, struct bytes bytes)
{
    char *room = buf_reserve(buf, bytes.len);
    if (room == NULL || bytes.len == 0)
        return;
    memcpy(room, bytes.ptr, bytes.len);
    buf->len += bytes.len;
}

void buf_append_z(struct buf *buf, const char *text)
{
    buf_append(buf, bytes_from_z(text));
}

void buf_append_byte(struct buf *buf, char byte)
{
    char *room = buf_reserve(buf, 1);
    if (room == NULL)
        return;
    *room = byte;
    buf->len++;
}

void buf_append_integer(struct buf *buf, int64_t value)
{
    char digits[20]; /* of INT64_MIN, with its sign */
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    buf_append(buf, (struct bytes){digits + at, sizeof digits - at});
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (len < 0)
        return;
    if ((size_t)len < sizeof small) {
        buf_append(buf, (struct bytes){small, (size_t)len});
        return;
    }
    /* vsnprintf ends its output with a NUL that is not part of the text. */
    char *room = buf_reserve(buf, (size_t)len + 1);
    if (room == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(room, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

struct bytes buf_bytes(const struct buf *buf)
{
    return (struct bytes){buf->ptr, buf->len};
}

int buf_status(const struct buf *buf, struct err *err)
{
    if (buf->rc == ERR_NOMEM)
        return err_set(err, ERR_NOMEM, "could not grow a buffer beyond %zu bytes", buf->capacity);
    if (buf->rc == ERR_LIMIT)
        return err_set(err, ERR_LIMIT, "text is longer than %zu bytes", buf->max_bytes);
    return OK;
}
