#ifndef PINGYI_SERVICE_INTAKE_REJECTS_H
#define PINGYI_SERVICE_INTAKE_REJECTS_H

#include "base/buf.h"

#include "importers/reader.h"

#include "service/auth/vault.h"
#include "service/storage/store.h"

#include <stdio.h>

/* The rows that an import could not take: sealed in the store, for they hold names and numbers, and, if asked for,
 * whole in a file that can be loaded once it is mended. Thread: the writer, which holds an open transaction. */
struct rejects {
    struct store *store;
    FILE *file; /* NULL: none is asked for; borrowed */
    struct vault_sealer *sealer;
    struct sealer door;
    int64_t import_id, next_id, count;
    struct buf cells, sealed, line;
};

int rejects_init(struct rejects *rejects, struct store *store, const struct vault *vault,
                 FILE *file, struct err *err);
void rejects_deinit(struct rejects *rejects); /* accepts a zeroed one */

/* The import is stored and has an id. */
int rejects_begin(struct rejects *rejects, int64_t import_id, struct err *err);

/* Take one more; `layout` tells the header that the file begins with. */
int rejects_take(struct rejects *rejects, const struct reader_layout *layout,
                 const struct reject *reject, struct err *err);

#endif
