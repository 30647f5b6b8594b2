#include "service/followup/hours.h"

#include "tests/service/followup/hours_fixture.h"
#include "tests/support/file.h"

enum { HOUR = 3600 };

static void check_window(const struct calling_window *window, const char *from, const char *until,
                         enum day_part part, const char *name)
{
    char from_text[CLOCK_BYTES];
    char until_text[CLOCK_BYTES];
    clock_format(window->from_utc, from_text);
    clock_format(window->until_utc, until_text);
    if (strcmp(from_text, from) != 0 || strcmp(until_text, until) != 0)
        fail_msg("%s: %s to %s, not %s to %s", name, from_text, until_text, from, until);
    if (window->part != part)
        fail_msg("%s: part %d, not %d", name, (int)window->part, (int)part);
    char day[DAY_TEXT_BYTES];
    day_format(window->day, day);
    assert_memory_equal(day, from, 10);
}

static void hours_window__is_the_one_that_holds_the_time_or_the_next(void **state)
{
    (void)state;
    static const struct {
        const char *at, *from, *until;
        enum day_part part;
        bool is_open;
    } cases[] = {
        {"2024-06-03 00:00", "2024-06-03 09:00", "2024-06-03 12:00", DAY_PART_MORNING, false},
        {"2024-06-03 08:59", "2024-06-03 09:00", "2024-06-03 12:00", DAY_PART_MORNING, false},
        {"2024-06-03 09:00", "2024-06-03 09:00", "2024-06-03 12:00", DAY_PART_MORNING, true},
        {"2024-06-03 11:59", "2024-06-03 09:00", "2024-06-03 12:00", DAY_PART_MORNING, true},
        {"2024-06-03 12:00", "2024-06-03 15:00", "2024-06-03 18:00", DAY_PART_AFTERNOON, false},
        {"2024-06-03 15:00", "2024-06-03 15:00", "2024-06-03 18:00", DAY_PART_AFTERNOON, true},
        {"2024-06-03 18:00", "2024-06-03 19:00", "2024-06-03 20:30", DAY_PART_EVENING, false},
        {"2024-06-03 20:29", "2024-06-03 19:00", "2024-06-03 20:30", DAY_PART_EVENING, true},
        {"2024-06-03 20:30", "2024-06-04 09:00", "2024-06-04 12:00", DAY_PART_MORNING, false},
        /* Friday evening to Saturday: later, and one part all day. */
        {"2024-06-14 20:30", "2024-06-15 10:00", "2024-06-15 12:00", DAY_PART_WEEKEND, false},
        {"2024-06-15 16:00", "2024-06-15 15:00", "2024-06-15 18:00", DAY_PART_WEEKEND, true},
        {"2024-06-16 19:30", "2024-06-16 19:00", "2024-06-16 20:30", DAY_PART_WEEKEND, true},
        /* 1 May: Wednesday to Sunday, its weekend named by the layer. */
        {"2024-04-30 20:30", "2024-05-06 09:00", "2024-05-06 12:00", DAY_PART_MORNING, false},
        /* The Dragon Boat Festival is the Monday; the weekend before it is one as any. */
        {"2024-06-07 21:00", "2024-06-08 10:00", "2024-06-08 12:00", DAY_PART_WEEKEND, false},
        {"2024-06-09 20:30", "2024-06-11 09:00", "2024-06-11 12:00", DAY_PART_MORNING, false},
        {"2024-06-10 10:00", "2024-06-11 09:00", "2024-06-11 12:00", DAY_PART_MORNING, false},
        /* A Saturday that is worked. */
        {"2024-05-11 09:30", "2024-05-11 09:00", "2024-05-11 12:00", DAY_PART_MORNING, true},
        /* 三月三, Thursday and Friday; then a weekend. */
        {"2024-04-11 10:00", "2024-04-13 10:00", "2024-04-13 12:00", DAY_PART_WEEKEND, false},
    };
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct calling_window window = {0};
        struct err err = {0};
        bool is_open = !cases[i].is_open;
        assert_int_equal(hours_window(&fixture.hours, at(cases[i].at), &is_open, &window, &err),
                         OK);
        if (is_open != cases[i].is_open)
            fail_msg("%s", cases[i].at);
        check_window(&window, cases[i].from, cases[i].until, cases[i].part, cases[i].at);
    }
    fixture_deinit(&fixture);
}

static void hours_window__leads_from_each_window_to_the_next(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    int64_t end_utc = at("2025-01-01 00:00");
    int64_t at_utc = at("2024-01-01 00:00");
    int64_t seconds = 0;
    for (int64_t last_utc = 0; at_utc < end_utc; last_utc = at_utc) {
        struct calling_window window = {0};
        struct err err = {0};
        bool is_open = true;
        assert_int_equal(hours_window(&fixture.hours, at_utc, &is_open, &window, &err), OK);
        assert_false(is_open); /* no two of these hours touch */
        assert_true(window.from_utc > last_utc && window.from_utc < window.until_utc);
        seconds += window.from_utc < end_utc ? window.until_utc - window.from_utc : 0;
        at_utc = window.until_utc;
    }
    /* 3 + 3 + 1.5 hours on days that are worked, 2 + 3 + 1.5 at weekends. */
    int64_t expected = 0;
    for (int64_t day = day_of("2024-01-01"); day <= day_of("2024-12-31"); day++) {
        enum day_kind kind = DAY_HOLIDAY;
        struct err err = {0};
        assert_int_equal(calendar_day_kind(fixture.calendar, day, &kind, &err), OK);
        expected += kind == DAY_WORKED ? 15 * HOUR / 2 : kind == DAY_WEEKEND ? 13 * HOUR / 2 : 0;
    }
    assert_int_equal(seconds, expected);
    fixture_deinit(&fixture);
}

static void hours_window__touching_spans_are_two(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    fixture_set_rules(&fixture, "[followup]\nweekday = 00:00-12:00 12:00-24:00\nweekend = none\n");
    struct calling_window window = {0};
    struct err err = {0};
    bool is_open = false;
    assert_int_equal(hours_window(&fixture.hours, at("2024-06-03 12:00"), &is_open, &window, &err),
                     OK);
    assert_true(is_open);
    check_window(&window, "2024-06-03 12:00", "2024-06-04 00:00", DAY_PART_AFTERNOON, "noon");
    /* From the end of Friday over a weekend without hours. */
    assert_int_equal(hours_window(&fixture.hours, at("2024-06-15 00:00"), &is_open, &window, &err),
                     OK);
    assert_false(is_open);
    check_window(&window, "2024-06-17 00:00", "2024-06-17 12:00", DAY_PART_MORNING, "weekend");
    fixture_deinit(&fixture);
}

static void hours_window__never_guesses_a_year(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    struct calling_window window = {.day = 7};
    struct err err = {0};
    bool is_open = true;
    assert_int_equal(hours_window(&fixture.hours, at("2026-12-31 20:30"), &is_open, &window, &err),
                     ERR_NO_CALENDAR);
    assert_int_equal(hours_window(&fixture.hours, at("2018-12-31 10:00"), &is_open, &window, &err),
                     ERR_NO_CALENDAR);
    assert_int_equal(window.day, 7);
    assert_true(is_open);
    /* What lies before that year is found. */
    assert_int_equal(hours_window(&fixture.hours, at("2026-12-31 20:29"), &is_open, &window, &err),
                     OK);
    fixture_set_rules(&fixture, "[followup]\nweekday = none\nweekend = none\n");
    assert_int_equal(hours_window(&fixture.hours, at("2024-06-03 10:00"), &is_open, &window, &err),
                     ERR_NOT_FOUND);
    fixture_deinit(&fixture);
}

static void hours_find__looks_for_parts_and_days(void **state)
{
    (void)state;
    enum {
        MORNING = 1 << DAY_PART_MORNING,
        AFTERNOON = 1 << DAY_PART_AFTERNOON,
        EVENING = 1 << DAY_PART_EVENING,
        WEEKEND = 1 << DAY_PART_WEEKEND,
    };
    static const struct {
        const char *from, *from_day, *found_from, *found_until;
        uint32_t parts;
        enum day_part part;
    } cases[] = {
        /* What is left of a window that has begun. */
        {"2024-06-03 10:17", NULL, "2024-06-03 10:17", "2024-06-03 12:00", HOURS_ALL_PARTS,
         DAY_PART_MORNING},
        {"2024-06-03 10:17", NULL, "2024-06-03 19:00", "2024-06-03 20:30", EVENING,
         DAY_PART_EVENING},
        {"2024-06-03 12:00", NULL, "2024-06-04 09:00", "2024-06-04 12:00", MORNING,
         DAY_PART_MORNING},
        {"2024-06-03 10:17", "2024-06-03", "2024-06-03 10:17", "2024-06-03 12:00", MORNING,
         DAY_PART_MORNING},
        {"2024-06-03 10:17", "2024-06-05", "2024-06-05 09:00", "2024-06-05 12:00",
         MORNING | AFTERNOON, DAY_PART_MORNING},
        {"2024-06-03 10:17", "2024-06-01", "2024-06-03 15:00", "2024-06-03 18:00", AFTERNOON,
         DAY_PART_AFTERNOON},
        {"2024-06-03 10:17", NULL, "2024-06-08 10:00", "2024-06-08 12:00", WEEKEND,
         DAY_PART_WEEKEND},
        /* A weekend that is a holiday's has none. */
        {"2024-04-30 10:17", NULL, "2024-05-12 10:00", "2024-05-12 12:00", WEEKEND,
         DAY_PART_WEEKEND},
        {"2024-06-15 19:30", NULL, "2024-06-15 19:30", "2024-06-15 20:30", WEEKEND,
         DAY_PART_WEEKEND},
    };
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct calling_window window = {0};
        struct err err = {0};
        int64_t from_day = cases[i].from_day != NULL ? day_of(cases[i].from_day) : 0;
        assert_int_equal(
            hours_find(&fixture.hours, at(cases[i].from), from_day, cases[i].parts, &window, &err),
            OK);
        check_window(&window, cases[i].found_from, cases[i].found_until, cases[i].part,
                     cases[i].from);
    }
    fixture_deinit(&fixture);
}

static void hours_find__says_when_a_part_has_no_hours(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    fixture_set_rules(&fixture, "[followup]\nweekend = none\n");
    struct calling_window window = {.day = 7};
    struct err err = {0};
    assert_int_equal(
        hours_find(&fixture.hours, at("2024-06-03 10:00"), 0, 1 << DAY_PART_WEEKEND, &window, &err),
        ERR_NOT_FOUND);
    assert_int_equal(
        hours_find(&fixture.hours, at("2026-11-03 10:00"), 0, 1 << DAY_PART_WEEKEND, &window, &err),
        ERR_NO_CALENDAR);
    assert_int_equal(window.day, 7);
    fixture_deinit(&fixture);
}

static void hours_part__is_that_of_the_window_else_by_hour_and_day(void **state)
{
    (void)state;
    static const struct {
        const char *at;
        enum day_part part;
    } cases[] = {
        {"2024-06-03 00:00", DAY_PART_MORNING},
        {"2024-06-03 11:29", DAY_PART_MORNING},
        {"2024-06-03 12:45", DAY_PART_MORNING}, /* in 11:30-13:00 */
        {"2024-06-03 13:00", DAY_PART_AFTERNOON},
        {"2024-06-03 17:59", DAY_PART_AFTERNOON},
        {"2024-06-03 18:00", DAY_PART_EVENING},
        {"2024-06-03 23:59", DAY_PART_EVENING},
        {"2024-06-15 12:45", DAY_PART_WEEKEND},
        {"2024-06-10 10:00", DAY_PART_WEEKEND}, /* holiday */
        {"2024-05-11 20:00", DAY_PART_EVENING}, /* a Saturday that is worked */
    };
    struct hours_fixture fixture;
    fixture_init(&fixture);
    fixture_set_rules(&fixture, "[followup]\nweekday = 11:30-13:00 15:00-17:00\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum day_part part = DAY_PART_COUNT;
        struct err err = {0};
        assert_int_equal(hours_part(&fixture.hours, at(cases[i].at), &part, &err), OK);
        if (part != cases[i].part)
            fail_msg("%s: part %d", cases[i].at, (int)part);
    }
    enum day_part part = DAY_PART_COUNT;
    struct err err = {0};
    assert_int_equal(hours_part(&fixture.hours, at("2027-01-01 10:00"), &part, &err),
                     ERR_NO_CALENDAR);
    assert_int_equal(part, DAY_PART_COUNT);
    fixture_deinit(&fixture);
}

static void hours_parts__are_those_in_which_spans_begin(void **state)
{
    (void)state;
    static const struct {
        const char *rules;
        uint32_t parts;
    } cases[] = {
        {"", HOURS_ALL_PARTS},
        {"[followup]\nweekend = none\n", 7},
        {"[followup]\nweekday = none\n", 8},
        {"[followup]\nweekday = 11:59-20:00\nweekend = none\n", 1},
        {"[followup]\nweekday = 12:00-13:00 18:00-20:00\n", 14},
        {"[followup]\nweekday = none\nweekend = none\n", 0},
    };
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_set_rules(&fixture, cases[i].rules);
        if (hours_parts(&fixture.rules) != cases[i].parts)
            fail_msg("%s", cases[i].rules);
    }
    fixture_deinit(&fixture);
}

/* In New York the hour from 2 to 3 on 10 March 2024, a Sunday, did not exist. */
static void hours_window__passes_over_hours_that_clocks_skip(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    struct zone *zone = NULL;
    struct calling_window window = {0};
    struct err err = {0};
    bool is_open = true;
    struct buf tzif;
    buf_init(&tzif, 64 * 1024);
    test_file_read("/usr/share/zoneinfo/America/New_York", &tzif);
    assert_int_equal(zone_parse(buf_bytes(&tzif), &zone, &err), OK);
    buf_deinit(&tzif);
    fixture_init(&fixture);
    fixture_set_rules(&fixture, "[followup]\nweekend = 02:00-03:00\nweekday = none\n");
    fixture.hours.zone = zone;
    /* There it is 3:00 on the Saturday. */
    assert_int_equal(hours_window(&fixture.hours, at("2024-03-09 16:00"), &is_open, &window, &err),
                     OK);
    assert_int_equal(window.from_utc, at("2024-03-16 14:00"));
    assert_int_equal(window.until_utc, at("2024-03-16 15:00"));
    assert_false(is_open);
    zone_free(zone);
    fixture_deinit(&fixture);
}

/* Every instant of a window is in it, in its part, and found by hours_find; what lies before is outside. */
static void hours_window__agrees_with_itself_at_every_quarter(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (int64_t utc = at("2024-09-20 00:00"); utc < at("2024-10-20 00:00"); utc += HOUR / 4) {
        struct calling_window window = {0};
        struct calling_window found = {0};
        struct err err = {0};
        bool is_open = false;
        enum day_part part = DAY_PART_COUNT;
        assert_int_equal(hours_window(&fixture.hours, utc, &is_open, &window, &err), OK);
        assert_int_equal(is_open, window.from_utc <= utc);
        assert_true(utc < window.until_utc);
        assert_int_equal(hours_find(&fixture.hours, utc, 0, HOURS_ALL_PARTS, &found, &err), OK);
        assert_int_equal(found.from_utc, is_open ? utc : window.from_utc);
        assert_int_equal(found.until_utc, window.until_utc);
        assert_int_equal(hours_part(&fixture.hours, found.from_utc, &part, &err), OK);
        assert_int_equal(part, found.part);
    }
    fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_window__is_the_one_that_holds_the_time_or_the_next),
        cmocka_unit_test(hours_window__leads_from_each_window_to_the_next),
        cmocka_unit_test(hours_window__touching_spans_are_two),
        cmocka_unit_test(hours_window__never_guesses_a_year),
        cmocka_unit_test(hours_find__looks_for_parts_and_days),
        cmocka_unit_test(hours_find__says_when_a_part_has_no_hours),
        cmocka_unit_test(hours_part__is_that_of_the_window_else_by_hour_and_day),
        cmocka_unit_test(hours_parts__are_those_in_which_spans_begin),
        cmocka_unit_test(hours_window__passes_over_hours_that_clocks_skip),
        cmocka_unit_test(hours_window__agrees_with_itself_at_every_quarter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
