#include "base/buf.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static void buf_append__keeps_what_it_is_given(void **state)
{
    (void)state;
    struct buf buf;
    struct err err;
    buf_init(&buf, SIZE_MAX);
    buf_append(&buf, BYTES_NONE);
    for (int i = 0; i < 10000; i++)
        buf_printf(&buf, "%04d,", i);
    assert_int_equal(buf.len, 50000);
    assert_int_equal(buf_status(&buf, &err), OK);
    assert_memory_equal(buf.ptr, "0000,0001,", 10);
    assert_memory_equal(buf.ptr + 49990, "9998,9999,", 10);
    buf_printf(&buf, "%1000d", 7);
    assert_int_equal(buf.len, 51000);
    assert_int_equal(buf.ptr[50999], '7');
    buf_deinit(&buf);
}

static void buf_append_integer__writes_every_sign(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, -1, 10, INT64_MAX, INT64_MIN};
    struct buf buf;
    buf_init(&buf, 100);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        buf_append_integer(&buf, values[i]);
        buf_append_byte(&buf, ' ');
    }
    assert_true(bytes_equal(buf_bytes(&buf), BYTES_LIT("0 7 -1 10 9223372036854775807 "
                                                       "-9223372036854775808 ")));
    buf_deinit(&buf);
}

static void buf_wipe__leaves_an_empty_buf(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    buf_wipe(&buf);
    buf_append_z(&buf, "secret");
    buf_wipe(&buf);
    assert_null(buf.ptr);
    assert_int_equal(buf.len + buf.capacity, 0);
    assert_int_equal(buf.max_bytes, 100);
}

static void buf_append__remembers_the_first_failure(void **state)
{
    (void)state;
    struct buf buf;
    struct err err;
    buf_init(&buf, 4);
    buf_append_z(&buf, "abc");
    buf_append_z(&buf, "de");
    buf_append_byte(&buf, 'f');
    assert_true(bytes_equal(buf_bytes(&buf), BYTES_LIT("abc")));
    assert_int_equal(buf_status(&buf, &err), ERR_LIMIT);
    assert_int_equal(err.code, ERR_LIMIT);
    buf_clear(&buf);
    buf_append_z(&buf, "wxyz");
    assert_true(bytes_equal(buf_bytes(&buf), BYTES_LIT("wxyz")));
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_deinit(&buf);
}

static int write_much(void *context, struct err *err)
{
    (void)context;
    struct buf buf;
    buf_init(&buf, SIZE_MAX);
    for (int i = 0; i < 1000; i++)
        buf_append_z(&buf, "0123456789");
    int rc = buf_status(&buf, err);
    buf_deinit(&buf);
    return rc;
}

static void buf_append__survives_faults(void **state)
{
    (void)state;
    fault_loop(write_much, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_append__keeps_what_it_is_given),
        cmocka_unit_test(buf_append_integer__writes_every_sign),
        cmocka_unit_test(buf_wipe__leaves_an_empty_buf),
        cmocka_unit_test(buf_append__remembers_the_first_failure),
        cmocka_unit_test(buf_append__survives_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
