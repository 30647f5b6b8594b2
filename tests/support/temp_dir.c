#include "tests/support/temp_dir.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_OPEN_DIRECTORIES = 16 };

void temp_dir_make(char out[TEMP_DIR_BYTES])
{
    const char *parent = getenv("TMPDIR");
    int len = snprintf(out, TEMP_DIR_BYTES, "%s/pingyi-test-XXXXXX",
                       parent != NULL && parent[0] != '\0' ? parent : "/tmp");
    if (len < 0 || len >= TEMP_DIR_BYTES || mkdtemp(out) == NULL)
        fail_msg("could not make a directory like \"%s\": %s", out, strerror(errno));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void temp_dir_remove(const char *path)
{
    if (nftw(path, remove_entry, MAX_OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS) != 0)
        fail_msg("could not remove \"%s\": %s", path, strerror(errno));
}
