#include "tests/support/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { READ_BYTES = 65536 };

void test_file_read(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("could not open \"%s\": %s", path, strerror(errno));
        return;
    }
    char piece[READ_BYTES];
    size_t got = 0;
    do {
        got = fread(piece, 1, sizeof piece, file);
        buf_append(out, (struct bytes){piece, got});
    } while (got == sizeof piece);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || out->rc != OK)
        fail_msg("could not read \"%s\"", path);
}

void test_file_write(const char *path, struct bytes contents)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        fail_msg("could not create \"%s\": %s", path, strerror(errno));
        return;
    }
    size_t put = contents.len > 0 ? fwrite(contents.ptr, 1, contents.len, file) : 0;
    if (fclose(file) != 0 || put != contents.len)
        fail_msg("could not write \"%s\"", path);
}
