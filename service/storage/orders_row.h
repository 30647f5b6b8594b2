#ifndef PINGYI_SERVICE_STORAGE_ORDERS_ROW_H
#define PINGYI_SERVICE_STORAGE_ORDERS_ROW_H

#include "service/storage/orders.h"

#include <sqlite3.h>

/* Inside service/storage/ only: the one place where an order becomes columns and columns an order. Orders, their
 * versions and what is pending all hold these columns, in this order:
 *
 *   id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed */

/* The columns from `first` on. */
void order_row_read(sqlite3_stmt *statement, int first, struct order_row *out);
/* To the parameters from `first` on. */
void order_row_bind(sqlite3_stmt *statement, int first, const struct order_row *row);
/* One column, from 0. */
void order_row_result(sqlite3_context *result, const struct order_row *row, int column);

#endif
