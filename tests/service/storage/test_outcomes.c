#include "service/storage/outcomes.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

/* Round 1 with two draws, ids 1 to 4 and 5 to 8. */
static struct store *begin_with_draws(struct fixture *fixture)
{
    struct store *store = begin(fixture);
    int64_t round = put_round(store, "2024-05");
    assert_int_equal(round, 1);
    put_frame(store, round, 1);
    put_draw(store, round, 1);
    put_draw(store, round, 2);
    return store;
}

static struct outcome_file_row sample_file(int64_t draw_no, const char *name)
{
    return (struct outcome_file_row){
        .round_id = 1,
        .draw_no = draw_no,
        .file_name = bytes_from_z(name),
        .sha256 = bytes_from_z(name),
        .imported_utc = 1717400000,
        .who = BYTES_LIT("评议办"),
    };
}

static int64_t put_file(struct store *store, int64_t draw_no, const char *name)
{
    struct err err = {.code = OK};
    struct outcome_file_row row = sample_file(draw_no, name);
    MUST(outcome_file_put_new(store, &row, &err));
    return row.id;
}

static int on_file(void *context, const struct outcome_file_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%d:" BYTES_FMT " ", (int)row->draw_no, BYTES_ARG(row->file_name));
    return OK;
}

static void outcome_file_get_by_hash__is_of_the_draw(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing files = {.len = 0};
    struct outcome_file_row row = sample_file(1, "五月.csv");
    MUST(outcome_file_put_new(store, &row, &err));
    row.rows = 15;
    row.accepted = 1;
    row.updated = 2;
    row.unchanged = 4;
    row.rejected = 8;
    MUST(outcome_file_put_counts(store, &row, &err));
    (void)put_file(store, 2, "六月.csv");
    MUST(outcome_file_get_by_hash(store, 1, 1, BYTES_LIT("五月.csv"), &row, &err));
    assert_true(row.id == 1 && row.round_id == 1 && row.draw_no == 1);
    assert_true(row.rows == 15 && row.accepted == 1 && row.updated == 2 && row.unchanged == 4 &&
                row.rejected == 8);
    assert_true(bytes_equal(row.sha256, BYTES_LIT("五月.csv")));
    assert_true(bytes_equal(row.who, BYTES_LIT("评议办")) && row.imported_utc == 1717400000);
    assert_int_equal(outcome_file_get_by_hash(store, 1, 2, BYTES_LIT("五月.csv"), &row, &err),
                     ERR_NOT_FOUND);
    MUST(outcome_files_each(store, 1, on_file, &files, &err));
    assert_string_equal(files.text, "1:五月.csv 2:六月.csv ");
    row.id = 9;
    assert_int_equal(outcome_file_put_counts(store, &row, &err), ERR_NOT_FOUND);
    int64_t last_id = put_file(store, 1, "五月.csv");
    MUST(outcome_file_get_by_hash(store, 1, 1, BYTES_LIT("五月.csv"), &row, &err));
    assert_int_equal(row.id, last_id);
    row = sample_file(3, "x");
    assert_int_equal(outcome_file_put_new(store, &row, &err), ERR_REFUSED);
}

static int on_kind(void *context, const struct outcome_file_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT "(" BYTES_FMT ") ", BYTES_ARG(row->kind), BYTES_ARG(row->why));
    return OK;
}

static void outcome_file_put_new__knows_where_attempts_come_from(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing kinds = {.len = 0};
    struct outcome_file_row service = sample_file(1, ""), correction = sample_file(1, "");
    (void)put_file(store, 1, "五月.csv");
    service.kind = BYTES_LIT("service");
    MUST(outcome_file_put_new(store, &service, &err));
    correction.kind = BYTES_LIT("correction");
    correction.why = BYTES_LIT("听录音更正");
    MUST(outcome_file_put_new(store, &correction, &err));
    MUST(outcome_files_each(store, 1, on_kind, &kinds, &err));
    assert_string_equal(kinds.text, "file() service() correction(听录音更正) ");
    service.kind = BYTES_LIT("rumour");
    assert_int_equal(outcome_file_put_new(store, &service, &err), ERR_REFUSED);
}

static struct attempt_row sample_attempt(int64_t drawn_id, int64_t no, int64_t called,
                                         int64_t file_id)
{
    return (struct attempt_row){
        .drawn_id = drawn_id,
        .no = no,
        .called = {called, called == 0 ? MOMENT_NONE : MOMENT_INSTANT},
        .caller_id = 3,
        .code = BYTES_LIT("1.1"),
        .resolved = 2,
        .still_open = true,
        .satisfaction = 4,
        .sealed = BYTES_LIT("sealed words"),
        .file_id = file_id,
    };
}

static void put_attempt(struct store *store, int64_t drawn_id, int64_t no, int64_t called)
{
    struct err err = {.code = OK};
    struct attempt_row row = sample_attempt(drawn_id, no, called, 1);
    MUST(attempt_put_new(store, &row, &err));
}

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    struct listing *listing = context;
    listing_add(listing, "%d:%d:%d:" BYTES_FMT ":%d:%d:" BYTES_FMT " ", (int)row->drawn_id,
                (int)row->called.seconds, (int)row->no, BYTES_ARG(row->code), row->satisfaction,
                (int)row->file_id, BYTES_ARG(row->sealed));
    return listing->stop_after != 0 && --listing->stop_after == 0
               ? err_set(err, ERR_CANCELED, "stopped")
               : OK;
}

static int on_whole_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    (void)err;
    assert_true(row->drawn_id == 1 && row->no == 1 && row->called.seconds == 500);
    assert_int_equal(row->called.kind, MOMENT_DAY);
    assert_int_equal(row->caller_id, 3);
    assert_int_equal(row->resolved, 2);
    assert_true(row->still_open);
    assert_int_equal(row->satisfaction, 4);
    assert_true(bytes_equal(row->sealed, BYTES_LIT("sealed words")));
    assert_true(bytes_equal(row->code, BYTES_LIT("1.1")));
    assert_int_equal(row->file_id, 1);
    ++*(int *)context;
    return OK;
}

static void attempt_put_new__gives_back_all_of_it(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    int count = 0;
    (void)put_file(store, 1, "a");
    struct attempt_row row = sample_attempt(1, 1, 500, 1);
    row.called.kind = MOMENT_DAY;
    MUST(attempt_put_new(store, &row, &err));
    MUST(attempts_each_of(store, 1, on_whole_attempt, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(attempt_put_new(store, &row, &err), ERR_EXISTS);
    row.no = 2;
    row.satisfaction = 6;
    assert_int_equal(attempt_put_new(store, &row, &err), ERR_REFUSED);
    row = sample_attempt(99, 1, 500, 1);
    assert_int_equal(attempt_put_new(store, &row, &err), ERR_REFUSED); /* not drawn */
}

static void attempts_each_of__comes_by_time_and_number(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0}, some = {.stop_after = 1};
    (void)put_file(store, 1, "a");
    put_attempt(store, 1, 1, 900);
    put_attempt(store, 1, 2, 0);
    put_attempt(store, 1, 3, 500);
    put_attempt(store, 1, 4, 500);
    put_attempt(store, 2, 1, 100);
    MUST(attempts_each_of(store, 1, on_attempt, &all, &err));
    assert_string_equal(all.text, "1:0:2:1.1:4:1:sealed words 1:500:3:1.1:4:1:sealed words "
                                  "1:500:4:1.1:4:1:sealed words 1:900:1:1.1:4:1:sealed words ");
    assert_int_equal(attempts_each_of(store, 1, on_attempt, &some, &err), ERR_CANCELED);
    assert_string_equal(some.text, "1:0:2:1.1:4:1:sealed words ");
}

static void attempt_put_correction__keeps_what_stood_there(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing now = {.len = 0}, versions = {.len = 0};
    for (int i = 0; i < 3; i++)
        (void)put_file(store, 1, "a");
    put_attempt(store, 1, 1, 500);
    put_attempt(store, 1, 2, 500);
    struct attempt_row row = sample_attempt(1, 1, 500, 2);
    row.satisfaction = 3;
    row.sealed = BYTES_NONE;
    MUST(attempt_put_correction(store, &row, &err));
    row.file_id = 3;
    row.code = BYTES_LIT("2.2");
    row.satisfaction = 0;
    MUST(attempt_put_correction(store, &row, &err));
    /* The same file once more: what it found is kept, not what it wrote itself. */
    row.satisfaction = 1;
    MUST(attempt_put_correction(store, &row, &err));
    MUST(attempts_each_of(store, 1, on_attempt, &now, &err));
    assert_string_equal(now.text, "1:500:1:2.2:1:3: 1:500:2:1.1:4:1:sealed words ");
    MUST(attempt_versions_each(store, 1, on_attempt, &versions, &err));
    assert_string_equal(versions.text, "1:500:1:1.1:4:1:sealed words 1:500:1:1.1:3:2: ");

    static const struct attempt_row wrong[] = {
        {.drawn_id = 2, .no = 1, .called = {500, MOMENT_INSTANT}, .file_id = 2},
        {.drawn_id = 1, .no = 3, .called = {500, MOMENT_INSTANT}, .file_id = 2},
        {.drawn_id = 1, .no = 1, .called = {501, MOMENT_INSTANT}, .file_id = 2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(attempt_put_correction(store, &wrong[i], &err), ERR_NOT_FOUND);
}

static int walk(struct store *store, int64_t draw_no, struct listing *out, struct err *err)
{
    struct attempt_cursor *cursor = NULL;
    struct attempt_row row = {.drawn_id = -1};
    int rc = attempts_open(store, 1, draw_no, &cursor, err);
    while (rc == OK && row.drawn_id != 0) {
        rc = attempts_next(cursor, &row, err);
        if (rc == OK)
            listing_add(out, "%d:%d:%d:%zu ", (int)row.drawn_id, (int)row.called.seconds,
                        (int)row.no, row.sealed.len);
    }
    /* Behind the end is the end. */
    if (rc == OK)
        rc = attempts_next(cursor, &row, err);
    if (rc == OK)
        assert_int_equal(row.drawn_id, 0);
    attempts_close(cursor);
    return rc;
}

static void attempts_next__walks_one_draw(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing first = {.len = 0}, second = {.len = 0}, none = {.len = 0};
    (void)put_file(store, 1, "a");
    put_attempt(store, 5, 1, 700);
    put_attempt(store, 4, 1, 900);
    put_attempt(store, 4, 2, 300);
    put_attempt(store, 1, 1, 0);
    MUST(walk(store, 1, &first, &err));
    assert_string_equal(first.text, "1:0:1:0 4:300:2:0 4:900:1:0 0:0:0:0 ");
    MUST(walk(store, 2, &second, &err));
    assert_string_equal(second.text, "5:700:1:0 0:0:0:0 ");
    MUST(walk(store, 3, &none, &err));
    assert_string_equal(none.text, "0:0:0:0 ");
}

static void attempts_next__lets_others_work_beside_it(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct attempt_cursor *cursor = NULL, *other = NULL;
    struct attempt_row row;
    struct listing seen = {.len = 0};
    (void)put_file(store, 1, "a");
    put_attempt(store, 1, 1, 1);
    put_attempt(store, 2, 1, 1);
    MUST(attempts_open(store, 1, 1, &cursor, &err));
    MUST(attempts_next(cursor, &row, &err));
    MUST(attempts_open(store, 1, 1, &other, &err));
    MUST(attempts_next(other, &row, &err));
    assert_int_equal(row.drawn_id, 1);
    MUST(attempts_each_of(store, 2, on_attempt, &seen, &err));
    MUST(attempts_next(cursor, &row, &err));
    assert_int_equal(row.drawn_id, 2);
    attempts_close(cursor);
    attempts_close(other);
    attempts_close(NULL);
}

static int on_reject(void *context, const struct outcome_reject_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%d:%d:%d:" BYTES_FMT ":" BYTES_FMT ":" BYTES_FMT " ", (int)row->id,
                (int)row->file_id, (int)row->line, BYTES_ARG(row->reason), BYTES_ARG(row->header),
                BYTES_ARG(row->sealed));
    return OK;
}

static void outcome_rejects_each__comes_by_line(void **state)
{
    struct store *store = begin_with_draws(*state);
    struct err err = {.code = OK};
    struct listing rejects = {.len = 0};
    int64_t id = 0;
    (void)put_file(store, 1, "a");
    (void)put_file(store, 1, "b");
    for (int64_t i = 1; i <= 3; i++) {
        struct outcome_reject_row row = {
            .file_id = i == 2 ? 2 : 1,
            .line = 9 - i,
            .reason = BYTES_LIT("bad_code"),
            .header = i == 1 ? BYTES_LIT("结果") : BYTES_NONE,
            .sealed = BYTES_LIT("cells"),
        };
        MUST(outcome_reject_next_id(store, &row.id, &err));
        assert_int_equal(row.id, i);
        MUST(outcome_reject_put(store, &row, &err));
        assert_int_equal(outcome_reject_put(store, &row, &err), ERR_EXISTS);
    }
    MUST(outcome_reject_next_id(store, &id, &err));
    assert_int_equal(id, 4);
    MUST(outcome_rejects_each(store, 1, on_reject, &rejects, &err));
    assert_string_equal(rejects.text, "3:1:6:bad_code::cells 1:1:8:bad_code:结果:cells ");
}

static int call(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct listing walked = {.len = 0}, versions = {.len = 0};
    struct outcome_file_row file = sample_file(1, "a");
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = outcome_file_put_new(store, &file, err);
    struct attempt_row row = sample_attempt(1, 1, 500, file.id);
    if (rc == OK)
        rc = attempt_put_new(store, &row, err);
    if (rc == OK)
        rc = attempt_put_correction(store, &row, err);
    if (rc == OK)
        rc = walk(store, 1, &walked, err);
    if (rc == OK)
        rc = attempt_versions_each(store, 1, on_attempt, &versions, err);
    if (rc == OK) {
        assert_string_equal(walked.text, "1:500:1:0 0:0:0:0 ");
        assert_string_equal(versions.text, "1:500:1:1.1:4:1:sealed words ");
    }
    store_rollback(store);
    return rc;
}

static void prepare_call(struct fixture *fixture)
{
    struct err err = {.code = OK};
    MUST(store_commit(begin_with_draws(fixture), &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void outcomes__survive_lack_of_memory(void **state)
{
    prepare_call(*state);
    fault_loop(call, *state);
}

static void outcomes__survive_a_failing_disk(void **state)
{
    prepare_call(*state);
    disk_loop(*state, call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(outcome_file_get_by_hash__is_of_the_draw),
        TEST(outcome_file_put_new__knows_where_attempts_come_from),
        TEST(attempt_put_new__gives_back_all_of_it),
        TEST(attempts_each_of__comes_by_time_and_number),
        TEST(attempt_put_correction__keeps_what_stood_there),
        TEST(attempts_next__walks_one_draw),
        TEST(attempts_next__lets_others_work_beside_it),
        TEST(outcome_rejects_each__comes_by_line),
        TEST(outcomes__survive_lack_of_memory),
        TEST(outcomes__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
