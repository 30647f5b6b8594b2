#include "base/err.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void err_wrap__puts_context_before(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(err_set(&err, ERR_FORMAT, "malformed CSV at line %d", 4183), ERR_FORMAT);
    assert_int_equal(err_wrap(&err, "could not import \"%s\"", "june.csv"), ERR_FORMAT);
    assert_string_equal(err.message, "could not import \"june.csv\": malformed CSV at line 4183");
}

static void err_set__cuts_long_messages_at_a_character(void **state)
{
    (void)state;
    char text[1024];
    for (size_t lead = 0; lead < 3; lead++) {
        struct err err;
        memset(text, 'a', lead);
        for (size_t i = lead; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xE4\xB8\x80", 4);
        (void)err_set(&err, ERR_IO, "%s", text);
        assert_true(utf8_is_valid(bytes_from_z(err.message)));
        assert_in_range(strlen(err.message), sizeof err.message - 5, sizeof err.message - 1);
        (void)err_wrap(&err, "outer");
        assert_true(utf8_is_valid(bytes_from_z(err.message)));
    }
}

static void err_text__names_every_code(void **state)
{
    (void)state;
    assert_string_equal(err_text(OK), "no error");
    assert_string_equal(err_text(ERR_NOMEM), "out of memory");
#define X(name, number, text) assert_string_equal(err_text(name), text);
    ERR_CODES(X)
#undef X
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_wrap__puts_context_before),
        cmocka_unit_test(err_set__cuts_long_messages_at_a_character),
        cmocka_unit_test(err_text__names_every_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
