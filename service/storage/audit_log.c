#include "service/storage/audit_log.h"

#include "service/storage/connection.h"
#include "service/storage/database.h"

#include <string.h>

/* Nobody else writes before this transaction ends, so that the next entry need not look for this one. */
static void keep_head(struct store *store, int64_t id, const unsigned char mac[AUDIT_MAC_BYTES])
{
    store->audit_head.is_known = store_in_transaction(store);
    store->audit_head.id = id;
    memcpy(store->audit_head.mac, mac, AUDIT_MAC_BYTES);
}

static bool follows_head(const struct store *store, const struct audit_row *row)
{
    return store->audit_head.is_known && row->id == store->audit_head.id + 1 &&
           row->mac.len == AUDIT_MAC_BYTES;
}

int audit_put_new(struct store *store, const struct audit_row *row, struct err *err)
{
    enum { ID = 1, AT, WHO, ROLE, ADDRESS, ACTION, TARGET, OUTCOME, DETAILS, MAC };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "audit_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ID, row->id);
    (void)sqlite3_bind_int64(statement, AT, row->at_ms);
    database_bind_text(statement, WHO, row->who);
    database_bind_text(statement, ROLE, row->role);
    database_bind_text(statement, ADDRESS, row->address);
    database_bind_text(statement, ACTION, row->action);
    database_bind_text(statement, TARGET, row->target);
    database_bind_text(statement, OUTCOME, row->outcome);
    database_bind_text(statement, DETAILS, row->details);
    database_bind_blob(statement, MAC, row->mac);
    bool is_next = follows_head(store, row);
    store->audit_head.is_known = false;
    rc = database_run(store, statement, err);
    if (rc == OK && is_next)
        keep_head(store, row->id, (const unsigned char *)row->mac.ptr);
    return rc;
}

/* The id and mac of the row that `statement` finds, if there is one. */
static int read_head(struct store *store, sqlite3_stmt *statement, bool *out_found, int64_t *out_id,
                     unsigned char out_mac[AUDIT_MAC_BYTES], struct err *err)
{
    enum { ID, MAC };
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (row) {
        struct bytes mac = database_column_blob(statement, MAC);
        int64_t id = sqlite3_column_int64(statement, ID);
        if (mac.len != AUDIT_MAC_BYTES)
            rc = err_set(err, ERR_CORRUPT, "entry %jd of the audit log has a mac of %zu bytes",
                         (intmax_t)id, mac.len);
        else
            memcpy(out_mac, mac.ptr, AUDIT_MAC_BYTES);
        if (rc == OK)
            *out_id = id;
    }
    *out_found = row;
    (void)sqlite3_reset(statement);
    return rc;
}

int audit_anchor_get(struct store *store, int64_t *out_id, unsigned char out_mac[AUDIT_MAC_BYTES],
                     struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "audit_anchor_get", &statement, err);
    if (rc == OK)
        rc = read_head(store, statement, &found, out_id, out_mac, err);
    if (rc == OK && !found) {
        *out_id = 0;
        memset(out_mac, 0, AUDIT_MAC_BYTES);
    }
    return rc;
}

int audit_last(struct store *store, int64_t *out_id, unsigned char out_mac[AUDIT_MAC_BYTES],
               struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    if (store->audit_head.is_known && store_in_transaction(store)) {
        *out_id = store->audit_head.id;
        memcpy(out_mac, store->audit_head.mac, AUDIT_MAC_BYTES);
        return OK;
    }
    int rc = database_take(store, "audit_last", &statement, err);
    if (rc == OK)
        rc = read_head(store, statement, &found, out_id, out_mac, err);
    if (rc == OK && !found)
        rc = audit_anchor_get(store, out_id, out_mac, err);
    if (rc == OK)
        keep_head(store, *out_id, out_mac);
    return rc;
}

int audit_get_mac(struct store *store, int64_t id, unsigned char out_mac[AUDIT_MAC_BYTES],
                  struct err *err)
{
    sqlite3_stmt *statement = NULL;
    unsigned char mac[AUDIT_MAC_BYTES];
    bool found = false;
    int64_t at = 0;
    int rc = database_take_with(store, "audit_get_mac", &id, 1, &statement, err);
    if (rc == OK)
        rc = read_head(store, statement, &found, &at, mac, err);
    if (rc == OK && !found)
        rc = audit_anchor_get(store, &at, mac, err);
    if (rc == OK && at != id)
        rc = err_set(err, ERR_NOT_FOUND, "the audit log has no entry %jd", (intmax_t)id);
    if (rc == OK)
        memcpy(out_mac, mac, sizeof mac);
    return rc;
}

int audit_anchor_store(struct store *store, int64_t id, struct bytes mac, int64_t at_utc,
                       struct err *err)
{
    enum { LAST_ID = 1, MAC, CUT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "audit_anchor_store", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, LAST_ID, id);
    database_bind_blob(statement, MAC, mac);
    (void)sqlite3_bind_int64(statement, CUT, at_utc);
    return database_run(store, statement, err);
}

static void read_row(sqlite3_stmt *statement, struct audit_row *out)
{
    enum { ID, AT, WHO, ROLE, ADDRESS, ACTION, TARGET, OUTCOME, DETAILS, MAC };
    *out = (struct audit_row){
        .id = sqlite3_column_int64(statement, ID),
        .at_ms = sqlite3_column_int64(statement, AT),
        .who = database_column_text(statement, WHO),
        .role = database_column_text(statement, ROLE),
        .address = database_column_text(statement, ADDRESS),
        .action = database_column_text(statement, ACTION),
        .target = database_column_text(statement, TARGET),
        .outcome = database_column_text(statement, OUTCOME),
        .details = database_column_text(statement, DETAILS),
        .mac = database_column_blob(statement, MAC),
    };
}

static void bind_filter(sqlite3_stmt *statement, const struct audit_filter *filter)
{
    enum { AFTER = 1, FROM, TO, WHO, TARGET, ACTION, FAMILY, ROWS };
    bool is_family = filter->action.len > 0 && filter->action.ptr[filter->action.len - 1] == '.';
    int64_t after = filter->after_id;
    if (filter->newest_first && after == 0)
        after = INT64_MAX;
    (void)sqlite3_bind_int64(statement, AFTER, after);
    (void)sqlite3_bind_int64(statement, FROM, filter->from_ms);
    (void)sqlite3_bind_int64(statement, TO, filter->to_ms != 0 ? filter->to_ms : INT64_MAX);
    database_bind_text(statement, WHO, filter->who);
    database_bind_text(statement, TARGET, filter->target);
    database_bind_text(statement, ACTION, is_family ? BYTES_NONE : filter->action);
    database_bind_text(statement, FAMILY, is_family ? filter->action : BYTES_NONE);
    (void)sqlite3_bind_int64(statement, ROWS, filter->limit != 0 ? filter->limit : INT64_MAX);
}

int audit_each(struct store *store, const struct audit_filter *filter, audit_cb on_row,
               void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    const char *name = filter->newest_first ? "audit_each_downward" : "audit_each_upward";
    int rc = database_take(store, name, &statement, err);
    if (rc == OK)
        bind_filter(statement, filter);
    while (database_next(store, statement, &rc, err)) {
        struct audit_row row;
        read_row(statement, &row);
        rc = on_row(context, &row, err);
    }
    return rc;
}

int audit_delete(struct store *store, int64_t last_id, struct err *err)
{
    store->audit_head.is_known = false;
    return database_run_with(store, "audit_delete", &last_id, 1, err);
}
