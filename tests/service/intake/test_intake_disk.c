#include "service/intake/intake.h"

#include "service/storage/orders.h"

#include "tests/service/datadir_fixture.h"
#include "tests/service/storage/faulty_vfs.h"

/* A disk that fails or fills up at any request of an import: afterwards all of the file is there, or nothing of it, and
 * the database is sound. */

struct disk_fixture {
    struct fixture base;
    struct faulty_vfs faulty;
};

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,联系电话\n"

static const char first_dump[] =
    HEADER "A1,2024-06-01 08:00:00,住建局,主办,2024-06-05 08:00:00,,办理中,13800001234\n"
           "A2,2024-06-01 09:00:00,城管局,主办,2024-06-05 08:00:00,,办理中,13800001235\n";
static const char second_dump[] = HEADER "A1,2024-06-01 08:00:00,交通局,主办,2024-06-05 "
                                         "08:00:00,2024-06-04 08:00:00,已办结,13800001239\n"
                                         "A3,2024-06-02 08:00:00,住建局,主办,2024-06-05 "
                                         "08:00:00,2024-06-04 08:00:00,已办结,13800001234\n";

static int load(struct disk_fixture *fixture, const char *text, int64_t *out_import_id,
                struct err *err)
{
    struct intake_result result;
    int rc = fixture_try_load(&fixture->base, text, 0, true, &result, err);
    if (rc != OK)
        return rc;
    assert_int_equal(result.status, INTAKE_LOADED);
    *out_import_id = result.import_id;
    intake_result_deinit(&result);
    return OK;
}

static int setup(void **state)
{
    static struct disk_fixture fixture;
    struct err err;
    int64_t import_id = 0;
    assert_int_equal(faulty_vfs_init(&fixture.faulty, "faulty"), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(&fixture.faulty.vfs, 1), SQLITE_OK);
    fixture_init(&fixture.base);
    assert_int_equal(load(&fixture, first_dump, &import_id, &err), OK);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct disk_fixture *fixture = *state;
    fixture_deinit(&fixture->base);
    faulty_vfs_deinit(&fixture->faulty);
    return 0;
}

/* Whether the second dump is there; it must be there whole or not at all. */
static bool is_loaded(struct disk_fixture *fixture)
{
    struct err err = {0};
    struct order_row order;
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int count = 0;
    struct store *store = fixture->base.datadir.store;
    assert_int_equal(store_begin_read(store, &err), OK);
    bool has_new = order_get(store, BYTES_LIT("A3"), &order, &err) == OK;
    assert_int_equal(order_get(store, BYTES_LIT("A1"), &order, &err), OK);
    assert_int_equal(handlings_get(store, order.id, rows, &count, &err), OK);
    assert_int_equal(count, 1);
    bool has_change = rows[0].fact.closed.kind != MOMENT_NONE;
    store_rollback(store);
    assert_int_equal(has_new, has_change);
    return has_new;
}

/* Load with the n-th request failing; true when there was such a request. */
static bool load_with_fault(struct disk_fixture *fixture, int64_t nth, bool lasting, int code)
{
    struct err err = {0};
    int64_t import_id = 0;
    faulty_vfs_set(&fixture->faulty, nth, lasting, code);
    int rc = load(fixture, second_dump, &import_id, &err);
    bool met = fixture->faulty.met;
    faulty_vfs_set(&fixture->faulty, 0, false, code);
    if (rc != OK && !met)
        fail_msg("without a fault: %s", err.message);
    if (rc != OK && rc != ERR_IO && rc != ERR_FULL && rc != ERR_CORRUPT && rc != ERR_BUSY &&
        rc != ERR_NOMEM)
        fail_msg("request %d fails with code %d: %s", (int)nth, rc, err.message);
    datadir_close(&fixture->base.datadir);
    if (datadir_open(fixture->base.data, STORE_READWRITE, &fixture->base.datadir, &err) != OK)
        fail_msg("after a fault at request %d: %s", (int)nth, err.message);
    if (store_check(fixture->base.datadir.store, &err) != OK)
        fail_msg("after a fault at request %d: %s", (int)nth, err.message);
    bool loaded = is_loaded(fixture);
    if (rc == OK)
        assert_true(loaded);
    if (loaded && import_id == 0)
        import_id = 2; /* the disk failed behind the commit: the id is the next one */
    if (loaded)
        assert_int_equal(
            intake_undo(&fixture->base.datadir, import_id, fixture->base.now_utc, NULL, &err), OK);
    return met;
}

static void load_with_every_fault(struct disk_fixture *fixture, bool lasting, int code)
{
    int64_t nth = 1;
    while (load_with_fault(fixture, nth, lasting, code))
        nth += nth < 60 ? 1 : nth / 10;
}

static void intake__survives_a_disk_that_fails_once(void **state)
{
    load_with_every_fault(*state, false, SQLITE_IOERR);
}

static void intake__survives_a_disk_that_fails_for_good(void **state)
{
    load_with_every_fault(*state, true, SQLITE_IOERR);
}

static void intake__survives_a_full_disk(void **state)
{
    load_with_every_fault(*state, true, SQLITE_FULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(intake__survives_a_disk_that_fails_once),
        TEST(intake__survives_a_disk_that_fails_for_good),
        TEST(intake__survives_a_full_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
