#include "service/intake/texts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

enum { MAX_BYTES = 1 << 20 };

static void texts_unpack__gives_back_what_was_packed(void **state)
{
    (void)state;
    struct err err;
    struct buf packed;
    struct texts out;
    struct texts texts = {
        .title = BYTES_LIT("路灯不亮"),
        .content = BYTES_LIT("多行\n内容"),
        .citizen_phone = BYTES_LIT("13800001234"),
        .replies = {[0] = BYTES_LIT("已修复"), [63] = BYTES_LIT("协办答复")},
        .reply_end = HANDLINGS_AN_ORDER,
    };
    buf_init(&packed, MAX_BYTES);
    texts_pack(&texts, &packed);
    assert_int_equal(texts_unpack(buf_bytes(&packed), &out, &err), OK);
    assert_true(bytes_equal(out.title, texts.title));
    assert_true(bytes_equal(out.content, texts.content));
    assert_true(bytes_equal(out.citizen_phone, texts.citizen_phone));
    assert_int_equal(out.citizen_name.len, 0);
    assert_true(bytes_equal(out.replies[0], texts.replies[0]));
    assert_true(bytes_equal(out.replies[63], texts.replies[63]));
    buf_deinit(&packed);
}

static void texts_unpack__refuses_every_truncation(void **state)
{
    (void)state;
    struct err err;
    struct buf packed;
    struct texts out;
    struct texts texts = {.title = BYTES_LIT("a title")};
    buf_init(&packed, MAX_BYTES);
    texts_pack(&texts, &packed);
    for (size_t len = 1; len < packed.len; len++)
        assert_int_equal(texts_unpack((struct bytes){packed.ptr, len}, &out, &err), ERR_CORRUPT);
    buf_deinit(&packed);
}

static void texts_unpack__refuses_unknown_tags_and_places(void **state)
{
    (void)state;
    struct err err;
    struct texts out;
    assert_int_equal(texts_unpack(BYTES_LIT("\x09\x00\x01\x00\x00\x00x"), &out, &err), ERR_CORRUPT);
    assert_int_equal(texts_unpack(BYTES_LIT("\x03\x40\x01\x00\x00\x00x"), &out, &err), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_unpack__gives_back_what_was_packed),
        cmocka_unit_test(texts_unpack__refuses_every_truncation),
        cmocka_unit_test(texts_unpack__refuses_unknown_tags_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
