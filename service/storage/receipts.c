#include "service/storage/receipts.h"

#include "service/storage/database.h"

#include <string.h>

int receipt_put_new(struct store *store, struct receipt_row *row, struct err *err)
{
    enum { ACCOUNT = 1, KEY, SHA256, ANSWER, CREATED };
    const struct receipt_key *key = &row->key;
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "receipt_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ACCOUNT, key->account);
    database_bind_text(statement, KEY, key->key);
    database_bind_blob(statement, SHA256,
                       (struct bytes){(const char *)key->request_sha256, RECEIPT_HASH_BYTES});
    database_bind_blob(statement, ANSWER, row->answer);
    (void)sqlite3_bind_int64(statement, CREATED, row->created_utc);
    return database_put_new(store, statement, &row->id, err);
}

/* The first columns of receipt_get and receipts_each. */
static int read_receipt(sqlite3_stmt *statement, struct receipt_row *out, struct err *err)
{
    enum { ACCOUNT, KEY, SHA256, CREATED };
    struct bytes sha256 = database_column_blob(statement, SHA256);
    if (sha256.len != RECEIPT_HASH_BYTES)
        return err_set(err, ERR_CORRUPT, "a receipt has a digest of %zu bytes", sha256.len);
    *out = (struct receipt_row){
        .key = {.account = sqlite3_column_int64(statement, ACCOUNT),
                .key = database_column_text(statement, KEY)},
        .created_utc = sqlite3_column_int64(statement, CREATED),
    };
    memcpy(out->key.request_sha256, sha256.ptr, RECEIPT_HASH_BYTES);
    return OK;
}

int receipt_get(struct store *store, int64_t id, struct receipt_row *out, struct err *err)
{
    enum { ANSWER = 4 };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "receipt_get", &id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no receipt has the id %jd", (intmax_t)id);
    rc = read_receipt(statement, out, err);
    if (rc != OK)
        return rc;
    out->id = id;
    out->answer = database_column_blob(statement, ANSWER);
    return OK;
}

int receipts_each(struct store *store, receipt_cb on_receipt, void *context, struct err *err)
{
    enum { ID = 4 };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "receipts_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct receipt_row row;
        rc = read_receipt(statement, &row, err);
        if (rc != OK)
            continue;
        row.id = sqlite3_column_int64(statement, ID);
        rc = on_receipt(context, &row, err);
    }
    return rc;
}

int receipt_newest_id(struct store *store, int64_t *out_id, struct err *err)
{
    return database_integer_with(store, "receipt_newest_id", NULL, 0, out_id, err);
}

int receipts_purge(struct store *store, int64_t until_utc, int64_t limit, int64_t *out_last_id,
                   int64_t *out_deleted, struct err *err)
{
    int64_t last_id = 0, deleted = 0;
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "receipts_expired", (int64_t[]){until_utc, limit}, 2,
                                &statement, err);
    if (rc == OK)
        rc = database_integer(store, statement, &last_id, err);
    if (rc == OK && last_id > 0) {
        rc = database_run_with(store, "receipts_purge", &last_id, 1, err);
        deleted = sqlite3_changes(database_handle(store));
    }
    if (rc != OK)
        return rc;
    *out_last_id = last_id;
    *out_deleted = deleted;
    return OK;
}
