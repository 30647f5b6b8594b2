#include "service/storage/bulk.h"

#include "service/storage/connection.h"
#include "service/storage/facts_row.h"
#include "service/storage/orders.h"
#include "service/storage/orders_row.h"

#include <string.h>

/* ---- the kinds ---- */

static void person_result(sqlite3_context *result, const void *row, int column)
{
    const struct person_order *person = row;
    sqlite3_result_int64(result, column == 0 ? person->phone_key : person->order_id);
}

static void order_result(sqlite3_context *result, const void *row, int column)
{
    order_row_result(result, row, column);
}

static void handling_result(sqlite3_context *result, const void *row, int column)
{
    handling_row_result(result, row, column);
}

static const struct {
    const char *name;
    const char *schema;
    size_t row_bytes;
    void (*give)(sqlite3_context *result, const void *row, int column);
} kinds[BULK_KINDS] = {
    [BULK_ORDERS] = {"new_orders",
                     "CREATE TABLE new_orders (id, order_no, import_id, category_id, region_id, "
                     "channel_id, repeat_of, "
                     "phone_key, sealed)",
                     sizeof(struct order_row), order_result},
    [BULK_HANDLINGS] =
        {"new_handlings",
         "CREATE TABLE new_handlings (id, unit_name_id, received_at, due_at, closed_at, "
         "submitted_at, "
         "traits, dispatched_at, extended_due_at, extension_asked_at, extension_count, "
         "accepted_at, "
         "first_closed_at, redo_count, role, urgency_id, status_id, hotline_resolved_id, "
         "hotline_satisfaction_id, unit_resolved_id, import_id)",
         sizeof(struct handling_row), handling_result},
    [BULK_PERSONS] = {"new_persons", "CREATE TABLE new_persons (phone_key, order_id)",
                      sizeof(struct person_order), person_result},
};

/* ---- as SQLite's virtual tables ---- */

struct table {
    sqlite3_vtab base; /* first: SQLite knows us by it */
    const struct bulk_rows *source;
};

struct cursor {
    sqlite3_vtab_cursor base;
    size_t at;
};

static const struct bulk_rows *source_of(const sqlite3_vtab_cursor *cursor)
{
    return ((const struct table *)cursor->pVtab)->source;
}

static int on_connect(sqlite3 *db, void *context, int argc, const char *const *argv,
                      sqlite3_vtab **out, char **out_error)
{
    (void)argc;
    (void)argv;
    (void)out_error;
    const struct bulk_rows *source = context;
    int code = sqlite3_declare_vtab(db, kinds[source->kind].schema);
    if (code != SQLITE_OK)
        return code;
    struct table *table = sqlite3_malloc(sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    *table = (struct table){.source = source};
    *out = &table->base;
    return SQLITE_OK;
}

static int on_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* There is one way to read it: all of it, in its order. */
static int on_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    (void)info;
    return SQLITE_OK;
}

static int on_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (cursor == NULL)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){.at = 0};
    *out = &cursor->base;
    return SQLITE_OK;
}

static int on_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int on_filter(sqlite3_vtab_cursor *cursor, int number, const char *name, int argc,
                     sqlite3_value **argv)
{
    (void)number;
    (void)name;
    (void)argc;
    (void)argv;
    ((struct cursor *)cursor)->at = 0;
    return SQLITE_OK;
}

static int on_next(sqlite3_vtab_cursor *cursor)
{
    ((struct cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int on_eof(sqlite3_vtab_cursor *cursor)
{
    return ((struct cursor *)cursor)->at >= source_of(cursor)->count;
}

static int on_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
    const struct bulk_rows *source = source_of(cursor);
    size_t row_bytes = kinds[source->kind].row_bytes;
    kinds[source->kind].give(result, source->rows + ((struct cursor *)cursor)->at * row_bytes,
                             column);
    return SQLITE_OK;
}

static int on_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cursor *)cursor)->at;
    return SQLITE_OK;
}

/* Without xCreate the table is there under the module's own name and nobody can make another. */
static const sqlite3_module module = {
    .xConnect = on_connect,
    .xBestIndex = on_best_index,
    .xDisconnect = on_disconnect,
    .xOpen = on_open,
    .xClose = on_close,
    .xFilter = on_filter,
    .xNext = on_next,
    .xEof = on_eof,
    .xColumn = on_column,
    .xRowid = on_rowid,
};

int bulk_register(struct store *store, struct err *err)
{
    for (int kind = 0; kind < BULK_KINDS; kind++) {
        store->bulk[kind] = (struct bulk_rows){.kind = (enum bulk_kind)kind};
        int code = sqlite3_create_module(store->db, kinds[kind].name, &module, &store->bulk[kind]);
        if (code != SQLITE_OK)
            return database_error(store, code, "set up the connection", err);
    }
    return OK;
}

int bulk_run(struct store *store, const char *name, enum bulk_kind kind, const void *rows,
             size_t count, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    if (count == 0)
        return OK;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    store->bulk[kind].rows = rows;
    store->bulk[kind].count = count;
    rc = database_run(store, statement, err);
    store->bulk[kind].rows = NULL;
    store->bulk[kind].count = 0;
    return rc;
}
