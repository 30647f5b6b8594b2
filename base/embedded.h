#ifndef PINGYI_BASE_EMBEDDED_H
#define PINGYI_BASE_EMBEDDED_H

#include "base/bytes.h"

/* A file that the build made part of the program. Thread: any; never changes.
 *
 * scripts/embed.sh turns the files a module names in the Makefile (EMBEDDED_<module>) into one table
 * `const struct embedded_file embedded_<module>[]`, in the order of their names and ended by a row whose name is NULL.
 * The module declares its own table in a header of its own. */
struct embedded_file {
    const char *name;           /* without directory, NUL-terminated; NULL ends the table */
    const unsigned char *bytes; /* as they are in the file; not NUL-terminated */
    size_t len;
};

/* The contents, for ever valid. */
static inline struct bytes embedded_bytes(const struct embedded_file *file)
{
    return (struct bytes){(const char *)file->bytes, file->len};
}

#endif
