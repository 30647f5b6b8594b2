#include "importers/phone.h"

#include "importers/cell.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const char *const cells_and_numbers[][2] = {
    {"", ""},
    {"13800138000", "13800138000"},
    {"１３８００１３８０００", "13800138000"},
    {"138-0013-8000", "13800138000"},
    {"138 0013 8000", "13800138000"},
    {"+86 138 0013 8000", "13800138000"},
    {"+86-13800138000", "13800138000"},
    {"8613800138000", "13800138000"},
    {"008613800138000", "13800138000"},
    {"013800138000", "13800138000"},
    {"0778-2282345", "07782282345"},
    {"(0778)2282345", "07782282345"},
    {"010-12345678", "01012345678"},
    {"0778-2282345-801", "07782282345"},
    {"2282345", "2282345"},
    {"0778-2282345/13800138000", "13800138000"},
    {"0778-2282345 13800138000", "13800138000"},
    {"13800138000、13900139000", "13800138000"},
    {"手机13800138000（本人）", "13800138000"},
    {"138****8000", ""},
    {"1380013XXXX", ""},
    {"138****8000;13900139000", "13900139000"},
    {"12345", ""},
    {"12800138000", ""},
    {"1380013800", ""},
    {"138001380001", ""},
    {"1.38E+10", ""},
    {"99999999999999999999999999999999", ""},
    {"无", ""},
    /* Spreadsheets and programs. */
    {"1.3800138000E+10", "13800138000"},
    {"1.3912345678E10", "13912345678"},
    {"1.3800138E10", "13800138000"},
    {"1.3800138E+10", ""},
    {"1.38E10", ""},
    {"1.3800138000E+11", ""},
    {"1.3800138000E+", ""},
    {"1.3800138000E-10", ""},
    {"1.3800138000E+99999999999999999999", ""},
    {"8.2345678E7", "82345678"},
    {"108.3456789", ""},
    {"tel.13800138000", "13800138000"},
    {"13800138000.0", "13800138000"},
    {"82345678.00", "82345678"},
    {"7712822345.0", "07712822345"},
    {"7712822345", "07712822345"},
    {"1012345678", "01012345678"},
    /* Countries and areas. */
    {"0086 138-0013-8000", "13800138000"},
    {"(+86)13800138000", "13800138000"},
    {"86 138 00 138 000", "13800138000"},
    {"+86-771-2822345", "07712822345"},
    {"+86-0771-2822345", "07712822345"},
    {"8602822345678", "02822345678"},
    {"＋８６（０７７１）２８２２３４５", "07712822345"},
    {"0755-1234 5678", "075512345678"},
    {"010 1234 5678", "01012345678"},
    {"0771—2822345", "07712822345"},
    {"010-13800138000", "13800138000"},
    /* Extensions. */
    {"0771-2822345转8001", "07712822345"},
    {"0771-2822345－8001", "07712822345"},
    {"0771-2822345 ext. 12", "07712822345"},
    {"0771-2822345 分机12", "07712822345"},
    {"0771-2822345(8001)", "07712822345"},
    {"2822345-8001", "2822345"},
    {"07712822345-8001", "07712822345"},
    /* Several. */
    {"2282345 2282346", "2282345"},
    {"0771-2822345;2822346", "07712822345"},
    {"13800138000，13900139000", "13800138000"},
    {"13800138000\n13900139000", "13800138000"},
    {"13800138000或13900139000", "13800138000"},
    {"1380013800013900139000", ""},
    {"6666 13800138000", "13800138000"},
    {"12345 13800138000", "13800138000"},
    {"6666 2822345", "2822345"},
    {"75512345678", "075512345678"},
    {"+86 75512345678", "075512345678"},
    {"86123456789", "086123456789"},
    {"29123456789", ""},
    {"2282345 138 0013 8000", "13800138000"},
    /* Masks. */
    {"***", ""},
    {"1380013＊＊＊＊", ""},
    {"138 **** 8000", ""},
    {"138 **** 8000123", ""},
    {"8613800****", ""},
    {"86 138 00 ****", ""},
    {"138●●●●8000", ""},
    {"138××××8000", ""},
    {"138****80001", ""},
    {"0771-282****", ""},
    {"0771-****345", ""},
    {"138****8000 2282345", "2282345"},
    {"保密", ""},
    {"匿名", ""},
    /* Nobody's numbers. */
    {"400-800-1234", ""},
    {"400 8001234", ""},
    {"4008001234", ""},
    {"8008101234", ""},
    {"400-800-1234 转 13800138000", "13800138000"},
    {"12345", ""},
    {"95598", ""},
    {"1008611", ""},
    {"95588001", ""},
    {"110", ""},
    {"0771-12345", ""},
    {"00000000000", ""},
    {"11111111111", ""},
    {"450102199001011234", ""},
};

static void phone_read__finds_the_first_usable_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells_and_numbers / sizeof *cells_and_numbers; i++) {
        char out[PHONE_MAX_BYTES];
        print_message("    %s\n", cells_and_numbers[i][0]);
        struct bytes phone = phone_read(bytes_from_z(cells_and_numbers[i][0]), out);
        assert_true(bytes_equal(phone, bytes_from_z(cells_and_numbers[i][1])));
    }
}

/* A cell as it lies in a dump, read as the row reader does. */
static void phone_read__takes_cells_out_of_their_dress(void **state)
{
    (void)state;
    static const char *const cells[] = {
        "'13800138000",      "=\"13800138000\"",    "=\" 138 0013 8000 \"",   "　13800138000\t",
        "'1.3800138000E+10", "=\"+8613800138000\"", "\xC2\xA0'13800138000.0",
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char out[PHONE_MAX_BYTES];
        print_message("    %s\n", cells[i]);
        struct bytes phone = phone_read(cell_value(bytes_from_z(cells[i])), out);
        assert_true(bytes_equal(phone, BYTES_LIT("13800138000")));
    }
}

/* More groups than a cluster holds: the number behind them is found all the same. */
static void phone_read__reads_to_the_end_of_long_cells(void **state)
{
    (void)state;
    char cell[512] = "";
    char out[PHONE_MAX_BYTES];
    for (size_t i = 0; i < 50; i++)
        memcpy(cell + 4 * i, "110 ", 4);
    memcpy(cell + 200, "、13800138000", 15);
    assert_true(bytes_equal(phone_read(bytes_from_z(cell), out), BYTES_LIT("13800138000")));
}

static void phone_read_all__gives_mobiles_first_and_each_number_once(void **state)
{
    static const char *const cells_and_lists[][2] = {
        {"", ""},
        {"13800138000", "13800138000"},
        {"13800138000、13900139000", "13800138000 13900139000"},
        {"0778-2282345/13800138000", "13800138000 07782282345"},
        {"0778-2282345 13800138000;139 0013 9000", "13800138000 13900139000 07782282345"},
        {"13800138000,13800138000,2282345转8001", "13800138000 2282345"},
        {"138****8000;13900139000", "13900139000"},
        {"400-800-1234 转 13800138000", "13800138000"},
        {"2282345;2282346;2282347;2282348;13800138000", "13800138000 2282345 2282346 2282347"},
        {"无", ""},
    };
    enum { MAX = 4 };
    (void)state;
    for (size_t i = 0; i < sizeof cells_and_lists / sizeof cells_and_lists[0]; i++) {
        struct phone_number numbers[MAX];
        char first[PHONE_MAX_BYTES];
        char list[MAX * PHONE_MAX_BYTES] = "";
        struct bytes cell = bytes_from_z(cells_and_lists[i][0]);
        size_t count = phone_read_all(cell, numbers, MAX);
        for (size_t at = 0; at < count; at++)
            (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                           at > 0 ? " " : "", numbers[at].digits);
        assert_string_equal(list, cells_and_lists[i][1]);
        struct bytes one = phone_read(cell, first);
        assert_true(bytes_equal(one, bytes_from_z(count > 0 ? numbers[0].digits : "")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_read_all__gives_mobiles_first_and_each_number_once),
        cmocka_unit_test(phone_read__finds_the_first_usable_number),
        cmocka_unit_test(phone_read__takes_cells_out_of_their_dress),
        cmocka_unit_test(phone_read__reads_to_the_end_of_long_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
