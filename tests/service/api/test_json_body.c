#include "service/api/json_body.h"

#include "base/alloc.h"

#include "reports/libraries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"name", "count", "flag", NULL};

static void json_body_parse__takes_one_known_object(void **state)
{
    static const struct {
        const char *body, *field, *detail; /* detail NULL: taken */
    } cases[] = {
        {"{}", "", NULL},
        {" {\"name\":\"a\"}\n", "", NULL},
        {"{\"name\":null,\"count\":1,\"flag\":true}", "", NULL},
        {"", "", "没有内容"},
        {"[]", "", "不是完整"},
        {"\"a\"", "", "不是完整"},
        {"null", "", "不是完整"},
        {"{\"name\":\"a\"", "", "不是完整"},
        {"{\"name\":\"a\"}{}", "", "不是完整"},
        {"{\"name\":\"a\",\"name\":\"a\"}", "", "不是完整"},
        {"{\"name\":\"\\ud800\"}", "", "不是完整"},
        {"{\"name\":\"\xff\"}", "", "不是完整"},
        {"{\"name\":\"\\u0000\"}", "", "不是完整"},
        {"{name:1}", "", "不是完整"},
        {"{\"Name\":1}", "Name", "没有这一项"},
        {"{\"name\":1,\"more\":2}", "more", "没有这一项"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object = NULL;
        struct json_fault fault;
        bool taken = json_body_parse(bytes_from_z(cases[i].body), names, &object, &fault);
        if (taken != (cases[i].detail == NULL))
            fail_msg("%s: %d", cases[i].body, taken);
        if (!taken) {
            assert_string_equal(fault.field, cases[i].field);
            assert_true(cases[i].detail != NULL && strstr(fault.detail_zh, cases[i].detail));
        }
        json_decref(object);
    }
}

static json_t *object_of(const char *body)
{
    json_t *object = NULL;
    struct json_fault fault;
    assert_true(json_body_parse(bytes_from_z(body), names, &object, &fault));
    return object;
}

static void json_body_text__knows_what_a_text_is(void **state)
{
    static const struct {
        const char *body;
        bool is_required, is_taken;
        const char *text;
    } cases[] = {
        {"{\"name\":\"评议\"}", true, true, "评议"},
        {"{\"name\":\"\"}", false, true, ""},
        {"{\"name\":\"\"}", true, false, NULL},
        {"{\"name\":null}", true, false, NULL},
        {"{\"name\":null}", false, true, ""},
        {"{}", false, true, ""},
        {"{}", true, false, NULL},
        {"{\"name\":1}", false, false, NULL},
        {"{\"name\":[\"a\"]}", false, false, NULL},
        {"{\"name\":\"a\\nb\"}", true, false, NULL},
        {"{\"name\":\"a\\u007f\"}", true, false, NULL},
        {"{\"name\":\"a\\u0085\"}", true, false, NULL},
        {"{\"name\":\"a\\u00a0\"}", true, true, "a\xc2\xa0"},
        {"{\"name\":\"12345678\"}", true, true, "12345678"},
        {"{\"name\":\"123456789\"}", true, false, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object = object_of(cases[i].body);
        struct bytes text = BYTES_LIT("before");
        struct json_fault fault;
        bool taken = json_body_text(object, "name", cases[i].is_required, 8, &text, &fault);
        const char *expected = cases[i].is_taken ? cases[i].text : "before";
        if (taken != cases[i].is_taken || !bytes_equal(text, bytes_from_z(expected)))
            fail_msg("%s: %d", cases[i].body, taken);
        if (!taken)
            assert_string_equal(fault.field, "name");
        json_decref(object);
    }
}

static void json_body_lines__takes_line_feeds_and_no_other_control(void **state)
{
    static const char *const refused[] = {"{\"name\":\"a\\rb\"}", "{\"name\":\"a\\tb\"}",
                                          "{\"name\":\"a\\u0085\"}", "{}"};
    struct json_fault fault;
    struct bytes text = BYTES_NONE;
    (void)state;
    json_t *object = object_of("{\"name\":\"a\\nb\"}");
    assert_true(json_body_lines(object, "name", true, 8, &text, &fault));
    assert_true(bytes_equal(text, BYTES_LIT("a\nb")));
    json_decref(object);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        object = object_of(refused[i]);
        assert_false(json_body_lines(object, "name", true, 8, &text, &fault));
        json_decref(object);
    }
}

static void json_body_integer__keeps_to_its_range(void **state)
{
    static const struct {
        const char *body;
        bool is_required, is_taken;
        int64_t value;
    } cases[] = {
        {"{\"count\":1}", true, true, 1},
        {"{\"count\":9}", true, true, 9},
        {"{\"count\":0}", true, false, 5},
        {"{\"count\":10}", true, false, 5},
        {"{\"count\":1.0}", true, false, 5},
        {"{\"count\":\"1\"}", true, false, 5},
        {"{\"count\":true}", true, false, 5},
        {"{}", true, false, 5},
        {"{}", false, true, 5},
        {"{\"count\":null}", false, true, 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *object = object_of(cases[i].body);
        int64_t value = 5;
        struct json_fault fault;
        bool taken = json_body_integer(object, "count", cases[i].is_required, 1, 9, &value, &fault);
        if (taken != cases[i].is_taken || value != cases[i].value)
            fail_msg("%s: %d %jd", cases[i].body, taken, (intmax_t)value);
        json_decref(object);
    }
}

static void json_body_boolean__is_true_or_false(void **state)
{
    bool flag = true;
    struct json_fault fault;
    json_t *object = object_of("{\"flag\":false,\"count\":0}");
    (void)state;
    assert_true(json_body_boolean(object, "name", &flag, &fault));
    assert_true(flag);
    assert_true(json_body_boolean(object, "flag", &flag, &fault));
    assert_false(flag);
    assert_false(json_body_boolean(object, "count", &flag, &fault));
    assert_string_equal(fault.field, "count");
    json_decref(object);
}

/* jansson may call the body wrong instead, but it never takes less than the whole. */
static void json_body_parse__takes_nothing_without_memory(void **state)
{
    bool met = true;
    int untold = 0;
    (void)state;
    for (int64_t nth = 1; met; nth++) {
        json_t *object = NULL;
        struct json_fault fault;
        mem_fault_set(nth, true);
        bool taken =
            json_body_parse(BYTES_LIT("{\"name\":\"评议\",\"count\":1}"), names, &object, &fault);
        met = mem_fault_met();
        mem_fault_set(0, false);
        assert_int_equal(taken, !met);
        untold += !taken && fault.detail_zh == NULL;
        json_decref(object);
    }
    assert_true(untold > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_body_parse__takes_one_known_object),
        cmocka_unit_test(json_body_text__knows_what_a_text_is),
        cmocka_unit_test(json_body_lines__takes_line_feeds_and_no_other_control),
        cmocka_unit_test(json_body_integer__keeps_to_its_range),
        cmocka_unit_test(json_body_boolean__is_true_or_false),
        cmocka_unit_test(json_body_parse__takes_nothing_without_memory),
    };
    if (!reports_use_allocator())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
