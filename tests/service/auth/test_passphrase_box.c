#include "service/auth/passphrase_box.h"

#include "service/storage/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct bytes plain = {"甲\0乙\n", 8};
static const struct bytes passphrase = {"correct horse battery", 21};

static struct buf sealed(void)
{
    struct err err = {.code = OK};
    struct buf box;
    buf_init(&box, 4096);
    assert_int_equal(passphrase_box_seal(plain, passphrase, PASSPHRASE_MODERATE, &box, &err), OK);
    return box;
}

static int open_box(struct bytes lines, const char *with, enum passphrase_cost cost)
{
    struct err err = {.code = OK};
    struct buf out;
    buf_init(&out, 4096);
    int rc = passphrase_box_open(lines, bytes_from_z(with), cost, &out, &err);
    if (rc == OK)
        assert_true(bytes_equal(buf_bytes(&out), plain));
    else
        assert_int_equal(out.len, 0);
    buf_deinit(&out);
    return rc;
}

static void passphrase_box__opens_with_its_passphrase_alone(void **state)
{
    (void)state;
    struct buf box = sealed();
    assert_int_equal(open_box(buf_bytes(&box), "correct horse battery", PASSPHRASE_MODERATE), OK);
    assert_int_equal(open_box(buf_bytes(&box), "correct horse battery ", PASSPHRASE_MODERATE),
                     ERR_REFUSED);
    struct buf again = sealed();
    assert_false(bytes_equal(buf_bytes(&box), buf_bytes(&again)));
    buf_deinit(&again);
    buf_deinit(&box);
}

static void passphrase_box__is_refused_when_it_was_altered(void **state)
{
    (void)state;
    struct buf box = sealed();
    const size_t places[] = {0, 33, box.len - 2};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char was = box.ptr[places[i]];
        box.ptr[places[i]] = was == '0' ? '1' : '0';
        assert_int_equal(open_box(buf_bytes(&box), "correct horse battery", PASSPHRASE_MODERATE),
                         ERR_REFUSED);
        box.ptr[places[i]] = was;
    }
    buf_deinit(&box);
}

static void passphrase_box__knows_what_is_none(void **state)
{
    static const char *const none[] = {
        "",
        "\n",
        "no digits at all\n",
        "00112233445566778899aabbccddeeff",
        "00112233445566778899aabbccddeeff\n0011\n",
        "00112233445566778899aabbccddee\n00112233445566778899aabbccddeeff0011\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(
            open_box(bytes_from_z(none[i]), "correct horse battery", PASSPHRASE_MODERATE),
            ERR_FORMAT);
}

static void passphrase_box__wants_a_long_passphrase(void **state)
{
    static const char *const bad[] = {"", "elevenchars", "十一个字口令还是太短啊",
                                      "\xff twelve bytes"};
    (void)state;
    struct err err = {.code = OK};
    struct buf box;
    buf_init(&box, 4096);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            passphrase_box_seal(plain, bytes_from_z(bad[i]), PASSPHRASE_MODERATE, &box, &err),
            ERR_REFUSED);
    assert_int_equal(box.len, 0);
    buf_deinit(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passphrase_box__opens_with_its_passphrase_alone),
        cmocka_unit_test(passphrase_box__is_refused_when_it_was_altered),
        cmocka_unit_test(passphrase_box__knows_what_is_none),
        cmocka_unit_test(passphrase_box__wants_a_long_passphrase),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
