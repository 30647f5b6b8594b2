#include "base/utf8.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

/* The definition, slowly: decode any form, then demand that it is the shortest one of a scalar value. */
static size_t naive_prefix(const unsigned char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        unsigned char lead = text[at];
        size_t size = lead < 0x80             ? 1
                      : (lead & 0xE0) == 0xC0 ? 2
                      : (lead & 0xF0) == 0xE0 ? 3
                      : (lead & 0xF8) == 0xF0 ? 4
                                              : 0;
        if (size == 0 || at + size > len)
            break;
        uint32_t c = size == 1 ? lead : lead & (0x7Fu >> size);
        bool well = true;
        for (size_t i = 1; i < size; i++) {
            well = well && (text[at + i] & 0xC0) == 0x80;
            c = (c << 6) | (text[at + i] & 0x3Fu);
        }
        size_t shortest = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (!well || size != shortest || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
            break;
        at += size;
    }
    return at;
}

static void utf8_valid_prefix__agrees_on_all_pairs_of_bytes(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        /* Alone, and within a text that takes the short ways. */
        unsigned char text[16] = "\xE4\xB8\x80"
                                 "....abcdefg";
        text[3] = (unsigned char)(pair >> 8);
        text[4] = (unsigned char)pair;
        for (size_t len = 4; len <= sizeof text; len++)
            assert_int_equal(utf8_valid_prefix((struct bytes){(char *)text, len}),
                             naive_prefix(text, len));
        assert_int_equal(utf8_valid_prefix((struct bytes){(char *)text + 3, 2}),
                         naive_prefix(text + 3, 2));
    }
}

static void utf8_valid_prefix__agrees_on_random_texts(void **state)
{
    (void)state;
    static const unsigned char likely[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                           0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                           0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF, 0x81};
    uint64_t random = 20240531;
    for (int round = 0; round < 300000; round++) {
        unsigned char text[12];
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            text[i] = likely[(random >> 33) % sizeof likely];
        }
        assert_int_equal(utf8_valid_prefix((struct bytes){(char *)text, sizeof text}),
                         naive_prefix(text, sizeof text));
    }
}

static void utf8_take__inverts_utf8_append_for_every_character(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 16);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        buf_clear(&buf);
        utf8_append(&buf, c);
        struct bytes rest = buf_bytes(&buf);
        assert_true(utf8_is_valid(rest));
        for (size_t len = 1; len < buf.len; len++)
            assert_true(utf8_is_cut((struct bytes){buf.ptr, len}));
        assert_int_equal(utf8_take(&rest), c);
        assert_int_equal(rest.len, 0);
    }
    buf_deinit(&buf);
}

static void utf8_is_cut__refuses_what_nothing_completes(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         "a",        "\x80",     "\xC0", "\xC1",
                                        "\xE0\x80", "\xED\xA0", "\xF4\x90", "\xF5", "\xE4\x41"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(utf8_is_cut(bytes_from_z(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_valid_prefix__agrees_on_all_pairs_of_bytes),
        cmocka_unit_test(utf8_valid_prefix__agrees_on_random_texts),
        cmocka_unit_test(utf8_take__inverts_utf8_append_for_every_character),
        cmocka_unit_test(utf8_is_cut__refuses_what_nothing_completes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
