#include "importers/form.h"

#include "importers/encoding.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void form_set__reads_words_and_characters(void **state)
{
    static const struct {
        const char *key, *value;
        int expected; /* of the part; of the delimiter its two characters */
    } cases[] = {
        {"encoding", "gb18030", ENCODING_GB18030},
        {"encoding", "auto", DIALECT_OPEN},
        {"delimiter", "semicolon", ';'},
        {"delimiter", "tab", '\t'},
        {"delimiter", ";", ';'},
        {"delimiter", "\t", '\t'},
        {"delimiter", " ", ' '},
        {"delimiter", ", ", ',' + 256 * ' '},
        {"delimiter", "comma space", ',' + 256 * ' '},
        {"delimiter", "||", '|' + 256 * '|'},
        {"delimiter", "auto", 0},
        {"quote", "none", 0},
        {"quote", "'", '\''},
        {"quote", "double", '"'},
        {"escape", "doubled", 0},
        {"escape", "backslash", '\\'},
        {"escape", "\\", '\\'},
        {"skip_rows", "0", 0},
        {"skip_rows", "1000", 1000},
        {"header_rows", "2", 2},
        {"header_rows", "auto", DIALECT_OPEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct form form = FORM_OPEN;
        struct bytes key = bytes_from_z(cases[i].key);
        print_message("    %s = %s\n", cases[i].key, cases[i].value);
        assert_int_equal(form_set(&form, key, bytes_from_z(cases[i].value), &err), OK);
        int got = key.ptr[0] == 'e' && key.ptr[1] == 'n' ? form.encoding
                  : key.ptr[0] == 'e'                    ? form.escape
                  : key.ptr[0] == 'd' ? form.delimiter[0] + 256 * form.delimiter[1]
                  : key.ptr[0] == 'q' ? form.quote
                  : key.ptr[0] == 's' ? form.skip_rows
                                      : form.header_rows;
        assert_int_equal(got, cases[i].expected);
    }
}

static void form_set__refuses_what_is_no_word(void **state)
{
    static const struct {
        const char *key, *value;
        int rc;
    } cases[] = {
        {"encoding", "GBK", ERR_USAGE},    {"delimiter", "", ERR_USAGE},
        {"delimiter", "a", ERR_USAGE},     {"delimiter", "\"", ERR_USAGE},
        {"delimiter", "'", ERR_USAGE},     {"delimiter", "\n", ERR_USAGE},
        {"delimiter", ",,,", ERR_USAGE},   {"delimiter", "，", ERR_USAGE},
        {"delimiter", "1;", ERR_USAGE},    {"quote", "\\", ERR_USAGE},
        {"escape", "\"", ERR_USAGE},       {"skip_rows", "-1", ERR_USAGE},
        {"skip_rows", "1001", ERR_USAGE},  {"header_rows", "10", ERR_USAGE},
        {"header_rows", "two", ERR_USAGE}, {"name", "x", ERR_NOT_FOUND},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct form form = FORM_OPEN;
        print_message("    %s = %s\n", cases[i].key, cases[i].value);
        assert_int_equal(
            form_set(&form, bytes_from_z(cases[i].key), bytes_from_z(cases[i].value), &err),
            cases[i].rc);
        const struct form open = FORM_OPEN;
        assert_memory_equal(&form, &open, sizeof form);
    }
}

static void form_override__leaves_what_is_open(void **state)
{
    struct err err = {0};
    struct form form = FORM_OPEN;
    struct form over = FORM_OPEN;
    struct buf text;
    (void)state;
    buf_init(&text, 1024);
    form_append(&form, &text);
    assert_int_equal(text.len, 0);
    assert_int_equal(form_set(&form, BYTES_LIT("quote"), BYTES_LIT("none"), &err), OK);
    assert_int_equal(form_set(&form, BYTES_LIT("delimiter"), BYTES_LIT("tab"), &err), OK);
    assert_int_equal(form_set(&over, BYTES_LIT("delimiter"), BYTES_LIT("pipe"), &err), OK);
    assert_int_equal(form_set(&over, BYTES_LIT("skip_rows"), BYTES_LIT("3"), &err), OK);
    form_override(&form, &over);
    form_append(&form, &text);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr, "delimiter=|\nquote=0\nskip_rows=3\n");
    buf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_set__reads_words_and_characters),
        cmocka_unit_test(form_set__refuses_what_is_no_word),
        cmocka_unit_test(form_override__leaves_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
