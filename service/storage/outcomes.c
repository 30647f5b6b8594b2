#include "service/storage/outcomes.h"

#include "base/alloc.h"

#include "service/storage/database.h"

/* ---- files ---- */

int outcome_file_put_new(struct store *store, struct outcome_file_row *row, struct err *err)
{
    enum { ROUND = 1, DRAW, FILE_NAME, SHA256, IMPORTED, WHO };
    enum { ROWS = WHO + 1, ACCEPTED, UPDATED, UNCHANGED, REJECTED, KIND, WHY };
    sqlite3_stmt *statement = NULL;
    bool is_new = false;
    int rc = database_take(store, "outcome_file_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, row->round_id);
    (void)sqlite3_bind_int64(statement, DRAW, row->draw_no);
    database_bind_text(statement, FILE_NAME, row->file_name);
    database_bind_blob(statement, SHA256, row->sha256);
    (void)sqlite3_bind_int64(statement, IMPORTED, row->imported_utc);
    database_bind_text(statement, WHO, row->who);
    (void)sqlite3_bind_int64(statement, ROWS, row->rows);
    (void)sqlite3_bind_int64(statement, ACCEPTED, row->accepted);
    (void)sqlite3_bind_int64(statement, UPDATED, row->updated);
    (void)sqlite3_bind_int64(statement, UNCHANGED, row->unchanged);
    (void)sqlite3_bind_int64(statement, REJECTED, row->rejected);
    database_bind_text(statement, KIND, row->kind.len != 0 ? row->kind : BYTES_LIT("file"));
    database_bind_text(statement, WHY, row->why);
    rc = database_step(store, statement, &is_new, err);
    if (rc != OK)
        return rc;
    int64_t id = sqlite3_column_int64(statement, 0);
    rc = database_run(store, statement, err);
    if (rc == OK)
        row->id = id;
    return rc;
}

int outcome_file_put_counts(struct store *store, const struct outcome_file_row *row,
                            struct err *err)
{
    const int64_t values[] = {row->rows,      row->accepted, row->updated,
                              row->unchanged, row->rejected, row->id};
    int rc = database_run_with(store, "outcome_file_put_counts", values,
                               (int)(sizeof values / sizeof *values), err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no file of outcomes has the id %jd", (intmax_t)row->id);
    return rc;
}

int outcome_file_add_accepted(struct store *store, int64_t id, int64_t count, struct err *err)
{
    return database_run_with(store, "outcome_file_add_accepted", (int64_t[]){id, count}, 2, err);
}

/* Columns of outcome_file_get_by_hash and outcome_files_each. */
static void read_file(sqlite3_stmt *statement, struct outcome_file_row *out)
{
    enum { ID, ROUND, DRAW, FILE_NAME, SHA256, IMPORTED, WHO };
    enum { ROWS = WHO + 1, ACCEPTED, UPDATED, UNCHANGED, REJECTED, KIND, WHY };
    *out = (struct outcome_file_row){
        .id = sqlite3_column_int64(statement, ID),
        .round_id = sqlite3_column_int64(statement, ROUND),
        .draw_no = sqlite3_column_int64(statement, DRAW),
        .file_name = database_column_text(statement, FILE_NAME),
        .sha256 = database_column_blob(statement, SHA256),
        .imported_utc = sqlite3_column_int64(statement, IMPORTED),
        .who = database_column_text(statement, WHO),
        .rows = sqlite3_column_int64(statement, ROWS),
        .accepted = sqlite3_column_int64(statement, ACCEPTED),
        .updated = sqlite3_column_int64(statement, UPDATED),
        .unchanged = sqlite3_column_int64(statement, UNCHANGED),
        .rejected = sqlite3_column_int64(statement, REJECTED),
        .kind = database_column_text(statement, KIND),
        .why = database_column_text(statement, WHY),
    };
}

int outcome_file_get_by_hash(struct store *store, int64_t round_id, int64_t draw_no,
                             struct bytes sha256, struct outcome_file_row *out, struct err *err)
{
    enum { ROUND_AND_DRAW = 2, SHA256 };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "outcome_file_get_by_hash", (int64_t[]){round_id, draw_no},
                                ROUND_AND_DRAW, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SHA256, sha256);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "the file was not loaded into draw %jd of round %jd",
                       (intmax_t)draw_no, (intmax_t)round_id);
    read_file(statement, out);
    return OK;
}

int outcome_files_each(struct store *store, int64_t round_id, outcome_file_cb on_file,
                       void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "outcome_files_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct outcome_file_row file;
        read_file(statement, &file);
        rc = on_file(context, &file, err);
    }
    return rc;
}

/* ---- attempts ---- */

/* attempt_put_new and attempt_rewrite have the same parameters. */
static int write_attempt(struct store *store, const char *name, const struct attempt_row *row,
                         struct err *err)
{
    enum { DRAWN = 1, CALLED_AT, NO, CALLED_KIND, CALLER, CODE };
    enum { RESOLVED = CODE + 1, STILL_OPEN, SATISFACTION, SEALED, FROM_FILE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, DRAWN, row->drawn_id);
    (void)sqlite3_bind_int64(statement, CALLED_AT, row->called.seconds);
    (void)sqlite3_bind_int64(statement, NO, row->no);
    (void)sqlite3_bind_int(statement, CALLED_KIND, (int)row->called.kind);
    database_bind_id(statement, CALLER, row->caller_id);
    database_bind_text(statement, CODE, row->code);
    (void)sqlite3_bind_int(statement, RESOLVED, row->resolved);
    (void)sqlite3_bind_int(statement, STILL_OPEN, row->still_open ? 1 : 0);
    (void)sqlite3_bind_int(statement, SATISFACTION, row->satisfaction);
    if (row->sealed.len != 0)
        database_bind_blob(statement, SEALED, row->sealed);
    (void)sqlite3_bind_int64(statement, FROM_FILE, row->file_id);
    return database_run(store, statement, err);
}

int attempt_put_new(struct store *store, const struct attempt_row *row, struct err *err)
{
    return write_attempt(store, "attempt_put_new", row, err);
}

int attempt_put_correction(struct store *store, const struct attempt_row *row, struct err *err)
{
    const int64_t key[] = {row->file_id, row->drawn_id, row->called.seconds, row->no};
    int rc =
        database_run_with(store, "attempt_keep_version", key, (int)(sizeof key / sizeof *key), err);
    if (rc == OK)
        rc = write_attempt(store, "attempt_rewrite", row, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = err_set(err, ERR_NOT_FOUND, "drawn order %jd has no attempt %jd at %jd",
                     (intmax_t)row->drawn_id, (intmax_t)row->no, (intmax_t)row->called.seconds);
    return rc;
}

/* Columns that all statements of attempts begin with; `sealed` is behind them. */
enum { AT_DRAWN, AT_CALLED, AT_NO, AT_CALLED_KIND, AT_CALLER, AT_CODE };
enum { AT_RESOLVED = AT_CODE + 1, AT_STILL_OPEN, AT_SATISFACTION, AT_FILE, AT_SEALED };

static void read_attempt(sqlite3_stmt *statement, struct attempt_row *out)
{
    *out = (struct attempt_row){
        .drawn_id = sqlite3_column_int64(statement, AT_DRAWN),
        .no = sqlite3_column_int64(statement, AT_NO),
        .called = {.seconds = sqlite3_column_int64(statement, AT_CALLED),
                   .kind = (enum moment_kind)sqlite3_column_int(statement, AT_CALLED_KIND)},
        .caller_id = sqlite3_column_int64(statement, AT_CALLER),
        .code = database_column_text(statement, AT_CODE),
        .resolved = sqlite3_column_int(statement, AT_RESOLVED),
        .still_open = sqlite3_column_int(statement, AT_STILL_OPEN) != 0,
        .satisfaction = sqlite3_column_int(statement, AT_SATISFACTION),
        .file_id = sqlite3_column_int64(statement, AT_FILE),
    };
}

static int give_attempts(struct store *store, const char *name, int64_t drawn_id,
                         attempt_cb on_attempt, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &drawn_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct attempt_row attempt;
        read_attempt(statement, &attempt);
        attempt.sealed = database_column_blob(statement, AT_SEALED);
        rc = on_attempt(context, &attempt, err);
    }
    return rc;
}

int attempts_each_of(struct store *store, int64_t drawn_id, attempt_cb on_attempt, void *context,
                     struct err *err)
{
    return give_attempts(store, "attempts_each_of", drawn_id, on_attempt, context, err);
}

int attempt_versions_each(struct store *store, int64_t drawn_id, attempt_cb on_version,
                          void *context, struct err *err)
{
    return give_attempts(store, "attempt_versions_each", drawn_id, on_version, context, err);
}

/* ---- the attempts of a draw ---- */

struct attempt_cursor {
    struct database_cursor rows;
};

int attempts_open(struct store *store, int64_t round_id, int64_t draw_no,
                  struct attempt_cursor **out_cursor, struct err *err)
{
    enum { ROUND = 1, DRAW };
    struct attempt_cursor *cursor = mem_calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a cursor");
    int rc = database_cursor_init(&cursor->rows, store, "attempts_of_draw", err);
    if (rc != OK) {
        attempts_close(cursor);
        return rc;
    }
    (void)sqlite3_bind_int64(cursor->rows.statement, ROUND, round_id);
    (void)sqlite3_bind_int64(cursor->rows.statement, DRAW, draw_no);
    *out_cursor = cursor;
    return OK;
}

int attempts_next(struct attempt_cursor *cursor, struct attempt_row *out_row, struct err *err)
{
    bool row = false;
    int rc = database_cursor_next(&cursor->rows, &row, err);
    if (rc != OK)
        return rc;
    if (row)
        read_attempt(cursor->rows.statement, out_row);
    else
        *out_row = (struct attempt_row){.drawn_id = 0};
    return OK;
}

void attempts_close(struct attempt_cursor *cursor)
{
    if (cursor == NULL)
        return;
    database_cursor_deinit(&cursor->rows);
    mem_free(cursor);
}

/* ---- rejects ---- */

int outcome_reject_next_id(struct store *store, int64_t *out_id, struct err *err)
{
    return database_integer_with(store, "outcome_reject_next_id", NULL, 0, out_id, err);
}

int outcome_reject_put(struct store *store, const struct outcome_reject_row *row, struct err *err)
{
    enum { ID = 1, IN_FILE, LINE, REASON, HEADER, SEALED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "outcome_reject_put", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ID, row->id);
    (void)sqlite3_bind_int64(statement, IN_FILE, row->file_id);
    (void)sqlite3_bind_int64(statement, LINE, row->line);
    database_bind_text(statement, REASON, row->reason);
    database_bind_text(statement, HEADER, row->header);
    database_bind_blob(statement, SEALED, row->sealed);
    return database_run(store, statement, err);
}

int outcome_rejects_each(struct store *store, int64_t file_id, outcome_reject_cb on_reject,
                         void *context, struct err *err)
{
    enum { ID, IN_FILE, LINE, REASON, HEADER, SEALED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "outcome_rejects_each", &file_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct outcome_reject_row reject = {
            .id = sqlite3_column_int64(statement, ID),
            .file_id = sqlite3_column_int64(statement, IN_FILE),
            .line = sqlite3_column_int64(statement, LINE),
            .reason = database_column_text(statement, REASON),
            .header = database_column_text(statement, HEADER),
            .sealed = database_column_blob(statement, SEALED),
        };
        rc = on_reject(context, &reject, err);
    }
    return rc;
}
