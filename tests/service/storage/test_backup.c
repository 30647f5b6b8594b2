#include "service/storage/backup.h"
#include "service/storage/sealed.h"

#include "tests/service/storage/fixture.h"

#include <sqlite3.h>

#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_deinit(*state);
    return 0;
}

static void name_copy(const struct fixture *fixture, char out[TEMP_DIR_BYTES + 32])
{
    (void)snprintf(out, TEMP_DIR_BYTES + 32, "%s/copy.db", fixture->directory);
}

static void put_orders(struct store *store, int64_t first, int count)
{
    struct err err = {.code = OK};
    MUST(store_begin(store, &err));
    for (int i = 0; i < count; i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "N%lld", (long long)first + i);
        struct order_row row = sample_order(first + i, 1, number);
        MUST(order_put(store, &row, &err));
    }
    MUST(store_commit(store, &err));
}

static int64_t count_orders(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM orders", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return count;
}

struct others {
    struct store *writer;
    int64_t next;
    int steps;
};

/* Somebody writes between any two steps. */
static bool write_meanwhile(void *context, int64_t done, int64_t total)
{
    struct others *others = context;
    assert_true(done >= 0 && done <= total);
    put_orders(others->writer, others->next, 10);
    others->next += 10;
    others->steps++;
    return true;
}

static void backup_make__copies_a_snapshot_while_others_write(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char copy[TEMP_DIR_BYTES + 32];
    struct stat info;
    name_copy(fixture, copy);
    put_orders(fixture->store, 1, 90000);
    struct others others = {.next = 1000000};
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    MUST(store_open(&options, &others.writer, &err));
    struct backup_wish wish = {.on_progress = write_meanwhile, .context = &others};
    MUST(backup_make(fixture->store, copy, &wish, &err));
    store_close(others.writer);
    assert_true(others.steps > 1);
    assert_int_equal(count_orders(copy), 90000);
    assert_int_equal(stat(copy, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    MUST(backup_check(copy, &err));
    assert_int_equal(backup_make(fixture->store, copy, &wish, &err), ERR_EXISTS);
}

static bool stop(void *context, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return false;
}

static void backup_make__leaves_nothing_when_it_is_stopped(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char copy[TEMP_DIR_BYTES + 32];
    name_copy(fixture, copy);
    struct backup_wish wish = {.on_progress = stop};
    assert_int_equal(backup_make(fixture->store, copy, &wish, &err), ERR_CANCELED);
    assert_int_equal(access(copy, F_OK), -1);
    assert_false(store_in_transaction(fixture->store));
}

static void backup_check__refuses_what_is_no_database_of_ours(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char copy[TEMP_DIR_BYTES + 32];
    name_copy(fixture, copy);
    struct backup_wish wish = {.on_progress = NULL};
    put_orders(fixture->store, 1, 5000);
    MUST(backup_make(fixture->store, copy, &wish, &err));
    assert_int_equal(truncate(copy, 64 * 1024), 0);
    assert_int_equal(backup_check(copy, &err), ERR_CORRUPT);
    assert_int_equal(truncate(copy, 10), 0);
    assert_int_equal(backup_check(copy, &err), ERR_CORRUPT);
}

/* Whoever adds a column with sealed bytes must add it to the list, or another key would leave it behind. */
static void sealed_tables__are_all_that_the_schema_has(void **state)
{
    struct fixture *fixture = *state;
    static const char sql[] =
        "SELECT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND (c.name LIKE 'sealed%' OR c.name = 'totp') "
        "AND m.name NOT LIKE 'pending%' AND m.name NOT LIKE 'new_%' ORDER BY m.name";
    static const char *const listed[] = {
        "accounts",       "answers", "attempt_versions", "attempts", "call_records",
        "case_numbers",   "dials",   "do_not_call",      "draws",    "frames",
        "order_versions", "orders",  "outcome_rejects",  "rechecks", "rejects"};
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    size_t count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        assert_true(count < sizeof listed / sizeof *listed);
        assert_string_equal((const char *)sqlite3_column_text(statement, 0), listed[count++]);
    }
    assert_int_equal(count, SEALED_TABLE_COUNT);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
}

static int collect(void *context, const struct sealed_row *row, struct err *err)
{
    (void)err;
    struct sealed_row *last = context;
    assert_true(row->keys[0] > last->keys[0]);
    assert_int_equal(row->row_id, row->keys[0]);
    *last = *row;
    last->sealed = BYTES_NONE;
    return OK;
}

static void sealed_put__changes_the_row_that_each_gave(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct sealed_row row = {.row_id = 0};
    put_orders(fixture->store, 1, 30);
    MUST(store_begin(fixture->store, &err));
    const int64_t after[SEALED_KEYS] = {10};
    MUST(sealed_each(fixture->store, SEALED_ORDERS, after, 5, collect, &row, &err));
    assert_int_equal(row.keys[0], 15);
    assert_int_equal(row.phone_key, 1015);
    row.sealed = BYTES_LIT("anew");
    row.phone_key = 77;
    MUST(sealed_put(fixture->store, SEALED_ORDERS, &row, &err));
    MUST(person_orders_rebuild(fixture->store, &err));
    struct order_row order;
    MUST(order_get(fixture->store, BYTES_LIT("N15"), &order, &err));
    assert_true(bytes_equal(order.sealed, BYTES_LIT("anew")));
    assert_int_equal(order.phone_key, 77);
    MUST(store_commit(fixture->store, &err));
}

#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BACKUP_TEST(backup_make__copies_a_snapshot_while_others_write),
        BACKUP_TEST(backup_make__leaves_nothing_when_it_is_stopped),
        BACKUP_TEST(backup_check__refuses_what_is_no_database_of_ours),
        BACKUP_TEST(sealed_tables__are_all_that_the_schema_has),
        BACKUP_TEST(sealed_put__changes_the_row_that_each_gave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
