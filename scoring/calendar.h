#ifndef PINGYI_SCORING_CALENDAR_H
#define PINGYI_SCORING_CALENDAR_H

#include "base/bytes.h"
#include "base/err.h"

/* Which civil days are worked: weekends, moved by layers of holidays and make-up working days. Later layers add to and
 * override earlier ones. Years that no layer covers are refused, never guessed. Thread: any once loaded.
 *
 * Layer text: CSV `date,type,name`, type `holiday` or `workday`. Built-in layers: `national` (2019 to 2026, State
 * Council announcements) and `guangxi` (三月三, a layer above national). A layer covers, for working days, only the
 * years that it names at least one day of AND, for `guangxi` and imported layers, nothing beyond what `national` or an
 * imported national layer covers: covered years are those of the union of layers flagged as whole-year ones (built-in
 * national, and imported ones). */
struct calendar;

int calendar_new(struct calendar **out_calendar, struct err *err);
void calendar_free(struct calendar *calendar);

/* Add a built-in layer by name; ERR_NOT_FOUND names one that is not built in. */
int calendar_add_builtin(struct calendar *calendar, struct bytes name, struct err *err);

/* Add an imported layer; ERR_FORMAT names the line. Days must be unique within a layer. */
int calendar_add_csv(struct calendar *calendar, struct bytes csv, struct err *err);

/* Text of a built-in layer (for `calendar show`); false when there is none of that name. */
bool calendar_builtin_text(struct bytes name, struct bytes *out_csv);

/* Whether `day` is worked. ERR_NO_CALENDAR when no layer covers its year. */
int calendar_is_workday(const struct calendar *calendar, int64_t day, bool *out_is,
                        struct err *err);

/* The `count`-th working day after `day` (count >= 1), which itself does not count. ERR_NO_CALENDAR. */
int calendar_add_workdays(const struct calendar *calendar, int64_t day, int count, int64_t *out_day,
                          struct err *err);

/* First and last day of the covered years; false when no layer is loaded. */
bool calendar_range(const struct calendar *calendar, int64_t *out_first_day, int64_t *out_last_day);

/* Listing for people: every special day in order, with its name and whether it is worked. */
typedef int (*calendar_day_cb)(void *context, int64_t day, bool is_workday, struct bytes name);
int calendar_each(const struct calendar *calendar, calendar_day_cb on_day, void *context);

#endif
