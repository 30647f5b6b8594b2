#ifndef PINGYI_REPORTS_TEXT_H
#define PINGYI_REPORTS_TEXT_H

#include "base/buf.h"

/* Texts of strangers made fit for a format. Appends; failures stay in `out`. Thread: any. */

/* Valid UTF-8: each byte that belongs to no character becomes U+FFFD. */
void text_valid(struct buf *out, struct bytes text);

/* Besides, without what XML 1.0 and HTML do not know as characters (C0 and C1 controls, U+FFFE, U+FFFF) and without the
 * marks that turn the direction of writing; tab and line ends become spaces. */
void text_printable(struct buf *out, struct bytes text);

#endif
