#ifndef PINGYI_SERVICE_STORAGE_CONNECTION_H
#define PINGYI_SERVICE_STORAGE_CONNECTION_H

#include "base/embedded.h"

#include "service/storage/audit_log.h"
#include "service/storage/bulk.h"
#include "service/storage/database.h"

/* What store.c, database.c and migrations.c share: the connection itself, the table of its statements, and the steps of
 * opening it. */

/* migrations/ and queries/, by name; migrations begin with their number. */
extern const struct embedded_file embedded_storage[];

struct named_statement {
    struct bytes name; /* empty: the slot is free */
    struct bytes sql;
    sqlite3_stmt *prepared; /* NULL until first taken */
    bool moves_stand;       /* it writes what results are counted from; known once prepared */
};

/* Steps of a transaction. */
enum store_step {
    STEP_BEGIN,
    STEP_BEGIN_READ,
    STEP_COMMIT,
    STEP_ROLLBACK,
    STEP_SAVEPOINT,
    STEP_RELEASE,
    STEP_ROLLBACK_TO,
    STEP_DATA_VERSION,
    STEPS
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *steps[STEPS]; /* prepared at open: rolling back must not need memory */
    int64_t data_version;       /* of the database, when store_changed was last asked */
    bool is_checkpointing;      /* by itself, when it commits */
    int64_t log_pages;          /* in the log, after this connection's last commit */
    struct {                    /* the last entry of the audit log, within a transaction */
        bool is_known;
        int64_t id;
        unsigned char mac[AUDIT_MAC_BYTES];
    } audit_head;
    int busy_wait_ms;                   /* how long to wait for another writer */
    char *lock_path;                    /* of the file whose lock the importer holds */
    int lock_fd;                        /* -1: not held */
    int asked_fd;                       /* of the same file, to ask who holds it; -1: never asked */
    struct named_statement *statements; /* open addressing by name */
    size_t statement_slots;             /* a power of two */
    struct bulk_rows bulk[BULK_KINDS];
    struct named_statement *preparing; /* while SQLite prepares it */
    bool moves_stand;                  /* one that does was taken in this transaction */
};

/* Read the statements' names and texts out of the embedded files. */
int database_load_statements(struct store *store, struct err *err);
void database_free_statements(struct store *store);

/* Run SQL of our own, statement by statement. */
int database_exec(struct store *store, struct bytes sql, const char *what, struct err *err);

/* Run a pragma that gives rows of findings, or none, or `ok`: ERR_CORRUPT names the first finding. */
int database_check(struct store *store, const char *pragma, struct err *err);

/* stand.c: learn of each named statement whether it moves the stand; before any is prepared. */
void stand_watch(struct store *store);
int stand_move(struct store *store, struct err *err);

int migrations_newest(void);
/* PRAGMA user_version: 0 in an empty database. ERR_CORRUPT when the database is another program's. */
int migrations_version(struct store *store, int *out_version, struct err *err);
/* Run those that are missing; ERR_VERSION when a newer program made the schema. */
int migrations_run(struct store *store, const struct store_options *options, struct err *err);

#endif
