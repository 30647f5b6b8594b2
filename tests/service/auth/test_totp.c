#include "service/auth/totp.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* RFC 6238, appendix B: the key of its SHA-1 vectors, and the last six of the eight digits. */
static const unsigned char key[TOTP_SECRET_BYTES + 1] = "12345678901234567890";
static const struct {
    int64_t utc;
    struct bytes code;
} published[] = {
    {59, {"287082", 6}},         {1111111109, {"081804", 6}}, {1111111111, {"050471", 6}},
    {1234567890, {"005924", 6}}, {2000000000, {"279037", 6}}, {INT64_C(20000000000), {"353130", 6}},
};

static void totp_holds__for_the_published_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        int64_t step = -1;
        assert_true(totp_holds(key, published[i].code, published[i].utc, 0, &step));
        assert_int_equal(step, published[i].utc / 30);
    }
}

static void totp_holds__one_step_to_either_side(void **state)
{
    (void)state;
    static const struct {
        int64_t utc;
        bool holds;
    } cases[] = {
        {1234567890 - 60, false}, {1234567890 - 31, false}, {1234567890 - 30, true},
        {1234567890 + 59, true},  {1234567890 + 60, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t step = -1;
        bool holds = totp_holds(key, BYTES_LIT("005924"), cases[i].utc, 0, &step);
        assert_int_equal(holds, cases[i].holds);
        assert_int_equal(step, holds ? 1234567890 / 30 : -1);
    }
}

static void totp_holds__takes_no_step_twice(void **state)
{
    (void)state;
    int64_t step = -1;
    int64_t this_step = 1234567890 / 30;
    struct bytes code = BYTES_LIT("005924");
    assert_false(totp_holds(key, code, 1234567890, this_step, &step));
    assert_false(totp_holds(key, code, 1234567890, this_step + 1, &step));
    assert_int_equal(step, -1);
    assert_true(totp_holds(key, code, 1234567890, this_step - 1, &step));
}

static void totp_holds__refuses_what_is_no_code(void **state)
{
    (void)state;
    int64_t step = -1;
    static const struct bytes codes[] = {
        {NULL, 0}, {"00592", 5}, {"0059240", 7}, {"005925", 6}, {"00592\0", 6},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_false(totp_holds(key, codes[i], 1234567890, 0, &step));
    assert_false(totp_holds(key, BYTES_LIT("755224"), -1, -9, &step));
    assert_true(totp_holds(key, BYTES_LIT("755224"), 0, -1, &step)); /* RFC 4226's first */
    assert_int_equal(step, 0);
}

static void totp_render__is_what_apps_read(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1024);
    totp_uri_render(key, BYTES_LIT("市评议办 1"), BYTES_LIT("li.na"), &out);
    buf_append_byte(&out, '\0');
    assert_string_equal(buf_bytes(&out).ptr,
                        "otpauth://totp/%E5%B8%82%E8%AF%84%E8%AE%AE%E5%8A%9E%201:li.na"
                        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                        "&issuer=%E5%B8%82%E8%AF%84%E8%AE%AE%E5%8A%9E%201"
                        "&algorithm=SHA1&digits=6&period=30");
    buf_clear(&out);
    totp_secret_render(key, &out);
    buf_append_byte(&out, '\0');
    assert_string_equal(buf_bytes(&out).ptr, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    buf_deinit(&out);
}

static void recovery_code__is_read_as_typed(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
    unsigned char first[32], again[32], other[32];
    assert_int_equal(recovery_codes_make(codes, &err), OK);
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        assert_int_equal(strlen(codes[i]), RECOVERY_CODE_BYTES - 1);
        for (size_t j = 0; j < RECOVERY_CODE_BYTES - 1; j++) {
            const char *allowed = j % 5 == 4 ? "-" : "abcdefghjkmnopqrstuvwxyz23456789";
            assert_non_null(strchr(allowed, codes[i][j]));
        }
        assert_true(recovery_code_digest(bytes_from_z(codes[i]), other));
        assert_true(i == 0 || memcmp(first, other, 32) != 0);
        if (i == 0)
            memcpy(first, other, 32);
    }
    assert_true(recovery_code_digest(BYTES_LIT("abcd-ofgh-jkmn-pqrs"), first));
    assert_true(recovery_code_digest(BYTES_LIT(" ABCD0fgh jkMN\tpqrs "), again));
    assert_memory_equal(first, again, 32);
}

static void recovery_code_digest__refuses_other_forms(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "123456",
        "abcd-efgh-jkmn-pqr",
        "abcd-efgh-jkmn-pqrst",
        "abcd-efgh-jkmn-pqr1",
        "abcd-efgh-jkmn-pqrl",
        "abcd_efgh_jkmn_pqrs",
    };
    unsigned char digest[32] = {7};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(recovery_code_digest(bytes_from_z(wrong[i]), digest));
    assert_false(recovery_code_digest((struct bytes){"abcd-efgh-jkmn-pqr\0", 19}, digest));
    assert_int_equal(digest[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totp_holds__for_the_published_codes),
        cmocka_unit_test(totp_holds__one_step_to_either_side),
        cmocka_unit_test(totp_holds__takes_no_step_twice),
        cmocka_unit_test(totp_holds__refuses_what_is_no_code),
        cmocka_unit_test(totp_render__is_what_apps_read),
        cmocka_unit_test(recovery_code__is_read_as_typed),
        cmocka_unit_test(recovery_code_digest__refuses_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
