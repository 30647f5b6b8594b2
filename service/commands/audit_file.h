#ifndef PINGYI_SERVICE_COMMANDS_AUDIT_FILE_H
#define PINGYI_SERVICE_COMMANDS_AUDIT_FILE_H

#include "service/auth/audit.h"

/* Exported audit logs: written to a file, and checked again. */

/* Write what `filter` gives into a new file (mode 0600), on disk when it returns; after a failure there is none.
 * ERR_EXISTS, ERR_IO, ERR_FULL, and what audit_export says. Needs an open transaction. */
int audit_file_write(struct store *store, const struct audit_filter *filter, const char *path,
                     struct err *err);

struct audit_file_found {
    int64_t rows, first_id, last_id; /* 0: no row */
    int64_t gaps;                    /* places where entries are left out, as a filter does */
    char mac_hex[65];                /* of the last row */
};
/* Each row by itself and behind the one before. ERR_CORRUPT names the first entry that does not hold; ERR_FORMAT: no
 * export. */
int audit_file_check(struct audit_chain *chain, const char *path, struct audit_file_found *out,
                     struct err *err);

/* Whether `text`, the beginning of a file, is that of an export. */
bool audit_file_begins(struct bytes text);

#endif
