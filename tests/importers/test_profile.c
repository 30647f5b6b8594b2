#include "importers/profile.h"

#include "importers/encoding.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define COLUMNS "[columns]\norder_no = no\nreceived_at = at\nunit = unit\n"

static void profile_parse__reads_the_source(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    struct bytes text = BYTES_LIT("[source]\nname = desk ; of the city\ntitle = 工单\n"
                                  "encoding = gb18030\ndelimiter = tab\ntimezone = Asia/Urumqi\n"
                                  "date_formats = %d/%m/%Y | %F\n" COLUMNS);
    assert_int_equal(profile_parse(text, &profile, &err), OK);
    assert_true(bytes_equal(profile_name(profile), BYTES_LIT("desk")));
    assert_true(bytes_equal(profile_title(profile), BYTES_LIT("工单")));
    assert_true(bytes_equal(profile_timezone(profile), BYTES_LIT("Asia/Urumqi")));
    assert_true(bytes_equal(profile_text(profile), text));
    assert_int_equal(profile_form(profile)->encoding, ENCODING_GB18030);
    assert_int_equal(profile_form(profile)->delimiter[0], '\t');
    profile_free(profile);
    assert_int_equal(profile_parse(BYTES_LIT(COLUMNS), &profile, &err), OK);
    assert_true(bytes_equal(profile_timezone(profile), BYTES_LIT("Asia/Shanghai")));
    assert_int_equal(profile_form(profile)->encoding, -1);
    assert_int_equal(profile_form(profile)->delimiter[0], 0);
    profile_free(profile);
}

#define TEN     "abcdefghi "
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void profile_parse__refuses_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "no column for the required field order_no"},
        {"[columns]\norder_no = no\nunit = u\n", "no column for the required field received_at"},
        {COLUMNS "colour = red\n", "line 5: unknown field \"colour\" in [columns]"},
        {COLUMNS "title =\n", "line 5: field title has no header"},
        {COLUMNS "title = NO.\n", "line 5: header \"no\" stands for both order_no and title"},
        {COLUMNS "title = a > no\n", "line 5: header \"no\" stands for both order_no and title"},
        {COLUMNS "title = a > b > A\n", "line 5: header \"a\" stands twice in field title"},
        {COLUMNS "title = a > b + c\n", "line 5: \"a > b + c\" joins by both > and +"},
        {COLUMNS "title = ()\n", "line 5: \"()\" is no header of field title"},
        {COLUMNS "title = a > \n", "line 5: \"\" is no header of field title"},
        {COLUMNS "title = a\n  kind = b\n", "line 6: key \"kind\" is indented"},
        {"[source]\nencoding = big5\n" COLUMNS, "line 2: unknown encoding \"big5\""},
        {"[source]\ndelimiter = ;\n" COLUMNS, "line 2: unknown delimiter \"\""},
        {"[source]\ndelimiter = colon\n" COLUMNS, "line 2: unknown delimiter \"colon\""},
        {"[source]\ntimezone = ../etc\n" COLUMNS, "line 2: \"../etc\" is no name of a time zone"},
        {"[source]\ndate_formats = %Y-%m\n" COLUMNS,
         "line 2: date format \"%Y-%m\" lacks the year, the month or the day"},
        {"[source]\nsize = 3\n" COLUMNS, "line 2: unknown key \"size\" in [source]"},
        {"[sauce]\nname = x\n" COLUMNS, "line 2: unknown section [sauce]"},
        {COLUMNS "[values.status]\nshut = x\n", "line 6: unknown word \"shut\" in [values.status]"},
        {COLUMNS "[values.title]\nopen = x\n", "line 6: field \"title\" has no value words"},
        {COLUMNS "[values.colour]\nred = x\n", "line 6: field \"colour\" has no value words"},
        {COLUMNS "[values.status]\nopen = x\nclosed = X\n",
         "line 7: \"X\" has two meanings in [values.status]"},
        {COLUMNS "nonsense\n", "line 5 is neither a section nor a key with a value"},
        {COLUMNS "title = " HUNDRED HUNDRED "\n",
         "line 5 is longer than 199 bytes; continue it indented"},
        {"\xFF" COLUMNS, "profile is no UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct profile *profile = NULL;
        print_message("    %s\n", cases[i].message);
        assert_int_equal(profile_parse(bytes_from_z(cases[i].text), &profile, &err), ERR_PROFILE);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void profile_parse__takes_comments_and_continued_lines(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    struct bytes text = BYTES_LIT("\xEF\xBB\xBF; a comment\r\n" COLUMNS
                                  "title = a ; the old name\r\n   | b ; the new one\r\n\r\n"
                                  "# another comment\r\n   | c | d\r\n[values.status]\r\n"
                                  "closed = x\r\n  | open\r\n");
    assert_int_equal(profile_parse(text, &profile, &err), OK);
    profile_free(profile);
}

static void profile_builtin__gives_every_profile(void **state)
{
    (void)state;
    static const char *const names[] = {"auto", "boston311", "nyc311", "kansascity311", "open311"};
    struct err err = {0};
    struct profile *profile = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes name = bytes_from_z(names[i]);
        int rc = profile_builtin(name, &profile, &err);
        print_message("    %s %s\n", names[i], err.message);
        assert_int_equal(rc, OK);
        assert_true(bytes_equal(profile_name(profile), name));
        profile_free(profile);
    }
    assert_int_equal(profile_builtin(BYTES_LIT("paris"), &profile, &err), ERR_NOT_FOUND);
    assert_int_equal(profile_builtin(BYTES_LIT(""), &profile, &err), ERR_NOT_FOUND);
}

static int fault_body(void *context, struct err *err)
{
    (void)context;
    struct profile *profile = NULL;
    int rc = profile_builtin(BYTES_LIT("boston311"), &profile, err);
    profile_free(rc == OK ? profile : NULL);
    return rc;
}

static void profile_parse__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(fault_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_parse__reads_the_source),
        cmocka_unit_test(profile_parse__refuses_by_name),
        cmocka_unit_test(profile_parse__takes_comments_and_continued_lines),
        cmocka_unit_test(profile_builtin__gives_every_profile),
        cmocka_unit_test(profile_parse__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
