#ifndef PINGYI_SERVICE_FOLLOWUP_OUTCOME_REJECTS_H
#define PINGYI_SERVICE_FOLLOWUP_OUTCOME_REJECTS_H

#include "importers/reader.h"

#include "service/auth/vault.h"
#include "service/intake/rejects_files.h"
#include "service/storage/outcomes.h"

/* The rows of a file of outcomes that could not be taken, sealed in the store: before the first one the file's header,
 * as a row with the reason `header`. Thread: that of the store. */
struct outcome_rejects {
    struct store *store;
    struct vault_sealer *sealer;
    struct sealer door;
    int64_t file_id, next_id;
    bool has_header;
    struct buf cells, sealed;
};

int outcome_rejects_init(struct outcome_rejects *rejects, struct store *store,
                         const struct vault *vault, struct err *err);
void outcome_rejects_deinit(struct outcome_rejects *rejects); /* accepts a zeroed one */

/* Needs the open transaction in which the file was put. */
int outcome_rejects_begin(struct outcome_rejects *rejects, int64_t file_id, struct err *err);
int outcome_rejects_take(struct outcome_rejects *rejects, const struct reader_layout *layout,
                         const struct reject *reject, struct err *err);

/* Write those of the file to `files`, and bring them to the disk. */
int outcome_rejects_copy(struct outcome_rejects *rejects, struct rejects_files *files,
                         struct err *err);

#endif
