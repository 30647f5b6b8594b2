#ifndef PINGYI_IMPORTERS_DATE_SCAN_H
#define PINGYI_IMPORTERS_DATE_SCAN_H

#include "base/bytes.h"

/* Small steps of reading dates, shared by formats and built-in forms: each takes what it names from the start of
 * `*rest` and moves behind it, or returns false and leaves it. Thread: any. */

bool scan_byte(struct bytes *rest, char byte);

/* Any word, in any case (ASCII). */
bool scan_word(struct bytes *rest, struct bytes word);

/* White space, also none. */
void scan_blanks(struct bytes *rest);

/* `min` to `max` digits, at most 9. */
bool scan_number(struct bytes *rest, size_t min, size_t max, int *out_value);

/* Z, +08:00, +0800 or +08. */
bool scan_offset(struct bytes *rest, int *out_offset_s);

/* AM or PM, also a.m. and p.m. */
bool scan_half(struct bytes *rest, bool *out_afternoon);

/* The hour of a 12-hour clock; false outside 1 to 12. */
bool hour_of_half(int hour, bool afternoon, int *out_hour);

#endif
