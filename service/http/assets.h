#ifndef PINGYI_SERVICE_HTTP_ASSETS_H
#define PINGYI_SERVICE_HTTP_ASSETS_H

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/err.h"

/* Static files in memory: ETag and gzip form are made once. Thread: any, once made. */
struct assets;

struct asset {
    const char *path;     /* "/assets/app.js" */
    const char *type;     /* by its name's ending, with charset */
    struct bytes content; /* as it is */
    struct bytes gzip;    /* the same in gzip; ptr NULL where that is not smaller */
    char etag[68];        /* "\"sha256…\"", of the content */
};

/* Each file is at `prefix` + its name ("index.html" also at `prefix` alone). `files` is a table ended by a NULL name
 * and is borrowed. ERR_NOMEM; ERR_LIMIT: a path of over 1,023 bytes. */
int assets_new(const struct embedded_file *files, const char *prefix, struct assets **out,
               struct err *err);
void assets_free(struct assets *assets);
const struct asset *assets_find(const struct assets *assets, struct bytes path); /* NULL: none */

#endif
