#ifndef PINGYI_SERVICE_STORAGE_FACTS_ROW_H
#define PINGYI_SERVICE_STORAGE_FACTS_ROW_H

#include "service/storage/orders.h"

#include <sqlite3.h>

/* Inside service/storage/ only: the one place where facts become columns and columns facts. Handlings, their versions,
 * what is pending and frozen facts all hold these columns, in this order:
 *
 *   id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
 *   extension_asked_at, extension_count
 *
 * `accepted` is no scoring column: it is left out here and read with the rest of a handling. */
enum { FACT_COLUMNS = 11 };

/* The columns from `first` on. */
void fact_row_read(sqlite3_stmt *statement, int first, struct fact_row *out);
/* To the parameters from `first` on. */
void fact_row_bind(sqlite3_stmt *statement, int first, const struct fact_row *row);

/* All columns of a handling: the above and then
 *
 *   accepted_at, first_closed_at, redo_count, role, urgency_id, status_id, hotline_resolved_id,
 *   hotline_satisfaction_id, unit_resolved_id, import_id */
enum { HANDLING_COLUMNS = FACT_COLUMNS + 10 };

void handling_row_read(sqlite3_stmt *statement, int first, struct handling_row *out);
void handling_row_bind(sqlite3_stmt *statement, int first, const struct handling_row *row);
/* One column, from 0. */
void handling_row_result(sqlite3_context *result, const struct handling_row *row, int column);

#endif
