#include "importers/names.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void check_fold(void (*fold)(struct bytes, struct buf *), const char *text,
                       const char *expected)
{
    struct buf out;
    buf_init(&out, 256);
    print_message("    %s\n", text);
    fold(bytes_from_z(text), &out);
    buf_append_byte(&out, '\0');
    assert_int_equal(out.rc, OK);
    assert_string_equal(out.ptr, expected);
    buf_deinit(&out);
}

static void name_fold__compares_names_as_people_do(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"市公安局", "市公安局"},
        {" 市　公安\xC2\xA0局\n", "市公安局"},
        {"市公安局（交警支队）", "市公安局(交警支队)"},
        {"市公安局【交警〔支〕队］", "市公安局(交警(支)队)"},
        {"ＡＢＣ１２３", "ABC123"},
        {"PWDx_Street Lights", "PWDx_StreetLights"},
        {"Abc-é", "Abc-é"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fold(name_fold, cases[i][0], cases[i][1]);
}

static void word_fold__ignores_case_width_and_punctuation(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"工单编号：", "工单编号"},
        {"【承办】单 位（主）", "承办单位主"},
        {"Order_No.", "orderno"},
        {"ＣＡＳＥ　ＩＤ", "caseid"},
        {"EXCEEDED EST TIMEFRAME", "exceededesttimeframe"},
        {"√", "√"},
        {"——", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fold(word_fold, cases[i][0], cases[i][1]);
}

static void name_split__cuts_joint_units_outside_brackets(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        const char *parts; /* joined by / */
    } cases[] = {
        {"", ""},
        {"甲局", "甲局"},
        {"甲局、乙局", "甲局/乙局"},
        {"甲局； 乙局;丙局|丁局", "甲局/乙局/丙局/丁局"},
        {"甲局（一、二科）、乙局", "甲局（一、二科）/乙局"},
        {"、甲局、、", "甲局"},
        {"、;", ""},
        {"甲）局、乙局", "甲）局/乙局"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes parts[8];
        char joined[128] = "";
        print_message("    %s\n", cases[i].cell);
        size_t count = name_split(bytes_from_z(cases[i].cell), parts, 8);
        size_t len = 0;
        for (size_t p = 0; p < count; p++) {
            if (p > 0)
                joined[len++] = '/';
            memcpy(joined + len, parts[p].ptr, parts[p].len);
            len += parts[p].len;
        }
        assert_string_equal(joined, cases[i].parts);
    }
    assert_int_equal(name_split(BYTES_LIT("a;b;c"), NULL, 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_fold__compares_names_as_people_do),
        cmocka_unit_test(word_fold__ignores_case_width_and_punctuation),
        cmocka_unit_test(name_split__cuts_joint_units_outside_brackets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
