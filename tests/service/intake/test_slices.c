#include "service/intake/slices.h"

#include "base/buf.h"
#include "service/storage/orders.h"
#include "tests/service/datadir_fixture.h"

#include <unistd.h>

enum { ROWS = 5000, DUMP_MAX_BYTES = 1024 * 1024 };

/* What an import's onlooker sees of it. */
struct onlooker {
    struct store *store;
    int commits;   /* that another connection met */
    int calls;     /* of on_progress */
    int stop_from; /* calls; 0: never */
};

static void write_dump(const struct fixture *fixture)
{
    struct buf text;
    buf_init(&text, DUMP_MAX_BYTES);
    buf_append_z(&text, "工单编号,承办单位,受理时间,办结时间\n");
    for (int i = 0; i < ROWS; i++)
        buf_printf(&text, "GX%05d,城管局,2024-05-01 08:00:00,2024-05-02 09:00:00\n", i);
    assert_int_equal(text.rc, OK);
    test_file_write(fixture->file, buf_bytes(&text));
    buf_deinit(&text);
}

static void on_progress(void *context, int64_t done_bytes, int64_t total_bytes, int64_t rows)
{
    struct onlooker *onlooker = context;
    struct err err = {.code = OK};
    bool changed = false;
    (void)done_bytes;
    (void)total_bytes;
    (void)rows;
    assert_int_equal(store_changed(onlooker->store, &changed, &err), OK);
    onlooker->commits += changed;
    onlooker->calls++;
}

static bool should_stop(void *context)
{
    const struct onlooker *onlooker = context;
    return onlooker->stop_from > 0 && onlooker->calls >= onlooker->stop_from;
}

static int load(struct fixture *fixture, struct onlooker *onlooker, int64_t *out_accepted)
{
    struct err err = {.code = OK};
    struct intake_result result;
    struct intake_options options = {
        .profile = fixture->profile,
        .form = FORM_OPEN,
        .now_utc = fixture->now_utc,
        .one_thread = true, /* else the reader's pace would decide where slices end */
        .on_progress = on_progress,
        .should_stop = should_stop,
        .progress_context = onlooker,
    };
    write_dump(fixture);
    assert_int_equal(datadir_open_store(&fixture->datadir, STORE_READONLY, &onlooker->store, &err),
                     OK);
    int rc = intake_load(&fixture->datadir, fixture->file, &options, &result, &err);
    store_close(onlooker->store);
    if (rc == OK) {
        *out_accepted = result.counts.accepted;
        intake_result_deinit(&result);
    }
    return rc;
}

static void slices__are_large_alone(void **state)
{
    struct onlooker onlooker = {.commits = 0};
    int64_t accepted = 0;
    assert_int_equal(load(*state, &onlooker, &accepted), OK);
    assert_int_equal(accepted, ROWS);
    assert_int_equal(onlooker.commits, 1); /* the import's own row */
}

static void slices__are_small_beside_a_service(void **state)
{
    struct fixture *fixture = *state;
    struct onlooker onlooker = {.commits = 0};
    struct err err = {.code = OK};
    int64_t accepted = 0;
    int lock = -1;
    assert_int_equal(datadir_lock_service(fixture->data, &lock, &err), OK);
    assert_int_equal(load(fixture, &onlooker, &accepted), OK);
    assert_int_equal(accepted, ROWS);
    assert_int_equal(onlooker.commits, 1 + ROWS / SERVED_SLICE_RECORDS);
    (void)close(lock);
}

static int count_import(void *context, const struct import_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int *)context;
    return OK;
}

static void intake_load__leaves_nothing_when_it_is_canceled(void **state)
{
    struct fixture *fixture = *state;
    struct onlooker onlooker = {.stop_from = 10};
    struct err err = {.code = OK};
    struct store *store = fixture->datadir.store;
    int64_t accepted = -1;
    int imports = 0, lock = -1;
    assert_int_equal(datadir_lock_service(fixture->data, &lock, &err), OK);
    assert_int_equal(load(fixture, &onlooker, &accepted), ERR_CANCELED);
    assert_int_equal(onlooker.calls, 10);
    assert_int_equal(accepted, -1);
    assert_int_equal(store_begin_read(store, &err), OK);
    assert_int_equal(imports_each(store, count_import, &imports, &err), OK);
    store_rollback(store);
    assert_int_equal(imports, 0);
    onlooker = (struct onlooker){.commits = 0};
    assert_int_equal(load(fixture, &onlooker, &accepted), OK);
    assert_int_equal(accepted, ROWS);
    (void)close(lock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slices__are_large_alone),
        TEST(slices__are_small_beside_a_service),
        TEST(intake_load__leaves_nothing_when_it_is_canceled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
