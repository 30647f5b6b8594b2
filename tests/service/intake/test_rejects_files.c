#include "service/intake/rejects_files.h"

#include "importers/table.h"

#include "tests/support/fault.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { TEXT_BYTES = 4096 };

struct place {
    char dir[TEMP_DIR_BYTES];
    char path[TEMP_DIR_BYTES + 32], second[TEMP_DIR_BYTES + 32], third[TEMP_DIR_BYTES + 32];
};

static int place_setup(void **state)
{
    static struct place place;
    temp_dir_make(place.dir);
    (void)snprintf(place.path, sizeof place.path, "%s/rejects.csv", place.dir);
    (void)snprintf(place.second, sizeof place.second, "%s/rejects.2.csv", place.dir);
    (void)snprintf(place.third, sizeof place.third, "%s/rejects.3.csv", place.dir);
    *state = &place;
    return 0;
}

static int place_teardown(void **state)
{
    struct place *place = *state;
    temp_dir_remove(place->dir);
    return 0;
}

static struct rejects_files *files_new(const char *path)
{
    struct err err = {0};
    struct rejects_files *files = NULL;
    if (rejects_files_new(path, &files, &err) != OK)
        fail_msg("%s", err.message);
    return files;
}

static const struct bytes header[] = {BYTES_LIT("工单编号"), BYTES_LIT("承办单位")};
static const struct bytes cells[] = {BYTES_LIT("A1"), BYTES_LIT("")};
static const struct reject missing_unit = {
    .line = 7,
    .reason = REJECT_MISSING_UNIT,
    .column = BYTES_LIT("承办单位"),
    .cells = cells,
    .cell_count = COUNT(cells),
};

static void put(struct rejects_files *files, const struct bytes *of_header, size_t count,
                const struct reject *reject)
{
    struct err err = {0};
    if (rejects_files_put(files, of_header, count, reject, &err) != OK)
        fail_msg("%s", err.message);
}

static void finish(struct rejects_files *files)
{
    struct err err = {0};
    assert_int_equal(rejects_files_sync(files, &err), OK);
    rejects_files_free(files);
}

static void assert_file(const char *path, const char *expected)
{
    struct buf text;
    buf_init(&text, TEXT_BYTES);
    test_file_read(path, &text);
    buf_append_byte(&text, '\0');
    assert_int_equal(text.rc, OK);
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

/* ---- what a file holds ---- */

#define HEADER "line,column,reason,工单编号,承办单位\n"
#define ROW    "7,承办单位,missing_unit,A1,\n"

static void rejects_files__begin_with_their_header(void **state)
{
    struct place *place = *state;
    struct rejects_files *files = files_new(place->path);
    put(files, header, COUNT(header), &missing_unit);
    put(files, header, COUNT(header), &missing_unit);
    assert_int_equal(rejects_files_count(files), 1);
    assert_int_equal(rejects_files_rows(files, 0), 2);
    finish(files);
    assert_file(place->path, HEADER ROW ROW);
}

static void rejects_files__are_private(void **state)
{
    struct place *place = *state;
    struct stat status;
    test_file_write(place->path, BYTES_LIT("old"));
    assert_int_equal(chmod(place->path, 0644), 0);
    finish(files_new(place->path));
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static const struct bytes hard[] = {
    BYTES_LIT(""),
    BYTES_LIT(" leading and trailing "),
    BYTES_LIT("\xE3\x80\x80wide"),
    BYTES_LIT("a,b;c\td|e"),
    BYTES_LIT("\"quoted\""),
    BYTES_LIT("stray \" quote"),
    BYTES_LIT("\""),
    BYTES_LIT("'apostrophe"),
    BYTES_LIT("back\\slash\\"),
    BYTES_LIT("two\nlines"),
    BYTES_LIT("two\r\nlines\r\n"),
    BYTES_LIT("\rtwo\rlines"),
    BYTES_LIT("=1+1"),
    BYTES_LIT("+8615400000001"),
    BYTES_LIT("-"),
    BYTES_LIT("@here"),
    BYTES_LIT("=\"15400000001\""),
    BYTES_LIT("cut \xEF\xBF\xBD here"),
    BYTES_LIT("nul \0 here"),
    BYTES_LIT("\xEF\xBB\xBFmark"),
};

/* Below the header stands a row of all hard cells, then each of them alone. */
static int on_row(void *context, const struct table_row *row, struct err *err)
{
    size_t *rows = context;
    size_t number = (*rows)++;
    (void)err;
    assert_int_equal(row->fault, TABLE_FAULT_NONE);
    if (number == 0)
        return OK;
    const struct bytes *expected = number == 1 ? hard : &hard[number - 2];
    size_t count = number == 1 ? COUNT(hard) : 1;
    assert_int_equal(row->cell_count, 3 + count);
    for (size_t i = 0; i < count; i++)
        assert_true(bytes_equal(row->cells[3 + i], expected[i]));
    return OK;
}

static void rejects_files__give_every_cell_back(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    struct rejects_files *files = files_new(place->path);
    put(files, header, COUNT(header),
        &(struct reject){.line = 2, .cells = hard, .cell_count = COUNT(hard)});
    for (size_t i = 0; i < COUNT(hard); i++)
        put(files, header, COUNT(header),
            &(struct reject){.line = 3, .cells = &hard[i], .cell_count = 1});
    finish(files);

    struct buf text;
    struct table *table = NULL;
    size_t rows = 0;
    buf_init(&text, TEXT_BYTES);
    test_file_read(place->path, &text);
    assert_int_equal(table_new(&DIALECT_CSV, 0, on_row, &rows, &table, &err), OK);
    assert_int_equal(table_feed(table, buf_bytes(&text), &err), OK);
    assert_int_equal(table_finish(table, &err), OK);
    assert_int_equal(rows, 2 + COUNT(hard));
    table_free(table);
    buf_deinit(&text);
}

static void rejects_files__write_their_own_columns_once(void **state)
{
    static const struct bytes again[] = {BYTES_LIT("line"), BYTES_LIT("column"),
                                         BYTES_LIT("reason"), BYTES_LIT("工单编号"),
                                         BYTES_LIT("承办单位")};
    static const struct bytes row[] = {BYTES_LIT("9"), BYTES_LIT("承办单位"),
                                       BYTES_LIT("missing_unit"), BYTES_LIT("A1"), BYTES_LIT("")};
    static const struct bytes other[] = {BYTES_LIT("line"), BYTES_LIT("reason"),
                                         BYTES_LIT("column")};
    struct place *place = *state;
    struct rejects_files *files = files_new(place->path);
    struct reject reject = missing_unit;
    reject.cells = row;
    reject.cell_count = COUNT(row);
    put(files, again, COUNT(again), &reject);
    reject.cell_count = 2; /* even its own columns are not all there */
    put(files, again, COUNT(again), &reject);
    reject.cell_count = 3;
    put(files, other, COUNT(other), &reject);
    finish(files);
    assert_file(place->path, HEADER ROW "7,承办单位,missing_unit\n");
    assert_file(place->second, "line,column,reason,line,reason,column\n"
                               "7,承办单位,missing_unit,9,承办单位,missing_unit\n");
}

/* ---- which file ---- */

static void rejects_files__part_dumps_with_other_headers(void **state)
{
    static const struct bytes other[] = {BYTES_LIT("编号")};
    struct place *place = *state;
    struct rejects_files *files = files_new(place->path);
    put(files, header, COUNT(header), &missing_unit);
    put(files, other, COUNT(other), &missing_unit);
    put(files, header, COUNT(header), &missing_unit);
    put(files, other, COUNT(other), &missing_unit);
    assert_int_equal(rejects_files_count(files), 2);
    assert_string_equal(rejects_files_path(files, 1), place->second);
    assert_int_equal(rejects_files_rows(files, 1), 2);
    finish(files);
    assert_file(place->path, HEADER ROW ROW);
    assert_file(place->second, "line,column,reason,编号\n" ROW ROW);
}

static void rejects_files__replace_no_file_that_was_not_named(void **state)
{
    static const struct bytes other[] = {BYTES_LIT("编号")};
    struct place *place = *state;
    test_file_write(place->second, BYTES_LIT("somebody's"));
    struct rejects_files *files = files_new(place->path);
    put(files, header, COUNT(header), &missing_unit);
    put(files, other, COUNT(other), &missing_unit);
    assert_string_equal(rejects_files_path(files, 1), place->third);
    finish(files);
    assert_file(place->second, "somebody's");
    assert_file(place->third, "line,column,reason,编号\n" ROW);
}

static void rejects_files__number_names_before_the_suffix(void **state)
{
    static const struct {
        const char *name, *second;
    } cases[] = {
        {"a.csv", "a.2.csv"},     {"plain", "plain.2"},
        {".hidden", ".hidden.2"}, {"two.dots.csv", "two.dots.2.csv"},
        {"dir.d/x", "dir.d/x.2"},
    };
    static const struct bytes other[] = {BYTES_LIT("编号")};
    struct place *place = *state;
    char path[TEMP_DIR_BYTES + 32];
    (void)snprintf(path, sizeof path, "%s/dir.d", place->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", place->dir, cases[i].name);
        struct rejects_files *files = files_new(path);
        put(files, header, COUNT(header), &missing_unit);
        put(files, other, COUNT(other), &missing_unit);
        (void)snprintf(path, sizeof path, "%s/%s", place->dir, cases[i].second);
        assert_string_equal(rejects_files_path(files, 1), path);
        finish(files);
    }
}

static void rejects_files__leave_a_file_alone_until_there_is_a_reject(void **state)
{
    struct place *place = *state;
    test_file_write(place->path,
                    BYTES_LIT("being mended, and longer than what comes after it: " ROW ROW ROW));
    finish(files_new(place->path));
    assert_file(place->path, "being mended, and longer than what comes after it: " ROW ROW ROW);
    struct rejects_files *files = files_new(place->path);
    put(files, header, COUNT(header), &missing_unit);
    finish(files);
    assert_file(place->path, HEADER ROW);
}

/* ---- what goes wrong ---- */

static void rejects_files__report_a_full_disk(void **state)
{
    struct err err = {0};
    struct rejects_files *files = files_new("/dev/full");
    (void)state;
    put(files, header, COUNT(header), &missing_unit); /* it is in memory yet */
    assert_int_equal(rejects_files_sync(files, &err), ERR_FULL);
    assert_int_equal(rejects_files_put(files, header, COUNT(header), &missing_unit, &err), ERR_IO);
    assert_int_equal(rejects_files_sync(files, &err), ERR_IO);
    rejects_files_free(files);
}

static void rejects_files__need_a_place(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    struct rejects_files *files = NULL;
    assert_int_equal(rejects_files_new(place->dir, &files, &err), ERR_IO);
    assert_int_equal(rejects_files_new("/nowhere/rejects.csv", &files, &err), ERR_IO);
    assert_null(files);
}

static int write_two(void *context, struct err *err)
{
    static const struct bytes other[] = {BYTES_LIT("编号")};
    struct place *place = context;
    struct rejects_files *files = NULL;
    int rc = rejects_files_new(place->path, &files, err);
    if (rc == OK)
        rc = rejects_files_put(files, header, COUNT(header), &missing_unit, err);
    if (rc == OK)
        rc = rejects_files_put(files, other, COUNT(other), &missing_unit, err);
    if (rc == OK)
        rc = rejects_files_sync(files, err);
    rejects_files_free(files);
    (void)unlink(place->second);
    return rc;
}

static void rejects_files__survive_heap_failures(void **state)
{
    fault_loop(write_two, *state);
}

#define PLACE_TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(rejects_files__begin_with_their_header),
        PLACE_TEST(rejects_files__are_private),
        PLACE_TEST(rejects_files__give_every_cell_back),
        PLACE_TEST(rejects_files__write_their_own_columns_once),
        PLACE_TEST(rejects_files__part_dumps_with_other_headers),
        PLACE_TEST(rejects_files__replace_no_file_that_was_not_named),
        PLACE_TEST(rejects_files__number_names_before_the_suffix),
        PLACE_TEST(rejects_files__leave_a_file_alone_until_there_is_a_reject),
        PLACE_TEST(rejects_files__report_a_full_disk),
        PLACE_TEST(rejects_files__need_a_place),
        PLACE_TEST(rejects_files__survive_heap_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
