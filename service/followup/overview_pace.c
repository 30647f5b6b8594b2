#include "service/followup/overview_room.h"

#include <math.h>

/* How fast cases become final, over the calling hours that have gone by, and when at that pace none is left. */

enum {
    PACE_REACH_DAYS = 14, /* how far back days with hours are looked for */
    PACE_LEAST_S = 3600,  /* of calling hours: less foretells nothing */
    FORECAST_WINDOWS_MAX = 1000
};

struct past_day {
    int64_t from_utc, full_s, gone_s;
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Where the calendar ends nothing is foretold, and nothing fails. */
static bool is_beyond_calendar(int rc)
{
    return rc == ERR_NO_CALENDAR || rc == ERR_NOT_FOUND;
}

/* The hours of each day from `first_day` to today: all of them, and those that have gone by since the opening. */
static int sum_hours(const struct overview_work *work, int64_t first_day,
                     struct past_day days[PACE_REACH_DAYS], struct err *err)
{
    int64_t opened_utc = work->out->campaign.opened_utc;
    int64_t at_utc = zone_day_start(work->hours->zone, first_day);
    for (;;) {
        struct calling_window window;
        bool is_open = false;
        int rc = hours_window(work->hours, at_utc, &is_open, &window, err);
        if (rc != OK)
            return rc;
        if (window.day > work->today)
            return OK;
        struct past_day *day = &days[window.day - first_day];
        int64_t from_utc = larger(window.from_utc, opened_utc);
        int64_t until_utc = smaller(window.until_utc, work->wish.now_utc);
        if (day->full_s == 0)
            day->from_utc = window.from_utc;
        day->full_s += window.until_utc - window.from_utc;
        day->gone_s += larger(until_utc - from_utc, 0);
        at_utc = window.until_utc;
    }
}

int overview_find_pace(struct overview_work *work, struct err *err)
{
    struct past_day days[PACE_REACH_DAYS] = {{0}};
    struct err beyond = {0};
    struct moment opened = {work->out->campaign.opened_utc, MOMENT_INSTANT};
    int64_t first_day =
        larger(zone_day(work->hours->zone, opened), work->today - PACE_REACH_DAYS + 1);
    int rc = sum_hours(work, first_day, days, &beyond);
    if (rc != OK && !is_beyond_calendar(rc)) {
        *err = beyond;
        return rc;
    }
    for (int64_t i = work->today - first_day; i >= 0 && work->pace_days < OVERVIEW_PACE_DAYS; i--) {
        if (days[i].gone_s == 0)
            continue;
        work->pace_days++;
        work->pace_from_utc = days[i].from_utc;
        work->pace_full_s += days[i].full_s;
        work->pace_gone_s += days[i].gone_s;
    }
    return OK;
}

/* Use up `need_s` of the calling hours from now on. */
static int find_last_day(const struct overview_work *work, double need_s, bool *out_has,
                         int64_t *out_day, struct err *err)
{
    int64_t at_utc = work->wish.now_utc;
    for (int i = 0; i < FORECAST_WINDOWS_MAX; i++) {
        struct calling_window window;
        bool is_open = false;
        int rc = hours_window(work->hours, at_utc, &is_open, &window, err);
        if (rc != OK)
            return rc;
        int64_t from_utc = is_open ? at_utc : window.from_utc;
        need_s -= (double)(window.until_utc - from_utc);
        if (need_s <= 0 && window.until_utc > work->last_appointment_utc) {
            *out_has = true;
            *out_day = window.day;
            return OK;
        }
        at_utc = window.until_utc;
    }
    return OK;
}

int overview_forecast(struct overview_work *work, struct err *err)
{
    struct overview_forecast *forecast = &work->out->forecast;
    struct err beyond = {0};
    forecast->hours = (double)work->pace_gone_s / 3600;
    forecast->per_day = NAN;
    if (work->pace_gone_s < PACE_LEAST_S || forecast->finished == 0)
        return OK;
    double a_second = (double)forecast->finished / (double)work->pace_gone_s;
    forecast->per_day = a_second * (double)work->pace_full_s / (double)work->pace_days;
    if (forecast->left == 0)
        return OK;
    int rc = find_last_day(work, (double)forecast->left / a_second, &forecast->has_last_day,
                           &forecast->last_day, &beyond);
    if (rc == OK || is_beyond_calendar(rc))
        return OK;
    *err = beyond;
    return rc;
}
