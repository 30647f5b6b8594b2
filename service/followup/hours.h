#ifndef PINGYI_SERVICE_FOLLOWUP_HOURS_H
#define PINGYI_SERVICE_FOLLOWUP_HOURS_H

#include "base/zone.h"

#include "scoring/calendar.h"
#include "scoring/rules.h"

/* When people may be called: the hours of the rules' [followup]. A day that the calendar works has the hours of
 * `weekday`, a Saturday or Sunday those of `weekend`, a holiday none. Pure; thread: any. */
struct calling_hours {
    const struct rules *rules;
    const struct zone *zone;
    const struct calendar *calendar;
};

/* Attempts are spread over these. A span belongs to the part in which it begins: before 12:00, before 18:00, later.
 * All of a day that is not worked is one part. */
#define DAY_PARTS(X)                                                                               \
    X(DAY_PART_MORNING, "上午")                                                                    \
    X(DAY_PART_AFTERNOON, "下午") X(DAY_PART_EVENING, "晚间") X(DAY_PART_WEEKEND, "周末")
enum day_part {
#define X(name, zh) name,
    DAY_PARTS(X)
#undef X
        DAY_PART_COUNT
};

/* One span of one day. */
struct calling_window {
    int64_t from_utc, until_utc; /* until_utc is not in it any more */
    int64_t day;                 /* civil, in the zone */
    enum day_part part;
};

enum { HOURS_REACH_DAYS = 100, HOURS_ALL_PARTS = (1 << DAY_PART_COUNT) - 1 };

/* The window that holds `at_utc`, or, with *out_is_open false, the first that begins after it; so `out->until_utc` of
 * one leads to the next. ERR_NO_CALENDAR: before that lies a year that no layer covers. ERR_NOT_FOUND: none within
 * HOURS_REACH_DAYS. */
int hours_window(const struct calling_hours *hours, int64_t at_utc, bool *out_is_open,
                 struct calling_window *out, struct err *err);

/* The first window, or what is left of it, that begins at `from_utc` or later, on `from_day` or later (0: whenever),
 * and in one of the `parts` (bits 1 << enum day_part). Errors as above. */
int hours_find(const struct calling_hours *hours, int64_t from_utc, int64_t from_day,
               uint32_t parts, struct calling_window *out, struct err *err);

/* The part in which an instant lies: that of the window that holds it, outside the hours by its hour and day.
 * ERR_NO_CALENDAR. */
int hours_part(const struct calling_hours *hours, int64_t at_utc, enum day_part *out,
               struct err *err);

/* The parts that have hours at all, as bits. */
uint32_t hours_parts(const struct rules *rules);

#endif
