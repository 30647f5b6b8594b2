#ifndef PINGYI_SERVICE_INTAKE_REJECTS_H
#define PINGYI_SERVICE_INTAKE_REJECTS_H

#include "base/buf.h"

#include "importers/reader.h"

#include "service/auth/vault.h"
#include "service/intake/rejects_files.h"
#include "service/storage/store.h"

/* The rows that an import could not take: sealed in the store, for they hold names and numbers, and, if asked for,
 * whole in files. Thread: the writer, which holds an open transaction. */
struct rejects {
    struct store *store;
    struct rejects_files *files; /* NULL: none are asked for; borrowed */
    struct vault_sealer *sealer;
    struct sealer door;
    int64_t import_id, next_id, count;
    struct buf cells, sealed;
};

int rejects_init(struct rejects *rejects, struct store *store, const struct vault *vault,
                 struct rejects_files *files, struct err *err);
void rejects_deinit(struct rejects *rejects); /* accepts a zeroed one */

/* The import is stored and has an id. */
int rejects_begin(struct rejects *rejects, int64_t import_id, struct err *err);

/* Take one more; `layout` tells the header of the file that it goes to. */
int rejects_take(struct rejects *rejects, const struct reader_layout *layout,
                 const struct reject *reject, struct err *err);

/* The dump has ended: what went to files is on the disk, or the import must not be. ERR_IO, ERR_FULL. */
int rejects_end(struct rejects *rejects, struct err *err);

#endif
