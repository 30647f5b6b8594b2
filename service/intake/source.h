#ifndef PINGYI_SERVICE_INTAKE_SOURCE_H
#define PINGYI_SERVICE_INTAKE_SOURCE_H

#include "base/bytes.h"
#include "base/err.h"

#include "importers/encoding.h"

/* The file of an import: opened once, read twice. Thread: positions are given, so any number may read. */
struct source {
    int fd;
    int64_t size_bytes;
    struct bytes name; /* without its directory; borrowed from the path */
    unsigned char sha256[32];
    struct encoding_scan scan;
};

enum { SOURCE_BLOCK_BYTES = 1024 * 1024 };

/* Open `path`; what cannot be read twice (a pipe, "-") is spooled into a file of mode 0600 in `spool_dir`, which is
 * unlinked at once. ERR_NOT_FOUND, ERR_IO, ERR_FULL. */
int source_open(const char *path, const char *spool_dir, struct source *out, struct err *err);
void source_close(struct source *source); /* accepts one that was not opened, with fd -1 */

/* The first pass: the encoding's evidence and, if it `hashes`, SHA-256; side by side in two threads unless
 * `one_thread`. */
int source_scan(struct source *source, bool hashes, bool one_thread, struct err *err);

/* Read at `offset` into `block`; *out_len 0 at the end. ERR_IO; ERR_WRONG_STATE when the file has changed its size. */
int source_read(const struct source *source, int64_t offset, char block[SOURCE_BLOCK_BYTES],
                size_t *out_len, struct err *err);

#endif
