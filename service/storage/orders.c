#include "service/storage/orders.h"

#include "service/storage/bulk.h"
#include "service/storage/database.h"
#include "service/storage/facts_row.h"
#include "service/storage/orders_row.h"

static bool moment_equal(struct moment a, struct moment b)
{
    return a.kind == b.kind && (a.kind == MOMENT_NONE || a.seconds == b.seconds);
}

static bool fact_equal(const struct fact *a, const struct fact *b)
{
    return moment_equal(a->received, b->received) && moment_equal(a->dispatched, b->dispatched) &&
           moment_equal(a->accepted, b->accepted) && moment_equal(a->due, b->due) &&
           moment_equal(a->extension_asked, b->extension_asked) &&
           moment_equal(a->extended_due, b->extended_due) &&
           moment_equal(a->submitted, b->submitted) && moment_equal(a->closed, b->closed) &&
           a->extension_count == b->extension_count && a->marks == b->marks && a->kind == b->kind &&
           a->status == b->status && a->flag == b->flag;
}

bool handling_row_equal(const struct handling_row *a, const struct handling_row *b)
{
    return a->unit_name_id == b->unit_name_id && fact_equal(&a->fact, &b->fact) &&
           moment_equal(a->first_closed, b->first_closed) && a->redo_count == b->redo_count &&
           a->role == b->role && a->urgency_id == b->urgency_id && a->status_id == b->status_id &&
           a->hotline_resolved_id == b->hotline_resolved_id &&
           a->hotline_satisfaction_id == b->hotline_satisfaction_id &&
           a->unit_resolved_id == b->unit_resolved_id;
}

/* ---- statements of one kind ---- */

static int put_order(struct store *store, const char *name, const struct order_row *row,
                     struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    order_row_bind(statement, 1, row);
    return database_run(store, statement, err);
}

static int put_handling(struct store *store, const char *name, const struct handling_row *row,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    handling_row_bind(statement, 1, row);
    return database_run(store, statement, err);
}

/* Take a statement with one id as its parameter and step to its first row: ERR_NOT_FOUND without one. */
static int find_by_id(struct store *store, const char *name, int64_t id,
                      sqlite3_stmt **out_statement, struct err *err)
{
    bool found = false;
    int rc = database_take(store, name, out_statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(*out_statement, 1, id);
    rc = database_step(store, *out_statement, &found, err);
    if (rc == OK && !found)
        rc = err_set(err, ERR_NOT_FOUND, "%s finds nothing under id %lld", name, (long long)id);
    return rc;
}

static int get_order(struct store *store, const char *name, int64_t id, struct order_row *out,
                     struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = find_by_id(store, name, id, &statement, err);
    if (rc == OK)
        order_row_read(statement, 0, out);
    return rc;
}

static int get_handling(struct store *store, const char *name, int64_t id, struct handling_row *out,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = find_by_id(store, name, id, &statement, err);
    if (rc == OK) {
        handling_row_read(statement, 0, out);
        (void)sqlite3_reset(statement);
    }
    return rc;
}

/* ---- orders and handlings ---- */

/* The id of the order that has the number; there is one. */
static int find_order_id(struct store *store, struct bytes order_no, int64_t *out_id,
                         struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "order_id", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, order_no);
    rc = database_step(store, statement, &found, err);
    if (rc == OK)
        *out_id = found ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_reset(statement);
    return rc;
}

int orders_put_new(struct store *store, const struct order_row *rows, size_t count,
                   int64_t *out_ids, struct err *err)
{
    int rc = bulk_run(store, "orders_put_new", BULK_ORDERS, rows, count, err);
    if (rc != OK || count == 0)
        return rc;
    bool all_new = sqlite3_changes64(database_handle(store)) == (sqlite3_int64)count;
    for (size_t i = 0; i < count && rc == OK; i++) {
        if (all_new)
            out_ids[i] = rows[i].id;
        else
            rc = find_order_id(store, rows[i].order_no, &out_ids[i], err);
    }
    return rc;
}

int order_put(struct store *store, const struct order_row *row, struct err *err)
{
    return put_order(store, "order_put", row, err);
}

int order_get(struct store *store, struct bytes order_no, struct order_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, "order_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, order_no);
    rc = database_step(store, statement, &found, err);
    if (rc == OK && !found)
        return err_set(err, ERR_NOT_FOUND, "no order has the number \"" BYTES_FMT "\"",
                       BYTES_ARG(order_no));
    if (rc == OK)
        order_row_read(statement, 0, out);
    return rc;
}

int order_get_by_id(struct store *store, int64_t order_id, struct order_row *out, struct err *err)
{
    return get_order(store, "order_get_by_id", order_id, out, err);
}

int handlings_put_new(struct store *store, const struct handling_row *rows, size_t count,
                      struct err *err)
{
    return bulk_run(store, "handlings_put_new", BULK_HANDLINGS, rows, count, err);
}

int handling_put(struct store *store, const struct handling_row *row, struct err *err)
{
    return put_handling(store, "handling_put", row, err);
}

int handlings_get(struct store *store, int64_t order_id,
                  struct handling_row out[HANDLINGS_AN_ORDER], int *out_count, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "handlings_get", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, order_id * HANDLINGS_AN_ORDER);
    (void)sqlite3_bind_int64(statement, 2, (order_id + 1) * HANDLINGS_AN_ORDER);
    int count = 0;
    bool found = true;
    while (found) {
        rc = database_step(store, statement, &found, err);
        if (rc != OK)
            return rc;
        if (found)
            handling_row_read(statement, 0, &out[count++]);
    }
    *out_count = count;
    return OK;
}

/* ---- what waits for the end of the import ---- */

int pending_order_put(struct store *store, const struct order_row *row, struct err *err)
{
    return put_order(store, "pending_order_put", row, err);
}

int pending_order_get(struct store *store, int64_t order_id, struct order_row *out, struct err *err)
{
    return get_order(store, "pending_order_get", order_id, out, err);
}

int pending_handling_put(struct store *store, const struct handling_row *row, struct err *err)
{
    return put_handling(store, "pending_handling_put", row, err);
}

int pending_handling_get(struct store *store, int64_t handling_id, struct handling_row *out,
                         struct err *err)
{
    return get_handling(store, "pending_handling_get", handling_id, out, err);
}

/* Run a statement without rows whose only parameter, if it has one, is an id. */
static int run_with_id(struct store *store, const char *name, int64_t id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    if (sqlite3_bind_parameter_count(statement) > 0)
        (void)sqlite3_bind_int64(statement, 1, id);
    return database_run(store, statement, err);
}

int pending_handling_delete(struct store *store, int64_t handling_id, struct err *err)
{
    return run_with_id(store, "pending_handling_delete", handling_id, err);
}

int pending_handlings_each(struct store *store, handling_cb on_row, void *context, struct err *err)
{
    int64_t after_id = 0;
    for (;;) {
        struct handling_row row;
        int rc = get_handling(store, "pending_handling_next", after_id, &row, err);
        if (rc == ERR_NOT_FOUND)
            return OK;
        if (rc == OK)
            rc = on_row(context, &row, err);
        if (rc != OK)
            return rc;
        after_id = row.id;
    }
}

int orders_apply_pending(struct store *store, int64_t import_id, struct err *err)
{
    static const char *const steps[] = {
        "order_versions_keep", "handling_versions_keep", "orders_replace",
        "handlings_replace",   "pending_orders_clear",   "pending_handlings_clear",
    };
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof steps / sizeof *steps; i++)
        rc = run_with_id(store, steps[i], import_id, err);
    return rc;
}

int sighting_put(struct store *store, int64_t import_id, int64_t handling_id, enum sighting what,
                 struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "sighting_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, import_id);
    (void)sqlite3_bind_int64(statement, 2, handling_id);
    (void)sqlite3_bind_int(statement, 3, (int)what);
    return database_run(store, statement, err);
}

int sighting_get(struct store *store, int64_t import_id, int64_t handling_id, bool *out_seen,
                 struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "sighting_get", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, import_id);
    (void)sqlite3_bind_int64(statement, 2, handling_id);
    rc = database_step(store, statement, out_seen, err);
    (void)sqlite3_reset(statement);
    return rc;
}

/* ---- history ---- */

int handling_versions_each(struct store *store, int64_t handling_id, handling_version_cb on_version,
                           void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "handling_versions_each", &handling_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct handling_row row;
        handling_row_read(statement, 1, &row);
        rc = on_version(context, sqlite3_column_int64(statement, 0), &row, err);
    }
    return rc;
}

int order_versions_each(struct store *store, int64_t order_id, order_version_cb on_version,
                        void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "order_versions_each", &order_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct order_row row;
        order_row_read(statement, 1, &row);
        rc = on_version(context, sqlite3_column_int64(statement, 0), &row, err);
    }
    return rc;
}

int person_orders_put(struct store *store, const struct person_order *rows, size_t count,
                      struct err *err)
{
    return bulk_run(store, "person_orders_put", BULK_PERSONS, rows, count, err);
}

int person_order_delete(struct store *store, const struct person_order *row, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "person_order_delete", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, 1, row->phone_key);
    (void)sqlite3_bind_int64(statement, 2, row->order_id);
    return database_run(store, statement, err);
}

int orders_index_changed_persons(struct store *store, int64_t import_id, struct err *err)
{
    int rc = run_with_id(store, "person_orders_drop_replaced", import_id, err);
    if (rc == OK)
        rc = run_with_id(store, "person_orders_add_changed", import_id, err);
    return rc;
}

/* ---- words ---- */

/* Step a statement whose parameter is a text and whose row, if there is one, is an id. */
static int id_by_text(struct store *store, const char *name, struct bytes text, int64_t *out_id,
                      struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, text);
    rc = database_step(store, statement, &found, err);
    if (rc == OK)
        *out_id = found ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_reset(statement);
    return rc;
}

int term_put(struct store *store, struct bytes text, int64_t *out_id, struct err *err)
{
    int64_t id = 0;
    int rc = OK;
    if (text.len > 0)
        rc = id_by_text(store, "term_find", text, &id, err);
    if (rc == OK && text.len > 0 && id == 0)
        rc = id_by_text(store, "term_put_new", text, &id, err);
    if (rc == OK)
        *out_id = id;
    return rc;
}

int term_get(struct store *store, int64_t id, struct bytes *out_text, struct err *err)
{
    if (id == 0) {
        *out_text = BYTES_NONE;
        return OK;
    }
    sqlite3_stmt *statement = NULL;
    int rc = find_by_id(store, "term_get", id, &statement, err);
    if (rc == OK)
        *out_text = database_column_text(statement, 0);
    return rc;
}

/* ---- facts ---- */

int facts_each(struct store *store, int64_t from_id, int64_t end_id, fact_cb on_fact, void *context,
               struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc =
        database_take_with(store, "facts_each", (int64_t[]){from_id, end_id}, 2, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct fact_row row;
        fact_row_read(statement, 0, &row);
        rc = on_fact(context, &row, err);
    }
    return rc;
}

static int get_integer(struct store *store, const char *name, int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    rc = database_step(store, statement, &found, err);
    if (rc == OK)
        *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return rc;
}

int facts_end_id(struct store *store, int64_t *out_end_id, struct err *err)
{
    return get_integer(store, "facts_end_id", out_end_id, err);
}

int facts_changes(struct store *store, int64_t *out_changes, struct err *err)
{
    return get_integer(store, "facts_changes", out_changes, err);
}
