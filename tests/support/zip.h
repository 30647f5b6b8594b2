#ifndef PINGYI_TESTS_SUPPORT_ZIP_H
#define PINGYI_TESTS_SUPPORT_ZIP_H

#include "base/buf.h"

/* Zip files of parts that are stored as they are, so that a test shows what is in them. */

struct test_part {
    const char *name;
    struct bytes bytes;
};

enum {
    TEST_ZIP_64 = 1 << 0,        /* sizes and places in the records of zip64 */
    TEST_ZIP_LOCKED = 1 << 1,    /* the last part says that it is encrypted */
    TEST_ZIP_WRONG_CRC = 1 << 2, /* the last part has another check sum */
};

/* Append a zip of the parts to `out`, which the caller has initialised with a sufficient maximum and frees. */
void test_zip_write(const struct test_part *parts, size_t count, unsigned flags, struct buf *out);

#endif
