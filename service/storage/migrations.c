#include "service/storage/backup.h"
#include "service/storage/connection.h"

#include <unistd.h>

/* "pgyi": tells our files from those of other programs. */
enum { APPLICATION_ID = 0x70677969 };

static bool is_migration(const struct embedded_file *file)
{
    return file->name[0] >= '0' && file->name[0] <= '9';
}

int migrations_newest(void)
{
    int count = 0;
    for (const struct embedded_file *file = embedded_storage; file->name != NULL; file++)
        count += is_migration(file);
    return count;
}

static int read_integer(struct store *store, const char *pragma, int *out_value, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, pragma, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    int rc = OK;
    if (code == SQLITE_ROW)
        *out_value = sqlite3_column_int(statement, 0);
    else
        rc = database_error(store, code, "read the head of the database", err);
    (void)sqlite3_finalize(statement);
    return rc;
}

int migrations_version(struct store *store, int *out_version, struct err *err)
{
    int version = 0, application = 0, objects = 0;
    int rc = read_integer(store, "PRAGMA user_version", &version, err);
    if (rc == OK)
        rc = read_integer(store, "PRAGMA application_id", &application, err);
    if (rc == OK)
        rc = read_integer(store, "SELECT count(*) FROM sqlite_schema", &objects, err);
    if (rc != OK)
        return rc;
    bool is_empty = version == 0 && application == 0 && objects == 0;
    if (!is_empty && application != APPLICATION_ID)
        return err_set(err, ERR_CORRUPT, "the database belongs to another program");
    *out_version = version;
    return OK;
}

/* A PRAGMA takes no parameter. The number is our own: where it stands in the table of files. */
static int set_version(struct store *store, int version, struct err *err)
{
    char sql[96];
    (void)sqlite3_snprintf((int)sizeof sql, sql,
                           "PRAGMA user_version = %d; PRAGMA application_id = %d", version,
                           (int)APPLICATION_ID);
    return database_exec(store, bytes_from_z(sql), "set the schema's version", err);
}

/* ---- the steps ---- */

/* Steps may rebuild tables that others refer to, so they run without foreign keys and are checked before they commit.
 * The pragma does nothing within a transaction. */
static int set_foreign_keys(struct store *store, bool on, struct err *err)
{
    return database_exec(
        store, on ? BYTES_LIT("PRAGMA foreign_keys = ON") : BYTES_LIT("PRAGMA foreign_keys = OFF"),
        "set up the connection", err);
}

/* One step, unless another process has made it meanwhile. */
static int run_step(struct store *store, const struct embedded_file *file, int number,
                    struct err *err)
{
    int version = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = read_integer(store, "PRAGMA user_version", &version, err);
    if (rc == OK && version < number) {
        rc = database_exec(store, embedded_bytes(file), "change the schema", err);
        if (rc == OK)
            rc = set_version(store, number, err);
        if (rc == OK)
            rc = database_check(store, "PRAGMA foreign_key_check", err);
        if (rc == OK)
            rc = store_commit(store, err);
    }
    store_rollback(store);
    return rc == OK ? OK : err_wrap(err, "migration %s", file->name);
}

/* As it is, without what a backup adds: the copy keeps its older schema. An earlier one gives way. */
static int copy_before(struct store *store, const struct store_options *options, struct err *err)
{
    (void)unlink(options->backup_path);
    int rc = backup_copy(store, options->backup_path, options->vfs, err);
    return rc == OK ? OK : err_wrap(err, "before migrating");
}

int migrations_run(struct store *store, const struct store_options *options, struct err *err)
{
    int version = 0;
    int newest = migrations_newest();
    int rc = migrations_version(store, &version, err);
    if (rc != OK)
        return rc;
    if (version > newest)
        return err_set(err, ERR_VERSION, "schema %d is newer than this program's %d", version,
                       newest);
    if (version == newest)
        return OK;
    if (version > 0 && options->backup_path != NULL)
        rc = copy_before(store, options, err);
    if (rc == OK)
        rc = set_foreign_keys(store, false, err);
    int number = 0;
    for (const struct embedded_file *file = embedded_storage; rc == OK && file->name != NULL;
         file++)
        if (is_migration(file) && ++number > version)
            rc = run_step(store, file, number, err);
    return rc == OK ? set_foreign_keys(store, true, err) : rc;
}
