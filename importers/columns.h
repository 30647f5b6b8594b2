#ifndef PINGYI_IMPORTERS_COLUMNS_H
#define PINGYI_IMPORTERS_COLUMNS_H

#include "importers/profile_parts.h"
#include "importers/table.h"

/* Which cells of a row hold which field: a profile applied to a header row. Thread: any. */

struct column {
    enum profile_join join;
    size_t part_count; /* 0: the dump has no such field */
    size_t parts[PROFILE_MAX_PARTS];
};

struct columns {
    uint64_t fields; /* bit per enum field that has a column */
    struct column of[FIELD_COUNT];
    size_t header_count;
    int field_of[TABLE_MAX_CELLS]; /* per header cell: enum field, or -1 */
    int doubled; /* a header cell whose word stands in another one too and is wanted, or -1 */
};

/* The bits that a dump must have. */
#define COLUMNS_REQUIRED                                                                           \
    (UINT64_C(1) << FIELD_ORDER_NO | UINT64_C(1) << FIELD_RECEIVED_AT | UINT64_C(1) << FIELD_UNIT)

/* Match; `header` holds at most TABLE_MAX_CELLS cells. If one of them is no valid UTF-8, no field has a column.
 * `scratch` is cleared. ERR_NOMEM. */
int columns_match(const struct profile *profile, const struct bytes *header, size_t header_count,
                  struct buf *scratch, struct columns *out_columns, struct err *err);

/* How many columns stand before the dump's own in a file of rejects that comes back mended (line, column, reason,
 * then the dump's header): 3, else 0. They match no field; a dump may have a column `reason` itself. */
size_t columns_of_rejects(const struct bytes *header, size_t header_count);

/* How many cells beyond the header a row has if all of them are empty, else 0. */
size_t columns_empty_tail(const struct columns *columns, const struct table_row *row);

#endif
