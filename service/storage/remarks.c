#include "service/storage/remarks.h"

#include "service/storage/database.h"

int remark_put_new(struct store *store, struct remark_row *row, struct err *err)
{
    enum { ROUND = 1, ACCOUNT, WHO, TEXT, AT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "remark_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, row->round_id);
    (void)sqlite3_bind_int64(statement, ACCOUNT, row->account_id);
    database_bind_text(statement, WHO, row->who);
    database_bind_text(statement, TEXT, row->text);
    (void)sqlite3_bind_int64(statement, AT, row->at_utc);
    return database_put_new(store, statement, &row->id, err);
}

int remarks_each(struct store *store, int64_t round_id, int64_t before_id, int64_t limit,
                 remark_cb on_remark, void *context, struct err *err)
{
    enum { ID, ROUND, ACCOUNT, WHO, TEXT, AT };
    int64_t end = before_id != 0 ? before_id : INT64_MAX;
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "remarks_each", (int64_t[]){round_id, end, limit}, 3,
                                &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct remark_row row = {
            .id = sqlite3_column_int64(statement, ID),
            .round_id = sqlite3_column_int64(statement, ROUND),
            .account_id = sqlite3_column_int64(statement, ACCOUNT),
            .who = database_column_text(statement, WHO),
            .text = database_column_text(statement, TEXT),
            .at_utc = sqlite3_column_int64(statement, AT),
        };
        rc = on_remark(context, &row, err);
    }
    return rc;
}
