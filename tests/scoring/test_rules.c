#include "scoring/rules.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT_MAX_BYTES = 128 * 1024 };

static struct rules parsed(const char *text)
{
    struct rules rules;
    struct err err = {0};
    if (rules_parse(bytes_from_z(text), &rules, &err) != OK)
        fail_msg("%s", err.message);
    return rules;
}

static void assert_equal(const struct rules *a, const struct rules *b)
{
    struct buf a_text;
    struct buf b_text;
    struct err err = {0};
    buf_init(&a_text, TEXT_MAX_BYTES);
    buf_init(&b_text, TEXT_MAX_BYTES);
    rules_format(a, &a_text);
    rules_format(b, &b_text);
    assert_int_equal(buf_status(&a_text, &err), OK);
    assert_true(bytes_equal(buf_bytes(&a_text), buf_bytes(&b_text)));
    buf_deinit(&a_text);
    buf_deinit(&b_text);
}

/* The defaults as the handbook prints them, comments and all. */
static const char handbook[] =
    "[basis]\n"
    "document =             ; e.g. 河绩办发〔2024〕3号; without it every output is headed 试算\n"
    "timezone = Asia/Shanghai\n"
    "[calendar]\n"
    "layers = national      ; national | guangxi | a name given to `calendar import`\n"
    "[on_time]\n"
    "period      = due      ; the round's handlings: due | received | closed within its days\n"
    "source      = dates\n"
    "base        = due\n"
    "closed_by   = submitted_else_closed   ; the unit's last submission not sent back\n"
    "precision   = auto     ; auto: a deadline with a time of day counts to the second\n"
    "no_deadline = exclude  ; exclude | on_time | by_kind (the deadlines below)\n"
    "extensions  = 1\n"
    "judged_once = yes\n"
    "min_orders  = 20       ; fewer: not ranked by on-time\n"
    "[deadline]             ; for by_kind: w working days of the calendar, d natural days, h "
    "hours\n"
    "consult = 2w\nhelp = 3w\ncomplaint = 10w\nreport = 10w\nsuggestion = 10w\nurgent = 24h\n"
    "unknown = 10w\nfrom = dispatched      ; dispatched, else received\nstarts = next_workday\n"
    "[exclude]\n"
    "void = yes\ndirect = yes           ; answered at once by the desk\npraise = yes\n"
    "merged = yes\nreturned = accepted\nopt_out = draw\nconfidential = draw\nlegal = request\n"
    "[frame]\nof = due\nmax_age = 60d          ; from closing to as-of | none\n"
    "; an order without a number stays in the frame\none_per_person = yes\n"
    "[allocation]\nmethod = power\npower = 0.5\nmin_per_unit = 30\ncap = none\nreserve = 1.0\n"
    "[rates]\nresolved = yes\nsatisfied = 5 4 3       ; 非常满意 满意 基本满意\n"
    "[points]\nresolution = yes 1, partly 0.5, no 0\n"
    "satisfaction = 5 1, 4 1, 3 0.8, 2 0, 1 0\n"
    "[score]\non_time = 0.3\nresolution = 0.35\nsatisfaction = 0.35\nfull = 100\n"
    "missing = refuse\n"
    "[interval]\nlevel = 0.95\npopulation = orders\n"
    "[ranking]\nwithin = class\nby = score\nmethod = kww\nmin_answers = 30\nfew_answers = 100\n"
    "low_response = 0.4\nbands = class_mean     ; above, not different; or 一档 0.95, 二档 0.90\n"
    "[followup]\nweekday = 09:00-12:00 15:00-18:00 19:00-20:30\n"
    "weekend = 10:00-12:00 15:00-18:00 19:00-20:30\nattempts = 5\nper_day = 2\nwindow = 15d\n"
    "busy_retry = 30m\nno_answer_retry = 3h\nlease = 10m            ; renewed by activity\n"
    "recheck = 0.05\n";

static void rules_parse__reads_the_handbook_as_the_defaults(void **state)
{
    (void)state;
    struct rules defaults;
    rules_default(&defaults);
    struct rules read = parsed(handbook);
    assert_equal(&read, &defaults);
    read = parsed("");
    assert_equal(&read, &defaults);
}

static void rules_default__has_the_values_of_the_handbook(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    assert_string_equal(rules.basis.document, "");
    assert_string_equal(rules.basis.timezone, "Asia/Shanghai");
    assert_int_equal(rules.calendar.layer_count, 1);
    assert_string_equal(rules.calendar.layers[0], "national");
    assert_int_equal(rules.on_time.min_orders, 20);
    assert_true(rules.on_time.judged_once);
    assert_int_equal(rules.deadline.of_kind[ORDER_KIND_HELP].count, 3);
    assert_int_equal(rules.deadline.of_kind[ORDER_KIND_PRAISE].count, 10);
    assert_int_equal(rules.deadline.urgent.unit, RULES_TERM_HOURS);
    assert_int_equal(rules.exclude.legal, RULES_EXCLUDE_REQUEST);
    assert_true(rules.exclude.returned_accepted);
    assert_true(rules.points.satisfaction[3] == 0.8 && rules.points.satisfaction[5] == 1);
    assert_true(rules.points.resolution_partly == 0.5);
    assert_true(rules.rates.satisfied[3] && !rules.rates.satisfied[2]);
    assert_true(rules.frame.due && rules.ranking.within_class && !rules.ranking.pair_joint);
    assert_int_equal(rules.followup.weekday_count, 3);
    assert_int_equal(rules.followup.weekday[2].to_minute, 20 * 60 + 30);
    assert_int_equal(rules.followup.no_answer_retry_s, 3 * 3600);
}

static void rules_parse__reads_what_is_named(void **state)
{
    (void)state;
    struct rules rules = parsed(
        "\xEF\xBB\xBF[basis]\r\ndocument = 河绩办发〔2024〕3号\r\n[calendar]\n"
        "layers = national, guangxi,  ; and ours\n  台风2024 县庆 ; of September\n"
        "[on_time]\nperiod = received\nsource = flag_else_dates\nno_deadline = by_kind\n"
        "[deadline]\nunknown = 48h\n[frame]\nmax_age = none\n[allocation]\ncap = 200\n"
        "[rates]\nresolved = yes partly\nsatisfied = 4 5\n"
        "labels = 比较满意 4,一般 3\n"
        "[score]\non_time = 0.95, 0.01, 0, 0.2\n[interval]\nlevel = 0.9\npopulation = process\n"
        "[ranking]\nwithin = all\nbands = 一档 0.95, 二档 0.90,\n  三 档 0\n"
        "[followup]\nweekend = none\nlease = 90s\n");
    assert_string_equal(rules.basis.document, "河绩办发〔2024〕3号");
    assert_int_equal(rules.calendar.layer_count, 4);
    assert_string_equal(rules.calendar.layers[2], "台风2024");
    assert_string_equal(rules.calendar.layers[3], "县庆");
    assert_int_equal(rules.on_time.period, RULES_PERIOD_RECEIVED);
    assert_int_equal(rules.on_time.source, RULES_SOURCE_FLAG_ELSE_DATES);
    assert_int_equal(rules.deadline.of_kind[ORDER_KIND_PRAISE].count, 48);
    assert_int_equal(rules.frame.max_age_days, 0);
    assert_int_equal(rules.allocation.cap, 200);
    assert_true(rules.rates.resolved_partly);
    assert_true(rules.rates.satisfied[4] && !rules.rates.satisfied[3]);
    assert_int_equal(rules.rates.label_count, 2);
    assert_string_equal(rules.rates.labels[1].name, "一般");
    assert_int_equal(rules.rates.labels[1].satisfaction, 3);
    assert_true(rules.score.on_time.is_line && rules.score.on_time.per_point == 0.01);
    assert_true(rules.interval.process && rules.interval.level == 0.9);
    assert_false(rules.ranking.within_class);
    assert_false(rules.ranking.bands_by_class_mean);
    assert_int_equal(rules.ranking.band_count, 3);
    assert_string_equal(rules.ranking.bands[2].name, "三 档");
    assert_int_equal(rules.followup.weekend_count, 0);
    assert_int_equal(rules.followup.lease_s, 90);
}

struct refused_case {
    const char *text;
    const char *says; /* part of the message */
};

static const struct refused_case refused[] = {
    {"[rankin]\n", "line 1: there is no section [rankin]"},
    {"[basis]\n\n[ranking\nby = score\n", "line 3 is neither"},
    {"[basis]\ndocument\n", "line 2 is neither"},
    {"by = score\n", "line 1, [] by = \"score\": there is no such key"},
    {"[ranking]\nbuy = score\n", "line 2, [ranking] buy = \"score\": there is no such key"},
    {"[ranking]\nby = score\nby = on_time\n",
     "line 3, [ranking] by = \"on_time\": was set on line 2"},
    {"[ranking]\nby = score\n[basis]\n[ranking]\nby = score\n", "line 5, [ranking] by"},
    {"[on_time]\nperiod = dew\n",
     "line 2, [on_time] period = \"dew\": must be one of due|received"},
    {"[on_time]\nextensions = -1\n", "must be a whole number from 0 to 99"},
    {"[on_time]\nextensions = 1.5\n", "must be a whole number from 0 to 99"},
    {"[on_time]\nmin_orders = 99999999999999999999\n", "must be a whole number"},
    {"[basis]\ntimezone = ../../etc/passwd\n", "must name a time zone"},
    {"[basis]\ntimezone = /etc/passwd\n", "must name a time zone"},
    {"[basis]\ntimezone =\n", "must name a time zone"},
    {"[calendar]\nlayers =\n", "must be names of calendar layers"},
    {"[calendar]\nlayers = national, national\n", "names a layer twice"},
    {"[calendar]\nlayers = a,b,c,d,e,f,g,h,i\n", "names more than 8 layers"},
    {"[deadline]\nhelp = 3\n", "must be 1 to 999 working days"},
    {"[deadline]\nhelp = 0w\n", "must be 1 to 999 working days"},
    {"[deadline]\nhelp = w\n", "must be 1 to 999 working days"},
    {"[deadline]\nhelp = 3y\n", "must be 1 to 999 working days"},
    {"[exclude]\nvoid = maybe\n", "must be one of no|yes|draw|request"},
    {"[frame]\nmax_age = 60\n", "must be a number of days"},
    {"[frame]\nmax_age = 0d\n", "must be a whole number from 1 to 3660"},
    {"[followup]\nwindow = none\n", "must be a number of days"},
    {"[allocation]\npower = 1.5\n", "must be a number from 0 to 1"},
    {"[allocation]\npower = nan\n", "must be a number from 0 to 1"},
    {"[allocation]\npower = 0.12345678901\n", "has more than 9 decimals"},
    {"[allocation]\ncap = 10\n", "is below min_per_unit"},
    {"[rates]\nsatisfied = 5 4 noncontact\n", "counts \"noncontact\""},
    {"[rates]\nsatisfied = 5 5\n", "names an answer twice"},
    {"[rates]\nsatisfied =\n", "must name at least one"},
    {"[points]\nsatisfaction = 5 1, 4 1, 3 1, 2 0, 1 0, 无人接听 1\n",
     "gives points for \"无人接听\""},
    {"[points]\nsatisfaction = 5 1, 4 1\n", "must give points for each of"},
    {"[points]\nresolution = yes 1.5, partly 0, no 0\n", "must be a number from 0 to 1"},
    {"[points]\nresolution = yes 1, yes 1, no 0\n", "names an answer twice"},
    {"[score]\non_time = 0\nresolution = 0\n\nsatisfaction = 0\n", "line 5, [score]: the weights"},
    {"[score]\non_time = -0.1\n", "must be a number from 0 to 1000"},
    {"[score]\non_time = 0.9, 0.01, 0\n", "must be a weight, or a line"},
    {"[score]\non_time = 0.9, 0.01, 0, 1, 1\n", "more than the four numbers"},
    {"[score]\non_time = 0.9, 0.01, 0.5, 0.2\n", "floor that is not below its cap"},
    {"[interval]\nlevel = 1\n", "must be a number from"},
    {"[interval]\nlevel = 0\n", "must be a number from"},
    {"[ranking]\nbands = 一档 0.9, 二档 0.95\n", "bands that do not descend"},
    {"[ranking]\nbands = 一档 0.9, 二档 0.9\n", "bands that do not descend"},
    {"[ranking]\nbands = 一档 0.9, 一档 0.5\n", "names a band twice"},
    {"[rates]\nlabels = 一般\n", "must be none, or labels"},
    {"[rates]\nlabels = 一般 6\n", "must be none, or labels"},
    {"[rates]\nlabels = 不满意 5\n", "gives another meaning"},
    {"[rates]\nlabels = 一般 3, 一般 2\n", "names a label twice"},
    {"[ranking]\nbands = 0.9\n", "must be class_mean, or bands"},
    {"[ranking]\nbands = a 0.9, b 0.8, c 0.7, d 0.6, e 0.5, f 0.4, g 0.3, h 0.2, i 0.1\n",
     "more than 8 bands"},
    {"[followup]\nweekday = 12:00-09:00\n", "closing hour that is not after"},
    {"[followup]\nweekday = 09:00-12:00 11:00-13:00\n", "overlap or do not ascend"},
    {"[followup]\nweekday = 09:00-24:01\n", "must be hours such as"},
    {"[followup]\nweekday = 9-12\n", "must be hours such as"},
    {"[followup]\nweekday = 01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00 "
     "11:00-12:00 13:00-14:00\n",
     "more than 6 spans"},
    {"[followup]\nlease = 0m\n", "must be a time such as"},
    {"[followup]\nlease = 25h\n", "must be a time such as"},
    {"[basis]\ndocument = a\rb\n", "line 2 has the control character 0x0d"},
    {"[basis]\ndocument = a\x01\n", "line 2 has the control character 0x01"},
    {"[basis]\n\ndocument = \xE4\xB8\n", "line 3 is not UTF-8"},
    {"[basis]\ndocument = a;b\n", "has a semicolon"},
};

static void rules_parse__refuses_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct rules rules;
        struct err err = {0};
        memset(&rules, 0xA5, sizeof rules);
        const struct rules before = rules;
        int rc = rules_parse(bytes_from_z(refused[i].text), &rules, &err);
        if (rc != ERR_RULES || strstr(err.message, refused[i].says) == NULL)
            fail_msg("case %zu, %s gives %d \"%s\"", i, refused[i].text, rc, err.message);
        assert_memory_equal(&rules, &before, sizeof rules);
    }
}

static void rules_parse__bounds_text_and_lines(void **state)
{
    (void)state;
    static char text[RULES_TEXT_MAX_BYTES + 1];
    struct rules rules;
    struct err err = {0};
    memset(text, '\n', sizeof text);
    assert_int_equal(rules_parse((struct bytes){text, sizeof text}, &rules, &err), ERR_RULES);
    assert_non_null(strstr(err.message, "longer than 65536"));
    assert_int_equal(rules_parse((struct bytes){text, sizeof text - 1}, &rules, &err), OK);
    memset(text, ';', 197);
    assert_int_equal(rules_parse((struct bytes){text, 198}, &rules, &err), OK);
    memset(text, ';', 198);
    assert_int_equal(rules_parse((struct bytes){text, 199}, &rules, &err), ERR_RULES);
    assert_non_null(strstr(err.message, "line 1 is longer than 197 bytes"));
    assert_int_equal(rules_parse((struct bytes){"[basis]\0", 8}, &rules, &err), ERR_RULES);
    assert_non_null(strstr(err.message, "control character 0x00"));
}

static void rules_format__parses_again_to_an_equal_value(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "[score]\non_time = 0.95, 0.01, 0, 0.2\nresolution = 1000\nsatisfaction = 0.000000001\n",
        "[calendar]\nlayers = a23456789012345678901234567890a, b23456789012345678901234567890b,\n"
        " c23456789012345678901234567890c, d23456789012345678901234567890d, e, f,\n g, h\n",
        "[ranking]\nbands = 一一一一一一一一一一 0.999999999, 二一一一一一一一一一 0.123456789,\n"
        " 三一一一一一一一一一 0.1,\n 四一一一一一一一一一 0.01,\n e 0.001, f 0.0001, g 0.00001, h "
        "0\n",
        "[followup]\nweekday = 00:00-24:00\nweekend = none\nlease = 61s\n",
        "[points]\nsatisfaction = 1 0.1, 2 0.2, 3 0.3, 4 0.4, 5 0.5\nresolution = no 1, yes 0.7, "
        "partly 0.8\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct rules first = parsed(texts[i]);
        struct rules second;
        struct buf text;
        struct err err = {0};
        buf_init(&text, TEXT_MAX_BYTES);
        rules_format(&first, &text);
        if (rules_parse(buf_bytes(&text), &second, &err) != OK)
            fail_msg("case %zu: %s", i, err.message);
        assert_memory_equal(&first, &second, sizeof first);
        buf_deinit(&text);
    }
}

static int parse_and_format(void *context, struct err *err)
{
    (void)context;
    struct rules rules;
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    int rc = rules_parse(bytes_from_z(handbook), &rules, err);
    if (rc == OK) {
        rules_format(&rules, &text);
        rc = buf_status(&text, err);
    }
    buf_deinit(&text);
    return rc;
}

static void rules_parse__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(parse_and_format, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_parse__reads_the_handbook_as_the_defaults),
        cmocka_unit_test(rules_default__has_the_values_of_the_handbook),
        cmocka_unit_test(rules_parse__reads_what_is_named),
        cmocka_unit_test(rules_parse__refuses_by_name),
        cmocka_unit_test(rules_parse__bounds_text_and_lines),
        cmocka_unit_test(rules_format__parses_again_to_an_equal_value),
        cmocka_unit_test(rules_parse__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
