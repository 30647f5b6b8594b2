#ifndef PINGYI_TESTS_SUPPORT_TEMP_DIR_H
#define PINGYI_TESTS_SUPPORT_TEMP_DIR_H

/* A directory of a test's own, mode 0700, under $TMPDIR or /tmp. What cannot be done fails the test. */

enum { TEMP_DIR_BYTES = 256 };

/* Make a new one and write its path to `out`, NUL-terminated. */
void temp_dir_make(char out[TEMP_DIR_BYTES]);

/* Remove it and all it holds. */
void temp_dir_remove(const char *path);

#endif
