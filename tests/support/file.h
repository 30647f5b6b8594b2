#ifndef PINGYI_TESTS_SUPPORT_FILE_H
#define PINGYI_TESTS_SUPPORT_FILE_H

#include "base/buf.h"

/* Files for tests. What cannot be done fails the test that asked for it. Paths are relative to the project's root. */

/* Append the whole file to `out`, which the caller has initialised with a sufficient maximum and frees. */
void test_file_read(const char *path, struct buf *out);

/* Create the file, or replace what it holds. */
void test_file_write(const char *path, struct bytes contents);

#endif
