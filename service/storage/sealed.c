#include "service/storage/sealed.h"

#include "service/storage/database.h"

static const struct {
    const char *each, *put, *purpose;
} tables[] = {
#define X(name, table, purpose) {"sealed_" table "_each", "sealed_" table "_put", purpose},
    SEALED_TABLES(X)
#undef X
};

const char *sealed_purpose(enum sealed_table table)
{
    return tables[table].purpose;
}

int sealed_each(struct store *store, enum sealed_table table, const int64_t after[SEALED_KEYS],
                int64_t limit, sealed_cb on_row, void *context, struct err *err)
{
    const int64_t integers[] = {after[0], after[1], after[2], after[3], limit};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, tables[table].each, integers, 5, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct sealed_row row = {
            .row_id = sqlite3_column_int64(statement, SEALED_KEYS),
            .sealed = database_column_blob(statement, SEALED_KEYS + 1),
            .phone_key = sqlite3_column_int64(statement, SEALED_KEYS + 2),
        };
        for (int i = 0; i < SEALED_KEYS; i++)
            row.keys[i] = sqlite3_column_int64(statement, i);
        rc = on_row(context, &row, err);
    }
    return rc;
}

int sealed_put(struct store *store, enum sealed_table table, const struct sealed_row *row,
               struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, tables[table].put, row->keys, SEALED_KEYS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SEALED_KEYS + 1, row->sealed);
    database_bind_id(statement, SEALED_KEYS + 2, row->phone_key);
    return database_run(store, statement, err);
}

int person_orders_rebuild(struct store *store, struct err *err)
{
    int rc = database_run_with(store, "person_orders_clear", NULL, 0, err);
    return rc == OK ? database_run_with(store, "person_orders_fill", NULL, 0, err) : rc;
}

int dial_keys_rebuild(struct store *store, struct err *err)
{
    return database_run_with(store, "dial_keys_fill", NULL, 0, err);
}
