#include "service/storage/imports.h"

#include "service/storage/database.h"
#include "service/storage/orders.h"

#include <string.h>

/* ---- rows ---- */

/* Columns of an import, in the order of its SELECTs. */
enum {
    AT_ID,
    AT_STATE,
    AT_FILE_NAME,
    AT_PROFILE,
    AT_ENCODING,
    AT_DELIMITER,
    AT_SHA256,
    AT_PROFILE_SHA256,
    AT_HEADER_LINE,
    AT_EXTRACTED,
    AT_STARTED,
    AT_LOADED,
    AT_UNDONE,
    AT_FIRST_ORDER,
    AT_END_ORDER,
    AT_ROWS,
    AT_ACCEPTED,
    AT_UPDATED,
    AT_UNCHANGED,
    AT_REJECTED,
    AT_CONTRADICTIONS,
    AT_BAD_DATES,
    AT_FLAG_DISAGREEMENTS,
    AT_OLDEST_RECEIVED,
    AT_NEWEST_EVENT,
};

static void read_digest(sqlite3_stmt *statement, int column, unsigned char out[32])
{
    struct bytes digest = database_column_blob(statement, column);
    memset(out, 0, 32);
    if (digest.len == 32) /* a CHECK says so; NULL when memory fails */
        memcpy(out, digest.ptr, 32);
}

static void import_row_read(sqlite3_stmt *statement, struct import_row *out)
{
    out->id = sqlite3_column_int64(statement, AT_ID);
    out->state = database_column_text(statement, AT_STATE);
    out->file_name = database_column_text(statement, AT_FILE_NAME);
    out->profile = database_column_text(statement, AT_PROFILE);
    out->encoding = database_column_text(statement, AT_ENCODING);
    out->delimiter = database_column_text(statement, AT_DELIMITER);
    read_digest(statement, AT_SHA256, out->sha256);
    read_digest(statement, AT_PROFILE_SHA256, out->profile_sha256);
    out->header_line = sqlite3_column_int64(statement, AT_HEADER_LINE);
    out->extracted_utc = sqlite3_column_int64(statement, AT_EXTRACTED);
    out->started_utc = sqlite3_column_int64(statement, AT_STARTED);
    out->loaded_utc = sqlite3_column_int64(statement, AT_LOADED);
    out->undone_utc = sqlite3_column_int64(statement, AT_UNDONE);
    out->first_order_id = sqlite3_column_int64(statement, AT_FIRST_ORDER);
    out->end_order_id = sqlite3_column_int64(statement, AT_END_ORDER);
    out->counts = (struct import_counts){
        .rows = sqlite3_column_int64(statement, AT_ROWS),
        .accepted = sqlite3_column_int64(statement, AT_ACCEPTED),
        .updated = sqlite3_column_int64(statement, AT_UPDATED),
        .unchanged = sqlite3_column_int64(statement, AT_UNCHANGED),
        .rejected = sqlite3_column_int64(statement, AT_REJECTED),
        .contradictions = sqlite3_column_int64(statement, AT_CONTRADICTIONS),
        .bad_dates = sqlite3_column_int64(statement, AT_BAD_DATES),
        .flag_disagreements = sqlite3_column_int64(statement, AT_FLAG_DISAGREEMENTS),
        .oldest_received_utc = sqlite3_column_int64(statement, AT_OLDEST_RECEIVED),
        .newest_event_utc = sqlite3_column_int64(statement, AT_NEWEST_EVENT),
    };
}

int import_put_loading(struct store *store, struct import_row *row, struct err *err)
{
    enum {
        PUT_FILE_NAME = 1,
        PUT_PROFILE,
        PUT_ENCODING,
        PUT_DELIMITER,
        PUT_SHA256,
        PUT_PROFILE_SHA256,
        PUT_HEADER_LINE,
        PUT_EXTRACTED,
        PUT_STARTED,
    };
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "import_put_loading", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, PUT_FILE_NAME, row->file_name);
    database_bind_text(statement, PUT_PROFILE, row->profile);
    database_bind_text(statement, PUT_ENCODING, row->encoding);
    database_bind_text(statement, PUT_DELIMITER, row->delimiter);
    database_bind_blob(statement, PUT_SHA256, (struct bytes){(const char *)row->sha256, 32});
    database_bind_blob(statement, PUT_PROFILE_SHA256,
                       (struct bytes){(const char *)row->profile_sha256, 32});
    (void)sqlite3_bind_int64(statement, PUT_HEADER_LINE, row->header_line);
    (void)sqlite3_bind_int64(statement, PUT_EXTRACTED, row->extracted_utc);
    (void)sqlite3_bind_int64(statement, PUT_STARTED, row->started_utc);
    rc = database_step(store, statement, &found, err);
    if (rc == ERR_EXISTS) /* the only one that could exist is one that is loading */
        return err_set(err, ERR_BUSY, "another import is loading");
    if (rc == OK) {
        row->id = sqlite3_column_int64(statement, 0);
        row->first_order_id = sqlite3_column_int64(statement, 1);
        row->state = BYTES_LIT("loading");
    }
    (void)sqlite3_reset(statement);
    return rc;
}

/* An UPDATE that must meet one row: ERR_WRONG_STATE when the import is not in the state the statement asks for. */
static int run_on_one(struct store *store, sqlite3_stmt *statement, int64_t id, struct err *err)
{
    int rc = database_run(store, statement, err);
    if (rc == OK && sqlite3_changes64(database_handle(store)) != 1)
        return err_set(err, ERR_WRONG_STATE, "import %lld is in another state", (long long)id);
    return rc;
}

int import_put_loaded(struct store *store, const struct import_row *row, struct err *err)
{
    enum {
        PUT_LOADED = 1,
        PUT_DELIMITER,
        PUT_HEADER_LINE,
        PUT_END_ORDER,
        PUT_ROWS,
        PUT_ACCEPTED,
        PUT_UPDATED,
        PUT_UNCHANGED,
        PUT_REJECTED,
        PUT_CONTRADICTIONS,
        PUT_BAD_DATES,
        PUT_FLAG_DISAGREEMENTS,
        PUT_OLDEST_RECEIVED,
        PUT_NEWEST_EVENT,
        PUT_ID,
    };
    const struct import_counts *counts = &row->counts;
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "import_put_loaded", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, PUT_LOADED, row->loaded_utc);
    database_bind_text(statement, PUT_DELIMITER, row->delimiter);
    (void)sqlite3_bind_int64(statement, PUT_HEADER_LINE, row->header_line);
    (void)sqlite3_bind_int64(statement, PUT_END_ORDER, row->end_order_id);
    (void)sqlite3_bind_int64(statement, PUT_ROWS, counts->rows);
    (void)sqlite3_bind_int64(statement, PUT_ACCEPTED, counts->accepted);
    (void)sqlite3_bind_int64(statement, PUT_UPDATED, counts->updated);
    (void)sqlite3_bind_int64(statement, PUT_UNCHANGED, counts->unchanged);
    (void)sqlite3_bind_int64(statement, PUT_REJECTED, counts->rejected);
    (void)sqlite3_bind_int64(statement, PUT_CONTRADICTIONS, counts->contradictions);
    (void)sqlite3_bind_int64(statement, PUT_BAD_DATES, counts->bad_dates);
    (void)sqlite3_bind_int64(statement, PUT_FLAG_DISAGREEMENTS, counts->flag_disagreements);
    database_bind_id(statement, PUT_OLDEST_RECEIVED, counts->oldest_received_utc);
    database_bind_id(statement, PUT_NEWEST_EVENT, counts->newest_event_utc);
    (void)sqlite3_bind_int64(statement, PUT_ID, row->id);
    return run_on_one(store, statement, row->id, err);
}

int import_find(struct store *store, const unsigned char sha256[32],
                const unsigned char profile_sha256[32], struct import_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "import_find", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, 1, (struct bytes){(const char *)sha256, 32});
    database_bind_blob(statement, 2, (struct bytes){(const char *)profile_sha256, 32});
    rc = database_step(store, statement, &found, err);
    if (rc == OK && !found)
        return err_set(err, ERR_NOT_FOUND, "no import has loaded these bytes");
    if (rc == OK)
        import_row_read(statement, out);
    return rc;
}

int import_get(struct store *store, int64_t id, struct import_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "import_get", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, id);
    rc = database_step(store, statement, &found, err);
    if (rc == OK && !found)
        return err_set(err, ERR_NOT_FOUND, "there is no import %lld", (long long)id);
    if (rc == OK)
        import_row_read(statement, out);
    return rc;
}

int imports_each(struct store *store, import_cb on_import, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "imports_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct import_row row = {0};
        import_row_read(statement, &row);
        rc = on_import(context, &row, err);
    }
    return rc;
}

/* ---- unmatched names ---- */

int import_unmatched_put(struct store *store, int64_t import_id, struct bytes name, int64_t records,
                         struct err *err)
{
    enum { PUT_IMPORT = 1, PUT_NAME, PUT_RECORDS };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "import_unmatched_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, PUT_IMPORT, import_id);
    database_bind_text(statement, PUT_NAME, name);
    (void)sqlite3_bind_int64(statement, PUT_RECORDS, records);
    return database_run(store, statement, err);
}

int import_unmatched_each(struct store *store, int64_t import_id, import_unmatched_cb on_name,
                          void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "import_unmatched_each", &import_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_name(context, database_column_text(statement, 0),
                     sqlite3_column_int64(statement, 1), err);
    return rc;
}

/* ---- small statements ---- */

/* Run a statement without rows that takes these ids, in this order. */
static int run_with_id(struct store *store, const char *name, int64_t id, struct err *err)
{
    return database_run_with(store, name, &id, 1, err);
}

static int run_with_range(struct store *store, const char *name, int64_t first, int64_t end,
                          struct err *err)
{
    return database_run_with(store, name, (int64_t[]){first, end}, 2, err);
}

/* The integers of a statement's only row, without parameters; all 0 when there is none. */
static int get_integers(struct store *store, const char *name, int64_t *out, int count,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    rc = database_step(store, statement, &found, err);
    for (int i = 0; rc == OK && i < count; i++)
        out[i] = found ? sqlite3_column_int64(statement, i) : 0;
    (void)sqlite3_reset(statement);
    return rc;
}

int import_loading(struct store *store, int64_t *out_id, struct err *err)
{
    return get_integers(store, "import_loading", out_id, 1, err);
}

/* ---- clearing what an unfinished import left ---- */

static int delete_orders(struct store *store, int64_t first, int64_t end, struct err *err)
{
    /* What persons are known by goes before the rows that tell it. */
    int rc = run_with_range(store, "person_orders_delete_range", first, end, err);
    if (rc == OK)
        rc = run_with_range(store, "handlings_delete_range", first * HANDLINGS_AN_ORDER,
                            end * HANDLINGS_AN_ORDER, err);
    return rc == OK ? run_with_range(store, "orders_delete_range", first, end, err) : rc;
}

static int delete_notes(struct store *store, int64_t id, struct err *err)
{
    int rc = run_with_id(store, "sightings_delete", id, err);
    if (rc == OK)
        rc = run_with_id(store, "record_flags_delete", id, err);
    return rc == OK ? run_with_id(store, "rejects_delete", id, err) : rc;
}

int import_clear(struct store *store, int64_t id, int64_t limit, bool *out_done, struct err *err)
{
    int64_t loading[2]; /* id, first order */
    int64_t last_order = 0;
    int rc = get_integers(store, "import_loading", loading, 2, err);
    if (rc == OK && loading[0] != id)
        rc = err_set(err, ERR_WRONG_STATE, "import %lld is not loading", (long long)id);
    if (rc == OK)
        rc = get_integers(store, "orders_last_id", &last_order, 1, err);
    if (rc != OK)
        return rc;
    int64_t orders = last_order - loading[1] + 1;
    if (orders > 0) {
        int64_t first = orders > limit ? last_order - limit + 1 : loading[1];
        rc = delete_orders(store, first, last_order + 1, err);
    }
    bool done = orders <= limit;
    if (rc == OK && done)
        rc = database_run_with(store, "pending_orders_clear", NULL, 0, err);
    if (rc == OK && done)
        rc = database_run_with(store, "pending_handlings_clear", NULL, 0, err);
    if (rc == OK && done)
        rc = delete_notes(store, id, err);
    if (rc == OK && done)
        rc = run_with_id(store, "import_delete", id, err);
    if (rc == OK)
        *out_done = done;
    return rc;
}

/* ---- what an import changed, and taking it back ---- */

/* Questions about an import: which one, and the range of handlings that it made. */
static int take_for_import(struct store *store, const char *name, const struct import_row *row,
                           sqlite3_stmt **out_statement, struct err *err)
{
    const int64_t values[] = {row->id, row->first_order_id * HANDLINGS_AN_ORDER,
                              row->end_order_id * HANDLINGS_AN_ORDER};
    return database_take_with(store, name, values, (int)(sizeof values / sizeof *values),
                              out_statement, err);
}

static int ask_blocked(struct store *store, const char *name, const struct import_row *row,
                       sqlite3_stmt **out_statement, bool *out_found, struct err *err)
{
    int rc = take_for_import(store, name, row, out_statement, err);
    return rc == OK ? database_step(store, *out_statement, out_found, err) : rc;
}

int import_blocked_by(struct store *store, int64_t id, int64_t *out_import_id,
                      struct bytes *out_round, struct err *err)
{
    struct import_row row = {0};
    sqlite3_stmt *imports = NULL;
    sqlite3_stmt *rounds = NULL;
    bool found = false;
    int rc = import_get(store, id, &row, err);
    if (rc == OK)
        rc = ask_blocked(store, "import_blocked_by_import", &row, &imports, &found, err);
    if (rc != OK)
        return rc;
    int64_t later = sqlite3_column_int64(imports, 0);
    (void)sqlite3_reset(imports);
    rc = ask_blocked(store, "import_blocked_by_round", &row, &rounds, &found, err);
    if (rc != OK)
        return rc;
    *out_import_id = later;
    *out_round = found ? database_column_text(rounds, 0) : BYTES_NONE;
    return OK;
}

int import_touched_each(struct store *store, int64_t import_id, handling_id_cb on_handling,
                        void *context, struct err *err)
{
    struct import_row row = {0};
    sqlite3_stmt *statement = NULL;
    int rc = import_get(store, import_id, &row, err);
    if (rc == OK)
        rc = take_for_import(store, "import_touched_each", &row, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_handling(context, sqlite3_column_int64(statement, 0), err);
    return rc;
}

static int put_undone(struct store *store, int64_t id, int64_t now_utc, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "import_put_undone", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, now_utc);
    (void)sqlite3_bind_int64(statement, 2, id);
    return run_on_one(store, statement, id, err);
}

int import_undo(struct store *store, int64_t id, int64_t now_utc, struct err *err)
{
    static const char *const changes[] = {
        "person_orders_drop_changed", "handlings_delete_added",    "orders_restore",
        "handlings_restore",          "person_orders_add_changed", "order_versions_delete",
        "handling_versions_delete",
    };
    struct import_row row = {0};
    int rc = import_get(store, id, &row, err);
    if (rc != OK)
        return rc;
    int64_t first = row.first_order_id, end = row.end_order_id;
    rc = put_undone(store, id, now_utc, err);
    if (rc == OK)
        rc = delete_orders(store, first, end, err);
    for (size_t i = 0; rc == OK && i < sizeof changes / sizeof *changes; i++)
        rc = run_with_id(store, changes[i], id, err);
    return rc == OK ? delete_notes(store, id, err) : rc;
}

/* ---- rejects and flags ---- */

int reject_put(struct store *store, int64_t import_id, int64_t reject_id, int64_t line,
               struct bytes reason, struct bytes header, struct bytes sealed, struct err *err)
{
    enum { PUT_ID = 1, PUT_IMPORT, PUT_LINE, PUT_REASON, PUT_HEADER, PUT_SEALED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "reject_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, PUT_ID, reject_id);
    (void)sqlite3_bind_int64(statement, PUT_IMPORT, import_id);
    (void)sqlite3_bind_int64(statement, PUT_LINE, line);
    database_bind_text(statement, PUT_REASON, reason);
    database_bind_text(statement, PUT_HEADER, header);
    database_bind_blob(statement, PUT_SEALED, sealed);
    return database_run(store, statement, err);
}

int reject_next_id(struct store *store, int64_t *out_id, struct err *err)
{
    return get_integers(store, "reject_next_id", out_id, 1, err);
}

int rejects_each(struct store *store, int64_t import_id, reject_cb on_reject, void *context,
                 struct err *err)
{
    enum { AT_REJECT, AT_LINE, AT_REASON, AT_HEADER, AT_SEALED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "rejects_each", &import_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_reject(context, sqlite3_column_int64(statement, AT_REJECT),
                       sqlite3_column_int64(statement, AT_LINE),
                       database_column_text(statement, AT_REASON),
                       database_column_text(statement, AT_HEADER),
                       database_column_blob(statement, AT_SEALED), err);
    return rc;
}

int record_flags_put(struct store *store, int64_t import_id, int64_t line, int64_t handling_id,
                     uint32_t flags, struct err *err)
{
    return database_run_with(store, "record_flags_put",
                             (int64_t[]){import_id, line, handling_id, flags}, 4, err);
}

int record_flags_each(struct store *store, int64_t import_id, int64_t handling_id,
                      record_flags_cb on_flags, void *context, struct err *err)
{
    const char *name =
        import_id != 0 ? "record_flags_each_of_import" : "record_flags_each_of_handling";
    int64_t id = import_id != 0 ? import_id : handling_id;
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_flags(context, sqlite3_column_int64(statement, 0),
                      sqlite3_column_int64(statement, 1),
                      (uint32_t)sqlite3_column_int64(statement, 2), err);
    return rc;
}
