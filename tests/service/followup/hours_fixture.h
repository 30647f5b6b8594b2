#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_HOURS_FIXTURE_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_HOURS_FIXTURE_H

#include "service/followup/hours.h"

#include "base/civil.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The hours of Guangxi: UTC+8, the national holidays and 三月三. In June 2024 the 3rd is a Monday and the 10th, a Monday,
 * a holiday. */
struct hours_fixture {
    struct zone *zone;
    struct calendar *calendar;
    struct rules rules;
    struct calling_hours hours;
};

static inline void fixture_set_rules(struct hours_fixture *fixture, const char *text)
{
    struct err err = {0};
    rules_default(&fixture->rules);
    if (text != NULL && rules_parse(bytes_from_z(text), &fixture->rules, &err) != OK)
        fail_msg("%s: %s", text, err.message);
}

/* `fixture` must stay where it is. */
static inline void fixture_init(struct hours_fixture *fixture)
{
    struct err err = {0};
    *fixture = (struct hours_fixture){0};
    assert_int_equal(zone_fixed(8 * 3600, &fixture->zone, &err), OK);
    assert_int_equal(calendar_new(&fixture->calendar, &err), OK);
    assert_int_equal(calendar_add_builtin(fixture->calendar, BYTES_LIT("national"), &err), OK);
    assert_int_equal(calendar_add_builtin(fixture->calendar, BYTES_LIT("guangxi"), &err), OK);
    fixture_set_rules(fixture, NULL);
    fixture->hours = (struct calling_hours){&fixture->rules, fixture->zone, fixture->calendar};
}

static inline void fixture_deinit(struct hours_fixture *fixture)
{
    calendar_free(fixture->calendar);
    zone_free(fixture->zone);
}

/* "2024-06-03 09:30" on the clocks of the zone. */
static inline int64_t at(const char *text)
{
    char full[TIME_TEXT_BYTES];
    int64_t utc = 0;
    snprintf(full, sizeof full, "%.16s:00+08:00", text);
    if (!time_parse(bytes_from_z(full), &utc))
        fail_msg("no time: %s", text);
    return utc;
}

static inline int64_t day_of(const char *text)
{
    int64_t day = 0;
    assert_true(day_parse(bytes_from_z(text), &day));
    return day;
}

/* "2024-06-03 09:30" */
enum { CLOCK_BYTES = 17 };
static inline void clock_format(int64_t utc, char out[CLOCK_BYTES])
{
    char full[TIME_TEXT_BYTES];
    time_format(utc, 8 * 3600, full);
    full[10] = ' ';
    memcpy(out, full, CLOCK_BYTES - 1);
    out[CLOCK_BYTES - 1] = '\0';
}

#endif
