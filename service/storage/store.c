#include "service/storage/store.h"

#include "base/alloc.h"

#include "service/storage/connection.h"
#include "service/storage/imports.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Limits of what SQLite may be made to hold, whatever is written into the file. */
enum {
    VALUE_MAX_BYTES = 80 * 1024 * 1024, /* the largest sealed text, with room */
    SQL_MAX_BYTES = 64 * 1024,
    BUSY_WAIT_MS = 10000,
    /* SQLite hands it to the system in one piece when it spills, and writes none of 128 KiB or more: ERR_FULL. */
    SAVEPOINT_MEMORY_BYTES = 120 * 1024,
    CHECKPOINT_WAIT_MS = 1000,
    BUSY_POLL_US = 200,
    CLEAR_SLICE_ORDERS = 2000,
};

/* ---- memory ---- */

static void *sqlite_malloc(int bytes)
{
    return mem_alloc((size_t)bytes);
}

static void *sqlite_realloc(void *ptr, int bytes)
{
    return mem_realloc(ptr, (size_t)bytes);
}

static int sqlite_size(void *ptr)
{
    return (int)malloc_usable_size(ptr);
}

static int sqlite_round_up(int bytes)
{
    return (bytes + 7) & ~7;
}

static int sqlite_memory_init(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void sqlite_memory_shutdown(void *context)
{
    (void)context;
}

void storage_use_allocator(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = sqlite_malloc,
        .xFree = mem_free,
        .xRealloc = sqlite_realloc,
        .xSize = sqlite_size,
        .xRoundup = sqlite_round_up,
        .xInit = sqlite_memory_init,
        .xShutdown = sqlite_memory_shutdown,
    };
    int code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    assert(code == SQLITE_OK && "a store was opened before");
    (void)code;
    /* Statistics would take a lock at each request. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* A savepoint keeps the pages it touches: few, which must not go through a file. */
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_MEMORY_BYTES);
    /* Now, so that the first store needs no more than the others; where it fails, opening tries again. */
    (void)sqlite3_initialize();
}

/* ---- opening ---- */

/* SQLite would make the file readable for all; its -wal and -shm follow what the file has. */
static int make_file(const struct store_options *options, struct err *err)
{
    struct stat status;
    if (options->mode != STORE_CREATE) {
        if (stat(options->path, &status) == 0)
            return OK;
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "could not open \"%s\": %s",
                       options->path, strerror(errno));
    }
    int fd = open(options->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not create \"%s\": %s",
                       options->path, strerror(errno));
    (void)close(fd);
    return OK;
}

/* SQLite's own handler waits longer and longer, and so comes too late for the short turns that writers leave each
 * other. */
static int on_busy(void *context, int times)
{
    const struct store *store = context;
    struct timespec pause = {.tv_nsec = BUSY_POLL_US * 1000L};
    if ((int64_t)times * BUSY_POLL_US >= (int64_t)store->busy_wait_ms * 1000)
        return 0;
    (void)nanosleep(&pause, NULL);
    return 1;
}

static int connect(struct store *store, const struct store_options *options, struct err *err)
{
    int access = options->mode == STORE_READONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(options->path, &store->db,
                               access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, options->vfs);
    if (store->db == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a connection");
    if (code != SQLITE_OK)
        return database_error(store, code, "open the database", err);
    store->busy_wait_ms = BUSY_WAIT_MS;
    (void)sqlite3_busy_handler(store->db, on_busy, store);
    return OK;
}

/* A file that somebody altered must not make SQLite do more than hold our data. A plan stays as it was made, whatever is
 * bound: else a statement that might use a partial index is prepared anew for each new value. */
static void restrict_connection(sqlite3 *db)
{
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
    (void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX_BYTES);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
    (void)sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 100);
    (void)sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 50);
    (void)sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, 100);
}

/* A checkpoint that fails is made up for by the next one: the commit holds all the same. */
static int on_commit(void *context, sqlite3 *db, const char *name, int log_pages)
{
    struct store *store = context;
    store->log_pages = log_pages;
    if (store->is_checkpointing && log_pages >= STORE_LOG_PAGES)
        (void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static int set_pragmas(struct store *store, enum store_mode mode, struct err *err)
{
    /* The page size counts only while the file is empty; 16 KiB halve the work of an import. */
    static const char *const of_all = "PRAGMA foreign_keys = ON;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA temp_store = FILE;"
                                      "PRAGMA cache_size = -16384;";
    static const char *const of_writers = "PRAGMA page_size = 16384;"
                                          "PRAGMA journal_mode = WAL;"
                                          "PRAGMA synchronous = FULL;"
                                          "PRAGMA cache_size = -65536;";
    int rc = database_exec(store, bytes_from_z(of_all), "set up the connection", err);
    if (rc == OK && mode != STORE_READONLY)
        rc = database_exec(store, bytes_from_z(of_writers), "set up the connection", err);
    store_set_autocheckpoint(store, true);
    (void)sqlite3_wal_hook(store->db, on_commit, store);
    return rc;
}

/* The version before anything is written: what belongs to others, or is not there yet, stays as it is. */
static int check_version(struct store *store, const struct store_options *options, struct err *err)
{
    int version = 0;
    int newest = migrations_newest();
    int rc = migrations_version(store, &version, err);
    if (options->mode == STORE_CREATE && (rc == ERR_CORRUPT || (rc == OK && version != 0)))
        return err_set(err, ERR_EXISTS, "\"%s\" is there already", options->path);
    if (rc != OK)
        return rc;
    if (options->mode != STORE_CREATE && version == 0)
        return err_set(err, ERR_NOT_FOUND, "\"%s\" is empty", options->path);
    if (version > newest)
        return err_set(err, ERR_VERSION, "schema %d is newer than this program's %d", version,
                       newest);
    if (options->mode == STORE_READONLY && version < newest)
        return err_set(err, ERR_VERSION, "schema %d is older than this program's %d", version,
                       newest);
    return OK;
}

static int clear_dead_import(struct store *store, struct err *err)
{
    int rc = store_lock_import(store, err);
    store_unlock_import(store);
    /* Busy: an importer is alive and at it. */
    return rc == ERR_BUSY ? OK : rc;
}

/* Prepared ahead, so that rolling back needs no memory when memory is what fails, and an action costs no parsing. */
static int prepare_steps(struct store *store, struct err *err)
{
    static const char *const texts[STEPS] = {
        [STEP_BEGIN] = "BEGIN IMMEDIATE",
        [STEP_BEGIN_READ] = "BEGIN",
        [STEP_COMMIT] = "COMMIT",
        [STEP_ROLLBACK] = "ROLLBACK",
        [STEP_SAVEPOINT] = "SAVEPOINT action",
        [STEP_RELEASE] = "RELEASE action",
        [STEP_ROLLBACK_TO] = "ROLLBACK TO action",
        [STEP_DATA_VERSION] = "PRAGMA data_version",
    };
    int code = SQLITE_OK;
    for (int i = 0; i < STEPS && code == SQLITE_OK; i++) {
        (void)sqlite3_finalize(store->steps[i]);
        store->steps[i] = NULL;
        code = sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &store->steps[i], NULL);
    }
    return code == SQLITE_OK ? OK : database_error(store, code, "prepare the connection", err);
}

static int open_steps(struct store *store, const struct store_options *options, struct err *err)
{
    static const char suffix[] = "-import";
    size_t len = strlen(options->path);
    store->lock_path = mem_alloc(size_add(len, sizeof suffix));
    if (store->lock_path == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a path");
    memcpy(store->lock_path, options->path, len);
    memcpy(store->lock_path + len, suffix, sizeof suffix);

    int rc = make_file(options, err);
    if (rc == OK)
        rc = connect(store, options, err);
    if (rc != OK)
        return rc;
    restrict_connection(store->db);
    stand_watch(store);
    rc = prepare_steps(store, err);
    if (rc == OK)
        rc = check_version(store, options, err);
    if (rc == OK)
        rc = set_pragmas(store, options->mode, err);
    if (rc == OK)
        rc = bulk_register(store, err);
    if (rc == OK)
        rc = database_load_statements(store, err);
    if (rc == OK && options->mode != STORE_READONLY)
        rc = migrations_run(store, options, err);
    if (rc == OK)
        rc = prepare_steps(store, err); /* a change of the schema has expired the first ones */
    if (rc == OK && options->mode == STORE_READWRITE)
        rc = clear_dead_import(store, err);
    bool is_changed = false;
    if (rc == OK)
        rc = store_changed(store, &is_changed, err);
    return rc;
}

int store_open(const struct store_options *options, struct store **out_store, struct err *err)
{
    struct store *store = mem_calloc(1, sizeof *store);
    if (store == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a store");
    store->lock_fd = -1;
    store->asked_fd = -1;
    int rc = open_steps(store, options, err);
    if (rc != OK) {
        store_close(store);
        return rc;
    }
    *out_store = store;
    return OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_rollback(store);
    store_unlock_import(store);
    database_free_statements(store);
    for (int i = 0; i < STEPS; i++)
        (void)sqlite3_finalize(store->steps[i]);
    (void)sqlite3_close(store->db);
    if (store->asked_fd >= 0)
        (void)close(store->asked_fd);
    mem_free(store->lock_path);
    mem_free(store);
}

/* ---- transactions ---- */

static int run_plain(struct store *store, const char *sql, const char *what, struct err *err)
{
    return database_exec(store, bytes_from_z(sql), what, err);
}

static int run_step(struct store *store, enum store_step step, const char *what, struct err *err)
{
    int code = sqlite3_step(store->steps[step]);
    bool is_done = code == SQLITE_DONE || code == SQLITE_ROW;
    int rc = is_done ? OK : database_error(store, code, what, err);
    (void)sqlite3_reset(store->steps[step]);
    return rc;
}

int store_begin(struct store *store, struct err *err)
{
    store->audit_head.is_known = false;
    return run_step(store, STEP_BEGIN, "begin to write", err);
}

/* A statement that is left half read keeps its snapshot beyond the transaction, and the WAL from being emptied. */
static void reset_statements(struct store *store)
{
    sqlite3_stmt *statement = sqlite3_next_stmt(store->db, NULL);
    for (; statement != NULL; statement = sqlite3_next_stmt(store->db, statement))
        if (sqlite3_stmt_busy(statement))
            (void)sqlite3_reset(statement);
}

int store_commit(struct store *store, struct err *err)
{
    reset_statements(store);
    int rc = store->moves_stand ? stand_move(store, err) : OK;
    if (rc == OK)
        rc = run_step(store, STEP_COMMIT, "commit", err);
    if (rc != OK)
        store_rollback(store);
    store->moves_stand = false;
    return rc;
}

void store_rollback(struct store *store)
{
    if (store->db == NULL || store->steps[STEP_ROLLBACK] == NULL)
        return;
    reset_statements(store);
    store->moves_stand = false;
    /* After some errors SQLite has rolled back by itself. */
    if (!store_in_transaction(store))
        return;
    (void)sqlite3_step(store->steps[STEP_ROLLBACK]);
    (void)sqlite3_reset(store->steps[STEP_ROLLBACK]);
}

bool store_in_transaction(const struct store *store)
{
    return sqlite3_get_autocommit(store->db) == 0;
}

int store_savepoint(struct store *store, struct err *err)
{
    return run_step(store, STEP_SAVEPOINT, "begin an action", err);
}

int store_release(struct store *store, struct err *err)
{
    return run_step(store, STEP_RELEASE, "end an action", err);
}

int store_rollback_to(struct store *store, struct err *err)
{
    reset_statements(store);
    store->audit_head.is_known = false;
    int rc = run_step(store, STEP_ROLLBACK_TO, "undo an action", err);
    return rc == OK ? store_release(store, err) : rc;
}

int64_t store_rows_written(const struct store *store)
{
    return sqlite3_total_changes64(store->db);
}

/* What a statement writes counts once it has ended. */
bool store_wrote_since(struct store *store, int64_t rows_before)
{
    reset_statements(store);
    return store_rows_written(store) != rows_before;
}

int store_changed(struct store *store, bool *out, struct err *err)
{
    sqlite3_stmt *statement = store->steps[STEP_DATA_VERSION];
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    int64_t version = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    *out = version != store->data_version;
    store->data_version = version;
    return OK;
}

int store_begin_read(struct store *store, struct err *err)
{
    /* BEGIN alone takes no snapshot; the first read does. */
    store->audit_head.is_known = false;
    int rc = run_step(store, STEP_BEGIN_READ, "begin to read", err);
    if (rc == OK)
        rc = run_step(store, STEP_DATA_VERSION, "begin to read", err);
    if (rc != OK)
        store_rollback(store);
    return rc;
}

int store_relax_sync(struct store *store, bool relaxed, struct err *err)
{
    return run_plain(store, relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
                     "change the syncing", err);
}

/* ---- the log ---- */

void store_set_autocheckpoint(struct store *store, bool is_on)
{
    store->is_checkpointing = is_on;
}

int64_t store_log_pages(const struct store *store)
{
    return store->log_pages;
}

int store_checkpoint(struct store *store, bool truncate, int64_t *out_left, struct err *err)
{
    int in_log = 0, copied = 0;
    int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    store->busy_wait_ms = CHECKPOINT_WAIT_MS;
    int code = sqlite3_wal_checkpoint_v2(store->db, "main", mode, &in_log, &copied);
    store->busy_wait_ms = BUSY_WAIT_MS;
    if (code != SQLITE_OK)
        return database_error(store, code, "copy the log into the database", err);
    *out_left = in_log - copied;
    return OK;
}

/* ---- the one importer ---- */

/* A lock of the open file, not of the process: it also holds between two stores of one process, and the kernel lets go
 * of it however the process ends. */
static int take_lock(struct store *store, struct err *err)
{
    int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not open \"%s\": %s",
                       store->lock_path, strerror(errno));
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) == 0) {
        store->lock_fd = fd;
        return OK;
    }
    int number = errno;
    (void)close(fd);
    if (number == EAGAIN || number == EACCES)
        return err_set(err, ERR_BUSY, "another import is at work");
    return err_set(err, ERR_IO, "could not lock \"%s\": %s", store->lock_path, strerror(number));
}

static int clear_leftovers(struct store *store, struct err *err)
{
    bool done = false;
    int rc = OK;
    while (rc == OK && !done) {
        int64_t id = 0;
        rc = store_begin(store, err);
        if (rc == OK)
            rc = import_loading(store, &id, err);
        if (rc == OK && id != 0)
            rc = import_clear(store, id, CLEAR_SLICE_ORDERS, &done, err);
        done = done || id == 0;
        if (rc == OK && id != 0)
            rc = store_commit(store, err);
        store_rollback(store);
    }
    return rc;
}

int store_lock_import(struct store *store, struct err *err)
{
    int rc = take_lock(store, err);
    if (rc != OK)
        return rc;
    rc = clear_leftovers(store, err);
    if (rc != OK) {
        store_unlock_import(store);
        return err_wrap(err, "could not clear what an unfinished import left");
    }
    return OK;
}

void store_unlock_import(struct store *store)
{
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    store->lock_fd = -1;
}

bool store_import_runs(struct store *store)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (store->asked_fd < 0)
        store->asked_fd = open(store->lock_path, O_RDWR | O_CLOEXEC);
    return store->asked_fd >= 0 && fcntl(store->asked_fd, F_OFD_GETLK, &whole) == 0 &&
           whole.l_type != F_UNLCK;
}

/* ---- checking ---- */

int store_check(struct store *store, struct err *err)
{
    int rc = database_check(store, "PRAGMA integrity_check(1)", err);
    return rc == OK ? database_check(store, "PRAGMA foreign_key_check", err) : rc;
}
