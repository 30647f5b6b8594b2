#include "reports/csv.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void check_cell(void (*write)(struct buf *out, struct bytes text), struct bytes text,
                       const char *expected)
{
    struct buf out;
    buf_init(&out, 256);
    write(&out, text);
    buf_append_byte(&out, '\0');
    assert_string_equal(buf_bytes(&out).ptr, expected);
    buf_deinit(&out);
}

static void csv_cell__quotes_what_needs_it_and_alters_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"云岭县", "云岭县"},
        {"a,b", "\"a,b\""},
        {"\"", "\"\"\"\""},
        {"a\"b\"", "\"a\"\"b\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"a\r", "\"a\r\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"=1+1", "=1+1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_cell(csv_cell, bytes_from_z(cases[i].text), cases[i].expected);
}

static void csv_cell_for_people__disarms_formulas(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"a=1", "a=1"},
        {"=1+1", "\"'=1+1\""},
        {"+86", "\"'+86\""},
        {"-1", "\"'-1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"=cmd|' /C calc'!A0,\"x\"", "\"'=cmd|' /C calc'!A0,\"\"x\"\"\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_cell(csv_cell_for_people, bytes_from_z(cases[i].text), cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_cell__quotes_what_needs_it_and_alters_nothing),
        cmocka_unit_test(csv_cell_for_people__disarms_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
