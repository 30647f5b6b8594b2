#ifndef PINGYI_BASE_UTF8_H
#define PINGYI_BASE_UTF8_H

#include "base/buf.h"

/* Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF). Thread: any. */

/* Length of the longest valid prefix. Less than text.len: the byte there begins an invalid or cut sequence. */
size_t utf8_valid_prefix(struct bytes text);

bool utf8_is_valid(struct bytes text);

/* Whether `rest`, which utf8_valid_prefix stopped at, may only lack its end: fewer than 4 bytes that begin a
 * sequence. */
bool utf8_is_cut(struct bytes rest);

/* Take the first character of a valid, non-empty text; `*rest` moves behind it. */
uint32_t utf8_take(struct bytes *rest);

/* How many characters valid UTF-8 holds. */
size_t utf8_count(struct bytes text);

/* Append any bytes as valid UTF-8: each byte that does not belong to a character becomes U+FFFD. */
void utf8_append_repaired(struct buf *buf, struct bytes text);

/* Append one character; `code_point` must be a Unicode scalar value. */
void utf8_append(struct buf *buf, uint32_t code_point);

#endif
