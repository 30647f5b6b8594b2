#include "importers/book_number.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct number_case {
    const char *value;
    enum book_look look;
    const char *expected; /* "": no number */
};

static void check(const struct number_case *c, bool from_1904)
{
    char out[BOOK_NUMBER_BYTES];
    size_t len = book_number_write(bytes_from_z(c->value), c->look, from_1904, out);
    if (!bytes_equal((struct bytes){out, len}, bytes_from_z(c->expected)))
        fail_msg("%s, look %d: got %.*s, expected %s", c->value, (int)c->look, (int)len, out,
                 c->expected);
}

static void number_write__shows_fifteen_digits(void **state)
{
    static const struct number_case cases[] = {
        {"0", LOOK_NUMBER, "0"},
        {"-0", LOOK_NUMBER, "0"},
        {"0.0", LOOK_NUMBER, "0"},
        {"42", LOOK_NUMBER, "42"},
        {" 42\n", LOOK_NUMBER, "42"},
        {"+42", LOOK_NUMBER, "42"},
        {"007", LOOK_NUMBER, "7"},
        {"-17.50", LOOK_NUMBER, "-17.5"},
        {"3.0", LOOK_NUMBER, "3"},
        {".5", LOOK_NUMBER, "0.5"},
        {"5.", LOOK_NUMBER, "5"},
        {"1E3", LOOK_NUMBER, "1000"},
        {"1.5e-3", LOOK_NUMBER, "0.0015"},
        {"0.10000000000000001", LOOK_NUMBER, "0.1"},
        {"0.30000000000000004", LOOK_NUMBER, "0.3"},
        {"1.1000000000000001", LOOK_NUMBER, "1.1"},
        {"2.2999999999999998", LOOK_NUMBER, "2.3"},
        {"95.120000000000005", LOOK_NUMBER, "95.12"},
        {"3.1415926535897931", LOOK_NUMBER, "3.14159265358979"},
        {"12345678901234.567", LOOK_NUMBER, "12345678901234.6"},
        {"0.00001", LOOK_NUMBER, "0.00001"},
        {"0.000012345", LOOK_NUMBER, "0.000012345"},
        {"0.00000123", LOOK_NUMBER, "1.23E-06"},
        {"-1E-7", LOOK_NUMBER, "-1E-07"},
        {"13800001234", LOOK_NUMBER, "13800001234"},
        {"123456789012345", LOOK_NUMBER, "123456789012345"},
        {"-123456789012345", LOOK_NUMBER, "-123456789012345"},
        {"999999999999999.9", LOOK_NUMBER, "1E+15"},
        {"1000000000000000", LOOK_NUMBER, "1E+15"},
        {"1234567890123456", LOOK_NUMBER, "1.23456789012346E+15"},
        {"202404021816581234", LOOK_NUMBER, "2.02404021816581E+17"},
        {"2.0240402181658099E+17", LOOK_NUMBER, "2.02404021816581E+17"},
        {"1E100", LOOK_NUMBER, "1E+100"},
        {"1.7976931348623157E+308", LOOK_NUMBER, "1.79769313486232E+308"},
        {"4.9406564584124654E-324", LOOK_NUMBER, "4.94065645841247E-324"},
        {"0.00000000000000000000000000000000000000000000000000001", LOOK_NUMBER, "1E-53"},
        {"1234567890123456789012345678901234567890123456789012345", LOOK_NUMBER,
         "1.23456789012346E+54"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i], false);
}

static void number_write__leaves_what_is_no_number(void **state)
{
    static const char *const values[] = {"",
                                         "-",
                                         ".",
                                         "abc",
                                         "1,5",
                                         "1.2.3",
                                         "1e",
                                         "1e+",
                                         "0x1",
                                         "NaN",
                                         "1E400",
                                         "1E-400",
                                         "--1",
                                         "1 2",
                                         "INF",
                                         "1e5x",
                                         "1e99999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        check(&(struct number_case){values[i], LOOK_NUMBER, ""}, false);
        check(&(struct number_case){values[i], LOOK_DATE, ""}, false);
    }
}

/* What is written has 15 digits of the double that was read, whatever the double. */
static void number_write__keeps_the_fifteen_digits_of_any_double(void **state)
{
    uint64_t random = 42;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64], expected[64], out[BOOK_NUMBER_BYTES + 1];
        random = random * 6364136223846793005u + 1442695040888963407u;
        double value = (double)(int64_t)random / (double)((uint64_t)1 << (random >> 58));
        (void)snprintf(text, sizeof text, i % 2 == 0 ? "%.17g" : "%.15f", value);
        size_t len = book_number_write(bytes_from_z(text), LOOK_NUMBER, false, out);
        assert_true(len > 0 && len <= BOOK_NUMBER_BYTES);
        out[len] = '\0';
        (void)snprintf(expected, sizeof expected, "%.14e", strtod(text, NULL));
        (void)snprintf(text, sizeof text, "%.14e", strtod(out, NULL));
        assert_string_equal(text, expected);
    }
}

static void number_write__reads_dates_of_1900(void **state)
{
    static const struct number_case cases[] = {
        {"45384", LOOK_DATE, "2024-04-02"},
        {"45384", LOOK_DATE_TIME, "2024-04-02 00:00:00"},
        {"45384.761782407404", LOOK_DATE_TIME, "2024-04-02 18:16:58"},
        {"45384.761782407404", LOOK_DATE, "2024-04-02 18:16:58"},
        {"45384.761782407404", LOOK_TIME, "2024-04-02 18:16:58"},
        {"0.761782407404", LOOK_TIME, "18:16:58"},
        {"0.761782407404", LOOK_DATE_TIME, "18:16:58"},
        {"0", LOOK_TIME, "00:00:00"},
        {"0", LOOK_DATE, "0"},
        {"0", LOOK_DATE_TIME, "0"},
        {"1", LOOK_DATE, "1900-01-01"},
        {"59", LOOK_DATE, "1900-02-28"},
        {"60", LOOK_DATE, "60"},
        {"60.5", LOOK_DATE_TIME, "60.5"},
        {"61", LOOK_DATE, "1900-03-01"},
        {"25569", LOOK_DATE, "1970-01-01"},
        {"2958465", LOOK_DATE, "9999-12-31"},
        {"2958466", LOOK_DATE, "2958466"},
        {"2958465.9999999", LOOK_DATE_TIME, "2958465.9999999"},
        {"-1", LOOK_DATE, "-1"},
        {"-0.5", LOOK_TIME, "-0.5"},
        {"1.5", LOOK_ELAPSED, "36:00:00"},
        {"0.25", LOOK_ELAPSED, "06:00:00"},
        {"-0.25", LOOK_ELAPSED, "-0.25"},
        {"45384.99999653", LOOK_DATE_TIME, "2024-04-03 00:00:00"},
        {"45657.99999653", LOOK_DATE, "2025-01-01"},
        {"45384.99999", LOOK_DATE_TIME, "2024-04-02 23:59:59"},
        {"0.99999653", LOOK_TIME, "00:00:00"},
        {"4.5384E4", LOOK_DATE, "2024-04-02"},
        {"1E300", LOOK_DATE, "1E+300"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i], false);
}

static void number_write__reads_dates_of_1904(void **state)
{
    static const struct number_case cases[] = {
        {"0", LOOK_DATE, "1904-01-01"},     {"0.5", LOOK_DATE_TIME, "1904-01-01 12:00:00"},
        {"0.5", LOOK_TIME, "12:00:00"},     {"60", LOOK_DATE, "1904-03-01"},
        {"43922", LOOK_DATE, "2024-04-02"}, {"2957003", LOOK_DATE, "9999-12-31"},
        {"2957004", LOOK_DATE, "2957004"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&cases[i], true);
}

static void iso_write__reads_dates_and_leaves_the_rest(void **state)
{
    static const struct number_case cases[] = {
        {"2024-04-02", LOOK_NUMBER, "2024-04-02"},
        {"2024-04-02T18:16:58", LOOK_DATE_TIME, "2024-04-02 18:16:58"},
        {"2024-04-02T18:16:58.000Z", LOOK_DATE_TIME, "2024-04-02 18:16:58"},
        {"2024-04-02T18:16", LOOK_DATE_TIME, "2024-04-02 18:16:00"},
        {"2024-12-31T23:59:59.7", LOOK_DATE_TIME, "2025-01-01 00:00:00"},
        {"2024-04-02T00:00:00", LOOK_DATE, "2024-04-02"},
        {"2024-04-02T00:00:00", LOOK_DATE_TIME, "2024-04-02 00:00:00"},
        {"9999-12-31T23:59:59.9", LOOK_DATE_TIME, ""},
        {"2024-02-30", LOOK_DATE, ""},
        {"2024-04-02T25:00:00", LOOK_DATE_TIME, ""},
        {"2024-04-02T18:16:58+08:00", LOOK_DATE_TIME, ""},
        {"2024-04-02T18:16:58.", LOOK_DATE_TIME, ""},
        {"2024-04-02T", LOOK_DATE_TIME, ""},
        {"18:16:58", LOOK_TIME, ""},
        {"", LOOK_DATE, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[BOOK_NUMBER_BYTES];
        size_t len = book_iso_write(bytes_from_z(cases[i].value), cases[i].look, out);
        if (!bytes_equal((struct bytes){out, len}, bytes_from_z(cases[i].expected)))
            fail_msg("%s: got %.*s", cases[i].value, (int)len, out);
    }
}

static void look_of_code__tells_dates_from_numbers(void **state)
{
    static const struct {
        const char *code;
        enum book_look look;
    } cases[] = {
        {"General", LOOK_NUMBER},
        {"G/通用格式", LOOK_NUMBER},
        {"General\"日\"", LOOK_NUMBER},
        {"0.00", LOOK_NUMBER},
        {"0.00E+00", LOOK_NUMBER},
        {"#,##0.00_);[Red]\\(#,##0.00\\)", LOOK_NUMBER},
        {"[$¥-804]#,##0.00", LOOK_NUMBER},
        {"[DBNum1][$-804]General", LOOK_NUMBER},
        {"0\"days\"", LOOK_NUMBER},
        {"0\\d", LOOK_NUMBER},
        {"0_d*m", LOOK_NUMBER},
        {"@", LOOK_NUMBER},
        {"", LOOK_NUMBER},
        {"\"never closed", LOOK_NUMBER},
        {"[never closed", LOOK_NUMBER},
        {"0;yyyy", LOOK_NUMBER},
        {"yyyy-mm-dd", LOOK_DATE},
        {"YYYY/M/D", LOOK_DATE},
        {"yyyy\"年\"m\"月\"d\"日\";@", LOOK_DATE},
        {"[$-804]yyyy年m月d日", LOOK_DATE},
        {"[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", LOOK_DATE},
        {"mmm", LOOK_DATE},
        {"m\"月\"", LOOK_DATE},
        {"e年m月", LOOK_DATE},
        {"yyyy-mm-dd hh:mm:ss", LOOK_DATE_TIME},
        {"yyyy/m/d\\ h:mm;@", LOOK_DATE_TIME},
        {"m/d/yy h:mm AM/PM", LOOK_DATE_TIME},
        {"h:mm", LOOK_TIME},
        {"mm:ss.0", LOOK_TIME},
        {"h\"时\"mm\"分\"", LOOK_TIME},
        {"上午/下午h\"时\"mm\"分\"", LOOK_TIME},
        {"h AM/PM", LOOK_TIME},
        {"[h]:mm:ss", LOOK_ELAPSED},
        {"[HH]:mm", LOOK_ELAPSED},
        {"[mm]:ss", LOOK_ELAPSED},
        {"[s]", LOOK_ELAPSED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (book_look_of_code(bytes_from_z(cases[i].code)) != cases[i].look)
            fail_msg("%s: got %d", cases[i].code,
                     (int)book_look_of_code(bytes_from_z(cases[i].code)));
    }
}

static void look_of_id__knows_the_built_in_formats(void **state)
{
    (void)state;
    for (int64_t id = -1; id < 200; id++) {
        bool time = (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 ||
                    id == 55 || id == 56;
        bool date = (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
                    (id >= 50 && id <= 54) || id == 57 || id == 58;
        enum book_look expected = time       ? LOOK_TIME
                                  : date     ? LOOK_DATE
                                  : id == 22 ? LOOK_DATE_TIME
                                  : id == 46 ? LOOK_ELAPSED
                                             : LOOK_NUMBER;
        assert_int_equal(book_look_of_id(id), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_write__shows_fifteen_digits),
        cmocka_unit_test(number_write__leaves_what_is_no_number),
        cmocka_unit_test(number_write__keeps_the_fifteen_digits_of_any_double),
        cmocka_unit_test(number_write__reads_dates_of_1900),
        cmocka_unit_test(number_write__reads_dates_of_1904),
        cmocka_unit_test(iso_write__reads_dates_and_leaves_the_rest),
        cmocka_unit_test(look_of_code__tells_dates_from_numbers),
        cmocka_unit_test(look_of_id__knows_the_built_in_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
