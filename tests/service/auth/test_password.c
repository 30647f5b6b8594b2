#include "service/auth/password.h"

#include "service/auth/embedded.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define X64 "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxz"

static void password_examine__names_the_fault(void **state)
{
    (void)state;
    static const struct {
        struct bytes password;
        enum password_fault fault;
    } cases[] = {
        {BYTES_LIT("kuai7Banma"), PASSWORD_GOOD},
        {BYTES_LIT("雨后山城亮灯八点半啊"), PASSWORD_GOOD},
        {BYTES_LIT("correct horse battery"), PASSWORD_GOOD},
        {BYTES_LIT(X64 X64 X64 X64), PASSWORD_GOOD},
        {BYTES_LIT(""), PASSWORD_TOO_SHORT},
        {BYTES_LIT("kuai7Banm"), PASSWORD_TOO_SHORT},
        {BYTES_LIT("雨后山城亮灯八点半"), PASSWORD_TOO_SHORT},
        {BYTES_LIT(X64 X64 X64 X64 "x"), PASSWORD_TOO_LONG},
        {BYTES_LIT("1qaz2wsx3edc"), PASSWORD_COMMON},
        {BYTES_LIT("1QAZ2wsx3EDC"), PASSWORD_COMMON},
        {BYTES_LIT("woaini1314"), PASSWORD_COMMON},
        {BYTES_LIT("WoAiNi5201314"), PASSWORD_COMMON},
        {BYTES_LIT("Pingyi@2026"), PASSWORD_COMMON},
        {BYTES_LIT("12345hotline"), PASSWORD_COMMON},
        {BYTES_LIT("P@ssw0rd123"), PASSWORD_COMMON},
        {BYTES_LIT("1234567890"), PASSWORD_COMMON},
        {BYTES_LIT("!@#$%^&*()"), PASSWORD_COMMON},
        {BYTES_LIT("my-li.Na.secret"), PASSWORD_HAS_NAME},
        {BYTES_LIT("LI.NA20394857"), PASSWORD_HAS_NAME},
        {BYTES_LIT("aaaaaaaaaaaa"), PASSWORD_HAS_NAME},
        {BYTES_LIT("abbabaabbaab"), PASSWORD_HAS_NAME},
        {BYTES_LIT("kuai7\tBanma"), PASSWORD_UNREADABLE},
        {BYTES_LIT("kuai7\0Banma"), PASSWORD_UNREADABLE},
        {BYTES_LIT("kuai7\xc2\x85"
                   "Banma"),
         PASSWORD_UNREADABLE},
        {BYTES_LIT("kuai7\xff"
                   "Banma"),
         PASSWORD_UNREADABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum password_fault fault = password_examine(cases[i].password, BYTES_LIT("li.na"));
        if (fault != cases[i].fault)
            fail_msg("\"" BYTES_FMT "\": %d instead of %d", BYTES_ARG(cases[i].password),
                     (int)fault, (int)cases[i].fault);
        assert_true((password_fault_zh(fault)[0] == '\0') == (fault == PASSWORD_GOOD));
    }
}

/* Entries that another rule refuses anyway, or that come twice, would be dead weight. */
static void common_passwords__all_count(void **state)
{
    (void)state;
    int64_t count = 0;
    struct bytes before = BYTES_NONE;
    assert_string_equal(embedded_auth[0].name, "common_passwords.txt");
    struct bytes rest = embedded_bytes(&embedded_auth[0]);
    while (rest.len > 0) {
        struct bytes entry = bytes_cut(&rest, '\n');
        assert_true(bytes_compare(before, entry) < 0);
        assert_int_equal(password_examine(entry, BYTES_NONE), PASSWORD_COMMON);
        before = entry;
        count++;
    }
    assert_true(count > 1000);
}

static void password_verify__holds_for_that_password_alone(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    char hash[PASSWORD_HASH_BYTES];
    bool holds = false;
    assert_int_equal(password_hash(BYTES_LIT("kuai7Banma"), hash, &err), OK);
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
    assert_int_equal(password_verify(hash, BYTES_LIT("kuai7Banma"), &holds, &err), OK);
    assert_true(holds);
    assert_int_equal(password_verify(hash, BYTES_LIT("kuai7banma"), &holds, &err), OK);
    assert_false(holds);
    holds = true;
    assert_int_equal(password_verify("", BYTES_NONE, &holds, &err), OK);
    assert_false(holds);
}

static void password_verify__tells_what_is_no_hash(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    bool holds = true;
    assert_int_equal(password_verify("kuai7Banma", BYTES_LIT("kuai7Banma"), &holds, &err),
                     ERR_CORRUPT);
    assert_true(holds);
}

static void password_make_one_time__gives_readable_ones(void **state)
{
    (void)state;
    struct err err = {.code = OK};
    char first[ONE_TIME_PASSWORD_BYTES], second[ONE_TIME_PASSWORD_BYTES];
    int64_t seen[128] = {0};
    for (int i = 0; i < 200; i++) {
        assert_int_equal(password_make_one_time(first, &err), OK);
        assert_int_equal(strlen(first), ONE_TIME_PASSWORD_BYTES - 1);
        assert_int_equal(strspn(first, "abcdefghjkmnpqrstuvwxyz23456789"), 16);
        assert_int_equal(password_examine(bytes_from_z(first), BYTES_LIT("li.na")), PASSWORD_GOOD);
        for (const char *at = first; *at != '\0'; at++)
            seen[(unsigned char)*at]++;
    }
    /* 103 of each are expected; 50 lie 5 deviations away. */
    for (const char *at = "abcdefghjkmnpqrstuvwxyz23456789"; *at != '\0'; at++)
        assert_in_range(seen[(unsigned char)*at], 50, 160);
    assert_int_equal(password_make_one_time(second, &err), OK);
    assert_string_not_equal(first, second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_examine__names_the_fault),
        cmocka_unit_test(common_passwords__all_count),
        cmocka_unit_test(password_verify__holds_for_that_password_alone),
        cmocka_unit_test(password_verify__tells_what_is_no_hash),
        cmocka_unit_test(password_make_one_time__gives_readable_ones),
    };
    struct err err = {.code = OK};
    return password_library_init(&err) == OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
