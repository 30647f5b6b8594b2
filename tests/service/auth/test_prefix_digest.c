#include "service/auth/prefix_digest.h"

#include "service/auth/vault.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void prefix_digest__digests_prefix_and_text_joined(void **state)
{
    (void)state;
    struct err err = {0};
    struct prefix_digest *digest = NULL;
    char text[200];
    assert_int_equal(prefix_digest_new(&digest, &err), OK);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)i;
    /* Prefixes below, of and above a block. */
    for (size_t cut = 0; cut <= 130; cut++) {
        unsigned char expected[SHA256_BYTES];
        unsigned char actual[SHA256_BYTES];
        assert_int_equal(prefix_digest_set(digest, (struct bytes){text, cut}, &err), OK);
        for (size_t len = cut; len <= sizeof text; len += 35) {
            assert_int_equal(sha256_of((struct bytes){text, len}, expected, &err), OK);
            assert_int_equal(
                prefix_digest_of(digest, (struct bytes){text + cut, len - cut}, actual, &err), OK);
            assert_memory_equal(actual, expected, sizeof expected);
        }
    }
    prefix_digest_free(digest);
}

static void prefix_digest__has_the_empty_prefix_at_first(void **state)
{
    (void)state;
    struct err err = {0};
    struct prefix_digest *digest = NULL;
    unsigned char expected[SHA256_BYTES];
    unsigned char actual[SHA256_BYTES];
    assert_int_equal(prefix_digest_new(&digest, &err), OK);
    assert_int_equal(sha256_of(BYTES_LIT("abc"), expected, &err), OK);
    assert_int_equal(prefix_digest_of(digest, BYTES_LIT("abc"), actual, &err), OK);
    assert_memory_equal(actual, expected, sizeof expected);
    prefix_digest_free(digest);
    prefix_digest_free(NULL);
}

static int make(void *context, struct err *err)
{
    (void)context;
    struct prefix_digest *digest = NULL;
    int rc = prefix_digest_new(&digest, err);
    prefix_digest_free(digest);
    return rc;
}

static void prefix_digest__survives_every_failed_allocation(void **state)
{
    (void)state;
    fault_loop(make, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix_digest__digests_prefix_and_text_joined),
        cmocka_unit_test(prefix_digest__has_the_empty_prefix_at_first),
        cmocka_unit_test(prefix_digest__survives_every_failed_allocation),
    };
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
