#ifndef PINGYI_SERVICE_STORAGE_BULK_H
#define PINGYI_SERVICE_STORAGE_BULK_H

#include "service/storage/store.h"

#include <sqlite3.h>

/* Inside service/storage/ only: arrays of ours as tables that SQL can read. One INSERT ... SELECT then takes
 * hundreds of rows, where starting, binding and ending a statement for each costs more than the inserting itself.
 *
 * Each kind is a virtual table of queries/: new_orders, new_handlings, new_persons, with the columns of the table
 * that it fills. Outside bulk_run they are empty. */
enum bulk_kind { BULK_ORDERS, BULK_HANDLINGS, BULK_PERSONS, BULK_KINDS };

/* What a connection's table of one kind holds while bulk_run is at it. */
struct bulk_rows {
    enum bulk_kind kind;
    const char *rows;
    size_t count;
};

/* Make the tables known to a new connection. */
int bulk_register(struct store *store, struct err *err);

/* Run the named statement, which has no parameters, while the table of `kind` gives `count` rows: struct order_row,
 * handling_row or person_order. */
int bulk_run(struct store *store, const char *name, enum bulk_kind kind, const void *rows,
             size_t count, struct err *err);

#endif
