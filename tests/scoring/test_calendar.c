#include "scoring/calendar.h"

#include "base/civil.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t day_of(const char *text)
{
    int64_t day = 0;
    assert_true(day_parse(bytes_from_z(text), &day));
    return day;
}

static struct calendar *calendar_with(const char *layer, const char *second)
{
    struct calendar *calendar = NULL;
    struct err err = {0};
    assert_int_equal(calendar_new(&calendar, &err), OK);
    if (layer != NULL)
        assert_int_equal(calendar_add_builtin(calendar, bytes_from_z(layer), &err), OK);
    if (second != NULL)
        assert_int_equal(calendar_add_builtin(calendar, bytes_from_z(second), &err), OK);
    return calendar;
}

static bool is_workday(const struct calendar *calendar, const char *day)
{
    bool is = false;
    struct err err = {0};
    assert_int_equal(calendar_is_workday(calendar, day_of(day), &is, &err), OK);
    return is;
}

static void calendar_is_workday__follows_the_announcements(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        bool is;
    } cases[] = {
        {"2024-05-06", true},  /* a plain Monday */
        {"2024-05-18", false}, /* a plain Saturday */
        {"2024-02-04", true},  /* Sunday worked before Spring Festival */
        {"2024-02-09", true},  /* New Year's Eve was not a holiday in 2024 */
        {"2024-02-10", false}, /* Spring Festival */
        {"2024-02-16", false}, /* a Friday of the arrangement */
        {"2024-02-18", true},  /* Sunday worked after it */
        {"2024-05-11", true},  /* Saturday worked for 1 May */
        {"2024-10-12", true},  /* Saturday worked for 1 October */
        {"2025-01-26", true},  {"2025-01-28", false}, {"2019-01-01", false}, {"2026-12-31", true},
    };
    struct calendar *calendar = calendar_with("national", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (is_workday(calendar, cases[i].day) != cases[i].is)
            fail_msg("%s", cases[i].day);
    }
    calendar_free(calendar);
}

static void calendar_day_kind__tells_weekends_from_holidays(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        enum day_kind kind;
    } cases[] = {
        {"2024-05-06", DAY_WORKED},                              /* a plain Monday */
        {"2024-05-18", DAY_WEEKEND},                             /* a plain Saturday */
        {"2024-05-19", DAY_WEEKEND}, {"2024-05-11", DAY_WORKED}, /* a worked Saturday */
        {"2024-05-04", DAY_HOLIDAY},                             /* a Saturday of 1 May */
        {"2024-05-01", DAY_HOLIDAY},                             /* a Wednesday */
        {"2024-04-11", DAY_HOLIDAY},                             /* 三月三 */
    };
    struct calendar *calendar = calendar_with("national", "guangxi");
    struct err err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum day_kind kind = DAY_WORKED;
        assert_int_equal(calendar_day_kind(calendar, day_of(cases[i].day), &kind, &err), OK);
        if (kind != cases[i].kind)
            fail_msg("%s", cases[i].day);
    }
    enum day_kind kind = DAY_HOLIDAY;
    assert_int_equal(calendar_day_kind(calendar, day_of("2018-12-31"), &kind, &err),
                     ERR_NO_CALENDAR);
    assert_int_equal(kind, DAY_HOLIDAY);
    calendar_free(calendar);
}

static void calendar_add_workdays__counts_across_holidays(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int count;
        const char *to;
    } cases[] = {
        {"2024-05-06", 1, "2024-05-07"},
        {"2024-05-10", 1, "2024-05-11"}, /* a worked Saturday */
        {"2024-05-10", 2, "2024-05-13"},
        {"2024-02-08", 2, "2024-02-18"}, /* the 9th, then the festival, then Sunday the 18th */
        {"2024-02-03", 1, "2024-02-04"},
        {"2024-09-30", 1, "2024-10-08"},
        {"2024-12-31", 1, "2025-01-02"},
        {"2018-12-31", 1, "2019-01-02"}, /* the start day itself does not count */
    };
    struct calendar *calendar = calendar_with("national", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t day = 0;
        struct err err = {0};
        assert_int_equal(
            calendar_add_workdays(calendar, day_of(cases[i].from), cases[i].count, &day, &err), OK);
        if (day != day_of(cases[i].to))
            fail_msg("%d from %s", cases[i].count, cases[i].from);
    }
    calendar_free(calendar);
}

static void calendar_add_workdays__equals_day_by_day_counting(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_with("national", "guangxi");
    int64_t last = day_of("2026-11-01");
    for (int64_t from = day_of("2019-01-01"); from < last; from += 3) {
        int worked = 0;
        for (int64_t day = from + 1; day < from + 40; day++) {
            bool is = false;
            int64_t found = 0;
            struct err err = {0};
            assert_int_equal(calendar_is_workday(calendar, day, &is, &err), OK);
            worked += is ? 1 : 0;
            if (!is)
                continue;
            assert_int_equal(calendar_add_workdays(calendar, from, worked, &found, &err), OK);
            assert_int_equal(found, day);
        }
    }
    calendar_free(calendar);
}

static void calendar__refuses_years_that_no_layer_covers(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_with("national", NULL);
    struct err err = {0};
    int64_t day = 77;
    bool is = false;
    assert_int_equal(calendar_is_workday(calendar, day_of("2018-12-31"), &is, &err),
                     ERR_NO_CALENDAR);
    assert_non_null(strstr(err.message, "2018"));
    assert_int_equal(calendar_add_workdays(calendar, day_of("2026-12-25"), 10, &day, &err),
                     ERR_NO_CALENDAR);
    assert_non_null(strstr(err.message, "2027"));
    assert_int_equal(day, 77);
    int64_t first = 0;
    int64_t last = 0;
    assert_true(calendar_range(calendar, &first, &last));
    assert_int_equal(first, day_of("2019-01-01"));
    assert_int_equal(last, day_of("2026-12-31"));
    calendar_free(calendar);

    calendar = calendar_with("guangxi", NULL);
    assert_false(calendar_range(calendar, &first, &last));
    assert_int_equal(calendar_is_workday(calendar, day_of("2024-04-11"), &is, &err),
                     ERR_NO_CALENDAR);
    calendar_free(calendar);
}

static void calendar_add_builtin__puts_later_layers_above(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_with("national", "guangxi");
    struct err err = {0};
    assert_false(is_workday(calendar, "2024-04-11")); /* 三月三 */
    assert_false(is_workday(calendar, "2024-04-12"));
    assert_true(is_workday(calendar, "2024-04-10"));
    assert_int_equal(calendar_add_csv(calendar,
                                      BYTES_LIT("date,type,name\r\n2024-04-12,workday,抢险\r\n"
                                                "2024-09-06,holiday,台风摩羯\r\n"),
                                      &err),
                     OK);
    assert_true(is_workday(calendar, "2024-04-12"));
    assert_false(is_workday(calendar, "2024-09-06"));
    assert_false(is_workday(calendar, "2024-04-11"));
    assert_int_equal(calendar_add_builtin(calendar, BYTES_LIT("tibet"), &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "tibet"));
    calendar_free(calendar);
}

static void calendar_add_csv__covers_years_with_new_year_and_national_day(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_with("national", NULL);
    struct err err = {0};
    int64_t first = 0;
    int64_t last = 0;
    assert_int_equal(calendar_add_csv(calendar,
                                      BYTES_LIT("\xEF\xBB\xBF"
                                                "date,type,name\n2028-10-01,holiday,国庆节\n\n"
                                                "2028-01-01,holiday,元旦\n"
                                                "2029-01-01,holiday,元旦\n"),
                                      &err),
                     OK);
    assert_true(calendar_range(calendar, &first, &last));
    assert_int_equal(last, day_of("2028-12-31"));
    bool is = false;
    assert_int_equal(calendar_is_workday(calendar, day_of("2027-06-01"), &is, &err),
                     ERR_NO_CALENDAR);
    assert_int_equal(calendar_is_workday(calendar, day_of("2028-06-01"), &is, &err), OK);
    assert_true(is);
    calendar_free(calendar);
}

static void calendar_add_csv__refuses_by_line_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *csv;
        const char *says;
    } cases[] = {
        {"", "names no day"},
        {"date,type,name\n", "names no day"},
        {"2024-05-01,holiday,x\n", "line 1: no header"},
        {"date,type,name\n2024-05-01,holiday,x\n2024-05-01,workday,x\n", "line 3: the day is"},
        {"date,type,name\n2024-02-30,holiday,x\n", "line 2: no date"},
        {"date,type,name\n\n2024/5/1,holiday,x\n", "line 3: no date"},
        {"date,type,name\n2024-05-01\n", "line 2: type is neither"},
        {"date,type,name\n2024-05-01,rest,x\n", "line 2: type is neither"},
        {"date,type,name\n1899-05-01,holiday,x\n", "line 2: year 1899"},
        {"date,type,name\n2024-05-01,holiday,\xFF\n", "line 2: not UTF-8"},
    };
    struct calendar *calendar = calendar_with("national", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        int rc = calendar_add_csv(calendar, bytes_from_z(cases[i].csv), &err);
        if (rc != ERR_FORMAT || strstr(err.message, cases[i].says) == NULL)
            fail_msg("case %zu gives %d \"%s\"", i, rc, err.message);
    }
    assert_true(is_workday(calendar, "2024-05-06"));
    calendar_free(calendar);
}

struct listing {
    int64_t last_day;
    int days, stop_after;
};

static int on_day(void *context, int64_t day, bool worked, struct bytes name)
{
    struct listing *listing = context;
    (void)worked;
    assert_true(day > listing->last_day);
    assert_true(name.len > 0);
    listing->last_day = day;
    listing->days++;
    return listing->days == listing->stop_after ? ERR_CANCELED : OK;
}

static void calendar_each__lists_every_day_once_in_order(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_with("national", "guangxi");
    struct listing listing = {0};
    assert_int_equal(calendar_each(calendar, on_day, &listing), OK);
    /* 288 of the State Council; four of 三月三's 16 are among them, 2023-04-23 as a worked Sunday */
    assert_int_equal(listing.days, 288 + 16 - 4);
    listing = (struct listing){.stop_after = 5};
    assert_int_equal(calendar_each(calendar, on_day, &listing), ERR_CANCELED);
    assert_int_equal(listing.days, 5);
    calendar_free(calendar);
}

static int load_layers(void *context, struct err *err)
{
    (void)context;
    struct calendar *calendar = NULL;
    int rc = calendar_new(&calendar, err);
    if (rc == OK)
        rc = calendar_add_builtin(calendar, BYTES_LIT("national"), err);
    if (rc == OK) {
        rc = calendar_add_builtin(calendar, BYTES_LIT("guangxi"), err);
        assert_int_equal(is_workday(calendar, "2024-04-11"), rc != OK);
    }
    calendar_free(calendar);
    return rc;
}

static void calendar__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(load_layers, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_is_workday__follows_the_announcements),
        cmocka_unit_test(calendar_day_kind__tells_weekends_from_holidays),
        cmocka_unit_test(calendar_add_workdays__counts_across_holidays),
        cmocka_unit_test(calendar_add_workdays__equals_day_by_day_counting),
        cmocka_unit_test(calendar__refuses_years_that_no_layer_covers),
        cmocka_unit_test(calendar_add_builtin__puts_later_layers_above),
        cmocka_unit_test(calendar_add_csv__covers_years_with_new_year_and_national_day),
        cmocka_unit_test(calendar_add_csv__refuses_by_line_and_changes_nothing),
        cmocka_unit_test(calendar_each__lists_every_day_once_in_order),
        cmocka_unit_test(calendar__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
