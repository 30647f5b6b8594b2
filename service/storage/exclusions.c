#include "service/storage/exclusions.h"

#include "service/storage/database.h"

int exclusion_put_new(struct store *store, struct exclusion_row *row, struct err *err)
{
    enum { ROUND = 1, HANDLING, ORDER_NO, REASON, EFFECT, BASIS, FILE_NAME, FILE_SHA256, BY, AT };
    sqlite3_stmt *statement = NULL;
    bool is_new = false;
    int rc = database_take(store, "exclusion_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, row->round_id);
    (void)sqlite3_bind_int64(statement, HANDLING, row->handling_id);
    database_bind_text(statement, ORDER_NO, row->order_no);
    database_bind_text(statement, REASON, row->reason);
    database_bind_text(statement, EFFECT, row->effect);
    database_bind_text(statement, BASIS, row->basis);
    database_bind_text(statement, FILE_NAME, row->file_name);
    database_bind_blob(statement, FILE_SHA256, row->file_sha256);
    database_bind_text(statement, BY, row->requested_by);
    (void)sqlite3_bind_int64(statement, AT, row->requested_utc);
    rc = database_step(store, statement, &is_new, err);
    if (rc != OK)
        return rc;
    if (!is_new)
        return err_set(err, ERR_EXISTS, "handling %jd of round %jd has a request already",
                       (intmax_t)row->handling_id, (intmax_t)row->round_id);
    int64_t id = sqlite3_column_int64(statement, 0);
    rc = database_run(store, statement, err);
    if (rc == OK)
        row->id = id;
    return rc;
}

/* Columns of exclusion_get and exclusions_each. */
static void read_exclusion(sqlite3_stmt *statement, struct exclusion_row *out)
{
    enum { ID, ROUND, HANDLING, ORDER_NO, REASON, EFFECT, BASIS, FILE_NAME, FILE_SHA256, STATE };
    enum { REQUESTED_BY = STATE + 1, REQUESTED, DECIDED_BY, DECIDED, DECISION_WHY };
    *out = (struct exclusion_row){
        .id = sqlite3_column_int64(statement, ID),
        .round_id = sqlite3_column_int64(statement, ROUND),
        .handling_id = sqlite3_column_int64(statement, HANDLING),
        .order_no = database_column_text(statement, ORDER_NO),
        .reason = database_column_text(statement, REASON),
        .effect = database_column_text(statement, EFFECT),
        .basis = database_column_text(statement, BASIS),
        .file_name = database_column_text(statement, FILE_NAME),
        .file_sha256 = database_column_blob(statement, FILE_SHA256),
        .state = database_column_text(statement, STATE),
        .requested_by = database_column_text(statement, REQUESTED_BY),
        .requested_utc = sqlite3_column_int64(statement, REQUESTED),
        .decided_by = database_column_text(statement, DECIDED_BY),
        .decided_utc = sqlite3_column_int64(statement, DECIDED),
        .decision_why = database_column_text(statement, DECISION_WHY),
    };
}

int exclusion_get(struct store *store, int64_t id, struct exclusion_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "exclusion_get", &id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no exclusion has the id %jd", (intmax_t)id);
    read_exclusion(statement, out);
    return OK;
}

/* Whether `who` may decide. */
static int check_decision(struct store *store, int64_t id, struct bytes who, struct err *err)
{
    struct exclusion_row row = {.id = 0};
    int rc = exclusion_get(store, id, &row, err);
    if (rc != OK)
        return rc;
    if (!bytes_equal(row.state, BYTES_LIT("requested")))
        return err_set(err, ERR_WRONG_STATE, "exclusion %jd is " BYTES_FMT, (intmax_t)id,
                       BYTES_ARG(row.state));
    if (bytes_equal(row.requested_by, who))
        return err_set(err, ERR_PERMISSION,
                       "\"" BYTES_FMT "\" requested exclusion %jd and may not decide it",
                       BYTES_ARG(who), (intmax_t)id);
    return OK;
}

int exclusion_put_decision(struct store *store, int64_t id, struct bytes state, struct bytes who,
                           int64_t at_utc, struct bytes why, struct err *err)
{
    enum { STATE = 1, BY, AT, WHY, ID };
    sqlite3_stmt *statement = NULL;
    int rc = check_decision(store, id, who, err);
    if (rc == OK)
        rc = database_take(store, "exclusion_put_decision", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, STATE, state);
    database_bind_text(statement, BY, who);
    (void)sqlite3_bind_int64(statement, AT, at_utc);
    database_bind_text(statement, WHY, why);
    (void)sqlite3_bind_int64(statement, ID, id);
    return database_run(store, statement, err);
}

int exclusions_each(struct store *store, int64_t round_id, exclusion_cb on_exclusion, void *context,
                    struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "exclusions_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct exclusion_row exclusion;
        read_exclusion(statement, &exclusion);
        rc = on_exclusion(context, &exclusion, err);
    }
    return rc;
}
