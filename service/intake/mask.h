#ifndef PINGYI_SERVICE_INTAKE_MASK_H
#define PINGYI_SERVICE_INTAKE_MASK_H

#include "base/buf.h"

/* Append `text` with what looks like a telephone number masked (138****1234), wherever a stored text or a cell is
 * shown: 7 to 12 digits, with 86 or 0086 in front up to 15, of either width, also in groups (138-1234-5678). Dates with
 * separators stay, and longer runs of digits (order numbers). Thread: any. */
void mask_numbers(struct bytes text, struct buf *out);

/* Bytes of the date that `text` begins with (2024-5-1, 2024/05/01, 2024.5.1), 0 if it begins with none. */
size_t mask_date_len(struct bytes text);

#endif
