#ifndef PINGYI_IMPORTERS_PHONE_H
#define PINGYI_IMPORTERS_PHONE_H

#include "base/bytes.h"

enum { PHONE_MAX_BYTES = 16 };

/* The first mobile number of a cell, else its first landline number, as 7 to 12 digits without +86: 13800138000,
 * 07781234567, 2282345. Several numbers may stand in the cell; spaces, hyphens and brackets inside a number do not
 * matter, the width of digits neither; extensions are dropped, the 0 of an area code that a number cell or +86 has lost
 * is put back. 1.3800138000E+10 is read where no digit is lost. Empty when there is none to call back: a masked
 * number (138****8000), words, short numbers (12345, 95598) and 400 or 800 numbers. `cell` is undressed, valid UTF-8;
 * the result lies in `out`. Time is linear in the cell. Thread: any. */
struct bytes phone_read(struct bytes cell, char out[PHONE_MAX_BYTES]);

/* All numbers of a cell, each once, in the order of trying: mobile numbers as they stand, then landlines; at most
 * `max`. The first is that of phone_read. Returns how many. */
struct phone_number {
    char digits[PHONE_MAX_BYTES]; /* NUL-terminated */
};
size_t phone_read_all(struct bytes cell, struct phone_number *out, size_t max);

#endif
