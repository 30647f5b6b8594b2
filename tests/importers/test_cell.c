#include "importers/cell.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void cell_value__frees_cells_of_their_dress(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"a", "a"},
        {" \t　\xC2\xA0\xEF\xBB\xBF a b　\xC2\xA0 \r\n", "a b"},
        {"\xE3\x80\x81", "\xE3\x80\x81"},
        {"à", "à"}, /* ends in A0, as U+00A0 does */
        {"=\"0123\"", "0123"},
        {"=\" 0123 \"", "0123"},
        {"=\"\"", ""},
        {"=\"", "=\""},
        {"'0123", "0123"},
        {"-", ""},
        {"/", ""},
        {"无", ""},
        {"NULL", ""},
        {"null", ""},
        {"N/A", ""},
        {"n/a", ""},
        {"0000-00-00", ""},
        {"0000-00-00 00:00:00", ""},
        {"0000-00-01", "0000-00-01"},
        {"无效", "无效"},
        {"--", "--"},
        {"NULLS", "NULLS"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i][0]);
        struct bytes value = cell_value(bytes_from_z(cases[i][0]));
        assert_true(bytes_equal(value, bytes_from_z(cases[i][1])));
    }
}

static void cell_is_scientific__knows_what_a_spreadsheet_did(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool expected;
    } cases[] = {
        {"1.23E+11", true}, {"1E+11", true},  {"1.23457e11", true},    {"1E11", false},
        {"", false},        {"1.E+", false},  {"12.3E+11", false},     {"GX1E+11", false},
        {"1.23", false},    {"1.23E", false}, {"101000295613", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].cell);
        assert_int_equal(cell_is_scientific(bytes_from_z(cases[i].cell)), cases[i].expected);
    }
}

static void cell_count_value__reads_counts_alone(void **state)
{
    (void)state;
    assert_int_equal(cell_count_value(BYTES_LIT("0")), 0);
    assert_int_equal(cell_count_value(BYTES_LIT("2")), 2);
    assert_int_equal(cell_count_value(BYTES_LIT("2次")), 2);
    assert_int_equal(cell_count_value(BYTES_LIT("")), -1);
    assert_int_equal(cell_count_value(BYTES_LIT("次")), -1);
    assert_int_equal(cell_count_value(BYTES_LIT("-1")), -1);
    assert_int_equal(cell_count_value(BYTES_LIT("1000001")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cell_value__frees_cells_of_their_dress),
        cmocka_unit_test(cell_is_scientific__knows_what_a_spreadsheet_did),
        cmocka_unit_test(cell_count_value__reads_counts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
