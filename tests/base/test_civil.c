#include "base/civil.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static void civil_to_day__counts_every_day_of_400_years(void **state)
{
    (void)state;
    static const int days_of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = civil_to_day((struct civil){1800, 1, 1});
    assert_int_equal(day, -62091);
    for (int year = 1800; year < 2200; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            int days = days_of[month - 1] + (leap && month == 2 ? 1 : 0);
            for (int of_month = 1; of_month <= days; of_month++, day++) {
                struct civil back = day_to_civil(day);
                int64_t parsed = 0;
                char text[DAY_TEXT_BYTES];
                day_format(day, text);
                assert_int_equal(civil_to_day((struct civil){year, month, of_month}), day);
                assert_true(back.year == year && back.month == month && back.day == of_month);
                assert_true(day_parse(bytes_from_z(text), &parsed) && parsed == day);
            }
            assert_false(civil_is_valid((struct civil){year, month, days + 1}));
        }
    }
}

static void day_weekday__begins_on_monday(void **state)
{
    (void)state;
    assert_int_equal(day_weekday(0), 3);
    assert_int_equal(day_weekday(-3), 0);
    assert_int_equal(day_weekday(-4), 6);
    assert_int_equal(day_weekday(civil_to_day((struct civil){2024, 5, 31})), 4);
    assert_int_equal(seconds_to_day(-1), -1);
    assert_int_equal(seconds_to_day(SECONDS_A_DAY - 1), 0);
    assert_int_equal(seconds_to_day(-SECONDS_A_DAY), -1);
}

static void day_parse__refuses_what_is_no_day(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",          "2024-02-30", "2023-02-29",  "2024-13-01", "2024-00-01", "2024-01-00",
        "2024-1-01", "0000-01-01", "2024-01-01 ", "2024/01/01", "-024-01-01"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t day = 7;
        assert_false(day_parse(bytes_from_z(texts[i]), &day));
        assert_int_equal(day, 7);
    }
}

static void time_parse__reads_rfc_3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t utc;
    } cases[] = {
        {"1970-01-01T00:00:00Z", true, 0},
        {"1970-01-01 08:00:00+08:00", true, 0},
        {"1969-12-31t19:00:00.999-05:00", true, 0},
        {"2024-05-31T18:00:00+08:00", true, 1717149600},
        {"2024-05-31T18:00:00", false, 0},
        {"2024-05-31T24:00:00Z", false, 0},
        {"2024-05-31T18:00:60Z", false, 0},
        {"2024-05-31T18:00:00.Z", false, 0},
        {"2024-05-31T18:00:00+0800", false, 0},
        {"2024-05-31T18:00:00Zx", false, 0},
        {"2024-05-31", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t utc = 0;
        bool ok = time_parse(bytes_from_z(cases[i].text), &utc);
        if (ok != cases[i].ok || utc != cases[i].utc)
            fail_msg("%s: %d, %jd", cases[i].text, ok, (intmax_t)utc);
    }
}

static void time_format__inverts_time_parse(void **state)
{
    (void)state;
    char text[TIME_TEXT_BYTES];
    time_format(1717149600, 28800, text);
    assert_string_equal(text, "2024-05-31T18:00:00+08:00");
    time_format(0, -12600, text);
    assert_string_equal(text, "1969-12-31T20:30:00-03:30");
    for (int64_t utc = -5000000000; utc < 5000000000; utc += 9999991) {
        int64_t back = 0;
        time_format(utc, 20700, text);
        assert_true(time_parse(bytes_from_z(text), &back) && back == utc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_to_day__counts_every_day_of_400_years),
        cmocka_unit_test(day_weekday__begins_on_monday),
        cmocka_unit_test(day_parse__refuses_what_is_no_day),
        cmocka_unit_test(time_parse__reads_rfc_3339),
        cmocka_unit_test(time_format__inverts_time_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
