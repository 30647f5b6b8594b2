#include "service/auth/salt.h"

#include "service/auth/random.h"
#include "service/auth/vault.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The first 16 bytes of HMAC-SHA-256 by Python's hmac under the key 00 01 02 ... 1f. */
static const struct {
    struct bytes name;
    unsigned char salt[SALT_OF_NAME_BYTES + 1];
} published[] = {
    {{"", 0}, "\xd3\x8b\x42\x09\x6d\x80\xf4\x5f\x82\x6b\x44\xa9\xd5\x60\x7d\xe7"},
    {{"AB-130", 6}, "\xe0\x19\xee\xfe\x6d\xbe\x1c\x3a\x82\x4f\x89\x41\xaf\x3b\x38\x6e"},
    {{"LJ202405000419", 14}, "\x79\xab\x88\x0e\x7a\x12\x7e\x66\x35\xbe\x18\xf8\x48\x2f\xf6\x04"},
    {{"工单一号", 12}, "\xa7\x5f\x72\xdb\x38\xd8\x1c\x05\xe7\xde\x77\xab\xfd\x68\xdd\xc1"},
};

static void key_fill(unsigned char key[SALT_KEY_BYTES], unsigned char first)
{
    for (size_t i = 0; i < SALT_KEY_BYTES; i++)
        key[i] = (unsigned char)(first + i);
}

static void salt_of__is_the_head_of_an_hmac(void **state)
{
    (void)state;
    struct err err = {0};
    struct salts *salts = NULL;
    unsigned char key[SALT_KEY_BYTES];
    key_fill(key, 0);
    assert_int_equal(salts_new(key, &salts, &err), OK);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
            unsigned char salt[SALT_OF_NAME_BYTES];
            assert_int_equal(salt_of(salts, published[i].name, salt, &err), OK);
            assert_memory_equal(salt, published[i].salt, sizeof salt);
        }
    }
    salts_free(salts);
    salts_free(NULL);
}

static void salt_of__depends_on_the_key(void **state)
{
    (void)state;
    struct err err = {0};
    struct salts *salts = NULL;
    unsigned char key[SALT_KEY_BYTES];
    unsigned char salt[SALT_OF_NAME_BYTES];
    key_fill(key, 1);
    assert_int_equal(salts_new(key, &salts, &err), OK);
    assert_int_equal(salt_of(salts, published[1].name, salt, &err), OK);
    assert_memory_not_equal(salt, published[1].salt, sizeof salt);
    salts_free(salts);
}

static void random_bytes__are_other_ones_each_time(void **state)
{
    (void)state;
    struct err err = {0};
    unsigned char first[32] = {0};
    unsigned char second[32] = {0};
    assert_int_equal(random_bytes(first, sizeof first, &err), OK);
    assert_int_equal(random_bytes(second, sizeof second, &err), OK);
    assert_memory_not_equal(first, second, sizeof first);
    assert_int_equal(random_bytes(first, SIZE_MAX, &err), ERR_LIMIT);
}

static int make(void *context, struct err *err)
{
    struct salts *salts = NULL;
    unsigned char salt[SALT_OF_NAME_BYTES];
    int rc = salts_new(context, &salts, err);
    if (rc == OK)
        rc = salt_of(salts, BYTES_LIT("A1"), salt, err);
    salts_free(salts);
    return rc;
}

static void salts__survive_every_failed_allocation(void **state)
{
    (void)state;
    unsigned char key[SALT_KEY_BYTES];
    key_fill(key, 0);
    fault_loop(make, key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(salt_of__is_the_head_of_an_hmac),
        cmocka_unit_test(salt_of__depends_on_the_key),
        cmocka_unit_test(random_bytes__are_other_ones_each_time),
        cmocka_unit_test(salts__survive_every_failed_allocation),
    };
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
