#include "service/intake/book_source.h"

#include "tests/support/fault.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char contents[] = "0123456789";

struct setting {
    char dir[TEMP_DIR_BYTES];
    int fd;
};

static void setting_init(struct setting *setting)
{
    char path[TEMP_DIR_BYTES + 16];
    temp_dir_make(setting->dir);
    (void)snprintf(path, sizeof path, "%s/book", setting->dir);
    test_file_write(path, BYTES_LIT("0123456789"));
    setting->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(setting->fd >= 0);
}

static void setting_deinit(struct setting *setting)
{
    (void)close(setting->fd);
    temp_dir_remove(setting->dir);
}

static int count_files(const char *dir)
{
    int count = 0;
    DIR *open_dir = opendir(dir);
    assert_non_null(open_dir);
    while (readdir(open_dir) != NULL)
        count++;
    (void)closedir(open_dir);
    return count;
}

static void book_source__reads_the_file_and_knows_when_it_became_shorter(void **state)
{
    struct setting setting;
    struct book_source source;
    struct err err = {0};
    char out[16];
    (void)state;
    setting_init(&setting);
    book_source_init(&source, setting.fd, 20, setting.dir);
    const struct book_file *file = &source.file;
    assert_int_equal(file->size_bytes, 20);
    assert_int_equal(file->read_at(file->context, 0, out, 10, &err), OK);
    assert_memory_equal(out, contents, 10);
    assert_int_equal(file->read_at(file->context, 7, out, 3, &err), OK);
    assert_memory_equal(out, "789", 3);
    assert_int_equal(file->read_at(file->context, 7, out, 0, &err), OK);
    assert_int_equal(file->read_at(file->context, 7, out, 4, &err), ERR_WRONG_STATE);
    assert_int_equal(source.scratch, -1);
    book_source_deinit(&source);
    setting_deinit(&setting);
}

/* What byte number `i` of the store is. */
static char byte_at(int64_t i)
{
    return (char)(i * 31 % 251);
}

static int keep_much(struct book_source *source, int64_t bytes, struct err *err)
{
    char piece[1000];
    int rc = OK;
    int64_t kept = 0;
    while (rc == OK && kept < bytes) {
        size_t len = (size_t)(kept % 999 + 1);
        for (size_t i = 0; i < len; i++)
            piece[i] = byte_at(kept + (int64_t)i);
        rc = source->file.keep(source->file.context, (struct bytes){piece, len}, err);
        kept += (int64_t)len;
    }
    return rc;
}

static void book_source__recalls_what_was_kept(void **state)
{
    enum { BYTES = 1000 * 1000, LEN = 3000 };
    struct setting setting;
    struct book_source source;
    struct stat info;
    struct err err = {0};
    char out[LEN];
    (void)state;
    setting_init(&setting);
    int files = count_files(setting.dir);
    book_source_init(&source, setting.fd, 10, setting.dir);
    assert_int_equal(keep_much(&source, BYTES, &err), OK);
    for (int64_t at = 0; at + LEN <= BYTES; at += 1777) {
        assert_int_equal(source.file.recall(&source, at, out, LEN, &err), OK);
        for (int64_t i = 0; i < LEN; i++)
            assert_int_equal(out[i], byte_at(at + i));
    }
    assert_int_equal(source.file.recall(&source, BYTES + 5000, out, LEN, &err), ERR_IO);
    assert_int_equal(count_files(setting.dir), files); /* unlinked */
    assert_int_equal(fstat(source.scratch, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    book_source_deinit(&source);
    setting_deinit(&setting);
}

static void book_source__makes_no_file_for_little(void **state)
{
    struct book_source source;
    struct err err = {0};
    char out[4];
    (void)state;
    book_source_init(&source, -1, 0, "/nowhere");
    assert_int_equal(source.file.keep(&source, BYTES_LIT("abcdef"), &err), OK);
    assert_int_equal(source.file.recall(&source, 2, out, 4, &err), OK);
    assert_memory_equal(out, "cdef", 4);
    assert_int_equal(source.scratch, -1);
    assert_int_equal(keep_much(&source, 1000 * 1000, &err), ERR_IO);
    book_source_deinit(&source);
}

static int keep_some(void *context, struct err *err)
{
    struct book_source source;
    const struct setting *setting = context;
    book_source_init(&source, setting->fd, 10, setting->dir);
    int rc = keep_much(&source, 600 * 1000, err);
    book_source_deinit(&source);
    return rc;
}

static void book_source__survives_failing_memory(void **state)
{
    struct setting setting;
    (void)state;
    setting_init(&setting);
    fault_loop(keep_some, &setting);
    setting_deinit(&setting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(book_source__reads_the_file_and_knows_when_it_became_shorter),
        cmocka_unit_test(book_source__recalls_what_was_kept),
        cmocka_unit_test(book_source__makes_no_file_for_little),
        cmocka_unit_test(book_source__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
