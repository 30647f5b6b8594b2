#include "importers/phone.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void phone_read__finds_the_first_usable_number(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
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
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[PHONE_MAX_BYTES];
        print_message("    %s\n", cases[i][0]);
        struct bytes phone = phone_read(bytes_from_z(cases[i][0]), out);
        assert_true(bytes_equal(phone, bytes_from_z(cases[i][1])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_read__finds_the_first_usable_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
