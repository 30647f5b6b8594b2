#include "base/zone.h"

#include "base/buf.h"
#include "base/civil.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct zone *load(const char *path)
{
    struct buf file;
    struct zone *zone = NULL;
    struct err err;
    buf_init(&file, SIZE_MAX);
    test_file_read(path, &file);
    assert_int_equal(zone_parse(buf_bytes(&file), &zone, &err), OK);
    buf_deinit(&file);
    return zone;
}

static int64_t utc_of(const char *text)
{
    int64_t utc = 0;
    assert_true(time_parse(bytes_from_z(text), &utc));
    return utc;
}

/* A version 2 file without transitions, as slim files of fixed zones are, with `rule` in its footer. */
static struct bytes slim_file(struct buf *out, const char *rule)
{
    static const char header[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4};
    static const char block[10] = {0, 0, 0, 0, 0, 0, 'A', 'B', 'C', 0};
    buf_clear(out);
    for (int i = 0; i < 2; i++) {
        buf_append(out, (struct bytes){header, sizeof header});
        buf_append(out, (struct bytes){block, sizeof block});
    }
    buf_printf(out, "\n%s\n", rule);
    return buf_bytes(out);
}

static void zone_offset_s__follows_the_systems_zones(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *utc;
        int offset_s;
    } cases[] = {
        {"Asia/Shanghai", "2024-06-01T00:00:00Z", 8 * 3600},
        {"Asia/Shanghai", "1988-07-01T00:00:00Z", 9 * 3600},
        {"Asia/Shanghai", "2199-07-01T00:00:00Z", 8 * 3600},
        {"Asia/Kathmandu", "2024-01-01T00:00:00Z", 20700},
        {"Asia/Kathmandu", "1980-01-01T00:00:00Z", 19800},
        {"America/New_York", "2011-03-13T06:59:59Z", -5 * 3600},
        {"America/New_York", "2011-03-13T07:00:00Z", -4 * 3600},
        {"America/New_York", "2011-11-06T05:59:59Z", -4 * 3600},
        {"America/New_York", "2011-11-06T06:00:00Z", -5 * 3600},
        {"America/New_York", "2100-03-14T06:59:59Z", -5 * 3600},
        {"America/New_York", "2100-03-14T07:00:00Z", -4 * 3600},
        {"America/New_York", "2100-11-07T06:00:00Z", -5 * 3600},
        {"Australia/Lord_Howe", "2090-01-15T00:00:00Z", 11 * 3600},
        {"Australia/Lord_Howe", "2090-07-15T00:00:00Z", 37800},
        {"Europe/Dublin", "2090-07-15T00:00:00Z", 3600},
        {"Europe/Dublin", "2090-01-15T00:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", cases[i].zone);
        struct zone *zone = load(path);
        int offset_s = zone_offset_s(zone, utc_of(cases[i].utc));
        if (offset_s != cases[i].offset_s)
            fail_msg("%s at %s: %d", cases[i].zone, cases[i].utc, offset_s);
        zone_free(zone);
    }
}

static void zone_offset_s__follows_the_footer_rule(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *utc;
        int offset_s;
    } cases[] = {
        {"CST-8", "2024-06-01T00:00:00Z", 28800},
        {"<+0545>-5:45", "2024-06-01T00:00:00Z", 20700},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-07-01T00:00:00Z", -14400},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-12-31T23:59:59Z", -18000},
        /* south of the equator: summer spans the new year */
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-01-01T00:00:00Z", 39600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-07-01T00:00:00Z", 36000},
        /* J60 is 1 March in every year, 59 is 29 February in a leap year */
        {"AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", 0},
        {"AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600},
        {"AAA0BBB,59/0,300/0", "2024-02-28T23:59:59Z", 0},
        {"AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600},
        {"AAA0BBB,59/0,300/0", "2023-03-01T00:00:00Z", 3600},
        /* Greenland's rule changes the day before, Gaza's a few days after */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", -7200},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z", -3600},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2024-03-29T23:59:59Z", 7200},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2024-03-30T00:00:00Z", 10800},
        /* summer all year, as RFC 8536 writes it */
        {"AAA3BBB4,0/0,J365/23", "2024-12-31T12:00:00Z", -14400},
        {"AAA3BBB4,0/0,J365/23", "2024-01-01T12:00:00Z", -14400},
        {"AAA3BBB4,0/0,J365/23", "2024-07-01T12:00:00Z", -14400},
    };
    struct buf file;
    buf_init(&file, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zone *zone = NULL;
        struct err err;
        assert_int_equal(zone_parse(slim_file(&file, cases[i].rule), &zone, &err), OK);
        int offset_s = zone_offset_s(zone, utc_of(cases[i].utc));
        if (offset_s != cases[i].offset_s)
            fail_msg("%s at %s: %d", cases[i].rule, cases[i].utc, offset_s);
        zone_free(zone);
    }
    buf_deinit(&file);
}

static void zone_to_utc__resolves_gaps_and_overlaps(void **state)
{
    (void)state;
    static const struct {
        const char *local; /* written as if UTC */
        const char *utc;
    } cases[] = {
        {"2011-07-01T12:00:00Z", "2011-07-01T16:00:00Z"},
        {"2011-03-13T01:59:59Z", "2011-03-13T06:59:59Z"},
        {"2011-03-13T02:30:00Z", "2011-03-13T07:30:00Z"}, /* skipped: by the offset before */
        {"2011-03-13T03:00:00Z", "2011-03-13T07:00:00Z"},
        {"2011-11-06T01:30:00Z", "2011-11-06T05:30:00Z"}, /* twice: the earlier */
        {"2011-11-06T02:00:00Z", "2011-11-06T07:00:00Z"},
        {"2100-03-14T02:30:00Z", "2100-03-14T07:30:00Z"},
        {"2100-11-07T01:30:00Z", "2100-11-07T05:30:00Z"},
    };
    struct zone *zone = load("/usr/share/zoneinfo/America/New_York");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[TIME_TEXT_BYTES];
        time_format(zone_to_utc(zone, utc_of(cases[i].local)), 0, got);
        assert_memory_equal(got, cases[i].utc, 19);
    }
    zone_free(zone);
}

static void zone_to_utc__inverts_zone_offset_s(void **state)
{
    (void)state;
    struct zone *zone = load("/usr/share/zoneinfo/America/New_York");
    for (int64_t utc = -3000000000; utc < 6000000000; utc += 12347 * 61) {
        int64_t local_s = utc + zone_offset_s(zone, utc);
        int64_t back = zone_to_utc(zone, local_s);
        assert_true(back <= utc);
        assert_int_equal(back + zone_offset_s(zone, back), local_s);
    }
    zone_free(zone);
}

static void zone_day__has_23_or_25_hours_at_changes(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int hours;
    } cases[] = {{"2011-03-13", 23}, {"2011-11-06", 25}, {"2011-07-01", 24}};
    struct zone *zone = load("/usr/share/zoneinfo/America/New_York");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t day = 0;
        assert_true(day_parse(bytes_from_z(cases[i].day), &day));
        int64_t start = zone_day_start(zone, day);
        int64_t end = zone_day_end(zone, day);
        assert_int_equal(end - start + 1, cases[i].hours * 3600);
        assert_int_equal(zone_day(zone, (struct moment){start, MOMENT_INSTANT}), day);
        assert_int_equal(zone_day(zone, (struct moment){end, MOMENT_INSTANT}), day);
        assert_int_equal(zone_day(zone, (struct moment){start - 1, MOMENT_INSTANT}), day - 1);
        assert_int_equal(zone_day(zone, (struct moment){day * SECONDS_A_DAY, MOMENT_DAY}), day);
    }
    zone_free(zone);
}

/* Clocks went from 23:30 to 00:30 once: the first instant of the next day is the change, where 00:30 is shown. */
static void zone_day_start__is_the_change_that_skips_midnight(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *day, *start;
    } cases[] = {
        {"America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"},
        {"America/Havana", "2024-03-10", "2024-03-10T05:00:00Z"}, /* 00:00 to 01:00 */
        {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},   /* behind a day skipped whole */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[64];
        int64_t day = 0;
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", cases[i].zone);
        struct zone *zone = load(path);
        assert_true(day_parse(bytes_from_z(cases[i].day), &day));
        int64_t start = zone_day_start(zone, day);
        assert_int_equal(start, utc_of(cases[i].start));
        assert_int_equal(zone_day(zone, (struct moment){start, MOMENT_INSTANT}), day);
        assert_true(zone_day(zone, (struct moment){start - 1, MOMENT_INSTANT}) < day);
        zone_free(zone);
    }
}

static void zone_fixed__never_changes(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct err err;
    assert_int_equal(zone_fixed(28800, &zone, &err), OK);
    assert_int_equal(zone_offset_s(zone, 0), 28800);
    assert_int_equal(zone_to_utc(zone, 28800), 0);
    zone_free(zone);
}

static void zone_name_is_valid__keeps_to_the_folder_of_zones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_valid;
    } cases[] = {
        {"Asia/Shanghai", true},
        {"America/Port-au-Prince", true},
        {"Etc/GMT+8", true},
        {"UTC", true},
        {"", false},
        {"/etc/passwd", false},
        {"../passwd", false},
        {"Asia/../../passwd", false},
        {"Asia/ Shanghai", false},
        {"A\nB", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(zone_name_is_valid(bytes_from_z(cases[i].name)), cases[i].is_valid);
}

static void zone_parse__refuses_every_truncation(void **state)
{
    (void)state;
    struct buf file;
    buf_init(&file, SIZE_MAX);
    test_file_read("/usr/share/zoneinfo/America/New_York", &file);
    for (size_t len = 0; len < file.len; len++) {
        /* Each cut lies in a piece of its own size, so that the sanitizer sees a read beyond it. */
        struct buf cut;
        struct zone *zone = NULL;
        struct err err;
        buf_init(&cut, len);
        buf_append(&cut, (struct bytes){file.ptr, len});
        assert_int_equal(zone_parse(buf_bytes(&cut), &zone, &err), ERR_FORMAT);
        assert_null(zone);
        buf_deinit(&cut);
    }
    buf_deinit(&file);
}

static void zone_parse__refuses_malformed_rules(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "E5",
        "A--B5",
        "EST",
        "EST25",
        "EST5EDT",
        "EST5EDT,M3.2.0",
        "<EST5",
        "EST5x",
        "EST5EDT,M13.1.0,M1.1.0",
        "EST5EDT,J0,J3",
        "EST5EDT,1,366",
        "EST5EDT,1/168,2",
        "EST5:60",
        "EST99999999999",
    };
    struct buf file;
    buf_init(&file, 4096);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct zone *zone = NULL;
        struct err err;
        if (zone_parse(slim_file(&file, rules[i]), &zone, &err) != ERR_FORMAT)
            fail_msg("\"%s\" was taken for a rule", rules[i]);
    }
    buf_deinit(&file);
}

static int parse_shanghai(void *context, struct err *err)
{
    struct zone *zone = NULL;
    int rc = zone_parse(buf_bytes(context), &zone, err);
    zone_free(zone);
    return rc;
}

static void zone_parse__survives_faults(void **state)
{
    (void)state;
    struct buf file;
    buf_init(&file, SIZE_MAX);
    test_file_read("/usr/share/zoneinfo/Asia/Shanghai", &file);
    fault_loop(parse_shanghai, &file);
    buf_deinit(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone_offset_s__follows_the_systems_zones),
        cmocka_unit_test(zone_offset_s__follows_the_footer_rule),
        cmocka_unit_test(zone_to_utc__resolves_gaps_and_overlaps),
        cmocka_unit_test(zone_to_utc__inverts_zone_offset_s),
        cmocka_unit_test(zone_day__has_23_or_25_hours_at_changes),
        cmocka_unit_test(zone_day_start__is_the_change_that_skips_midnight),
        cmocka_unit_test(zone_fixed__never_changes),
        cmocka_unit_test(zone_name_is_valid__keeps_to_the_folder_of_zones),
        cmocka_unit_test(zone_parse__refuses_every_truncation),
        cmocka_unit_test(zone_parse__refuses_malformed_rules),
        cmocka_unit_test(zone_parse__survives_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
