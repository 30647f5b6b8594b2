#include "base/bytes.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void bytes_to_int64__takes_whole_texts_in_range(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"--1", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = 0;
        bool ok = bytes_to_int64(bytes_from_z(cases[i].text), &value);
        if (ok != cases[i].ok || value != cases[i].value)
            fail_msg("\"%s\": %d, %jd", cases[i].text, ok, (intmax_t)value);
    }
}

static void bytes_to_double__rounds_correctly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double value;
    } cases[] = {
        {"0.5", true, 0.5},
        {"-3", true, -3.0},
        {"12.25", true, 12.25},
        {"0.1", true, 0.1},
        {".3", true, 0.3},
        {"0.35", true, 0.35},
        {"123456789012345", true, 123456789012345.0},
        {"1e3", false, 0},
        {"", false, 0},
        {".", false, 0},
        {"1.2.3", false, 0},
        {"nan", false, 0},
        {"0x1", false, 0},
        {"1,5", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = 0;
        bool ok = bytes_to_double(bytes_from_z(cases[i].text), &value);
        if (ok != cases[i].ok || value < cases[i].value || value > cases[i].value)
            fail_msg("\"%s\": %d, %.17g", cases[i].text, ok, value);
    }
}

static void bytes_cut__visits_each_part(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *joined;
    } cases[] = {
        {"a|b|c", "[a][b][c]"}, {"|", "[][]"}, {"a", "[a]"}, {"a|", "[a][]"}, {"", "[]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char joined[64];
        size_t len = 0;
        struct bytes rest = bytes_from_z(cases[i].text);
        while (rest.ptr != NULL) {
            struct bytes part = bytes_cut(&rest, '|');
            joined[len++] = '[';
            for (size_t k = 0; k < part.len; k++)
                joined[len++] = part.ptr[k];
            joined[len++] = ']';
        }
        joined[len] = '\0';
        assert_string_equal(joined, cases[i].joined);
    }
}

static void bytes_compare__orders_prefixes_first(void **state)
{
    (void)state;
    static const char *const ascending[] = {"", "a", "aa", "ab", "b", "\xE4\xB8\x80"};
    enum { COUNT = sizeof ascending / sizeof ascending[0] };
    for (int a = 0; a < COUNT; a++) {
        for (int b = 0; b < COUNT; b++) {
            int order = bytes_compare(bytes_from_z(ascending[a]), bytes_from_z(ascending[b]));
            assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
            assert_int_equal(bytes_equal(bytes_from_z(ascending[a]), bytes_from_z(ascending[b])),
                             a == b);
        }
    }
}

static void bytes_find__and_trim_and_prefix(void **state)
{
    (void)state;
    assert_int_equal(bytes_find(BYTES_LIT("abcabc"), BYTES_LIT("ca")), 2);
    assert_int_equal(bytes_find(BYTES_LIT("abc"), BYTES_LIT("d")), 3);
    assert_int_equal(bytes_find(BYTES_LIT("abc"), BYTES_NONE), 0);
    assert_int_equal(bytes_find(BYTES_NONE, BYTES_LIT("a")), 0);
    assert_true(bytes_equal(bytes_trim(BYTES_LIT(" \t\r\na b\n ")), BYTES_LIT("a b")));
    assert_int_equal(bytes_trim(BYTES_LIT(" \n")).len, 0);
    assert_true(bytes_starts_with(BYTES_LIT("abc"), BYTES_LIT("ab")));
    assert_false(bytes_starts_with(BYTES_LIT("a"), BYTES_LIT("ab")));
    assert_true(bytes_starts_with(BYTES_NONE, BYTES_NONE));
}

/* By chance 40,000 texts would fill 29,937 of 65,536 places; nine tenths of that will do. */
static void bytes_hash__spreads_similar_texts(void **state)
{
    (void)state;
    enum { TEXTS = 40000, PLACES = 65536 };
    static bool low_bits[PLACES];
    static bool high_bits[PLACES];
    int low = 0;
    int high = 0;
    for (int i = 0; i < TEXTS; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "GD2024%08d", i);
        uint64_t hash = bytes_hash((struct bytes){text, (size_t)len});
        low += low_bits[hash % PLACES] ? 0 : 1;
        high += high_bits[hash >> 48] ? 0 : 1;
        low_bits[hash % PLACES] = true;
        high_bits[hash >> 48] = true;
    }
    assert_in_range(low, 26943, TEXTS);
    assert_in_range(high, 26943, TEXTS);
    assert_true(bytes_hash(BYTES_LIT("a")) != bytes_hash((struct bytes){"a\0", 2}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_to_int64__takes_whole_texts_in_range),
        cmocka_unit_test(bytes_to_double__rounds_correctly),
        cmocka_unit_test(bytes_cut__visits_each_part),
        cmocka_unit_test(bytes_compare__orders_prefixes_first),
        cmocka_unit_test(bytes_find__and_trim_and_prefix),
        cmocka_unit_test(bytes_hash__spreads_similar_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
