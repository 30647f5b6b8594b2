#include "service/storage/database.h"

#include "base/alloc.h"

#include "service/storage/connection.h"

#include <errno.h>
#include <string.h>

/* ---- errors ---- */

static enum err_code io_code(struct store *store, int sqlite_code)
{
    if (sqlite_code == SQLITE_IOERR_NOMEM)
        return ERR_NOMEM;
    /* Not every full disk reaches us as SQLITE_FULL: growing the shared memory file does not. */
    int system_error = sqlite3_system_errno(store->db);
    return system_error == ENOSPC || system_error == EDQUOT ? ERR_FULL : ERR_IO;
}

static enum err_code constraint_code(int sqlite_code)
{
    switch (sqlite_code) {
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_DATATYPE:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return ERR_REFUSED;
    default:
        return ERR_EXISTS;
    }
}

static enum err_code code_of(struct store *store, int sqlite_code)
{
    switch (sqlite_code & 0xFF) {
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return io_code(store, sqlite_code);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return ERR_BUSY;
    case SQLITE_CONSTRAINT:
        return constraint_code(sqlite_code);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_PERMISSION;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
        return ERR_CANCELED;
    default:
        return ERR_CORRUPT;
    }
}

int database_error(struct store *store, int sqlite_code, const char *what, struct err *err)
{
    return err_set(err, code_of(store, sqlite_code), "could not %s: %s", what,
                   sqlite3_errmsg(store->db));
}

/* ---- named statements ---- */

#define NAME_MARK "-- name: "

static bool is_query_file(const struct embedded_file *file)
{
    return file->name[0] < '0' || file->name[0] > '9';
}

/* Cut the next named statement off `*text`: false when there is none. */
static bool next_statement(struct bytes *text, struct bytes *out_name, struct bytes *out_sql)
{
    const struct bytes mark = BYTES_LIT(NAME_MARK);
    size_t at = bytes_find(*text, mark);
    if (at == text->len)
        return false;
    struct bytes rest = {text->ptr + at + mark.len, text->len - at - mark.len};
    size_t end = bytes_find(rest, mark);
    struct bytes sql = {rest.ptr, end};
    *text = (struct bytes){rest.ptr + end, rest.len - end};
    *out_name = bytes_trim(bytes_cut(&sql, '\n'));
    *out_sql = sql;
    return true;
}

static struct named_statement *find_slot(struct store *store, struct bytes name)
{
    size_t mask = store->statement_slots - 1;
    size_t at = (size_t)bytes_hash(name) & mask;
    while (store->statements[at].name.len != 0 && !bytes_equal(store->statements[at].name, name))
        at = (at + 1) & mask;
    return &store->statements[at];
}

static size_t count_statements(void)
{
    size_t count = 0;
    struct bytes name, sql;
    for (const struct embedded_file *file = embedded_storage; file->name != NULL; file++) {
        struct bytes text = embedded_bytes(file);
        while (is_query_file(file) && next_statement(&text, &name, &sql))
            count++;
    }
    return count;
}

int database_load_statements(struct store *store, struct err *err)
{
    size_t slots = 16;
    while (slots < 2 * count_statements())
        slots *= 2;
    store->statements = mem_calloc(slots, sizeof *store->statements);
    if (store->statements == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the table of %zu statements", slots);
    store->statement_slots = slots;
    struct bytes name, sql;
    for (const struct embedded_file *file = embedded_storage; file->name != NULL; file++) {
        struct bytes text = embedded_bytes(file);
        while (is_query_file(file) && next_statement(&text, &name, &sql))
            *find_slot(store, name) = (struct named_statement){.name = name, .sql = sql};
    }
    return OK;
}

void database_free_statements(struct store *store)
{
    for (size_t i = 0; i < store->statement_slots; i++)
        (void)sqlite3_finalize(store->statements[i].prepared);
    mem_free(store->statements);
    store->statements = NULL;
    store->statement_slots = 0;
}

static int prepare(struct store *store, struct named_statement *statement, struct err *err)
{
    if (statement->prepared != NULL)
        return OK;
    store->preparing = statement;
    int code = sqlite3_prepare_v3(store->db, statement->sql.ptr, (int)statement->sql.len,
                                  SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL);
    store->preparing = NULL;
    if (code != SQLITE_OK) {
        (void)database_error(store, code, "prepare", err);
        return err_wrap(err, "statement " BYTES_FMT, BYTES_ARG(statement->name));
    }
    return OK;
}

int database_take(struct store *store, const char *name, sqlite3_stmt **out_statement,
                  struct err *err)
{
    struct named_statement *statement = find_slot(store, bytes_from_z(name));
    if (statement->name.len == 0)
        return err_set(err, ERR_CORRUPT, "no statement is named %s", name);
    int rc = prepare(store, statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_reset(statement->prepared);
    (void)sqlite3_clear_bindings(statement->prepared);
    store->moves_stand = store->moves_stand || statement->moves_stand;
    *out_statement = statement->prepared;
    return OK;
}

int database_take_with(struct store *store, const char *name, const int64_t *integers, int count,
                       sqlite3_stmt **out_statement, struct err *err)
{
    int rc = database_take(store, name, out_statement, err);
    for (int i = 0; rc == OK && i < count; i++)
        (void)sqlite3_bind_int64(*out_statement, i + 1, integers[i]);
    return rc;
}

int store_prepare_all(struct store *store, struct err *err)
{
    for (size_t i = 0; i < store->statement_slots; i++) {
        if (store->statements[i].name.len == 0)
            continue;
        int rc = prepare(store, &store->statements[i], err);
        if (rc != OK)
            return rc;
    }
    return OK;
}

int database_step(struct store *store, sqlite3_stmt *statement, bool *out_row, struct err *err)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *out_row = code == SQLITE_ROW;
        return OK;
    }
    int rc = database_error(store, code, "run a statement", err);
    (void)sqlite3_reset(statement);
    return rc;
}

int database_run(struct store *store, sqlite3_stmt *statement, struct err *err)
{
    bool row = true;
    while (row) {
        int rc = database_step(store, statement, &row, err);
        if (rc != OK)
            return rc;
    }
    (void)sqlite3_reset(statement);
    return OK;
}

int database_run_with(struct store *store, const char *name, const int64_t *integers, int count,
                      struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    return rc == OK ? database_run(store, statement, err) : rc;
}

int database_put_new(struct store *store, sqlite3_stmt *statement, int64_t *out_id, struct err *err)
{
    int rc = database_run(store, statement, err);
    if (rc == OK)
        *out_id = sqlite3_last_insert_rowid(store->db);
    return rc;
}

static int not_found(const char *what, int64_t id, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "there is no %s %jd", what, (intmax_t)id);
}

int database_find(struct store *store, sqlite3_stmt *statement, const char *what, int64_t id,
                  struct err *err)
{
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    return rc == OK && !row ? not_found(what, id, err) : rc;
}

int database_integer(struct store *store, sqlite3_stmt *statement, int64_t *out, struct err *err)
{
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    *out = row ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_reset(statement);
    return OK;
}

int database_integer_with(struct store *store, const char *name, const int64_t *integers, int count,
                          int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    return rc == OK ? database_integer(store, statement, out, err) : rc;
}

int database_change(struct store *store, sqlite3_stmt *statement, const char *what, int64_t id,
                    struct err *err)
{
    int rc = database_run(store, statement, err);
    bool is_changed = sqlite3_changes(store->db) != 0;
    return rc == OK && !is_changed ? not_found(what, id, err) : rc;
}

int database_find_named(struct store *store, const char *query, const char *what, struct bytes name,
                        sqlite3_stmt **out_statement, struct err *err)
{
    bool row = false;
    int rc = database_take(store, query, out_statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(*out_statement, 1, name);
    rc = database_step(store, *out_statement, &row, err);
    if (rc == OK && !row)
        return err_set(err, ERR_NOT_FOUND, "no %s is named \"" BYTES_FMT "\"", what,
                       BYTES_ARG(name));
    return rc;
}

bool database_next(struct store *store, sqlite3_stmt *statement, int *rc, struct err *err)
{
    bool row = false;
    if (*rc == OK)
        *rc = database_step(store, statement, &row, err);
    if (!row)
        (void)sqlite3_reset(statement);
    return row;
}

int database_exec(struct store *store, struct bytes sql, const char *what, struct err *err)
{
    const char *at = sql.ptr;
    const char *end = sql.ptr + sql.len;
    while (at < end) {
        sqlite3_stmt *statement = NULL;
        int code = sqlite3_prepare_v2(store->db, at, (int)(end - at), &statement, &at);
        while (code == SQLITE_OK || code == SQLITE_ROW)
            code = statement != NULL ? sqlite3_step(statement) : SQLITE_DONE;
        int rc = code == SQLITE_DONE ? OK : database_error(store, code, what, err);
        (void)sqlite3_finalize(statement);
        if (rc != OK)
            return rc;
    }
    return OK;
}

int database_check(struct store *store, const char *pragma, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, pragma, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    int rc = OK;
    if (code == SQLITE_ROW) {
        struct bytes finding = database_column_text(statement, 0);
        if (!bytes_equal(finding, BYTES_LIT("ok")))
            rc = err_set(err, ERR_CORRUPT, "%s finds: " BYTES_FMT, pragma, BYTES_ARG(finding));
    } else if (code != SQLITE_DONE) {
        rc = database_error(store, code, "check the database", err);
    }
    (void)sqlite3_finalize(statement);
    return rc;
}

/* ---- cursors ---- */

int database_cursor_init(struct database_cursor *cursor, struct store *store, const char *name,
                         struct err *err)
{
    sqlite3_stmt *named = NULL;
    int rc = database_take(store, name, &named, err);
    if (rc != OK)
        return rc;
    cursor->store = store;
    int code = sqlite3_prepare_v2(store->db, sqlite3_sql(named), -1, &cursor->statement, NULL);
    return code == SQLITE_OK ? OK : database_error(store, code, "open a cursor", err);
}

int database_cursor_next(struct database_cursor *cursor, bool *out_row, struct err *err)
{
    bool row = false;
    int rc = OK;
    if (cursor->statement != NULL)
        rc = database_step(cursor->store, cursor->statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        database_cursor_deinit(cursor);
    *out_row = row;
    return OK;
}

void database_cursor_deinit(struct database_cursor *cursor)
{
    (void)sqlite3_finalize(cursor->statement);
    cursor->statement = NULL;
}

/* ---- values ---- */

/* SQLite takes a NULL pointer for NULL, we for emptiness. */
static const char *not_null(struct bytes bytes)
{
    return bytes.ptr != NULL ? bytes.ptr : "";
}

void database_bind_text(sqlite3_stmt *statement, int at, struct bytes text)
{
    (void)sqlite3_bind_text64(statement, at, not_null(text), text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void database_bind_blob(sqlite3_stmt *statement, int at, struct bytes blob)
{
    (void)sqlite3_bind_blob64(statement, at, not_null(blob), blob.len, SQLITE_STATIC);
}

void database_bind_id(sqlite3_stmt *statement, int at, int64_t id)
{
    if (id == 0)
        (void)sqlite3_bind_null(statement, at);
    else
        (void)sqlite3_bind_int64(statement, at, id);
}

void database_result_text(sqlite3_context *result, struct bytes text)
{
    sqlite3_result_text64(result, not_null(text), text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void database_result_blob(sqlite3_context *result, struct bytes blob)
{
    sqlite3_result_blob64(result, not_null(blob), blob.len, SQLITE_STATIC);
}

void database_result_id(sqlite3_context *result, int64_t id)
{
    if (id != 0)
        sqlite3_result_int64(result, id);
}

/* Not sqlite3_column_text: it may need memory to end the text with a NUL, and has no way to say that it found none. */
struct bytes database_column_text(sqlite3_stmt *statement, int column)
{
    return database_column_blob(statement, column);
}

struct bytes database_column_blob(sqlite3_stmt *statement, int column)
{
    const char *ptr = sqlite3_column_blob(statement, column);
    return (struct bytes){ptr, (size_t)sqlite3_column_bytes(statement, column)};
}

sqlite3 *database_handle(struct store *store)
{
    return store->db;
}
