#include "service/api/json_body.h"

#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"name", "count", "flag", NULL};

static int begin(void **state)
{
    static struct arena arena;
    arena_init(&arena, 1 << 20);
    *state = &arena;
    return 0;
}

static int end(void **state)
{
    arena_deinit(*state);
    return 0;
}

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
        {"{\"name\":\"a\",}", "", "不是完整"},
        {"{\"name\" \"a\"}", "", "不是完整"},
        {"{\"name\":}", "", "不是完整"},
        {"{\"name\":\"a\nb\"}", "", "不是完整"},
        {"{\"name\":\"\\x\"}", "", "不是完整"},
        {"{\"name\":\"\\u12G4\"}", "", "不是完整"},
        {"{\"name\":\"\\ud83d\\u0041\"}", "", "不是完整"},
        {"{\"name\":\"\\udc00\"}", "", "不是完整"},
        {"{\"name\":tru}", "", "不是完整"},
        {"{\"count\":01}", "", "不是完整"},
        {"{\"count\":+1}", "", "不是完整"},
        {"{\"count\":1.}", "", "不是完整"},
        {"{\"count\":-}", "", "不是完整"},
        {"{\"count\":1e}", "", "不是完整"},
        {"{\"count\":-0.5e+3 , \"flag\" : false }", "", NULL},
        {"{\"name\":[\"a\" , \"\"], \"flag\":[]}", "", NULL},
        {"{\"name\":[\"a\",]}", "", "不是完整"},
        {"{\"name\":[1]}", "", "不是完整"},
        {"{\"name\":[\"a\"}", "", "不是完整"},
        {"{\"name\":{}}", "name", "不能是对象"},
        {"{\"name\":\"a\",\"name\":\"a\"}", "", "不是完整"},
        {"{\"name\":\"\\ud800\"}", "", "不是完整"},
        {"{\"name\":\"\xff\"}", "", "不是完整"},
        {"{\"name\":\"\\u0000\"}", "", "不是完整"},
        {"{name:1}", "", "不是完整"},
        {"{\"Name\":1}", "Name", "没有这一项"},
        {"{\"name\":1,\"more\":2}", "more", "没有这一项"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_body body;
        struct json_fault fault;
        bool taken = json_body_parse(*state, bytes_from_z(cases[i].body), names, &body, &fault);
        if (taken != (cases[i].detail == NULL))
            fail_msg("%s: %d", cases[i].body, taken);
        if (!taken) {
            assert_string_equal(fault.field, cases[i].field);
            assert_true(cases[i].detail != NULL && strstr(fault.detail_zh, cases[i].detail));
        }
    }
}

static struct json_body body_of(struct arena *arena, const char *text)
{
    struct json_body body;
    struct json_fault fault;
    assert_true(json_body_parse(arena, bytes_from_z(text), names, &body, &fault));
    return body;
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
        {"{\"name\":\"\\\"\\\\\\/\\u8bC4\"}", true, true, "\"\\/评"},
        {"{\"name\":\"\\ud83d\\ude00\"}", true, true, "\xf0\x9f\x98\x80"},
        {"{\"name\":\"a\\nb\"}", true, false, NULL},
        {"{\"name\":\"a\\t\"}", true, false, NULL},
        {"{\"name\":\"a\\u007f\"}", true, false, NULL},
        {"{\"name\":\"a\\u0085\"}", true, false, NULL},
        {"{\"name\":\"a\\u00a0\"}", true, true, "a\xc2\xa0"},
        {"{\"name\":\"12345678\"}", true, true, "12345678"},
        {"{\"name\":\"123456789\"}", true, false, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_body body = body_of(*state, cases[i].body);
        struct bytes text = BYTES_LIT("before");
        struct json_fault fault;
        bool taken = json_body_text(&body, "name", cases[i].is_required, 8, &text, &fault);
        const char *expected = cases[i].is_taken ? cases[i].text : "before";
        if (taken != cases[i].is_taken || !bytes_equal(text, bytes_from_z(expected)))
            fail_msg("%s: %d", cases[i].body, taken);
        if (!taken)
            assert_string_equal(fault.field, "name");
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
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_body body = body_of(*state, cases[i].body);
        int64_t value = 5;
        struct json_fault fault;
        bool taken = json_body_integer(&body, "count", cases[i].is_required, 1, 9, &value, &fault);
        if (taken != cases[i].is_taken || value != cases[i].value)
            fail_msg("%s: %d %jd", cases[i].body, taken, (intmax_t)value);
    }
}

static void json_body_boolean__is_true_or_false(void **state)
{
    bool flag = true;
    struct json_fault fault;
    struct json_body body = body_of(*state, "{\"flag\":false,\"count\":0}");
    assert_true(json_body_boolean(&body, "name", &flag, &fault));
    assert_true(flag);
    assert_true(json_body_boolean(&body, "flag", &flag, &fault));
    assert_false(flag);
    assert_false(json_body_boolean(&body, "count", &flag, &fault));
    assert_string_equal(fault.field, "count");
}

static void json_body_texts__are_ended_by_nul(void **state)
{
    struct bytes texts = BYTES_NONE;
    struct json_body body = body_of(*state, "{\"name\":[\"读\",\"b\"],\"flag\":[],\"count\":1}");
    assert_true(json_body_texts(&body, "name", &texts));
    assert_true(bytes_equal(texts, BYTES_LIT("读\0b\0")));
    assert_false(json_body_texts(&body, "flag", &texts));
    assert_false(json_body_texts(&body, "count", &texts));
}

static void json_body_number__is_plainly_written(void **state)
{
    double number = 0;
    struct json_body body = body_of(*state, "{\"name\":0.05,\"flag\":5e-2}");
    assert_true(json_body_has(&body, "name") && !json_body_has(&body, "count"));
    assert_true(json_body_number(&body, "name", &number));
    assert_true(number == 0.05);
    assert_false(json_body_number(&body, "flag", &number));
    assert_false(json_body_number(&body, "count", &number));
}

static void json_body_parse__takes_nothing_without_memory(void **state)
{
    struct json_body body;
    struct json_fault fault;
    struct bytes text = BYTES_LIT("{\"name\":\"评议\",\"count\":1}");
    mem_fault_set(1, true);
    assert_false(json_body_parse(*state, text, names, &body, &fault));
    assert_true(mem_fault_met());
    mem_fault_set(0, false);
    assert_null(fault.detail_zh);
    assert_true(json_body_parse(*state, text, names, &body, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_body_parse__takes_one_known_object, begin, end),
        cmocka_unit_test_setup_teardown(json_body_text__knows_what_a_text_is, begin, end),
        cmocka_unit_test_setup_teardown(json_body_integer__keeps_to_its_range, begin, end),
        cmocka_unit_test_setup_teardown(json_body_boolean__is_true_or_false, begin, end),
        cmocka_unit_test_setup_teardown(json_body_texts__are_ended_by_nul, begin, end),
        cmocka_unit_test_setup_teardown(json_body_number__is_plainly_written, begin, end),
        cmocka_unit_test_setup_teardown(json_body_parse__takes_nothing_without_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
