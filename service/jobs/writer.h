#ifndef PINGYI_SERVICE_JOBS_WRITER_H
#define PINGYI_SERVICE_JOBS_WRITER_H

#include "base/buf.h"

#include "service/jobs/receipt.h"
#include "service/storage/store.h"

#include <uv.h>

/* The one thread that writes. Actions queue up; all that wait run in one transaction, which is committed once (group
 * commit). Only then are they answered: what is acknowledged is on disk.
 *
 *   loop:   writer_submit --> queue ................................. done(action)
 *   writer:                    | BEGIN, for each: receipt?, act; COMMIT |
 *
 * An action that fails is rolled back alone. A savepoint for each would copy every page that it touches, so there is
 * none at first: most that fail do so before they have written anything. When one fails behind a write, the batch is
 * rolled back and run again with SAVEPOINT, act, RELEASE or ROLLBACK TO for each. When the transaction itself fails
 * (disk full, I/O error), nothing of the batch is stored and every action of it gets the error; the writer goes on with
 * the next batch, so that it recovers without a restart as soon as the disk does. */

/* One action: embedded in the request's own struct, the caller's until `done`. */
struct action {
    /* Writer thread, within the transaction; touches only its own request, and may run again after what it wrote was
     * rolled back. `answer`, then empty again, is what is kept with the receipt and given again for the same key: it
     * must say all that the response needs. */
    int (*act)(struct action *action, struct store *store, struct err *err);
    void (*done)(struct action *action); /* loop thread, exactly once, last: rc and err are set */
    struct receipt_key key;              /* account 0: an action without an idempotency key */
    struct buf answer;                   /* the caller's: initialised before, deinitialised after */
    bool was_repeated; /* the answer is that of an earlier call: act was not run */
    int rc;            /* OK; what act said; see writer_submit */
    struct err err;
    struct action *next; /* the writer's */
};

struct writer_options {
    /* Read-write; both are the writer's once writer_new has returned OK, until writer_free. The second copies
     * the log into the database meanwhile; with NULL the first does it, and commits wait now and then. */
    struct store *store, *checkpoint_store;
    size_t queue_max; /* actions that wait; more: ERR_BUSY */
    int64_t (*now_utc)(void);
    /* Writer thread, within the transaction before a batch's first action, when another connection has written since:
     * caches are to be read again. May be NULL. */
    void (*on_foreign_write)(void *context, struct store *store);
    void *context;
};

struct writer;
int writer_new(uv_loop_t *loop, const struct writer_options *options, struct writer **out,
               struct err *err);

/* ERR_BUSY: the queue is full (503). ERR_WRONG_STATE: stopping. Otherwise `done` comes, never before this has returned.
 * `done` gets ERR_CONFLICT when the key was used for another request. */
int writer_submit(struct writer *writer, struct action *action, struct err *err);

/* Finish what waits, then call `done`; nothing is taken any more. */
void writer_stop(struct writer *writer, void (*done)(void *context), void *context);
void writer_free(struct writer *writer); /* after `done`; closes the store; accepts NULL */

struct writer_counts {
    int64_t actions, batches, failed_batches, repeated, refused_busy;
    int64_t waiting; /* now */
    int64_t last_commit_us, max_commit_us;
    int64_t log_pages; /* of STORE_PAGE_BYTES, in the log after the last commit */
    int64_t receipts;  /* kept */
};
void writer_read_counts(struct writer *writer, struct writer_counts *out);

#endif
