#include "importers/dates.h"

#include "base/civil.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* A moment as text, in a zone eight hours east. */
static const char *moment_text(struct moment moment, char out[TIME_TEXT_BYTES])
{
    if (moment.kind == MOMENT_DAY)
        day_format(seconds_to_day(moment.seconds), out);
    else
        time_format(moment.seconds, 8 * 3600, out);
    return out;
}

static void check_read(const char *format, const char *text, const char *expected)
{
    struct err err = {0};
    struct zone *zone = NULL;
    struct dates *dates = NULL;
    struct moment moment = {0};
    char out[TIME_TEXT_BYTES] = "none";
    struct bytes formats[] = {bytes_from_z(format)};
    print_message("    %s\n", text);
    assert_int_equal(zone_fixed(8 * 3600, &zone, &err), OK);
    assert_int_equal(dates_new(zone, formats, format != NULL ? 1 : 0, &dates, &err), OK);
    if (dates_read(dates, bytes_from_z(text), &moment))
        (void)moment_text(moment, out);
    assert_string_equal(out, expected);
    dates_free(dates);
    zone_free(zone);
}

static const char *const forms_of_desks[][2] = {
    {"2024-04-02 18:16:58", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02T18:16:58", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02 18:16", "2024-04-02T18:16:00+08:00"},
    {"2024-04-02 00:00:00", "2024-04-02T00:00:00+08:00"},
    {"2024-04-02 24:00:00", "2024-04-03T00:00:00+08:00"},
    {"2024-04-02 18:16:58.123", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02T18:16:58Z", "2024-04-03T02:16:58+08:00"},
    {"2024-04-02T18:16:58.123456+08:00", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02 18:16:58 -0500", "2024-04-03T07:16:58+08:00"},
    {"2024-04-02 18:16:58+08", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02", "2024-04-02"},
    {"2024/3/5 9:07", "2024-03-05T09:07:00+08:00"},
    {"2024/3/5", "2024-03-05"},
    {"2024.3.5", "2024-03-05"},
    {"20240305", "2024-03-05"},
    {"202403051816", "2024-03-05T18:16:00+08:00"},
    {"20240305181658", "2024-03-05T18:16:58+08:00"},
    {"2024年3月5日", "2024-03-05"},
    {"2024年03月05日 9:07", "2024-03-05T09:07:00+08:00"},
    {"2024年3月5日9:07:03", "2024-03-05T09:07:03+08:00"},
    {"2024年3月5日9时7分", "2024-03-05T09:07:00+08:00"},
    {"2024年3月5日 9时7分3秒", "2024-03-05T09:07:03+08:00"},
    {"2024年3月5日9时", "2024-03-05T09:00:00+08:00"},
    {"2024/3/5 上午 9:07", "2024-03-05T09:07:00+08:00"},
    {"2024/3/5 下午9:07:08", "2024-03-05T21:07:08+08:00"},
    {"2024/3/5 上午12:00", "2024-03-05T00:00:00+08:00"},
    {"2024/3/5 下午 15:30", "2024-03-05T15:30:00+08:00"},
    {"2024-03-05 02:27:57 PM", "2024-03-05T14:27:57+08:00"},
    {"2024-03-05 12:27 am", "2024-03-05T00:27:00+08:00"},
    {"２０２４－０３－０５　９：０７", "2024-03-05T09:07:00+08:00"},
    {"2024-02-29", "2024-02-29"},
    {"2024-04-02  18:16", "2024-04-02T18:16:00+08:00"},
    {"2024-04-02\n18:16", "2024-04-02T18:16:00+08:00"},
    {"2024-04-02 18:16:58,5", "2024-04-02T18:16:58+08:00"},
    {"2024-04-02 18:16:58 UTC", "2024-04-03T02:16:58+08:00"},
    {"2024-3-5T9:07:00+08:00", "2024-03-05T09:07:00+08:00"},
    {"2024-03-05T09:07-04:00", "2024-03-05T21:07:00+08:00"},
    {"2024/3/5 9:7:3", "2024-03-05T09:07:03+08:00"},
    {"20240305 9:07", "2024-03-05T09:07:00+08:00"},
    {"20240305T09:07:08", "2024-03-05T09:07:08+08:00"},
    {"20240305181658123", "2024-03-05T18:16:58+08:00"},
    {"2024年03月05日09时07分03秒", "2024-03-05T09:07:03+08:00"},
    {"2024年3月5号 9点", "2024-03-05T09:00:00+08:00"},
    {"2024年3月5日　９：０７", "2024-03-05T09:07:00+08:00"},
    {"２０２４年０３月０５日　星期二　下午　０９：０７：０３", "2024-03-05T21:07:03+08:00"},
    {"2024/3/5\u202F9:07\u202FPM", "2024-03-05T21:07:00+08:00"},
    {"\u200E2024/\u200E3/\u200E5 \u200F9:07", "2024-03-05T09:07:00+08:00"},
    /* Weekdays. */
    {"2024年3月5日 星期二 09:07", "2024-03-05T09:07:00+08:00"},
    {"2024年3月5日星期二", "2024-03-05"},
    {"2024/3/5 周二", "2024-03-05"},
    {"2024-03-05(周二)9:07", "2024-03-05T09:07:00+08:00"},
    {"2024-03-05（星期二） 9:07", "2024-03-05T09:07:00+08:00"},
    {"2024.3.10 礼拜天 上午9:07", "2024-03-10T09:07:00+08:00"},
    /* Parts of the day. */
    {"2024/3/5 下午 12:00", "2024-03-05T12:00:00+08:00"},
    {"2024/3/5 上午 0:30", "2024-03-05T00:30:00+08:00"},
    {"2024/3/5 凌晨12:30", "2024-03-05T00:30:00+08:00"},
    {"2024/3/5 凌晨 3:07", "2024-03-05T03:07:00+08:00"},
    {"2024/3/5 早上8:07", "2024-03-05T08:07:00+08:00"},
    {"2024/3/5 中午11:50", "2024-03-05T11:50:00+08:00"},
    {"2024/3/5 中午12:30", "2024-03-05T12:30:00+08:00"},
    {"2024/3/5 中午1:30", "2024-03-05T13:30:00+08:00"},
    {"2024年3月5日傍晚6时30分", "2024-03-05T18:30:00+08:00"},
    {"2024/3/5 晚上8:07", "2024-03-05T20:07:00+08:00"},
    {"2024/3/5 晚上20:07", "2024-03-05T20:07:00+08:00"},
    {"2024/3/5 PM 3:05", "2024-03-05T15:05:00+08:00"},
    {"2024/3/5 9:07 p.m.", "2024-03-05T21:07:00+08:00"},
    {"2024/3/5 12:00 AM", "2024-03-05T00:00:00+08:00"},
    {"2024/3/5 12:00 PM", "2024-03-05T12:00:00+08:00"},
    /* Excel: 45356 is 2024-03-05. */
    {"45356", "2024-03-05"},
    {"45356.0", "2024-03-05"},
    {"45356.38", "2024-03-05T09:07:12+08:00"},
    {"45356.7618055556", "2024-03-05T18:17:00+08:00"},
    {"45356.999999", "2024-03-06T00:00:00+08:00"},
    {"20000", "1954-10-03"},
    {"80000", "2119-01-11"},
    /* No dates. */
    {"19999", "none"},
    {"80001", "none"},
    {"2024-02-30", "none"},
    {"2023-02-29", "none"},
    {"1899-12-31", "none"},
    {"2200-01-01", "none"},
    {"2024-04-02 25:00:00", "none"},
    {"2024-04-02 24:00:01", "none"},
    {"2024-04-02 18:60", "none"},
    {"2024-04-02 18:16:58x", "none"},
    {"2024-04-0218:16", "none"},
    {"2024-4/2", "none"},
    {"2024", "none"},
    {"123456", "none"},
    {"7个工作日", "none"},
    {"2024-04-02 下午13时61分", "none"},
    {"2024-13-01", "none"},
    {"1/7/20", "none"},
    {"5/3/2024 9:07", "none"},
    {"24/3/5 9:07", "none"},
    {"2024年3月", "none"},
    {"2024-04-02T", "none"},
    {"2024-04-02 18", "none"},
    {"2024-04-02 18:", "none"},
    {"2024-04-02 18:16:", "none"},
    {"2024-04-02 18:16:58.", "none"},
    {"2024-04-02 18:16:58+8", "none"},
    {"2024-04-02 18:16:58+15:00", "none"},
    {"2024-04-02 9:00-11:00", "none"},
    {"2024-04-02 18:16:58 18:16:58", "none"},
    {"2024-04-02 2024-04-03", "none"},
    {"2024-04-02至2024-04-03", "none"},
    {"2024-04-02前", "none"},
    {"2024年3月5日9", "none"},
    {"2024年3月5日9时7", "none"},
    {"2024年3月5日9时7分3", "none"},
    {"2024年3月5日 上午", "none"},
    {"2024/3/5 周八", "none"},
    {"2024/3/5 (周二", "none"},
    {"2024/3/5 上午13:00", "none"},
    {"2024/3/5 凌晨 9:07", "none"},
    {"2024/3/5 中午 9:07", "none"},
    {"2024/3/5 晚上12:30", "none"},
    {"2024/3/5 上午下午 9:07", "none"},
    {"2024/3/5 上午 9:07 AM", "none"},
    {"2024-04-02\u3000T18:16", "none"},
    {"45356.38x", "none"},
    {"45356.", "none"},
    {"45356,38", "none"},
    {"-45356", "none"},
    {"4.5356E+04", "none"},
    {"20240230", "none"},
    {"202403052516", "none"},
    {"2024030518165", "none"},
    {"\u200B", "none"},
};

static void dates_read__knows_the_forms_of_desks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms_of_desks / sizeof *forms_of_desks; i++)
        check_read(NULL, forms_of_desks[i][0], forms_of_desks[i][1]);
}

/* What stands before, behind or inside a date makes it unreadable, whatever its form. */
static void dates_read__reads_nothing_from_garbage(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "2024-04-02 18:16:58",
        "2024-04-02 18:16",
        "2024/3/5 9:07",
        "20240305",
        "202403051816",
        "2024年3月5日 9:07",
        "2024年03月05日09时07分03秒",
        "2024/3/5 上午9:07",
        "2024/3/5 9:07 PM",
        "45356.38",
        "2024.3.5",
        "2024-3-5T9:07:00+08:00",
        "2024/3/5 周二",
    };
    static const char *const garbage[] = {"x", "约", "?", "_", "~", "\"", "、", "\u00D7"};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        size_t len = strlen(forms[f]);
        for (size_t g = 0; g < sizeof garbage / sizeof *garbage; g++) {
            for (size_t at = 0; at <= len; at++) {
                char text[128];
                if ((forms[f][at] & 0xC0) == 0x80)
                    continue; /* not inside a character */
                (void)snprintf(text, sizeof text, "%.*s%s%s", (int)at, forms[f], garbage[g],
                               forms[f] + at);
                check_read(NULL, text, "none");
            }
        }
    }
}

static void dates_read__tries_the_formats_first(void **state)
{
    (void)state;
    check_read("%m/%d/%Y %I:%M:%S %p", "03/01/2011 02:27:57 PM", "2011-03-01T14:27:57+08:00");
    check_read("%m/%d/%Y %I:%M:%S %p", "03/01/2011 12:00:00 AM", "2011-03-01T00:00:00+08:00");
    check_read("%m/%d/%Y %I:%M:%S %p", "03/01/2011 13:00:00 AM", "none");
    check_read("%m/%d/%y %I:%M %p", "1/7/20 12:59 PM", "2020-01-07T12:59:00+08:00");
    check_read("%m/%d/%y", "2/12/20", "2020-02-12");
    check_read("%m/%d/%y", "2/12/70", "1970-02-12");
    check_read("%d-%b-%Y", "5-Mar-2024", "2024-03-05");
    check_read("%e %B %Y %R", "5 march 2024 18:16", "2024-03-05T18:16:00+08:00");
    check_read("%FT%T%z", "2024-04-02T18:16:58-04:00", "2024-04-03T06:16:58+08:00");
    check_read("%Y-%m-%dT%H:%M:%S.%f%z", "2024-04-02T18:16:58.5Z", "2024-04-03T02:16:58+08:00");
    check_read("%D", "04/02/24", "2024-04-02");
    /* A format that swaps day and month wins over the built-in form, which takes what the format cannot. */
    check_read("%Y-%d-%m %H:%M:%S", "2024-04-02 18:16:58", "2024-02-04T18:16:58+08:00");
    check_read("%Y-%d-%m %H:%M:%S", "2024-04-22 18:16:58", "2024-04-22T18:16:58+08:00");
    check_read("%d.%m.%Y", "2024-04-02 18:16:58", "2024-04-02T18:16:58+08:00");
    check_read("%d/%m/%Y", "5/3/2024", "2024-03-05");
    check_read("%d/%m/%Y", "０５/０３/２０２４", "2024-03-05");
    check_read("%d/%m/%Y", "5/13/2024", "none");
    check_read("%d/%m/%Y", "5/3/2024 9:07", "none");
    check_read("%d/%m/%Y %H:%M", "5/3/2024 9:07", "2024-03-05T09:07:00+08:00");
    check_read("%Y/%m/%d %p %I:%M", "2024/3/5 下午 9:07", "2024-03-05T21:07:00+08:00");
    check_read("第%Y/%m/%d%%", "第2024/3/5%", "2024-03-05");
}

static void date_format_check__refuses_what_it_cannot_read(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        int rc;
    } cases[] = {
        {"%Y-%m-%d", OK},
        {"%F %T", OK},
        {"%D", OK},
        {"%d %B %y", OK},
        {"%Y-%m", ERR_PROFILE},
        {"%H:%M", ERR_PROFILE},
        {"%Y-%m-%d %Q", ERR_PROFILE},
        {"%Y-%m-%d %", ERR_PROFILE},
        {"", ERR_PROFILE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        print_message("    %s\n", cases[i].format);
        assert_int_equal(date_format_check(bytes_from_z(cases[i].format), &err), cases[i].rc);
    }
}

static int fault_body(void *context, struct err *err)
{
    (void)context;
    struct zone *zone = NULL;
    struct dates *dates = NULL;
    int rc = zone_fixed(0, &zone, err);
    if (rc == OK)
        rc = dates_new(zone, NULL, 0, &dates, err);
    dates_free(dates);
    zone_free(zone);
    return rc;
}

static void dates_new__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(fault_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_read__knows_the_forms_of_desks),
        cmocka_unit_test(dates_read__reads_nothing_from_garbage),
        cmocka_unit_test(dates_read__tries_the_formats_first),
        cmocka_unit_test(date_format_check__refuses_what_it_cannot_read),
        cmocka_unit_test(dates_new__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
