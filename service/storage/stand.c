#include "service/storage/stand.h"

#include "service/storage/connection.h"

#include <string.h>

/* Nobody has to remember to move the stand: SQLite itself says of each statement, when it is prepared, which tables it
 * writes; store_commit moves the stand when one that writes these was used. (Triggers are off, see store.c.) */

/* All other tables that results are counted from change only beside these, in the same transaction: orders, handlings,
 * rejects and flags with their import, what a round froze with the round, drawn orders with the draw. */
static bool is_counted_from(const char *table)
{
    static const char *const tables[] = {
        "imports",    "unit_classes",  "units",        "unit_names", "calendar_layers",
        "rounds",     "round_parts",   "round_scores", "frames",     "draws",
        "draw_units", "outcome_files", "attempts",     "exclusions",
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strcmp(table, tables[i]) == 0)
            return true;
    }
    return false;
}

static int on_prepare(void *context, int action, const char *table, const char *column,
                      const char *database, const char *by)
{
    struct store *store = context;
    (void)column;
    (void)database;
    (void)by;
    bool writes = action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE;
    if (writes && store->preparing != NULL && is_counted_from(table))
        store->preparing->moves_stand = true;
    return SQLITE_OK;
}

void stand_watch(struct store *store)
{
    (void)sqlite3_set_authorizer(store->db, on_prepare, store);
}

int stand_move(struct store *store, struct err *err)
{
    return database_run_with(store, "stand_move", NULL, 0, err);
}

int stand_get(struct store *store, int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "stand_get", &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc == OK && !row)
        rc = err_set(err, ERR_CORRUPT, "the stand of results is gone");
    if (rc == OK)
        *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return rc;
}
