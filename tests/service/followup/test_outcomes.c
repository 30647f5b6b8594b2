#include "tests/service/followup/sample_fixture.h"

#define HEADER "工单编号,拨打时间,话务员,访问结果,是否解决,满意度,原因,备注\n"

static void check_counts(const struct outcomes_result *result, int accepted, int updated,
                         int unchanged, int rejected)
{
    const struct outcome_file_row *counts = &result->counts;
    if (counts->rows != accepted + updated + unchanged + rejected || counts->accepted != accepted ||
        counts->updated != updated || counts->unchanged != unchanged ||
        counts->rejected != rejected)
        fail_msg("rows %d: accepted %d, updated %d, unchanged %d, rejected %d", (int)counts->rows,
                 (int)counts->accepted, (int)counts->updated, (int)counts->unchanged,
                 (int)counts->rejected);
}

/* ---- what is stored ---- */

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    (void)err;
    buf_printf(context, "%lld/%lld " BYTES_FMT " %d%s %d%s\n", (long long)row->drawn_id,
               (long long)row->no, BYTES_ARG(row->code), row->resolved, row->still_open ? "o" : "",
               row->satisfaction, row->sealed.len > 0 ? " sealed" : "");
    return OK;
}

/* The attempts on drawn orders 1 to `last`, and the versions of what they were. */
static void check_attempts(struct fixture *fixture, int64_t last, const char *expected)
{
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct buf text;
    buf_init(&text, 65536);
    assert_int_equal(store_begin_read(store, &err), OK);
    for (int64_t id = 1; id <= last; id++) {
        assert_int_equal(attempts_each_of(store, id, on_attempt, &text, &err), OK);
        size_t before = text.len;
        buf_append_z(&text, "was ");
        assert_int_equal(attempt_versions_each(store, id, on_attempt, &text, &err), OK);
        if (text.len == before + 4)
            text.len = before;
    }
    store_rollback(store);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

static const char *state_of_round(struct fixture *fixture, struct buf *out)
{
    struct err err = {0};
    struct round_row round;
    struct store *store = fixture->datadir.store;
    buf_clear(out);
    assert_int_equal(store_begin_read(store, &err), OK);
    assert_int_equal(round_get(store, BYTES_LIT("2024-05"), &round, &err), OK);
    buf_append(out, round.state);
    buf_append_byte(out, '\0');
    store_rollback(store);
    return out->ptr;
}

static void outcomes_import__stores_attempts_and_begins_the_calls(void **state)
{
    struct fixture *fixture = *state;
    struct buf text;
    buf_init(&text, 1024);
    (void)make_sample(fixture, SAMPLE_ORDERS);
    struct outcomes_result result = load_outcomes(
        fixture, HEADER "GD24-A-1,2024-06-03 09:05,王,2.21,,,,\n"
                        "GD24-A-1,2024-06-04 19:05,王,成功访问,正在解决,基本满意,拖,\n"
                        "GD24-B-1,,,1.2,yes,,,\n");
    check_counts(&result, 3, 0, 0, 0);
    assert_false(result.is_already_loaded);
    check_attempts(fixture, 8, "1/1 2.21 0 0\n1/2 1.1 1o 3 sealed\n5/1 1.2 3 0\n");
    assert_string_equal(state_of_round(fixture, &text), "calling");
    buf_deinit(&text);
}

static void outcomes_import__takes_the_same_file_once(void **state)
{
    struct fixture *fixture = *state;
    const char *file = HEADER "GD24-A-1,2024-06-03 09:05,王,2.21,,,,\n";
    (void)make_sample(fixture, SAMPLE_ORDERS);
    (void)load_outcomes(fixture, file);
    struct outcomes_result result = load_outcomes(fixture, file);
    assert_true(result.is_already_loaded);
    assert_int_equal(result.counts.id, 1);
    check_counts(&result, 1, 0, 0, 0);
    check_attempts(fixture, 8, "1/1 2.21 0 0\n");
}

static void outcomes_import__knows_attempts_by_order_time_and_caller(void **state)
{
    struct fixture *fixture = *state;
    (void)make_sample(fixture, SAMPLE_ORDERS);
    (void)load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03 09:05,王,1.1,是否,,,\n"
                                        "GD24-A-1,2024-06-03 09:05,王,1.1,yes,5,好,\n"
                                        "GD24-A-1,2024-06-03 09:05,李,2.21,,,,\n"
                                        "GD24-A-2,,王,2.21,,,,\n");
    struct outcomes_result again =
        load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03 09:05:00,王,1.1,已解决,非常满意,好,\n"
                                      "GD24-A-1,2024-06-03 09:05,李,2.211,,,,\n"
                                      "GD24-A-2,,王,2.21,,,,\n"
                                      "GD24-A-2,,王,2.211,,,,\n");
    check_counts(&again, 1, 1, 2, 0);
    check_attempts(fixture, 8,
                   "1/1 1.1 3 5 sealed\n1/2 2.211 0 0\nwas 1/2 2.21 0 0\n2/1 2.21 0 0\n"
                   "2/2 2.211 0 0\n");
    struct outcomes_result texts =
        load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03 09:05,王,1.1,yes,5,不好,\n");
    check_counts(&texts, 0, 1, 0, 0);
}

static void outcomes_import__tells_attempts_of_one_day_apart(void **state)
{
    struct fixture *fixture = *state;
    (void)make_sample(fixture, SAMPLE_ORDERS);
    (void)load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03,王,1.1,yes,5,,\n");
    struct outcomes_result result =
        load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03,王,1.1,yes,5,,\n"
                                      "GD24-A-1,2024-06-03,王,2.21,,,,\n");
    check_counts(&result, 1, 0, 1, 0);
    check_attempts(fixture, 8, "1/1 1.1 3 5\n1/2 2.21 0 0\n");
}

/* ---- rejects ---- */

static void check_named(const struct outcomes_result *result, int at, int line,
                        enum reject_reason reason, const char *order_no)
{
    assert_true(at < result->named_count);
    assert_int_equal(result->named[at].line, line);
    assert_string_equal(reject_reason_word(result->named[at].reason), reject_reason_word(reason));
    assert_string_equal(result->named[at].order_no, order_no);
}

static void outcomes_import__rejects_by_name_what_does_not_fit_the_draw(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct buf text;
    (void)make_sample(fixture, SAMPLE_ORDERS);
    struct outcomes_result result =
        load_outcomes(fixture, HEADER "GD24-C-1,2024-06-03 09:05,王,2.21,,,,\n"
                                      "GD24-A-4,2024-06-03 09:05,王,2.21,,,,\n"
                                      "GD24-A-1,2024-05-10 08:59,王,2.21,,,,\n"
                                      "GD24-A-1,2024-05-10,王,2.21,,,,\n"
                                      "GD24-A-1,2024-05-09,王,2.21,,,,\n"
                                      "GD24-A-1,2024-07-02,王,2.21,,,,\n"
                                      "GD24-A-1,2024-07-01,王,2.21,,,,\n"
                                      "GD24-A-2,2024-06-03 09:05,王,2.21,,,,\n"
                                      "GD24-A-2,2024-06-03 09:05,王,2.211,,,,\n"
                                      "GD24-A-3,2024-06-03 09:05,王,9.9,,,,\n");
    check_counts(&result, 3, 0, 0, 7);
    check_named(&result, 0, 2, REJECT_NOT_DRAWN, "GD24-C-1");
    check_named(&result, 1, 3, REJECT_NOT_RELEASED, "GD24-A-4");
    check_named(&result, 2, 4, REJECT_BEFORE_ORDER, "GD24-A-1");
    check_named(&result, 3, 6, REJECT_BEFORE_ORDER, "GD24-A-1");
    check_named(&result, 4, 7, REJECT_AFTER_NOW, "GD24-A-1");
    check_named(&result, 5, 10, REJECT_DUPLICATE, "GD24-A-2");
    check_named(&result, 6, 11, REJECT_UNKNOWN_DISPOSITION, "GD24-A-3");
    buf_init(&text, 65536);
    assert_int_equal(store_begin_read(fixture->datadir.store, &err), OK);
    assert_int_equal(outcomes_rejects_render(&fixture->datadir, result.counts.id, &text, &err), OK);
    store_rollback(fixture->datadir.store);
    struct bytes first = buf_bytes(&text);
    assert_true(bytes_starts_with(
        first, BYTES_LIT("line,column,reason," HEADER
                         "2,工单编号,not_drawn,GD24-C-1,2024-06-03 09:05,王,2.21,,,,\n")));
    buf_deinit(&text);
}

static void outcomes_import__reads_a_file_again_for_its_rejects(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    const char *file = HEADER "GD24-A-1,,王,2.21,,,,\nGD24-A-4,,王,2.21,,,,\n";
    int64_t round_id = make_sample(fixture, SAMPLE_ORDERS);
    struct outcomes_result first = load_outcomes(fixture, file);
    check_counts(&first, 1, 0, 0, 1);
    assert_true(load_outcomes(fixture, file).is_already_loaded);
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(draw_unit_put_released(store, round_id, 1, 0, SAMPLE_ORDERS, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    struct outcomes_result second = load_outcomes(fixture, file);
    assert_false(second.is_already_loaded);
    check_counts(&second, 1, 0, 1, 0);
}

static void outcomes_import__corrects_nothing_when_it_reads_a_file_again(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    const char *file = HEADER "GD24-A-1,2024-06-03 09:05,王,2.21,,,,\n"
                              "GD24-A-4,2024-06-03 09:06,王,2.21,,,,\n";
    int64_t round_id = make_sample(fixture, SAMPLE_ORDERS);
    (void)load_outcomes(fixture, file);
    (void)load_outcomes(fixture, HEADER "GD24-A-1,2024-06-03 09:05,王,1.1,yes,5,,\n");
    assert_true(load_outcomes(fixture, file).is_already_loaded);
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(draw_unit_put_released(store, round_id, 1, 0, SAMPLE_ORDERS, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    struct outcomes_result again = load_outcomes(fixture, file);
    check_counts(&again, 1, 0, 1, 0);
    check_attempts(fixture, 8, "1/1 1.1 3 5\nwas 1/1 2.21 0 0\n4/1 2.21 0 0\n");
    struct outcomes_result last = load_outcomes(fixture, file);
    assert_true(last.is_already_loaded);
    check_counts(&last, 1, 0, 1, 0);
}

static void outcomes_import__writes_rejects_that_load_once_mended(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct outcomes_result result;
    struct rejects_files *files = NULL;
    char path[TEMP_DIR_BYTES + 32];
    (void)make_sample(fixture, SAMPLE_ORDERS);
    (void)snprintf(path, sizeof path, "%s/rejects.csv", fixture->dir);
    assert_int_equal(rejects_files_new(path, &files, &err), OK);
    assert_int_equal(try_outcomes(fixture, HEADER "GD24-A-1,五月,王,2.21,,,\"a,\"\"b\"\"\",c\n",
                                  files, true, &result, &err),
                     OK);
    assert_int_equal(rejects_files_rows(files, 0), 1);
    rejects_files_free(files);
    struct buf text;
    buf_init(&text, 65536);
    test_file_read(path, &text);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr,
                        "line,column,reason," HEADER
                        "2,拨打时间,bad_time,GD24-A-1,五月,王,2.21,,,\"a,\"\"b\"\"\",c\n");
    buf_deinit(&text);
    check_counts(&result, 0, 0, 0, 1);
    struct outcomes_result mended = load_outcomes(
        fixture, "line,column,reason," HEADER
                 "2,拨打时间,bad_time,GD24-A-1,2024-06-05,王,2.21,,,\"a,\"\"b\"\"\",c\n");
    check_counts(&mended, 1, 0, 0, 0);
}

static void outcomes_rejects_render__names_its_own_columns_once(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct buf text;
    buf_init(&text, 65536);
    (void)make_sample(fixture, SAMPLE_ORDERS);
    struct outcomes_result result = load_outcomes(
        fixture, "line,column,reason," HEADER "2,拨打时间,bad_time,GD24-A-1,五月,王,2.21,,,,\n");
    check_counts(&result, 0, 0, 0, 1);
    assert_int_equal(store_begin_read(fixture->datadir.store, &err), OK);
    assert_int_equal(outcomes_rejects_render(&fixture->datadir, result.counts.id, &text, &err), OK);
    store_rollback(fixture->datadir.store);
    buf_append_byte(&text, '\0');
    assert_string_equal(text.ptr, "line,column,reason," HEADER
                                  "2,拨打时间,bad_time,GD24-A-1,五月,王,2.21,,,,\n");
    buf_deinit(&text);
}

/* ---- what is refused ---- */

static void outcomes_import__refuses_rounds_that_take_none(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct outcomes_result result;
    const char *file = HEADER "GD24-A-1,,王,2.21,,,,\n";
    struct store *store = fixture->datadir.store;
    static const char *const states[] = {"draft", "frozen", "closed", "scored"};
    int64_t round_id = make_sample(fixture, SAMPLE_ORDERS);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        assert_int_equal(store_begin(store, &err), OK);
        assert_int_equal(round_put_state(store, round_id, bytes_from_z(states[i]), 0, &err), OK);
        assert_int_equal(store_commit(store, &err), OK);
        assert_int_equal(try_outcomes(fixture, file, NULL, true, &result, &err), ERR_WRONG_STATE);
    }
    check_attempts(fixture, 8, "");
}

static void outcomes_import__refuses_files_of_something_else(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct outcomes_result result;
    (void)make_sample(fixture, SAMPLE_ORDERS);
    assert_int_equal(
        try_outcomes(fixture, "工单编号,承办单位\nGD24-A-1,甲\n", NULL, true, &result, &err),
        ERR_REFUSED);
    assert_int_equal(result.refusal, REFUSAL_NO_HEADER);
    assert_int_equal(try_outcomes(fixture, "", NULL, true, &result, &err), ERR_REFUSED);
    assert_int_equal(result.refusal, REFUSAL_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(outcomes_import__stores_attempts_and_begins_the_calls),
        FIXTURE_TEST(outcomes_import__takes_the_same_file_once),
        FIXTURE_TEST(outcomes_import__knows_attempts_by_order_time_and_caller),
        FIXTURE_TEST(outcomes_import__tells_attempts_of_one_day_apart),
        FIXTURE_TEST(outcomes_import__rejects_by_name_what_does_not_fit_the_draw),
        FIXTURE_TEST(outcomes_import__reads_a_file_again_for_its_rejects),
        FIXTURE_TEST(outcomes_import__corrects_nothing_when_it_reads_a_file_again),
        FIXTURE_TEST(outcomes_import__writes_rejects_that_load_once_mended),
        FIXTURE_TEST(outcomes_rejects_render__names_its_own_columns_once),
        FIXTURE_TEST(outcomes_import__refuses_rounds_that_take_none),
        FIXTURE_TEST(outcomes_import__refuses_files_of_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
