#include "service/jobs/writer.h"

#include "base/alloc.h"
#include "service/storage/connection.h"
#include "tests/service/jobs/writer_fixture.h"

/* ---- what a batch does ---- */

static void writer_submit__stores_and_answers(void **state)
{
    struct room *room = *state;
    start_writer(room, 16, NULL);
    struct remark *first = submit_remark(room, NULL, "a");
    struct remark *second = submit_remark(room, "k1", "b");
    assert_false(first->is_done);
    run_until_done(room, 2);
    assert_int_equal(first->action.rc, OK);
    assert_true(bytes_equal(buf_bytes(&first->action.answer), BYTES_LIT("1")));
    assert_true(bytes_equal(buf_bytes(&second->action.answer), BYTES_LIT("2")));
    assert_false(second->action.was_repeated);
    assert_remarks(room, "b a ");
}

static void writer_submit__makes_one_batch_of_a_round_of_the_loop(void **state)
{
    struct room *room = *state;
    struct writer_counts counts;
    start_writer(room, 100, NULL);
    for (int i = 0; i < 100; i++)
        (void)submit_remark(room, NULL, "a");
    run_until_done(room, 100);
    writer_read_counts(room->writer, &counts);
    assert_int_equal(counts.actions, 100);
    assert_int_equal(counts.batches, 1);
    assert_int_equal(counts.waiting, 0);
    assert_true(counts.max_commit_us >= counts.last_commit_us && counts.log_pages > 0);
}

static void writer_submit__rolls_a_failing_action_back_alone(void **state)
{
    struct room *room = *state;
    start_writer(room, 16, NULL);
    struct remark *good = submit_remark(room, "k1", "a");
    struct remark *bad = submit_remark(room, "k2", "b");
    struct remark *none = submit_remark(room, "k3", "c");
    struct remark *last = submit_remark(room, "k4", "d");
    bad->result = ERR_WRONG_STATE;
    none->round_id = 99;
    run_until_done(room, 4);
    assert_int_equal(good->action.rc, OK);
    assert_int_equal(bad->action.rc, ERR_WRONG_STATE);
    assert_string_equal(bad->action.err.message, "this action fails");
    assert_int_equal(bad->action.answer.len, 0);
    assert_int_equal(none->action.rc, ERR_REFUSED);
    assert_int_equal(last->action.rc, OK);
    assert_remarks(room, "d a ");
    /* What failed left no receipt: it may be tried again. */
    struct remark *again = submit_remark(room, "k2", "b");
    run_until_done(room, 5);
    assert_int_equal(again->action.rc, OK);
    assert_false(again->action.was_repeated);
    assert_remarks(room, "b d a ");
}

/* ---- keys ---- */

static void writer_submit__answers_a_repeated_key_without_acting(void **state)
{
    struct room *room = *state;
    start_writer(room, 16, NULL);
    struct remark *first = submit_remark(room, "k1", "a");
    struct remark *twin = submit_remark(room, "k1", "a");
    struct remark *other = submit_remark(room, "k1", "b");
    run_until_done(room, 3);
    assert_int_equal(first->action.rc, OK);
    assert_int_equal(twin->action.rc, OK);
    assert_true(!first->action.was_repeated && twin->action.was_repeated);
    assert_true(bytes_equal(buf_bytes(&twin->action.answer), BYTES_LIT("1")));
    assert_int_equal(other->action.rc, ERR_CONFLICT);
    assert_remarks(room, "a ");

    stop_writer(room);
    start_writer(room, 16, NULL);
    struct remark *later = submit_remark(room, "k1", "a");
    struct remark *stranger = make_remark(room, "k1", "a");
    struct remark *otherwise = submit_remark(room, "k1", "c");
    struct err err = {.code = OK};
    stranger->action.key.account = 8;
    MUST(writer_submit(room->writer, &stranger->action, &err));
    run_until_done(room, 6);
    assert_int_equal(later->action.rc, OK);
    assert_true(later->action.was_repeated);
    assert_true(bytes_equal(buf_bytes(&later->action.answer), BYTES_LIT("1")));
    assert_int_equal(otherwise->action.rc, ERR_CONFLICT);
    assert_int_equal(stranger->action.rc, OK);
    assert_false(stranger->action.was_repeated);
    assert_remarks(room, "a a ");
}

/* What failed behind a write has the batch run again: nobody may hear or store anything twice by it. */
static void writer_submit__answers_keys_alike_when_a_batch_runs_again(void **state)
{
    struct room *room = *state;
    start_writer(room, 16, NULL);
    struct remark *first = submit_remark(room, "k1", "a");
    struct remark *twin = submit_remark(room, "k1", "a");
    struct remark *bad = submit_remark(room, "k2", "b");
    struct remark *again = submit_remark(room, "k2", "b");
    struct remark *other = submit_remark(room, "k1", "c");
    bad->result = ERR_WRONG_STATE;
    run_until_done(room, 5);
    assert_true(first->action.rc == OK && !first->action.was_repeated);
    assert_true(bytes_equal(buf_bytes(&first->action.answer), BYTES_LIT("1")));
    assert_true(twin->action.rc == OK && twin->action.was_repeated);
    assert_true(bytes_equal(buf_bytes(&twin->action.answer), BYTES_LIT("1")));
    assert_int_equal(bad->action.rc, ERR_WRONG_STATE);
    assert_true(again->action.rc == OK && !again->action.was_repeated);
    assert_true(bytes_equal(buf_bytes(&again->action.answer), BYTES_LIT("2")));
    assert_int_equal(other->action.rc, ERR_CONFLICT);
    assert_remarks(room, "b a ");
    struct writer_counts counts;
    writer_read_counts(room->writer, &counts);
    assert_true(counts.batches == 1 && counts.receipts == 2 && counts.repeated == 1);
}

/* ---- limits, stopping, others ---- */

static void writer_submit__refuses_beyond_the_queue(void **state)
{
    struct room *room = *state;
    struct err err = {.code = OK};
    struct writer_counts counts;
    start_writer(room, 2, NULL);
    (void)submit_remark(room, NULL, "a");
    (void)submit_remark(room, NULL, "b");
    struct remark *third = make_remark(room, NULL, "c");
    assert_int_equal(writer_submit(room->writer, &third->action, &err), ERR_BUSY);
    writer_read_counts(room->writer, &counts);
    assert_true(counts.waiting == 2 && counts.refused_busy == 1);
    run_until_done(room, 2);
    MUST(writer_submit(room->writer, &third->action, &err));
    run_until_done(room, 3);
    assert_remarks(room, "c b a ");
}

static void writer_stop__finishes_what_waits(void **state)
{
    struct room *room = *state;
    struct err err = {.code = OK};
    start_writer(room, 1000, NULL);
    for (int i = 0; i < 1000; i++)
        (void)submit_remark(room, NULL, "a");
    writer_stop(room->writer, on_writer_stopped, room);
    struct remark *late = make_remark(room, NULL, "b");
    assert_int_equal(writer_submit(room->writer, &late->action, &err), ERR_WRONG_STATE);
    (void)uv_run(&room->loop, UV_RUN_DEFAULT);
    assert_true(room->is_stopped);
    assert_int_equal(room->done, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(room->remarks[i].action.rc, OK);
    writer_free(room->writer);
    room->writer = NULL;
}

static void writer__tells_of_foreign_writes_once(void **state)
{
    struct room *room = *state;
    struct err err = {.code = OK};
    start_writer(room, 16, NULL);
    (void)submit_remark(room, NULL, "a");
    run_until_done(room, 1);
    assert_int_equal(room->foreign_writes, 0);
    (void)put_round(begin(&room->fixture), "2024-06");
    MUST(store_commit(room->fixture.store, &err));
    (void)submit_remark(room, NULL, "b");
    run_until_done(room, 2);
    (void)submit_remark(room, NULL, "c");
    run_until_done(room, 3);
    assert_int_equal(room->foreign_writes, 1);
}

/* ---- a disk that fails ---- */

/* One action asks for more pages than there may be: SQLite rolls the whole transaction back in the middle of it. */
static void writer__acknowledges_nothing_of_a_batch_that_met_a_full_disk(void **state)
{
    struct room *room = *state;
    struct writer_options options = {
        .store = open_with(room, NULL), .queue_max = 16, .now_utc = test_now};
    struct err err = {.code = OK};
    char *huge = mem_calloc(1, 1024 * 1024 + 1);
    assert_non_null(huge);
    memset(huge, 'h', 1024 * 1024);
    assert_int_equal(
        sqlite3_exec(options.store->db, "PRAGMA max_page_count = 80", NULL, NULL, NULL), SQLITE_OK);
    MUST(writer_new(&room->loop, &options, &room->writer, &err));
    struct remark *first = submit_remark(room, "k1", "a");
    struct remark *refused = submit_remark(room, "k2", "b");
    struct remark *full = submit_remark(room, "k3", "c");
    struct remark *last = submit_remark(room, "k4", "d");
    struct remark *repeated = submit_remark(room, "k1", "a");
    refused->result = ERR_WRONG_STATE;
    full->long_text = huge;
    run_until_done(room, 5);
    for (size_t i = 0; i < room->remark_count; i++) {
        assert_int_equal(room->remarks[i].action.rc, ERR_FULL);
        assert_int_equal(room->remarks[i].action.answer.len, 0);
        assert_false(room->remarks[i].action.was_repeated);
    }
    assert_remarks(room, "");
    assert_true(first->is_done && last->is_done && repeated->is_done);

    struct remark *again = submit_remark(room, "k1", "a");
    run_until_done(room, 6);
    assert_int_equal(again->action.rc, OK);
    assert_false(again->action.was_repeated);
    assert_remarks(room, "a ");
    mem_free(huge);
}

enum { TRIED_ACTIONS = 4 };

/* Some actions on a disk whose n-th request fails; what was not acknowledged is repeated, with its key, once the disk
 * works again. Whether the fault was met; the failures are added to *failed. */
static bool store_remarks(struct room *room, struct faulty_vfs *faulty, int first, int64_t nth,
                          int variant, int *failed)
{
    struct remark *tried[TRIED_ACTIONS];
    char key[TRIED_ACTIONS][32];
    faulty_vfs_set(faulty, nth, (variant & 1) != 0,
                   (variant & 2) != 0 ? SQLITE_FULL : SQLITE_IOERR);
    for (int i = 0; i < TRIED_ACTIONS; i++) {
        (void)snprintf(key[i], sizeof key[i], "%d", first + i);
        tried[i] = submit_remark(room, key[i], key[i]);
    }
    run_until_done(room, (int)room->remark_count);
    bool met = faulty->met;
    faulty_vfs_set(faulty, 0, false, 0);
    for (int i = 0; i < TRIED_ACTIONS; i++) {
        int rc = tried[i]->action.rc;
        if (rc != OK && rc != ERR_IO && rc != ERR_FULL)
            fail_msg("request %d: %s", (int)nth, tried[i]->action.err.message);
        if (rc == OK)
            continue;
        *failed += 1;
        struct remark *again = submit_remark(room, key[i], key[i]);
        run_until_done(room, (int)room->remark_count);
        if (again->action.rc != OK)
            fail_msg("again after request %d: %s", (int)nth, again->action.err.message);
    }
    return met;
}

static int mark_remark(void *context, const struct remark_row *row, struct err *err)
{
    int64_t number = 0;
    char *seen = context;
    (void)err;
    assert_true(bytes_to_int64(row->text, &number));
    assert_true(number >= 0 && number < REMARKS_MAX);
    assert_int_equal(seen[number], 0);
    seen[number] = 1;
    return OK;
}

/* Repeated with the same keys by the same writer, each remark is there once, whatever request of the disk fails. */
static void writer__stores_each_action_once_on_a_failing_disk(void **state)
{
    static char seen[REMARKS_MAX];
    struct room *room = *state;
    struct faulty_vfs faulty;
    struct err err = {.code = OK};
    int remarks = 0, failed = 0;
    memset(seen, 0, sizeof seen);
    assert_int_equal(faulty_vfs_init(&faulty, "faulty"), SQLITE_OK);
    start_writer(room, 64, "faulty");
    for (int variant = 0; variant < 4; variant++) {
        bool met = true;
        for (int64_t nth = 1; met; nth++) {
            met = store_remarks(room, &faulty, remarks, nth, variant, &failed);
            remarks += TRIED_ACTIONS;
        }
    }
    assert_true(failed >= 4 * TRIED_ACTIONS);
    stop_writer(room);
    MUST(store_begin_read(room->fixture.store, &err));
    MUST(
        remarks_each(room->fixture.store, room->round_id, 0, REMARKS_MAX, mark_remark, seen, &err));
    store_rollback(room->fixture.store);
    for (int i = 0; i < REMARKS_MAX; i++)
        assert_int_equal(seen[i], i < remarks);
    MUST(store_check(room->fixture.store, &err));
    faulty_vfs_deinit(&faulty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(writer_submit__stores_and_answers),
        ROOM_TEST(writer_submit__makes_one_batch_of_a_round_of_the_loop),
        ROOM_TEST(writer_submit__rolls_a_failing_action_back_alone),
        ROOM_TEST(writer_submit__answers_a_repeated_key_without_acting),
        ROOM_TEST(writer_submit__answers_keys_alike_when_a_batch_runs_again),
        ROOM_TEST(writer_submit__refuses_beyond_the_queue),
        ROOM_TEST(writer_stop__finishes_what_waits),
        ROOM_TEST(writer__tells_of_foreign_writes_once),
        ROOM_TEST(writer__acknowledges_nothing_of_a_batch_that_met_a_full_disk),
        ROOM_TEST(writer__stores_each_action_once_on_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
