#include "base/json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void json_append_text__escapes_and_repairs(void **state)
{
    (void)state;
    static const struct {
        struct bytes text;
        const char *json;
    } cases[] = {
        {BYTES_NONE, "\"\""},
        {BYTES_LIT("plain 评议\x7f"), "\"plain 评议\x7f\""},
        {BYTES_LIT("\"\\\""), "\"\\\"\\\\\\\"\""},
        {BYTES_LIT("a\nb\x1f\0"), "\"a\\u000ab\\u001f\\u0000\""},
        {BYTES_LIT("\xff评\xe8\xaf\"\xe8"), "\"\uFFFD评\uFFFD\uFFFD\\\"\uFFFD\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 100);
        json_append_text(&out, cases[i].text);
        buf_append_byte(&out, '\0');
        assert_string_equal(out.ptr, cases[i].json);
        buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_append_text__escapes_and_repairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
