#ifndef PINGYI_SERVICE_STORAGE_DATABASE_H
#define PINGYI_SERVICE_STORAGE_DATABASE_H

#include "service/storage/store.h"

#include <sqlite3.h>

/* Inside service/storage/ only: what its files share. A named statement of queries/<file>.sql is prepared at first use
 * and kept with the connection; it is reset and its bindings cleared each time it is taken. */

/* Take the statement that a line `-- name: <name>` heads. ERR_CORRUPT with SQLite's words when it cannot be
 * prepared. */
int database_take(struct store *store, const char *name, sqlite3_stmt **out_statement,
                  struct err *err);

/* Take it with its first parameters bound to `count` integers. */
int database_take_with(struct store *store, const char *name, const int64_t *integers, int count,
                       sqlite3_stmt **out_statement, struct err *err);

/* Step once: *out_row says whether a row is there. Maps SQLite's results to ours (FULL -> ERR_FULL, IOERR -> ERR_IO,
 * NOMEM -> ERR_NOMEM, CORRUPT and NOTADB -> ERR_CORRUPT, BUSY -> ERR_BUSY, CONSTRAINT -> ERR_EXISTS). */
int database_step(struct store *store, sqlite3_stmt *statement, bool *out_row, struct err *err);

/* For statements that give no rows: step to the end and reset. */
int database_run(struct store *store, sqlite3_stmt *statement, struct err *err);

/* The same for the one whose parameters are `count` integers. */
int database_run_with(struct store *store, const char *name, const int64_t *integers, int count,
                      struct err *err);

/* For an insert of one row: run it and give the row's id. RETURNING would cost a temporary table each time. */
int database_put_new(struct store *store, sqlite3_stmt *statement, int64_t *out_id,
                     struct err *err);

/* For statements that give one row or none. Step to it: ERR_NOT_FOUND says that there is no `what`, with its id. */
int database_find(struct store *store, sqlite3_stmt *statement, const char *what, int64_t id,
                  struct err *err);

/* For those whose row is one integer: 0 without a row. */
int database_integer(struct store *store, sqlite3_stmt *statement, int64_t *out, struct err *err);
int database_integer_with(struct store *store, const char *name, const int64_t *integers, int count,
                          int64_t *out, struct err *err);

/* For updates of one row: ERR_NOT_FOUND, as database_find, when none was changed. */
int database_change(struct store *store, sqlite3_stmt *statement, const char *what, int64_t id,
                    struct err *err);

/* Take a statement that looks up the row of that name, and step to it. ERR_NOT_FOUND: no `what` is named so. */
int database_find_named(struct store *store, const char *query, const char *what, struct bytes name,
                        sqlite3_stmt **out_statement, struct err *err);

/* For loops over rows: step on while *rc is OK, and say whether a row is there. In the end, and when stepping or the
 * loop has made *rc an error, the statement is reset. A NULL statement goes with an error. */
bool database_next(struct store *store, sqlite3_stmt *statement, int *rc, struct err *err);

/* Rows that are pulled one by one while other statements run: a statement of its own, not the one kept under the name,
 * so that several may be open at a time. Zeroed at first. */
struct database_cursor {
    struct store *store;
    sqlite3_stmt *statement; /* NULL behind the last row: a finished statement would begin anew */
};
int database_cursor_init(struct database_cursor *cursor, struct store *store, const char *name,
                         struct err *err);
int database_cursor_next(struct database_cursor *cursor, bool *out_row, struct err *err);
void database_cursor_deinit(struct database_cursor *cursor); /* accepts a zeroed one */

/* Bind by number, which the files give names: an enum beside each statement's text keeps the order of :parameters. */
void database_bind_text(sqlite3_stmt *statement, int at,
                        struct bytes text); /* borrowed until reset */
void database_bind_blob(sqlite3_stmt *statement, int at, struct bytes blob);
void database_bind_id(sqlite3_stmt *statement, int at, int64_t id); /* 0 binds NULL */

/* The same as the value of a virtual table's column; borrowed until the statement is reset. */
void database_result_text(sqlite3_context *result, struct bytes text);
void database_result_blob(sqlite3_context *result, struct bytes blob);
void database_result_id(sqlite3_context *result, int64_t id); /* 0 gives NULL */

struct bytes database_column_text(sqlite3_stmt *statement, int column);
struct bytes database_column_blob(sqlite3_stmt *statement, int column);

/* Describe what SQLite last said of this connection. */
int database_error(struct store *store, int sqlite_code, const char *what, struct err *err);

sqlite3 *database_handle(struct store *store);

#endif
