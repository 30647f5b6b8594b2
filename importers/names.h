#ifndef PINGYI_IMPORTERS_NAMES_H
#define PINGYI_IMPORTERS_NAMES_H

#include "base/buf.h"

/* Forms in which texts are compared. Input must be valid UTF-8; output is appended. Thread: any. */

/* Compare form of a unit's name (DESIGN.md 7.6): full width becomes half width, all white space goes (U+3000, U+00A0
 * and their kin too), every kind of bracket becomes ( or ). What stands in brackets remains part of the name. */
void name_fold(struct bytes name, struct buf *out);

/* Compare form of a column's header or a value's word: also lower case (ASCII) and without punctuation. Empty when
 * there was nothing else. */
void word_fold(struct bytes word, struct buf *out);

/* Split the cell of a unit's name where it lists several (、 ； ; |), outside brackets. Parts are trimmed, empty ones
 * dropped. Returns how many there are, which may be more than `max`; only the first `max` are written. */
size_t name_split(struct bytes cell, struct bytes *out_parts, size_t max);

#endif
