#include "importers/encoding.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

enum { NONE = -1 };

/* The verdict over `text` fed in two pieces; NONE for neither encoding. */
static int verdict_cut(struct bytes text, size_t cut)
{
    struct encoding_scan scan;
    enum encoding encoding = ENCODING_LATIN1;
    encoding_scan_init(&scan);
    encoding_scan_feed(&scan, (struct bytes){text.ptr, cut});
    encoding_scan_feed(&scan, (struct bytes){text.ptr + cut, text.len - cut});
    return encoding_scan_verdict(&scan, &encoding) ? (int)encoding : NONE;
}

static void encoding_scan__judges_however_it_is_cut(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes text;
        int expected;
    } cases[] = {
        {"empty", {"", 0}, ENCODING_UTF8},
        {"ascii", {"abc,1\n", 6}, ENCODING_UTF8},
        {"utf-8", {"\xE5\xB7\xA5\xE5\x8D\x95,\xF0\x9F\x98\x80", 11}, ENCODING_UTF8},
        {"utf-8 with bom", {"\xEF\xBB\xBF\xE5\xB7\xA5", 6}, ENCODING_UTF8},
        {"gb18030", {"\xB9\xA4\xB5\xA5,\xB1\xE0\n", 8}, ENCODING_GB18030},
        {"gb18030 whose beginning is valid utf-8",
         {"\xC4\xA3\xCA\xBD,\xB9\xA4\xB5\xA5\n", 10},
         ENCODING_GB18030},
        {"gb18030 of four bytes", {"\x81\x39\xEF\x30\xB9\xA4", 6}, ENCODING_GB18030},
        {"gb18030 with bom", {"\x84\x31\x95\x33\xB9\xA4", 6}, ENCODING_GB18030},
        {"utf-16le", {"\xFF\xFE\xE5\x5D", 4}, ENCODING_UTF16LE},
        {"utf-16be", {"\xFE\xFF\x5D\xE5", 4}, ENCODING_UTF16BE},
        {"neither", {"\xB9\xA4\xB5\xA5\xFF\xFF\xFF\xFF\xFF", 9}, NONE},
        {"gb18030 cut at the end", {"\xB9\xA4\xB5\xA5,\xB1", 6}, NONE},
        {"utf-8 cut at the end", {"\xE5\xB7\xA5\xE5\x8D", 5}, NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].name);
        for (size_t cut = 0; cut <= cases[i].text.len; cut++)
            assert_int_equal(verdict_cut(cases[i].text, cut), cases[i].expected);
    }
}

/* `good` times `count`, with one `bad` in the middle. */
static int verdict_of_damaged(struct bytes good, int count, struct bytes bad)
{
    struct encoding_scan scan;
    enum encoding encoding = ENCODING_LATIN1;
    encoding_scan_init(&scan);
    for (int i = 0; i < count; i++) {
        encoding_scan_feed(&scan, good);
        if (i == count / 2)
            encoding_scan_feed(&scan, bad);
    }
    return encoding_scan_verdict(&scan, &encoding) ? (int)encoding : NONE;
}

static void encoding_scan_verdict__takes_fewer_than_one_in_1000_for_damage(void **state)
{
    (void)state;
    struct bytes utf8 = BYTES_LIT("\xE5\xB7\xA5");
    struct bytes utf8_bad = BYTES_LIT("\xFF");
    assert_int_equal(verdict_of_damaged(utf8, 1000, utf8_bad), ENCODING_UTF8);
    assert_int_equal(verdict_of_damaged(utf8, 999, utf8_bad), NONE);
    assert_int_equal(verdict_of_damaged(utf8, 100000, utf8_bad), ENCODING_UTF8);
    struct bytes gb = BYTES_LIT("\xB9\xA4");
    struct bytes gb_bad = BYTES_LIT("\xB9\n");
    assert_int_equal(verdict_of_damaged(gb, 1000, gb_bad), ENCODING_GB18030);
    assert_int_equal(verdict_of_damaged(gb, 998, gb_bad), NONE);
    assert_int_equal(verdict_of_damaged(gb, 100000, gb_bad), ENCODING_GB18030);
}

static void encoding_choose__takes_many_nuls_for_utf16(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes text;
        enum encoding encoding;
    } cases[] = {
        {"little end first", BYTES_LIT("a\0,\0b\0\n\0"), ENCODING_UTF16LE},
        {"big end first", BYTES_LIT("\0a\0,\0b\0\n"), ENCODING_UTF16BE},
        {"signs", BYTES_LIT("\x5D\xE5\0,\x53\x55\0\n"), ENCODING_UTF16BE},
        {"a NUL by damage", BYTES_LIT("a,b\n1\0x,2\n3,4\n"), ENCODING_UTF8},
        {"a NUL a row", BYTES_LIT("1\0x,234\n5\0x,678\n"), ENCODING_UTF8},
        {"a NUL among signs", BYTES_LIT("\xB9\xA4\0,\xB5\xA5,\n"), ENCODING_GB18030},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct encoding_scan scan;
        enum encoding encoding = ENCODING_LATIN1;
        struct evidence why;
        print_message("    %s\n", cases[i].name);
        encoding_scan_init(&scan);
        encoding_scan_feed(&scan, cases[i].text);
        assert_true(encoding_choose(&scan, -1, false, &encoding, &why));
        assert_int_equal(encoding, cases[i].encoding);
    }
}

static int decode_cut(enum encoding encoding, struct bytes text, size_t cut, struct buf *out,
                      struct err *err)
{
    struct decoder *decoder = NULL;
    int rc = decoder_new(encoding, &decoder, err);
    if (rc == OK)
        rc = decoder_feed(decoder, (struct bytes){text.ptr, cut}, out, err);
    if (rc == OK)
        rc = decoder_feed(decoder, (struct bytes){text.ptr + cut, text.len - cut}, out, err);
    if (rc == OK)
        rc = decoder_finish(decoder, out, err);
    decoder_free(decoder);
    return rc;
}

static void decoder_feed__converts_however_it_is_cut(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum encoding encoding;
        struct bytes text;
        const char *expected;
    } cases[] = {
        {"utf-8", ENCODING_UTF8, {"a\xE5\xB7\xA5\xF0\x9F\x98\x80z", 9}, "a工😀z"},
        {"bom", ENCODING_UTF8, {"\xEF\xBB\xBF\xE5\xB7\xA5", 6}, "工"},
        {"two boms", ENCODING_UTF8, {"\xEF\xBB\xBF\xEF\xBB\xBF\xE5\xB7\xA5", 9}, "工"},
        {"real U+FFFD", ENCODING_UTF8, {"\xEF\xBF\xBD", 3}, "\xEF\xBF\xBD"},
        {"damage", ENCODING_UTF8, {"a\xFFz\xE5\xB7,\xC0\xAF", 8}, "a\xFFz\xFF,\xFF\xFF"},
        {"cut at the end", ENCODING_UTF8, {"a\xE5\xB7", 3}, "a\xFF"},
        {"gb18030", ENCODING_GB18030, {"\xB9\xA4\xB5\xA5,1", 6}, "工单,1"},
        {"gb18030 of four bytes", ENCODING_GB18030, {"\x82\x35\x8F\x33z", 5}, "龦z"},
        {"gb18030 with bom", ENCODING_GB18030, {"\x84\x31\x95\x33\xB9\xA4", 6}, "工"},
        {"gb18030 cut before a comma", ENCODING_GB18030, {"\xB9\xA4\xB5,1", 5}, "工\xFF,1"},
        {"gb18030 cut at the end", ENCODING_GB18030, {"\xB9\xA4\xB5", 3}, "工\xFF"},
        {"utf-16le", ENCODING_UTF16LE, {"\xFF\xFE\xE5\x5D,\0", 6}, "工,"},
        {"utf-16be", ENCODING_UTF16BE, {"\xFE\xFF\x5D\xE5\xD8\x3D\xDE\x00", 8}, "工😀"},
        {"utf-16 of half a pair", ENCODING_UTF16LE, {"\x00\xDC,\0", 4}, "\xFF,"},
        {"latin1", ENCODING_LATIN1, {"caf\xE9", 4}, "café"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].name);
        for (size_t cut = 0; cut <= cases[i].text.len; cut++) {
            struct err err = {0};
            struct buf out;
            buf_init(&out, 1024);
            assert_int_equal(decode_cut(cases[i].encoding, cases[i].text, cut, &out, &err), OK);
            buf_append_byte(&out, '\0');
            assert_string_equal(out.ptr, cases[i].expected);
            buf_deinit(&out);
        }
    }
}

static int fault_body(void *context, struct err *err)
{
    (void)context;
    struct buf out;
    buf_init(&out, 4096);
    int rc = decode_cut(ENCODING_GB18030, BYTES_LIT("\xB9\xA4\xB5\xA5"), 1, &out, err);
    buf_deinit(&out);
    return rc;
}

static void decoder_feed__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(fault_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_scan__judges_however_it_is_cut),
        cmocka_unit_test(encoding_scan_verdict__takes_fewer_than_one_in_1000_for_damage),
        cmocka_unit_test(encoding_choose__takes_many_nuls_for_utf16),
        cmocka_unit_test(decoder_feed__converts_however_it_is_cut),
        cmocka_unit_test(decoder_feed__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
