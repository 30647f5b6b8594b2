#include "service/followup/hours.h"

#include "base/civil.h"

enum { MINUTE_S = 60, NOON_MINUTE = 12 * 60, EVENING_MINUTE = 18 * 60 };

static int64_t civil_second(const struct calling_hours *hours, int64_t utc)
{
    return utc + zone_offset_s(hours->zone, utc);
}

static enum day_part part_of_minute(enum day_kind kind, int64_t minute)
{
    if (kind != DAY_WORKED)
        return DAY_PART_WEEKEND;
    if (minute < NOON_MINUTE)
        return DAY_PART_MORNING;
    return minute < EVENING_MINUTE ? DAY_PART_AFTERNOON : DAY_PART_EVENING;
}

/* Spans of a kind of day, ascending. */
static const struct rules_span *spans_of(const struct rules *rules, enum day_kind kind,
                                         int *out_count)
{
    switch (kind) {
    case DAY_WORKED:
        *out_count = rules->followup.weekday_count;
        return rules->followup.weekday;
    case DAY_WEEKEND:
        *out_count = rules->followup.weekend_count;
        return rules->followup.weekend;
    case DAY_HOLIDAY:
        break;
    }
    *out_count = 0;
    return NULL;
}

static struct calling_window window_of(const struct calling_hours *hours, int64_t day,
                                       enum day_kind kind, const struct rules_span *span)
{
    int64_t midnight_s = day * SECONDS_A_DAY;
    return (struct calling_window){
        .from_utc = zone_to_utc(hours->zone, midnight_s + (int64_t)span->from_minute * MINUTE_S),
        .until_utc = zone_to_utc(hours->zone, midnight_s + (int64_t)span->to_minute * MINUTE_S),
        .day = day,
        .part = part_of_minute(kind, span->from_minute),
    };
}

/* The first window that ends after `at_utc` and is in one of the `parts`. */
static int find_window(const struct calling_hours *hours, int64_t at_utc, uint32_t parts,
                       struct calling_window *out, struct err *err)
{
    int64_t first_day = seconds_to_day(civil_second(hours, at_utc));
    for (int64_t day = first_day; day <= first_day + HOURS_REACH_DAYS; day++) {
        enum day_kind kind = DAY_WORKED;
        int count = 0;
        int rc = calendar_day_kind(hours->calendar, day, &kind, err);
        if (rc != OK)
            return rc;
        const struct rules_span *spans = spans_of(hours->rules, kind, &count);
        for (int i = 0; i < count; i++) {
            struct calling_window window = window_of(hours, day, kind, &spans[i]);
            /* One that the clocks skip is none. */
            bool is_any = window.from_utc < window.until_utc && window.until_utc > at_utc;
            if (is_any && (parts & (1U << window.part)) != 0) {
                *out = window;
                return OK;
            }
        }
    }
    char text[DAY_TEXT_BYTES];
    day_format(first_day, text);
    return err_set(err, ERR_NOT_FOUND, "no calling hours within %d days from %s",
                   (int)HOURS_REACH_DAYS, text);
}

int hours_window(const struct calling_hours *hours, int64_t at_utc, bool *out_is_open,
                 struct calling_window *out, struct err *err)
{
    int rc = find_window(hours, at_utc, HOURS_ALL_PARTS, out, err);
    if (rc == OK)
        *out_is_open = out->from_utc <= at_utc;
    return rc;
}

int hours_find(const struct calling_hours *hours, int64_t from_utc, int64_t from_day,
               uint32_t parts, struct calling_window *out, struct err *err)
{
    int64_t day_start_utc = zone_day_start(hours->zone, from_day);
    if (day_start_utc > from_utc)
        from_utc = day_start_utc;
    int rc = find_window(hours, from_utc, parts, out, err);
    if (rc == OK && out->from_utc < from_utc)
        out->from_utc = from_utc;
    return rc;
}

int hours_part(const struct calling_hours *hours, int64_t at_utc, enum day_part *out,
               struct err *err)
{
    int64_t civil_s = civil_second(hours, at_utc);
    int64_t day = seconds_to_day(civil_s);
    int64_t minute = (civil_s - day * SECONDS_A_DAY) / MINUTE_S;
    enum day_kind kind = DAY_WORKED;
    int count = 0;
    int rc = calendar_day_kind(hours->calendar, day, &kind, err);
    if (rc != OK)
        return rc;
    const struct rules_span *spans = spans_of(hours->rules, kind, &count);
    for (int i = 0; i < count; i++) {
        /* A span of 11:00-13:00 is a morning's to its end. */
        if (spans[i].from_minute <= minute && minute < spans[i].to_minute)
            minute = spans[i].from_minute;
    }
    *out = part_of_minute(kind, minute);
    return OK;
}

uint32_t hours_parts(const struct rules *rules)
{
    uint32_t parts = 0;
    for (int i = 0; i < rules->followup.weekday_count; i++)
        parts |= 1U << part_of_minute(DAY_WORKED, rules->followup.weekday[i].from_minute);
    if (rules->followup.weekend_count > 0)
        parts |= 1U << DAY_PART_WEEKEND;
    return parts;
}
