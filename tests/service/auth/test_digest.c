#include "service/auth/digest.h"

#include "service/auth/vault.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    struct bytes message;
    const char *hex;
} published[] = {
    /* FIPS 180-4 examples of NIST. */
    {"empty", {NULL, 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"one block", {"abc", 3}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks",
     {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56},
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void sha256_of__gives_published_digests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        struct err err = {.code = OK};
        unsigned char digest[SHA256_BYTES];
        char hex[SHA256_HEX_BYTES];
        assert_int_equal(sha256_of(published[i].message, digest, &err), OK);
        sha256_hex(digest, hex);
        if (strcmp(hex, published[i].hex) != 0)
            fail_msg("%s: %s", published[i].name, hex);
    }
}

static void sha256_feed__does_not_depend_on_the_cuts(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    struct bytes whole = published[2].message;
    struct sha256 *sha256 = NULL;
    assert_int_equal(sha256_new(&sha256, &err), OK);
    for (size_t cut = 0; cut <= whole.len; cut++) {
        unsigned char digest[SHA256_BYTES];
        char hex[SHA256_HEX_BYTES];
        assert_int_equal(sha256_feed(sha256, (struct bytes){whole.ptr, cut}, &err), OK);
        assert_int_equal(sha256_feed(sha256, BYTES_NONE, &err), OK);
        struct bytes rest = {whole.ptr + cut, whole.len - cut};
        assert_int_equal(sha256_feed(sha256, rest, &err), OK);
        assert_int_equal(sha256_finish(sha256, digest, &err), OK);
        sha256_hex(digest, hex);
        assert_string_equal(hex, published[2].hex);
    }
    sha256_free(sha256);
}

static void sha256_base64__is_as_a_policy_names_it(void **state)
{
    (void)state;
    unsigned char digest[SHA256_BYTES];
    char text[SHA256_BASE64_BYTES];
    struct err err;
    assert_int_equal(sha256_of(BYTES_LIT("abc"), digest, &err), OK);
    sha256_base64(digest, text);
    assert_string_equal(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

static int digest_once(void *context, struct err *err)
{
    (void)context;
    unsigned char digest[SHA256_BYTES];
    struct sha256 *sha256 = NULL;
    int rc = sha256_new(&sha256, err);
    if (rc == OK)
        rc = sha256_feed(sha256, BYTES_LIT("abc"), err);
    if (rc == OK)
        rc = sha256_finish(sha256, digest, err);
    sha256_free(sha256);
    if (rc == OK)
        rc = sha256_of(BYTES_LIT("abc"), digest, err);
    return rc;
}

static void sha256__survives_a_failing_heap(void **state)
{
    (void)state;
    fault_loop(digest_once, NULL);
}

int main(void)
{
    /* OpenSSL's own start is not repeated: the digest before the loop is done with a heap that works. */
    struct err err = {.code = OK};
    if (!vault_use_allocator() || digest_once(NULL, &err) != OK)
        return EXIT_FAILURE;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of__gives_published_digests),
        cmocka_unit_test(sha256_feed__does_not_depend_on_the_cuts),
        cmocka_unit_test(sha256_base64__is_as_a_policy_names_it),
        cmocka_unit_test(sha256__survives_a_failing_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
