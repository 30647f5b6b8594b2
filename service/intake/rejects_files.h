#ifndef PINGYI_SERVICE_INTAKE_REJECTS_FILES_H
#define PINGYI_SERVICE_INTAKE_REJECTS_FILES_H

#include "importers/reader.h"

/* Where the rejected rows of one run of `import` go, whole: CSV that can be loaded once it is mended. Each file begins
 * with `line,column,reason` and the header of the dump; below it the cells as they were, what a spreadsheet would take
 * for a formula too, since a row that comes back must be the row that was there. UTF-8, mode 0600.
 *
 * A file has one header. Rejects of a dump with another one go to a file beside it, with a number before the suffix
 * (rejects.2.csv), which never replaces one that is there. Thread: one owner at a time. */
struct rejects_files;

/* Make sure that `path` can be written. What is in it stays until there is a reject: to load the same dumps again
 * leaves a file alone that somebody is mending. ERR_IO, ERR_NOMEM. `path` is copied. */
int rejects_files_new(const char *path, struct rejects_files **out_files, struct err *err);
void rejects_files_free(
    struct rejects_files *files); /* what was not closed may be lost; accepts NULL */

/* Add one; the three columns of a reject file that is read again are not written twice. ERR_IO, ERR_FULL, ERR_NOMEM. */
int rejects_files_put(struct rejects_files *files, const struct bytes *header, size_t header_count,
                      const struct reject *reject, struct err *err);

/* The same for a row that is CSV already: `header` is the dump's own, `row` begins with line, column and reason;
 * neither has a line end. */
int rejects_files_put_text(struct rejects_files *files, struct bytes header, struct bytes row,
                           struct err *err);

/* Bring what was added to the disk: once this is OK it is there. ERR_IO, ERR_FULL, also for a failure before. */
int rejects_files_sync(struct rejects_files *files, struct err *err);

/* The files, the one that was asked for first; their names are borrowed. */
size_t rejects_files_count(const struct rejects_files *files);
const char *rejects_files_path(const struct rejects_files *files, size_t file);
int64_t rejects_files_rows(const struct rejects_files *files, size_t file);

#endif
