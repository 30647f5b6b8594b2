#ifndef PINGYI_SCORING_CALENDAR_H
#define PINGYI_SCORING_CALENDAR_H

#include "base/bytes.h"
#include "base/err.h"

/* Which civil days are worked: weekends, moved by layers of holidays and make-up working days. Where layers name the
 * same day, the later one holds. Years that no layer covers are refused, never guessed. Thread: any once loaded.
 *
 * Layer text: UTF-8 CSV with the header `date,type,name`, type `holiday` or `workday`, days unique, the name without
 * quotes to the end of the line. Built-in layers: `national` (2019 to 2026, announced by the State Council) and
 * `guangxi` (三月三). A layer covers a year if it names both its 1 January and its 1 October as holidays, as every
 * announcement for a whole year does; `guangxi`, or a list of typhoon days, covers none and needs another below it. */
enum {
    CALENDAR_TEXT_MAX_BYTES = 64 * 1024,
    CALENDAR_FIRST_YEAR = 1990, /* of days in a layer */
    CALENDAR_LAST_YEAR = 2099,
};

struct calendar;

int calendar_new(struct calendar **out_calendar, struct err *err);
void calendar_free(struct calendar *calendar);

/* Add a built-in layer by name; ERR_NOT_FOUND names one that is not built in. */
int calendar_add_builtin(struct calendar *calendar, struct bytes name, struct err *err);

/* Add an imported layer; a text that cannot be used changes nothing, ERR_FORMAT names its line. `csv` is copied. */
int calendar_add_csv(struct calendar *calendar, struct bytes csv, struct err *err);

/* Text of a built-in layer (for `calendar show`); false when there is none of that name. */
bool calendar_builtin_text(struct bytes name, struct bytes *out_csv);

/* Whether `day` is worked. ERR_NO_CALENDAR when no layer covers its year. */
int calendar_is_workday(const struct calendar *calendar, int64_t day, bool *out_is,
                        struct err *err);

/* What kind of day `day` is. A layer's holiday is one whatever the weekday; a Saturday worked by a layer is a working
 * day. ERR_NO_CALENDAR as above. */
enum day_kind {
    DAY_WORKED,
    DAY_WEEKEND, /* a Saturday or Sunday that no layer names */
    DAY_HOLIDAY, /* named by a layer */
};
int calendar_day_kind(const struct calendar *calendar, int64_t day, enum day_kind *out_kind,
                      struct err *err);

/* The `count`-th working day after `day` (count >= 1), which itself does not count. ERR_NO_CALENDAR. */
int calendar_add_workdays(const struct calendar *calendar, int64_t day, int count, int64_t *out_day,
                          struct err *err);

/* First and last day of the covered years (a year between them may be missing); false when none is covered. */
bool calendar_range(const struct calendar *calendar, int64_t *out_first_day, int64_t *out_last_day);

/* Listing for people: every special day in order, with its name and whether it is worked. A code other than OK from
 * `on_day` ends it and comes back. */
typedef int (*calendar_day_cb)(void *context, int64_t day, bool is_workday, struct bytes name);
int calendar_each(const struct calendar *calendar, calendar_day_cb on_day, void *context);

#endif
