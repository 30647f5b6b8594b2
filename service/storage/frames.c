#include "service/storage/frames.h"

#include "service/storage/database.h"

/* ---- freezings ---- */

int frame_put_new(struct store *store, const struct frame_row *row, struct err *err)
{
    enum { ROUND = 1, NO, ENTRIES, LISTING, RULES, SECRET, SEALED_SECRET, FROZEN };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "frame_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, row->round_id);
    (void)sqlite3_bind_int64(statement, NO, row->no);
    (void)sqlite3_bind_int64(statement, ENTRIES, row->entries);
    database_bind_blob(statement, LISTING, row->listing_sha256);
    database_bind_blob(statement, RULES, row->rules_sha256);
    database_bind_blob(statement, SECRET, row->secret_sha256);
    database_bind_blob(statement, SEALED_SECRET, row->sealed_secret);
    (void)sqlite3_bind_int64(statement, FROZEN, row->frozen_utc);
    return database_run(store, statement, err);
}

static void read_frame(sqlite3_stmt *statement, struct frame_row *out)
{
    enum { ROUND, NO, ENTRIES, LISTING, RULES, SECRET, SEALED_SECRET, FROZEN };
    *out = (struct frame_row){
        .round_id = sqlite3_column_int64(statement, ROUND),
        .no = sqlite3_column_int64(statement, NO),
        .entries = sqlite3_column_int64(statement, ENTRIES),
        .listing_sha256 = database_column_blob(statement, LISTING),
        .rules_sha256 = database_column_blob(statement, RULES),
        .secret_sha256 = database_column_blob(statement, SECRET),
        .sealed_secret = database_column_blob(statement, SEALED_SECRET),
        .frozen_utc = sqlite3_column_int64(statement, FROZEN),
    };
}

int frame_get_last(struct store *store, int64_t round_id, struct frame_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "frame_get_last", &round_id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "round %jd was never frozen", (intmax_t)round_id);
    read_frame(statement, out);
    return OK;
}

int frame_get(struct store *store, int64_t round_id, int64_t no, struct frame_row *out,
              struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "frame_get", (int64_t[]){round_id, no}, 2, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "round %jd has no frame %jd", (intmax_t)round_id,
                       (intmax_t)no);
    read_frame(statement, out);
    return OK;
}

/* ---- units ---- */

int frame_unit_put(struct store *store, int64_t round_id, const struct frame_unit_row *row,
                   struct err *err)
{
    enum { ROUND = 1, UNIT, CODE, ENTRIES };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "frame_unit_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, round_id);
    (void)sqlite3_bind_int64(statement, UNIT, row->unit);
    database_bind_text(statement, CODE, row->code);
    (void)sqlite3_bind_int64(statement, ENTRIES, row->entries);
    return database_run(store, statement, err);
}

int frame_units_each(struct store *store, int64_t round_id, frame_unit_cb on_unit, void *context,
                     struct err *err)
{
    enum { UNIT, CODE, ENTRIES };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "frame_units_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct frame_unit_row unit = {
            .unit = sqlite3_column_int64(statement, UNIT),
            .code = database_column_text(statement, CODE),
            .entries = sqlite3_column_int64(statement, ENTRIES),
        };
        rc = on_unit(context, &unit, err);
    }
    return rc;
}

/* ---- entries ---- */

int frame_pending_put(struct store *store, int64_t handling_id, int64_t unit, struct err *err)
{
    return database_run_with(store, "frame_pending_put", (int64_t[]){handling_id, unit}, 2, err);
}

int frame_apply_pending(struct store *store, int64_t round_id, struct err *err)
{
    int rc = database_run_with(store, "frame_entries_put_pending", &round_id, 1, err);
    int64_t placed = sqlite3_changes64(database_handle(store));
    if (rc == OK)
        rc = database_run_with(store, "frame_pending_clear", NULL, 0, err);
    int64_t pending = sqlite3_changes64(database_handle(store));
    if (rc == OK && placed != pending)
        rc = err_set(err, ERR_CORRUPT, "%jd of %jd handlings belong to no order",
                     (intmax_t)(pending - placed), (intmax_t)pending);
    return rc;
}

/* Columns of the statements that give entries. */
static void read_entry(sqlite3_stmt *statement, struct frame_entry *out)
{
    enum { UNIT, ORDER_NO, HANDLING };
    out->unit = sqlite3_column_int64(statement, UNIT);
    out->order_no = database_column_text(statement, ORDER_NO);
    out->handling_id = sqlite3_column_int64(statement, HANDLING);
}

static int each_entry(struct store *store, const char *name, const int64_t *integers, int count,
                      frame_entry_cb on_entry, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    struct frame_entry entry;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        read_entry(statement, &entry);
        rc = on_entry(context, &entry, err);
    }
    return rc;
}

int frame_entries_each(struct store *store, int64_t round_id, frame_entry_cb on_entry,
                       void *context, struct err *err)
{
    return each_entry(store, "frame_entries_each", &round_id, 1, on_entry, context, err);
}

int frame_entries_each_from(struct store *store, int64_t round_id, enum frame_end end,
                            int64_t count, frame_entry_cb on_entry, void *context, struct err *err)
{
    const char *name = end == FRAME_FRONT ? "frame_entries_front" : "frame_entries_back";
    return each_entry(store, name, (int64_t[]){round_id, count}, 2, on_entry, context, err);
}

int frame_entry_get(struct store *store, int64_t round_id, struct bytes order_no,
                    struct frame_entry *out, struct err *err)
{
    enum { ORDER_NO = 1, ROUND };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "frame_entry_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, ORDER_NO, order_no);
    (void)sqlite3_bind_int64(statement, ROUND, round_id);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "order \"" BYTES_FMT "\" is not in the frame",
                       BYTES_ARG(order_no));
    read_entry(statement, out);
    return OK;
}

/* ---- what was left out ---- */

int frame_left_out_put(struct store *store, int64_t round_id, int64_t unit, int reason,
                       int64_t orders, struct err *err)
{
    return database_run_with(store, "frame_left_out_put",
                             (int64_t[]){round_id, unit, reason, orders}, 4, err);
}

int frame_left_out_each(struct store *store, int64_t round_id, frame_left_out_cb on_reason,
                        void *context, struct err *err)
{
    enum { UNIT, REASON, ORDERS };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "frame_left_out_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_reason(context, sqlite3_column_int64(statement, UNIT),
                       sqlite3_column_int(statement, REASON),
                       sqlite3_column_int64(statement, ORDERS), err);
    return rc;
}

int frame_drop(struct store *store, int64_t round_id, struct err *err)
{
    static const char *const names[] = {"frame_entries_delete", "frame_units_delete",
                                        "frame_left_out_delete"};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof names / sizeof *names; i++)
        rc = database_run_with(store, names[i], &round_id, 1, err);
    return rc;
}
