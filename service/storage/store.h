#ifndef PINGYI_SERVICE_STORAGE_STORE_H
#define PINGYI_SERVICE_STORAGE_STORE_H

#include "base/bytes.h"
#include "base/err.h"

/* The door to the database of a data directory (pingyi.db, SQLite in WAL mode). One store is one connection: one
 * thread at a time. No SQL and no SQLite name goes beyond service/storage/. */
struct store;

enum store_mode {
    STORE_CREATE, /* make the file, ERR_EXISTS if it is there */
    STORE_READWRITE, /* migrate an older one (after a copy to backups/), clear what an unfinished import left */
    STORE_READONLY, /* a snapshot reader; the file must have the newest schema */
};

struct store_options {
    const char *path; /* of pingyi.db */
    const char
        *backup_path; /* where an older file is copied before it is migrated; NULL: no copy */
    enum store_mode mode;
    const char *vfs; /* NULL: the system's; tests put a faulty one here */
};

/* Let SQLite take its memory from base/alloc, so that the fault loop reaches it. Once in a process, before any store is
 * opened. Thread: the first, alone. */
void storage_use_allocator(void);

/* ERR_NOT_FOUND, ERR_EXISTS, ERR_VERSION (made by a newer program), ERR_CORRUPT (no database), ERR_IO, ERR_FULL,
 * ERR_BUSY, ERR_NOMEM. */
int store_open(const struct store_options *options, struct store **out_store, struct err *err);

/* Close; accepts NULL. Open transactions are rolled back. */
void store_close(struct store *store);

/* BEGIN IMMEDIATE; commit is on disk when it returns OK (synchronous FULL). After a failed commit nothing of the
 * transaction is stored. Rollback never fails and accepts that none is open. */
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/* One action of several in a transaction, about a microsecond: release keeps what was written since the savepoint,
 * rolling back undoes it; either ends it. They do not nest. After an error the transaction may be gone as a whole: ask
 * store_in_transaction. */
int store_savepoint(struct store *store, struct err *err);
int store_release(struct store *store, struct err *err);
int store_rollback_to(struct store *store, struct err *err);

/* Rows that this connection has written since it was opened, also those that were undone, and whether it has written
 * since there were so many: who has not, has nothing to undo. Asking ends what is half read. */
int64_t store_rows_written(const struct store *store);
bool store_wrote_since(struct store *store, int64_t rows_before);

/* Whether another connection has committed since this was last asked, or since the store was opened. Within a
 * transaction the answer is that of its snapshot. */
int store_changed(struct store *store, bool *out, struct err *err);

/* ---- the log ---- */

/* A commit appends pages to the log; a checkpoint copies them into the file, after which the next commit begins the log
 * anew. A connection that commits checkpoints by itself beyond STORE_LOG_PAGES, unless that is switched off. */
enum { STORE_LOG_PAGES = 1024, STORE_PAGE_BYTES = 16384 };
void store_set_autocheckpoint(struct store *store, bool is_on);
/* Pages in the log when this connection last committed. */
int64_t store_log_pages(const struct store *store);
/* Copy what can be copied without making anybody wait; with `truncate` wait for readers and writers (at most 1 s), copy
 * all and empty the log (ERR_BUSY). *out_left is what remains to be copied. Not within a transaction. */
int store_checkpoint(struct store *store, bool truncate, int64_t *out_left, struct err *err);

/* Be the one importer, until store_unlock_import or store_close, whatever other processes do: ERR_BUSY when another
 * one is. What an importer that died has left is cleared first. Not within a transaction. */
int store_lock_import(struct store *store, struct err *err);
void store_unlock_import(struct store *store); /* accepts that it is not held */

/* Whether another store is the importer. */
bool store_import_runs(struct store *store);

/* A read snapshot that lasts until store_rollback. */
int store_begin_read(struct store *store, struct err *err);

/* Slices of an import are invisible until their last transaction; they need no sync of their own. FULL again with
 * `relaxed` false; not within a transaction. */
int store_relax_sync(struct store *store, bool relaxed, struct err *err);

/* PRAGMA integrity_check and foreign_key_check: ERR_CORRUPT names the first finding. */
int store_check(struct store *store, struct err *err);

/* Prepare every named statement against the schema (for tests and `verify`). */
int store_prepare_all(struct store *store, struct err *err);

#endif
