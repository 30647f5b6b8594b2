#ifndef PINGYI_SERVICE_COMMANDS_UNITS_FILE_H
#define PINGYI_SERVICE_COMMANDS_UNITS_FILE_H

#include "base/buf.h"

#include "service/storage/units.h"

/* The register of units as a file: CSV with the header code,name,class,parent,valid_from,valid_to,aliases; aliases
 * separated by |. Thread: main. */

enum { UNITS_FILE_MAX_BYTES = 16 * 1024 * 1024 };

/* Put every unit of the file. Needs an open transaction, which the caller rolls back on failure. ERR_FORMAT and what
 * the store says, with the line in front; a parent may come later in the file or be in the store. */
int units_file_put(struct store *store, struct bytes csv, int64_t *out_count, struct err *err);

/* Append all units that are not merged into others, by class position and code. Reads the same again. */
int units_file_render(struct store *store, struct buf *out, struct err *err);

#endif
