#ifndef PINGYI_IMPORTERS_DATES_H
#define PINGYI_IMPORTERS_DATES_H

#include "base/err.h"
#include "base/zone.h"

/* Reading of dates and times as desks write them. Thread: one owner at a time (it caches days of the zone).
 *
 * The given formats are tried in order, then the built-in forms:
 *     2024-04-02 18:16:58, also with T, without seconds, with a fraction (dropped), with an offset, Z or UTC
 *     2024/3/5 9:07, 2024.3.5, 20240305, 202403051816, 20240305181658
 *     2024年3月5日 9:07:03, 9时7分; behind the date 星期二 or (周二), not compared with it
 *     AM/PM, 上午, 下午, 凌晨, 中午, 晚上 and the like before the time or behind it; 上午 12:05 is 00:05, 下午 15:30 stays
 *     an Excel serial from 20000 to 80000, rounded to the nearest second
 * What has no time of day (a serial: no fraction) is a bare day, otherwise an instant; full-width digits are read too,
 * invisible marks skipped. 24:00:00 is the end of its day. Years 1900 to 2199; two-digit years and day-first only by a
 * format, spans of time (9:00-11:00) not at all. */

struct dates;

/* `formats` and `zone` are borrowed and outlive it; each format has passed date_format_check. ERR_NOMEM. */
int dates_new(const struct zone *zone, const struct bytes *formats, size_t format_count,
              struct dates **out_dates, struct err *err);
void dates_free(struct dates *dates);

/* The whole of `text`, trimmed and not empty; false when it is no date, then `*out_moment` is untouched. */
bool dates_read(struct dates *dates, struct bytes text, struct moment *out_moment);

/* Whether a strptime format is understood and names year, month and day: %Y %y %m %d %e %b %B %H %I %M %S %f %p %z %T
 * %R %F %D %%. A space stands for any white space, also none. ERR_PROFILE says what is wrong. */
int date_format_check(struct bytes format, struct err *err);

/* For dates.c and its tests: the fields of a date as written, before zone and calendar are asked. */
struct date_parts {
    int year, month, day;
    int hour, minute, second;
    bool has_time, has_offset;
    int offset_s; /* east of UTC */
};

/* Read the whole of `text` by one format; the fields are in their ranges, but the date need not exist. */
bool date_format_read(struct bytes format, struct bytes text, struct date_parts *out_parts);

#endif
