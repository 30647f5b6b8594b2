#include "service/storage/backup.h"

#include "base/buf.h"

#include "service/storage/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STEP_PAGES = 256, /* 4 MiB between two looks at progress */
    PATH_MAX_BYTES = 4096,
};

/* ---- the pages ---- */

static int create_private(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err,
                       errno == EEXIST   ? ERR_EXISTS
                       : errno == ENOSPC ? ERR_FULL
                                         : ERR_IO,
                       "could not create \"%s\": %s", path, strerror(errno));
    (void)close(fd);
    return OK;
}

static int copy_steps(sqlite3_backup *backup, const struct backup_wish *wish, int *out_code,
                      struct err *err)
{
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, STEP_PAGES);
        int64_t total = sqlite3_backup_pagecount(backup);
        int64_t done = total - sqlite3_backup_remaining(backup);
        if (wish->on_progress != NULL && !wish->on_progress(wish->context, done, total))
            return err_set(err, ERR_CANCELED, "the backup was canceled");
    }
    *out_code = code;
    return OK;
}

/* The snapshot that `store` holds is what is copied: without one each write of another would make it begin anew. */
static int copy_pages(struct store *store, struct store *copy, const struct backup_wish *wish,
                      struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy->db, "main", store->db, "main");
    if (backup == NULL)
        return database_error(copy, sqlite3_extended_errcode(copy->db), "begin the copy", err);
    int code = SQLITE_OK;
    int rc = copy_steps(backup, wish, &code, err);
    int finish_code = sqlite3_backup_finish(backup);
    if (rc == OK && code != SQLITE_DONE)
        rc = database_error(copy, finish_code != SQLITE_OK ? finish_code : code,
                            "copy the database", err);
    return rc;
}

static int copy_database(struct store *store, const char *path, const char *vfs,
                         const struct backup_wish *wish, struct err *err)
{
    struct store copy = {.lock_fd = -1};
    int code = sqlite3_open_v2(
        path, &copy.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
    int rc = OK;
    if (copy.db == NULL)
        rc = err_set(err, ERR_NOMEM, "no memory for a connection");
    else if (code != SQLITE_OK)
        rc = database_error(&copy, code, "open the copy", err);
    if (rc == OK)
        rc = store_begin_read(store, err);
    if (rc == OK)
        rc = copy_pages(store, &copy, wish, err);
    store_rollback(store);
    code = sqlite3_close(copy.db);
    if (rc == OK && code != SQLITE_OK)
        rc = err_set(err, ERR_IO, "could not finish the copy");
    return rc;
}

/* ---- what opening leaves beside a database ---- */

static void remove_beside(const char *path, const char *suffix)
{
    char name[PATH_MAX_BYTES];
    int len = snprintf(name, sizeof name, "%s%s", path, suffix);
    if (len > 0 && (size_t)len < sizeof name)
        (void)unlink(name);
}

static void remove_all(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-import"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        remove_beside(path, suffixes[i]);
}

/* Opened as what it is, so that what an unfinished import left in it is cleared too. */
static int complete(const char *path, const struct backup_wish *wish, struct err *err)
{
    struct store_options options = {.path = path, .mode = STORE_READWRITE};
    struct store *copy = NULL;
    int64_t left = 0;
    int rc = store_open(&options, &copy, err);
    if (rc == OK)
        rc = store_begin(copy, err);
    if (rc == OK && wish->put_files != NULL)
        rc = wish->put_files(wish->context, copy, err);
    if (rc == OK)
        rc = store_commit(copy, err);
    if (rc == OK)
        rc = store_check(copy, err);
    /* Closing copies the log too, but says nothing when the disk is full. */
    if (rc == OK)
        rc = store_checkpoint(copy, true, &left, err);
    store_close(copy);
    remove_beside(path, "-import");
    return rc;
}

/* After an error no file is left. */
static int finish(const char *path, int rc, struct err *err)
{
    if (rc == OK)
        return OK;
    remove_all(path);
    return err_wrap(err, "backup to \"%s\"", path);
}

int backup_make(struct store *store, const char *path, const struct backup_wish *wish,
                struct err *err)
{
    int rc = create_private(path, err);
    if (rc != OK)
        return rc;
    rc = copy_database(store, path, NULL, wish, err);
    if (rc == OK)
        rc = complete(path, wish, err);
    return finish(path, rc, err);
}

int backup_copy(struct store *store, const char *path, const char *vfs, struct err *err)
{
    struct backup_wish nothing = {0};
    int rc = create_private(path, err);
    if (rc != OK)
        return rc;
    return finish(path, copy_database(store, path, vfs, &nothing, err), err);
}

int backup_check(const char *path, struct err *err)
{
    struct store_options options = {.path = path, .mode = STORE_READWRITE};
    struct store *copy = NULL;
    int rc = store_open(&options, &copy, err);
    if (rc == OK)
        rc = store_check(copy, err);
    store_close(copy);
    remove_beside(path, "-import");
    return rc;
}

/* ---- files ---- */

enum { PUT_NAME = 1, PUT_PART, PUT_CONTENT };

int backup_file_put(struct store *copy, struct bytes name, int64_t part, struct bytes content,
                    struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(copy, "backup_file_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, PUT_NAME, name);
    (void)sqlite3_bind_int64(statement, PUT_PART, part);
    database_bind_blob(statement, PUT_CONTENT, content);
    return database_run(copy, statement, err);
}

int backup_files_each(struct store *copy, backup_file_cb on_part, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(copy, "backup_files_each", &statement, err);
    while (database_next(copy, statement, &rc, err))
        rc = on_part(context, database_column_text(statement, 0),
                     sqlite3_column_int64(statement, 1), database_column_blob(statement, 2), err);
    return rc;
}

int backup_files_clear(struct store *copy, struct err *err)
{
    return database_run_with(copy, "backup_files_clear", NULL, 0, err);
}
