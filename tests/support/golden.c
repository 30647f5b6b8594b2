#include "tests/support/golden.h"

#include "tests/support/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The rest of the line that `text` goes on with at `start`, short enough for a message. */
static struct bytes line_at(struct bytes text, size_t start)
{
    struct bytes rest = {text.ptr + start, text.len - start};
    struct bytes line = bytes_cut(&rest, '\n');
    if (line.len > 200)
        line.len = 200;
    return line;
}

static void fail_at_difference(const char *path, struct bytes expected, struct bytes actual)
{
    size_t at = 0;
    size_t line = 1;
    size_t line_start = 0;
    while (at < expected.len && at < actual.len && expected.ptr[at] == actual.ptr[at]) {
        if (expected.ptr[at++] == '\n') {
            line++;
            line_start = at;
        }
    }
    fail_msg("%s differs in line %zu (byte %zu of %zu, now %zu)\n"
             "  expected: " BYTES_FMT "\n"
             "  actual:   " BYTES_FMT,
             path, line, at, expected.len, actual.len, BYTES_ARG(line_at(expected, line_start)),
             BYTES_ARG(line_at(actual, line_start)));
}

void golden_check(const char *path, struct bytes actual)
{
    const char *wish = getenv("GOLDEN");
    if (wish != NULL && strcmp(wish, "update") == 0) {
        test_file_write(path, actual);
        return;
    }
    struct buf expected;
    buf_init(&expected, SIZE_MAX);
    test_file_read(path, &expected);
    if (!bytes_equal(buf_bytes(&expected), actual))
        fail_at_difference(path, buf_bytes(&expected), actual);
    buf_deinit(&expected);
}
