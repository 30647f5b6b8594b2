#include "service/storage/store.h"

#include "base/alloc.h"
#include "service/storage/connection.h"
#include "tests/service/storage/faulty_vfs.h"
#include "tests/service/storage/fixture.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    if (fixture == NULL)
        return -1;
    fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_deinit(*state);
    mem_free(*state);
    return 0;
}

/* Run SQL over a connection of its own: what another program does to the file. */
static void run_raw(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int open_code(const char *path, enum store_mode mode)
{
    struct err err = {.code = OK};
    struct store *store = NULL;
    struct store_options options = {.path = path, .mode = mode};
    int rc = store_open(&options, &store, &err);
    store_close(store);
    return rc;
}

static int64_t read_integer(struct store *store, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return value;
}

/* ---- opening ---- */

static void store_open__makes_a_private_file(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(read_integer(fixture->store, "PRAGMA page_size"), 16384);
    assert_int_equal(read_integer(fixture->store, "PRAGMA foreign_keys"), 1);
    assert_int_equal(read_integer(fixture->store, "PRAGMA synchronous"), 2);
    assert_int_equal(read_integer(fixture->store, "PRAGMA user_version"), migrations_newest());
}

static void store_open__refuses_what_it_cannot_keep(void **state)
{
    struct fixture *fixture = *state;
    char other[TEMP_DIR_BYTES + 32];
    (void)snprintf(other, sizeof other, "%s/other.db", fixture->directory);
    assert_int_equal(open_code(other, STORE_READWRITE), ERR_NOT_FOUND);
    assert_int_equal(open_code(other, STORE_READONLY), ERR_NOT_FOUND);
    assert_int_equal(open_code(fixture->path, STORE_CREATE), ERR_EXISTS);

    test_file_write(
        other,
        BYTES_LIT("工单编号,承办单位\n1,城管局\n and more text than a header of SQLite's has, "
                  "so that it reads it all and finds no page of its own"));
    assert_int_equal(open_code(other, STORE_READWRITE), ERR_CORRUPT);
    assert_int_equal(open_code(other, STORE_CREATE), ERR_EXISTS);

    assert_int_equal(unlink(other), 0);
    run_raw(other, "CREATE TABLE strangers (id)");
    assert_int_equal(open_code(other, STORE_READWRITE), ERR_CORRUPT);
    assert_int_equal(open_code(other, STORE_CREATE), ERR_EXISTS);
}

static void store_open__begins_in_an_empty_file(void **state)
{
    struct fixture *fixture = *state;
    char other[TEMP_DIR_BYTES + 32];
    (void)snprintf(other, sizeof other, "%s/other.db", fixture->directory);
    test_file_write(other, BYTES_NONE);
    assert_int_equal(open_code(other, STORE_READWRITE), ERR_NOT_FOUND);
    assert_int_equal(open_code(other, STORE_CREATE), OK);
    assert_int_equal(open_code(other, STORE_READONLY), OK);
}

static void store_open__refuses_a_newer_schema(void **state)
{
    struct fixture *fixture = *state;
    run_raw(fixture->path, "PRAGMA user_version = 9999");
    assert_int_equal(open_code(fixture->path, STORE_READWRITE), ERR_VERSION);
    assert_int_equal(open_code(fixture->path, STORE_READONLY), ERR_VERSION);
}

static void store_open__migrates_an_older_file_after_a_copy(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char older[TEMP_DIR_BYTES + 32], copy[TEMP_DIR_BYTES + 32];
    (void)snprintf(older, sizeof older, "%s/older.db", fixture->directory);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", fixture->directory);
    char *first = mem_copy((const char *)embedded_storage[0].bytes, embedded_storage[0].len);
    assert_non_null(first);
    run_raw(older, first);
    mem_free(first);
    run_raw(older, "PRAGMA user_version = 1; PRAGMA application_id = 1885829481;"
                   "INSERT INTO terms (text) VALUES ('市政')");

    assert_int_equal(open_code(older, STORE_READONLY), ERR_VERSION);
    struct store *store = NULL;
    struct store_options options = {.path = older, .backup_path = copy, .mode = STORE_READWRITE};
    MUST(store_open(&options, &store, &err));
    assert_int_equal(read_integer(store, "PRAGMA user_version"), migrations_newest());
    assert_int_equal(read_integer(store, "SELECT count(*) FROM terms"), 1);
    store_close(store);

    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    struct store copied = {.db = db};
    assert_int_equal(read_integer(&copied, "PRAGMA user_version"), 1);
    assert_int_equal(read_integer(&copied, "SELECT count(*) FROM terms"), 1);
    (void)sqlite3_close(db);
    struct stat status;
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* A file as the program of the first two migrations left it: a closed round with all that hangs on one, and a draft. */
static void make_schema_2(const char *path)
{
    for (int i = 0; i < 2; i++) {
        char *sql = mem_copy((const char *)embedded_storage[i].bytes, embedded_storage[i].len);
        assert_non_null(sql);
        run_raw(path, sql);
        mem_free(sql);
    }
    run_raw(path,
            "PRAGMA user_version = 2; PRAGMA application_id = 1885829481;"
            "INSERT INTO rounds VALUES (3, '2024-05', 'monthly', 1, 31, 77, '[x]', 'closed'),"
            " (4, '2024-06', 'monthly', 32, 61, NULL, '[y]', 'draft');"
            "INSERT INTO round_steps VALUES (1, 3, 'create', 5, 'office', ''),"
            " (2, 3, 'close', 6, 'office', 'done'), (3, 4, 'create', 7, 'office', '');"
            "INSERT INTO round_facts (round_id, id, received_at, traits, extension_count,"
            " merged_repeat, judgement) VALUES (3, 64, 1, 1, -1, 0, 40), (3, 65, 2, 1, -1, 1, 41);"
            "INSERT INTO round_units VALUES (3, 'A', '甲', '县', 1);"
            "INSERT INTO round_unit_names VALUES (3, 7, 'A')");
}

/* What make_schema_2 wrote, whatever the schema. */
static void check_rounds_kept(struct store *store)
{
    static const struct {
        const char *sql;
        int64_t value;
    } cases[] = {
        {"SELECT count(*) FROM rounds", 2},
        {"SELECT id FROM rounds WHERE name = '2024-05' AND kind = 'monthly' AND from_day = 1"
         " AND to_day = 31 AND as_of_utc = 77 AND rules = '[x]' AND state = 'closed'",
         3},
        {"SELECT id FROM rounds WHERE name = '2024-06' AND as_of_utc IS NULL AND state = 'draft'",
         4},
        {"SELECT sum(round_id * id) FROM round_steps", 21},
        {"SELECT sum(judgement) FROM round_facts WHERE round_id = 3", 81},
        {"SELECT count(*) FROM round_units WHERE round_id = 3", 1},
        {"SELECT unit_name_id FROM round_unit_names WHERE round_id = 3", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (read_integer(store, cases[i].sql) != cases[i].value)
            fail_msg("%s", cases[i].sql);
}

static void store_open__migrates_rounds_with_what_hangs_on_them(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char older[TEMP_DIR_BYTES + 32];
    (void)snprintf(older, sizeof older, "%s/older.db", fixture->directory);
    make_schema_2(older);
    struct store *store = NULL;
    struct store_options options = {.path = older, .mode = STORE_READWRITE};
    MUST(store_open(&options, &store, &err));
    check_rounds_kept(store);
    assert_int_equal(read_integer(store, "SELECT sum(is_accumulated) FROM rounds"), 0);
    MUST(store_check(store, &err));
    /* What refers to rounds refers to the new table, and is held to it again. */
    assert_int_equal(read_integer(store, "PRAGMA foreign_keys"), 1);
    MUST(store_begin(store, &err));
    MUST(database_exec(store, BYTES_LIT("UPDATE rounds SET state = 'scored' WHERE id = 3"), "x",
                       &err));
    assert_int_equal(database_exec(store, BYTES_LIT("DELETE FROM rounds WHERE id = 3"), "x", &err),
                     ERR_REFUSED);
    assert_int_equal(database_exec(store,
                                   BYTES_LIT("INSERT INTO round_steps (round_id, step, at_utc, who)"
                                             " VALUES (9, 'x', 1, 'x')"),
                                   "x", &err),
                     ERR_REFUSED);
    store_close(store);
}

static void store_open__migrates_nothing_that_would_break(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char older[TEMP_DIR_BYTES + 32];
    (void)snprintf(older, sizeof older, "%s/older.db", fixture->directory);
    make_schema_2(older);
    run_raw(older, "INSERT INTO round_units VALUES (99, 'A', '甲', '县', 1)");
    struct store *store = NULL;
    struct store_options options = {.path = older, .mode = STORE_READWRITE};
    assert_int_equal(store_open(&options, &store, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.message, "round_units"));
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(older, &db), SQLITE_OK);
    struct store raw = {.db = db};
    assert_int_equal(read_integer(&raw, "PRAGMA user_version"), 2);
    assert_int_equal(
        read_integer(&raw, "SELECT count(*) FROM sqlite_schema WHERE name = 'round_parts'"), 0);
    (void)sqlite3_close(db);
}

static void store_prepare_all__finds_every_statement_good(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(store_prepare_all(fixture->store, &err));
    /* A name heads one statement: what follows its end is never run. */
    for (size_t i = 0; i < fixture->store->statement_slots; i++) {
        struct bytes sql = bytes_trim(fixture->store->statements[i].sql);
        if (sql.len == 0)
            continue;
        size_t end = bytes_find(sql, BYTES_LIT(";\n"));
        if (end != sql.len)
            fail_msg("more than one statement under " BYTES_FMT,
                     BYTES_ARG(fixture->store->statements[i].name));
    }
}

/* ---- transactions ---- */

static void put_term(struct store *store, const char *text)
{
    struct err err = {.code = OK};
    int64_t id = 0;
    MUST(term_put(store, bytes_from_z(text), &id, &err));
}

static void store_rollback__undoes_and_accepts_none_open(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    store_rollback(fixture->store);
    MUST(store_begin(fixture->store, &err));
    assert_true(store_in_transaction(fixture->store));
    put_term(fixture->store, "甲");
    store_rollback(fixture->store);
    assert_false(store_in_transaction(fixture->store));
    assert_int_equal(read_integer(fixture->store, "SELECT count(*) FROM terms"), 0);
}

static void store_begin_read__keeps_its_snapshot(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct store *reader = NULL;
    struct store_options options = {.path = fixture->path, .mode = STORE_READONLY};
    MUST(store_open(&options, &reader, &err));
    MUST(store_begin_read(reader, &err));
    MUST(store_begin(fixture->store, &err));
    put_term(fixture->store, "甲");
    MUST(store_commit(fixture->store, &err));
    assert_int_equal(read_integer(reader, "SELECT count(*) FROM terms"), 0);
    store_rollback(reader);
    assert_int_equal(read_integer(reader, "SELECT count(*) FROM terms"), 1);
    assert_int_equal(store_begin(reader, &err), OK);
    int64_t id = 0;
    assert_int_equal(term_put(reader, BYTES_LIT("乙"), &id, &err), ERR_PERMISSION);
    store_close(reader);
}

static void store_check__names_damage(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(store_check(fixture->store, &err));
    store_close(fixture->store);
    fixture->store = NULL;
    run_raw(fixture->path, "INSERT INTO unit_classes VALUES (1, '县(区)', 1);"
                           "INSERT INTO units (code, name, class_id) VALUES ('A', '甲', 5)");
    fixture_reopen(fixture, STORE_READONLY);
    assert_int_equal(store_check(fixture->store, &err), ERR_CORRUPT);
}

/* ---- the one importer ---- */

static void start_import(struct store *store, struct import_row *row)
{
    struct err err = {.code = OK};
    *row = sample_import(1);
    MUST(store_lock_import(store, &err));
    MUST(store_begin(store, &err));
    MUST(import_put_loading(store, row, &err));
    int64_t id = 0;
    struct order_row order = sample_order(row->first_order_id, row->id, "GX1");
    struct handling_row handling = sample_handling(order.id, 0, row->id);
    MUST(orders_put_new(store, &order, 1, &id, &err));
    MUST(handling_put(store, &handling, &err));
    MUST(reject_put(store, row->id, 1, 3, BYTES_LIT("bad_time"), BYTES_NONE, BYTES_LIT("x"), &err));
    MUST(store_commit(store, &err));
}

static void store_lock_import__lets_one_in(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct import_row row;
    start_import(fixture->store, &row);
    struct store *second = NULL;
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    MUST(store_open(&options, &second, &err));
    assert_int_equal(store_lock_import(second, &err), ERR_BUSY);
    assert_int_equal(read_integer(second, "SELECT count(*) FROM orders"), 1);

    /* The importer ends without having finished: the next one clears what it left. */
    store_unlock_import(fixture->store);
    MUST(store_lock_import(second, &err));
    assert_int_equal(read_integer(second, "SELECT count(*) FROM orders"), 0);
    assert_int_equal(read_integer(second, "SELECT count(*) FROM imports"), 0);
    store_close(second);
}

/* A copy of the files in the midst of a transaction is what a killed process leaves. */
static void copy_file(const char *from, const char *to)
{
    struct buf contents;
    buf_init(&contents, 64 << 20);
    test_file_read(from, &contents);
    test_file_write(to, buf_bytes(&contents));
    buf_deinit(&contents);
}

static void store_open__clears_what_a_killed_import_left(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char killed[TEMP_DIR_BYTES + 32], from[TEMP_DIR_BYTES + 64], to[TEMP_DIR_BYTES + 64];
    (void)snprintf(killed, sizeof killed, "%s/killed.db", fixture->directory);
    (void)snprintf(from, sizeof from, "%s-wal", fixture->path);
    (void)snprintf(to, sizeof to, "%s-wal", killed);
    struct import_row row;
    start_import(fixture->store, &row);
    MUST(store_begin(fixture->store, &err));
    put_term(fixture->store, "没有提交");
    copy_file(fixture->path, killed);
    copy_file(from, to);
    store_rollback(fixture->store);

    struct store *store = NULL;
    struct store_options options = {.path = killed, .mode = STORE_READWRITE};
    MUST(store_open(&options, &store, &err));
    static const char *const empty[] = {"imports", "orders", "handlings", "rejects", "terms"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", empty[i]);
        assert_int_equal(read_integer(store, sql), 0);
    }
    MUST(store_check(store, &err));
    store_close(store);
}

/* ---- faults ---- */

/* Two transactions as an import makes them; *out_committed counts those that were acknowledged. */
static int write_two(const struct store_options *options, int *out_committed, struct err *err)
{
    struct store *store = NULL;
    int rc = store_open(options, &store, err);
    for (int64_t i = 1; rc == OK && i <= 2; i++) {
        char order_no[16];
        (void)snprintf(order_no, sizeof order_no, "GX%d", (int)i);
        struct order_row order = sample_order(i, 1, order_no);
        struct handling_row handling = sample_handling(i, 0, 1);
        int64_t id = 0;
        rc = store_begin(store, err);
        if (rc == OK)
            rc = orders_put_new(store, &order, 1, &id, err);
        if (rc == OK)
            rc = handling_put(store, &handling, err);
        if (rc == OK)
            rc = store_commit(store, err);
        *out_committed += rc == OK;
    }
    store_close(store);
    return rc;
}

/* After whatever happened: nothing acknowledged is lost, nothing is half there, and all is sound. */
static void check_after(const char *path, int committed)
{
    struct err err = {.code = OK};
    struct store *store = NULL;
    struct store_options options = {.path = path, .mode = STORE_READWRITE};
    MUST(store_open(&options, &store, &err));
    MUST(store_check(store, &err));
    int64_t orders = read_integer(store, "SELECT count(*) FROM orders");
    assert_in_range(orders, committed, 2);
    assert_int_equal(read_integer(store, "SELECT count(*) FROM handlings"), orders);
    MUST(store_begin(store, &err));
    MUST(database_exec(store, BYTES_LIT("DELETE FROM orders; DELETE FROM handlings"), "empty",
                       &err));
    MUST(store_commit(store, &err));
    store_close(store);
}

static int write_without_memory(void *context, struct err *err)
{
    struct fixture *fixture = context;
    int committed = 0;
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    int rc = write_two(&options, &committed, err);
    bool met = mem_fault_met();
    mem_fault_set(0, false);
    check_after(fixture->path, committed);
    /* What mem_fault_met says must last until fault_loop asks. */
    if (met) {
        mem_fault_set(1, false);
        mem_free(mem_alloc(1));
    }
    return rc;
}

static void store__survives_failing_memory(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    fault_loop(write_without_memory, fixture);
}

static int create_without_memory(void *context, struct err *err)
{
    struct fixture *fixture = context;
    char path[TEMP_DIR_BYTES + 32];
    (void)snprintf(path, sizeof path, "%s/new.db", fixture->directory);
    struct store *store = NULL;
    struct store_options options = {.path = path, .mode = STORE_CREATE};
    int rc = store_open(&options, &store, err);
    store_close(store);
    (void)unlink(path);
    return rc;
}

static void store_open__survives_failing_memory_at_creation(void **state)
{
    fault_loop(create_without_memory, *state);
}

static void store__survives_a_failing_disk(void **state)
{
    struct fixture *fixture = *state;
    struct faulty_vfs faulty;
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(faulty_vfs_init(&faulty, "faulty"), SQLITE_OK);
    struct store_options options = {
        .path = fixture->path, .mode = STORE_READWRITE, .vfs = "faulty"};
    for (int variant = 0; variant < 4; variant++) {
        bool lasting = (variant & 1) != 0;
        int code = (variant & 2) != 0 ? SQLITE_FULL : SQLITE_IOERR;
        bool met = true;
        for (int64_t nth = 1; met; nth++) {
            struct err err = {.code = OK};
            int committed = 0;
            faulty_vfs_set(&faulty, nth, lasting, code);
            int rc = write_two(&options, &committed, &err);
            met = faulty.met;
            faulty_vfs_set(&faulty, 0, false, 0);
            if (!met && rc != OK)
                fail_msg("without a fault: %s", err.message);
            if (rc != OK && rc != ERR_IO && rc != ERR_FULL && rc != ERR_CORRUPT)
                fail_msg("request %d of variant %d: %d %s", (int)nth, variant, rc, err.message);
            check_after(fixture->path, committed);
        }
    }
    faulty_vfs_deinit(&faulty);
}

/* Wherever it is interrupted: the file has a schema between the old and the new one, with all that was in it. */
static void store_open__survives_an_interrupted_migration(void **state)
{
    struct fixture *fixture = *state;
    struct faulty_vfs faulty;
    char source[TEMP_DIR_BYTES + 32], older[TEMP_DIR_BYTES + 32];
    (void)snprintf(source, sizeof source, "%s/source.db", fixture->directory);
    (void)snprintf(older, sizeof older, "%s/older.db", fixture->directory);
    make_schema_2(source);
    assert_int_equal(faulty_vfs_init(&faulty, "faulty"), SQLITE_OK);
    struct store_options options = {.path = older, .mode = STORE_READWRITE, .vfs = "faulty"};
    bool met = true, was_old = false;
    for (int64_t nth = 1; met; nth++) {
        struct err err = {.code = OK};
        struct store *store = NULL;
        copy_file(source, older);
        faulty_vfs_set(&faulty, nth, true, SQLITE_IOERR);
        int rc = store_open(&options, &store, &err);
        store_close(store);
        met = faulty.met;
        faulty_vfs_set(&faulty, 0, false, 0);
        if (!met && rc != OK)
            fail_msg("without a fault: %s", err.message);

        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open(older, &db), SQLITE_OK);
        struct store raw = {.db = db};
        int64_t version = read_integer(&raw, "PRAGMA user_version");
        int64_t parts =
            read_integer(&raw, "SELECT count(*) FROM sqlite_schema WHERE name = 'round_parts'");
        assert_in_range(version, parts == 1 ? 3 : 2, parts == 1 ? migrations_newest() : 2);
        was_old = was_old || version == 2;
        check_rounds_kept(&raw);
        MUST(store_check(&raw, &err));
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        assert_int_equal(open_code(older, STORE_READWRITE), OK);
    }
    assert_true(was_old);
    faulty_vfs_deinit(&faulty);
}

int main(void)
{
    storage_use_allocator();
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(store_open__makes_a_private_file),
        TEST(store_open__refuses_what_it_cannot_keep),
        TEST(store_open__begins_in_an_empty_file),
        TEST(store_open__refuses_a_newer_schema),
        TEST(store_open__migrates_an_older_file_after_a_copy),
        TEST(store_open__migrates_rounds_with_what_hangs_on_them),
        TEST(store_open__migrates_nothing_that_would_break),
        TEST(store_open__survives_an_interrupted_migration),
        TEST(store_prepare_all__finds_every_statement_good),
        TEST(store_rollback__undoes_and_accepts_none_open),
        TEST(store_begin_read__keeps_its_snapshot),
        TEST(store_check__names_damage),
        TEST(store_lock_import__lets_one_in),
        TEST(store_open__clears_what_a_killed_import_left),
        TEST(store__survives_failing_memory),
        TEST(store_open__survives_failing_memory_at_creation),
        TEST(store__survives_a_failing_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
