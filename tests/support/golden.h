#ifndef PINGYI_TESTS_SUPPORT_GOLDEN_H
#define PINGYI_TESTS_SUPPORT_GOLDEN_H

#include "base/bytes.h"

/* Fail the test unless `actual` equals the file at `path` byte for byte; the message shows the first line that differs.
 * With GOLDEN=update in the environment (`make golden`) the file is rewritten instead, and git shows what changed. */
void golden_check(const char *path, struct bytes actual);

#endif
