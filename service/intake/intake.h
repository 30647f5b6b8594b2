#ifndef PINGYI_SERVICE_INTAKE_INTAKE_H
#define PINGYI_SERVICE_INTAKE_INTAKE_H

#include "base/arena.h"

#include "importers/reader.h"

#include "service/auth/audit.h"
#include "service/host/datadir.h"
#include "service/intake/rejects_files.h"
#include "service/storage/imports.h"

/* Loading a dump: file -> reader -> store, all of the file or nothing of it. */

enum intake_status { INTAKE_LOADED, INTAKE_ALREADY_LOADED, INTAKE_REFUSED };

/* loaded, already_loaded, refused. */
const char *intake_status_word(enum intake_status status);

struct intake_options {
    const struct profile *profile;
    struct form form;      /* on top of the profile's own; FORM_OPEN when nothing is said */
    const char *sheet;     /* of a workbook: name or number; NULL: the first that fits */
    int64_t extracted_utc; /* 0: now_utc */
    int64_t now_utc;
    bool dry_run;    /* count everything, store nothing */
    bool add_units;  /* register unmatched names; an empty register does so by itself */
    bool one_thread; /* reader and writer in turn: for tests that fail the n-th allocation */
    struct rejects_files *rejects; /* NULL, or where rejects are written as CSV; borrowed */
    const struct audit_desk *desk; /* writes `import.load` in the last transaction; NULL: nobody */
    void (*on_progress)(void *context, int64_t done_bytes, int64_t total_bytes, int64_t rows);
    /* NULL, or asked before each batch: true ends the import with ERR_CANCELED, and nothing is stored. */
    bool (*should_stop)(void *progress_context);
    void *progress_context;
};

struct intake_unmatched {
    struct bytes name; /* as first written in the file, trimmed */
    int64_t count;
};

struct intake_result {
    struct arena arena; /* owns the texts below */
    enum intake_status status;
    enum refusal refusal; /* when refused by the reader */
    char reason[512];     /* when refused: English, with the column or byte it is about */
    int64_t import_id;    /* of the loaded one, or of the earlier one */
    char sha256[65];
    char encoding[16];
    char delimiter[DIALECT_DELIMITER_BYTES]; /* "" when unknown */
    struct bytes sheet;                      /* of a workbook */
    struct bytes *other_sheets;              /* of it, that were not read */
    size_t other_sheet_count;
    int64_t repeated_headers;
    int64_t header_line;
    int64_t size_bytes;
    struct import_counts counts;
    struct intake_unmatched *unmatched;
    size_t unmatched_count;
    struct bytes *ignored_columns;
    size_t ignored_column_count;
    int64_t registered_units;
};

/* Load one file ("-" or a pipe is spooled first). A file that is no dump is no error: status says refused. Errors are
 * those of the machine (ERR_IO, ERR_FULL, ERR_NOMEM, ERR_BUSY while another import is loading); after one, nothing of
 * the file is stored. */
int intake_load(struct datadir *datadir, const char *path, const struct intake_options *options,
                struct intake_result *out_result, struct err *err);
void intake_result_deinit(struct intake_result *result);

/* Take an import back; `desk` (or NULL) writes `import.undo`. ERR_NOT_FOUND, ERR_WRONG_STATE (undone already),
 * ERR_REFUSED with the later import or the closed round that stands in the way. */
int intake_undo(struct datadir *datadir, int64_t import_id, int64_t now_utc,
                const struct audit_desk *desk, struct err *err);

#endif
