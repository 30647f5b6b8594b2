#ifndef PINGYI_IMPORTERS_DATE_SCAN_H
#define PINGYI_IMPORTERS_DATE_SCAN_H

#include "base/bytes.h"

/* Small steps of reading dates, shared by formats and built-in forms: each takes what it names from the start of
 * `*rest` and moves behind it, or returns false and leaves it. Thread: any. */

bool scan_byte(struct bytes *rest, char byte);

/* Any word, in any case (ASCII). */
bool scan_word(struct bytes *rest, struct bytes word);

/* The first of the words that `*rest` begins with. */
bool scan_any(struct bytes *rest, const char *const *words, size_t count);

/* January or Jan, in any case; `*out_month` from 1. */
bool scan_month_name(struct bytes *rest, int *out_month);

/* White space, also none. */
void scan_blanks(struct bytes *rest);

/* `min` to `max` digits, at most 9. */
bool scan_number(struct bytes *rest, size_t min, size_t max, int *out_value);

/* Z, UTC, GMT, +08:00, +0800 or +08. */
bool scan_offset(struct bytes *rest, int *out_offset_s);

/* 星期二, 周二 or 礼拜二, perhaps in brackets. Whether it is the day's own is not asked. */
bool scan_weekday(struct bytes *rest);

/* A word for a part of the day, and the hours (of 24, inclusive) that it can mean. */
struct day_part {
    const char *word;
    int from, to;
};

/* AM, PM, a.m., 上午, 下午, 凌晨, 中午, 晚上 and their kin; `*out_part` is static. */
bool scan_day_part(struct bytes *rest, const struct day_part **out_part);

/* The hour of 24 that is meant by `hour` on a clock of either kind: 12 in the 上午 is 0, 1 and 13 at 中午 are 13. False
 * when the part has no such hour (晚上 12:30 would be of another day). */
bool day_part_hour(const struct day_part *part, int hour, int *out_hour);

#endif
