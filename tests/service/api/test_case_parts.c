#include "service/api/case_parts.h"

#include "tests/service/followup/hours_fixture.h"

enum { MINUTE = 60 };

static json_t *windows_made_anew(const struct calling_hours *hours, int64_t now_utc)
{
    struct case_parts parts = {.items = NULL};
    json_t *windows = case_parts_windows(&parts, hours, now_utc);
    case_parts_deinit(&parts);
    return windows;
}

static void case_parts_windows__are_at_any_time_what_would_be_made_anew(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    struct case_parts parts = {.items = NULL};
    int kept = 0, made = 0;
    json_t *before = NULL;
    fixture_init(&fixture);
    int64_t end_utc = at("2025-01-20 00:00"); /* beyond the calendar */
    for (int64_t now_utc = at("2024-04-20 00:00"); now_utc < end_utc; now_utc += 50 * MINUTE) {
        json_t *windows = case_parts_windows(&parts, &fixture.hours, now_utc);
        json_t *anew = windows_made_anew(&fixture.hours, now_utc);
        assert_non_null(windows);
        assert_true(json_equal(windows, anew));
        kept += windows == before;
        made += windows != before;
        json_decref(before); /* not sooner: another one could lie where it lay */
        before = windows;
        json_decref(anew);
    }
    json_decref(before);
    assert_true(made > 500 && kept > 2 * made);
    /* The clock is set back. */
    int64_t then_utc = at("2024-06-03 10:00");
    json_t *windows = case_parts_windows(&parts, &fixture.hours, then_utc);
    json_t *anew = windows_made_anew(&fixture.hours, then_utc);
    assert_true(json_equal(windows, anew));
    json_decref(anew);
    json_decref(windows);
    case_parts_deinit(&parts);
    fixture_deinit(&fixture);
}

static void case_parts_windows__are_of_the_next_15_days(void **state)
{
    (void)state;
    struct hours_fixture fixture;
    struct case_parts parts = {.items = NULL};
    fixture_init(&fixture);
    int64_t now_utc = at("2024-06-17 11:00");
    json_t *windows = case_parts_windows(&parts, &fixture.hours, now_utc);
    const json_t *first = json_array_get(windows, 0);
    const json_t *last = json_array_get(windows, json_array_size(windows) - 1);
    assert_string_equal(json_string_value(json_object_get(first, "from")),
                        "2024-06-17T09:00:00+08:00");
    assert_string_equal(json_string_value(json_object_get(last, "from")),
                        "2024-07-02T09:00:00+08:00");
    json_t *none = case_parts_windows(&parts, NULL, now_utc);
    assert_true(json_is_array(none) && json_array_size(none) == 0);
    json_decref(none);
    json_decref(windows);
    case_parts_deinit(&parts);
    fixture_deinit(&fixture);
}

/* As the page gets it, or NULL. */
static const char *text_of(const json_t *item)
{
    return json_string_value(json_object_get(item, "text"));
}

static void case_parts_item__fills_in_a_copy(void **state)
{
    (void)state;
    struct case_parts parts = {.items = NULL};
    const struct script_names a = {.unit = BYTES_LIT("甲局"), .title = BYTES_LIT("路灯")};
    const struct script_names b = {.unit = BYTES_LIT("乙局"), .title = BYTES_LIT("噪音")};
    size_t count = 0, filled = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        json_t *of_a = case_parts_item(&parts, i, &a), *of_b = case_parts_item(&parts, i, &b);
        assert_string_equal(json_string_value(json_object_get(of_a, "name")), items[i].name);
        assert_ptr_equal(json_object_get(of_a, "choices"), json_object_get(of_b, "choices"));
        assert_int_equal(json_array_size(json_object_get(of_a, "choices")), items[i].choice_count);
        assert_null(strchr(text_of(of_a), '{'));
        if (strstr(items[i].zh, "{unit}") != NULL) {
            filled++;
            assert_non_null(strstr(text_of(of_a), "甲局"));
            assert_non_null(strstr(text_of(of_b), "乙局"));
        } else if (strchr(items[i].zh, '{') == NULL) {
            assert_ptr_equal(of_a, of_b);
            assert_string_equal(text_of(of_a), items[i].zh);
        }
        json_decref(of_a);
        json_decref(of_b);
    }
    assert_true(filled > 0);
    case_parts_deinit(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_parts_windows__are_at_any_time_what_would_be_made_anew),
        cmocka_unit_test(case_parts_windows__are_of_the_next_15_days),
        cmocka_unit_test(case_parts_item__fills_in_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
