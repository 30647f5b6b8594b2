#ifndef PINGYI_BASE_BYTES_H
#define PINGYI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed run of bytes, passed by value, never NUL-terminated, UTF-8 unless a header says otherwise. `ptr` may be
 * NULL when `len` is 0. Thread: any. */
struct bytes {
    const char *ptr;
    size_t len;
};

#define BYTES_FMT          "%.*s"
#define BYTES_ARG(b)       (int)(b).len, ((b).ptr != NULL ? (b).ptr : "")
#define BYTES_LIT(literal) ((struct bytes){(literal), sizeof(literal) - 1})
#define BYTES_NONE         ((struct bytes){NULL, 0})

/* View of a NUL-terminated string; NULL gives the empty one. */
struct bytes bytes_from_z(const char *text);

bool bytes_equal(struct bytes a, struct bytes b);

/* <0, 0, >0 in the order of the bytes; a prefix comes first. */
int bytes_compare(struct bytes a, struct bytes b);

bool bytes_starts_with(struct bytes text, struct bytes prefix);

/* Index of the first occurrence, or text.len when there is none. An empty needle is found at 0. */
size_t bytes_find(struct bytes text, struct bytes needle);

/* Without ASCII space, tab, CR and LF at both ends. */
struct bytes bytes_trim(struct bytes text);

/* Cut `*rest` at the first `separator`: returns what stood before it and leaves what stands behind it. Without a
 * separator the whole is returned and `*rest` has ptr NULL, which ends a loop `while (rest.ptr != NULL)`. */
struct bytes bytes_cut(struct bytes *rest, char separator);

/* Decimal integer with optional sign, the whole text; false when it is anything else or out of range. */
bool bytes_to_int64(struct bytes text, int64_t *out_value);

/* Plain decimal number such as 0.5, -3 or 12.25 (no exponent, no spaces), the whole text, independent of locale. */
bool bytes_to_double(struct bytes text, double *out_value);

/* A 64-bit hash for tables of our own making: differs from machine to machine, no defence against chosen keys. */
uint64_t bytes_hash(struct bytes text);

#endif
