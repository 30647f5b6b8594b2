#ifndef PINGYI_IMPORTERS_FORM_H
#define PINGYI_IMPORTERS_FORM_H

#include "base/buf.h"
#include "base/err.h"

#include "importers/dialect.h"

/* The words in which a profile or an option says a form, e.g. delimiter = semicolon. Thread: any. */

/* Set one part. `key` is encoding, delimiter, quote, escape, skip_rows or header_rows; `value`:
 *     encoding     auto | utf-8 | gb18030 | utf-16 | latin1
 *     delimiter    auto | comma | semicolon | tab | pipe | space, two of them ("comma space"), or the one or two
 *     characters
 *                  themselves (", "), which may not be letters, digits, quotes or line ends
 *     quote        auto | double | single | none, or the character itself
 *     escape       auto | doubled | backslash, or \
 *     skip_rows    auto | 0 to FORM_MAX_SKIP_ROWS
 *     header_rows  auto | 0 to FORM_MAX_HEADER_ROWS
 * ERR_NOT_FOUND: no such key; ERR_USAGE: the value is none of these. */
int form_set(struct form *form, struct bytes key, struct bytes value, struct err *err);

/* Put what `over` says in the place of what `form` says. */
void form_override(struct form *form, const struct form *over);

/* The parts that are not open, as `key=value` lines: what makes the same file another one to read. */
void form_append(const struct form *form, struct buf *out);

#endif
