#include "service/jobs/writer.h"

#include "base/alloc.h"
#include "base/container.h"

#include "service/jobs/checkpointer.h"

#include <assert.h>
#include <stdatomic.h>

/* What is submitted while the loop reads its sockets is handed to the thread at once, after all of them were read: a
 * batch of one action would cost a sync of its own. Batches need no timer: while one is committed the next one gathers.
 *
 *   WORKING --writer_stop--> STOPPING --queue empty, thread ended--> CLOSING --handles closed--> done of the stop
 *
 * The thread waits for actions in WORKING; the loop waits for the thread in STOPPING. */
enum writer_state { WORKING, STOPPING, CLOSING };

enum {
    PURGE_EVERY_S = 10,
    GIVE_WAY_EVERY_MS = 5, /* while an import is at work */
    GIVE_WAY_MS = 1,
    PURGE_MIN_ROWS = 256, /* a batch at most, or twice its actions */
};

struct action_list {
    struct action *first, *last;
    size_t count;
};

struct writer {
    struct writer_options options;
    struct receipt_index *receipts;
    struct checkpointer *checkpointer; /* NULL: the writer's connection checkpoints */
    uv_async_t ready;
    uv_prepare_t before_poll;
    uv_check_t after_poll;
    uv_thread_t thread;
    int open_handles;
    enum writer_state state;  /* the loop's */
    struct action_list fresh; /* the loop's: submitted in this round of it */
    void (*on_stopped)(void *context);
    void *stop_context;
    atomic_size_t waiting;

    uv_mutex_t lock; /* of what follows */
    uv_cond_t changed;
    struct action_list queue, finished;
    bool is_stopping, has_ended;
    struct writer_counts counts;

    bool is_guarded;      /* the thread's: each action of the batch has its savepoint */
    bool must_guard;      /* the thread's: an action failed that had none and needs it */
    int64_t purge_utc;    /* the thread's: when to look for old receipts again */
    bool must_reread;     /* the thread's: another connection has written */
    uint64_t gave_way_ns; /* the thread's: when it last let an import have its turn */
};

static void append(struct action_list *list, struct action_list *more)
{
    if (more->first == NULL)
        return;
    if (list->first == NULL)
        list->first = more->first;
    else
        list->last->next = more->first;
    list->last = more->last;
    list->count += more->count;
    *more = (struct action_list){.first = NULL};
}

/* ---- the thread: one action ---- */

/* What its own failure is. Of the batch it is one only when the transaction went with it, or when what the action has
 * written, rows beyond `rows_before`, cannot be told from what others have. */
static int undo_action(struct writer *writer, struct action *action, int64_t rows_before, int rc,
                       struct err *err)
{
    struct store *store = writer->options.store;
    action->rc = rc;
    buf_clear(&action->answer);
    if (store_in_transaction(store) && writer->is_guarded)
        return store_rollback_to(store, err);
    writer->must_guard = store_in_transaction(store) && store_wrote_since(store, rows_before);
    if (store_in_transaction(store) && !writer->must_guard)
        return OK;
    *err = action->err;
    return rc;
}

static int act(struct writer *writer, struct action *action, int64_t now_utc, struct err *err)
{
    struct store *store = writer->options.store;
    bool has_key = action->key.account != 0;
    bool is_added = false;
    int64_t rows_before = store_rows_written(store);
    int rc = writer->is_guarded ? store_savepoint(store, err) : OK;
    if (rc != OK)
        return rc;
    rc = action->act(action, store, &action->err);
    if (rc == OK && has_key) {
        rc = receipt_index_add(writer->receipts, store, &action->key, buf_bytes(&action->answer),
                               now_utc, &action->err);
        is_added = rc == OK;
    }
    if (rc == OK && writer->is_guarded)
        rc = store_release(store, &action->err);
    if (rc == OK) {
        action->rc = OK;
        return OK;
    }
    if (is_added)
        receipt_index_drop_last(writer->receipts);
    return undo_action(writer, action, rows_before, rc, err);
}

/* Run one action; the result is the batch's. */
static int run_action(struct writer *writer, struct action *action, int64_t now_utc,
                      struct err *err)
{
    enum receipt_found found = RECEIPT_NEW;
    struct store *store = writer->options.store;
    int rc = OK;
    if (action->key.account != 0)
        rc = receipt_index_look(writer->receipts, store, &action->key, &found, &action->answer,
                                &action->err);
    if (rc == OK && found == RECEIPT_OTHER)
        rc = err_set(&action->err, ERR_CONFLICT, "the key \"" BYTES_FMT "\" has another request",
                     BYTES_ARG(action->key.key));
    if (rc == OK && found == RECEIPT_NEW)
        return act(writer, action, now_utc, err);
    action->rc = rc;
    action->was_repeated = rc == OK;
    if (store_in_transaction(store))
        return OK;
    *err = action->err;
    return rc;
}

/* ---- the thread: one batch ---- */

static int purge_receipts(struct writer *writer, size_t actions, int64_t now_utc, struct err *err)
{
    bool is_over = receipt_index_count(writer->receipts) > RECEIPTS_MAX;
    if (now_utc < writer->purge_utc && !is_over)
        return OK;
    bool more = false;
    int rc = receipt_index_purge(writer->receipts, writer->options.store, now_utc - RECEIPT_KEPT_S,
                                 2 * (int64_t)actions + PURGE_MIN_ROWS, &more, err);
    if (rc == OK)
        writer->purge_utc = more ? now_utc : now_utc + PURGE_EVERY_S;
    return rc;
}

static int begin_batch(struct writer *writer, size_t actions, int64_t now_utc, struct err *err)
{
    struct store *store = writer->options.store;
    bool is_changed = false;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = store_changed(store, &is_changed, err);
    writer->must_reread = writer->must_reread || is_changed;
    if (rc == OK && writer->must_reread) {
        rc = receipt_index_refresh(writer->receipts, store, err);
        if (rc == OK && writer->options.on_foreign_write != NULL)
            writer->options.on_foreign_write(writer->options.context, store);
        writer->must_reread = rc != OK;
    }
    return rc == OK ? purge_receipts(writer, actions, now_utc, err) : rc;
}

static int commit_batch(struct writer *writer, struct err *err)
{
    uint64_t begun_ns = uv_hrtime();
    int rc = store_commit(writer->options.store, err);
    int64_t took_us = (int64_t)((uv_hrtime() - begun_ns) / 1000);
    uv_mutex_lock(&writer->lock);
    struct writer_counts *counts = &writer->counts;
    counts->last_commit_us = took_us;
    counts->max_commit_us = took_us > counts->max_commit_us ? took_us : counts->max_commit_us;
    uv_mutex_unlock(&writer->lock);
    return rc;
}

/* Nothing of the batch is stored, so what its actions found, and even their refusals, may rest on what is not there. */
static void settle_batch(const struct action_list *batch, int rc, const struct err *err)
{
    for (struct action *action = batch->first; action != NULL; action = action->next) {
        action->rc = rc;
        action->err = *err;
        action->was_repeated = false;
        buf_clear(&action->answer);
    }
}

static int run_actions(struct writer *writer, const struct action_list *batch, bool is_guarded,
                       struct err *err)
{
    int64_t now_utc = writer->options.now_utc();
    writer->is_guarded = is_guarded;
    writer->must_guard = false;
    int rc = begin_batch(writer, batch->count, now_utc, err);
    for (struct action *action = batch->first; action != NULL && rc == OK; action = action->next)
        rc = run_action(writer, action, now_utc, err);
    return rc;
}

/* As if none of the actions had run. */
static void undo_batch(struct writer *writer, const struct action_list *batch)
{
    const struct err none = {.code = OK};
    store_rollback(writer->options.store);
    receipt_index_settle(writer->receipts, false);
    settle_batch(batch, OK, &none);
}

static int run_batch(struct writer *writer, const struct action_list *batch)
{
    struct err err = {.code = OK};
    int rc = run_actions(writer, batch, false, &err);
    if (writer->must_guard) {
        undo_batch(writer, batch);
        rc = run_actions(writer, batch, true, &err);
    }
    if (rc == OK)
        rc = commit_batch(writer, &err);
    store_rollback(writer->options.store);
    receipt_index_settle(writer->receipts, rc == OK);
    if (rc != OK)
        settle_batch(batch, rc, &err);
    return rc;
}

static void finish_batch(struct writer *writer, struct action_list *batch, int rc)
{
    int64_t repeated = 0;
    for (const struct action *action = batch->first; action != NULL; action = action->next)
        repeated += action->was_repeated;
    uv_mutex_lock(&writer->lock);
    struct writer_counts *counts = &writer->counts;
    counts->actions += (int64_t)batch->count;
    counts->batches++;
    counts->failed_batches += rc != OK;
    counts->repeated += repeated;
    counts->log_pages = store_log_pages(writer->options.store);
    counts->receipts = receipt_index_count(writer->receipts);
    append(&writer->finished, batch);
    uv_mutex_unlock(&writer->lock);
    (void)uv_async_send(&writer->ready);
}

/* Wait for actions; none come any more when the list is empty. */
static struct action_list take_batch(struct writer *writer)
{
    struct action_list batch = {.first = NULL};
    uv_mutex_lock(&writer->lock);
    while (writer->queue.first == NULL && !writer->is_stopping)
        uv_cond_wait(&writer->changed, &writer->lock);
    append(&batch, &writer->queue);
    uv_mutex_unlock(&writer->lock);
    (void)atomic_fetch_sub(&writer->waiting, batch.count);
    return batch;
}

/* Under load one batch follows the other, and an importer would never meet the database free. */
static void give_way(struct writer *writer)
{
    uint64_t now_ns = uv_hrtime();
    if (now_ns - writer->gave_way_ns < GIVE_WAY_EVERY_MS * UINT64_C(1000000) ||
        !store_import_runs(writer->options.store))
        return;
    uv_sleep(GIVE_WAY_MS);
    writer->gave_way_ns = uv_hrtime();
}

static void run_thread(void *context)
{
    struct writer *writer = context;
    struct action_list batch = take_batch(writer);
    for (; batch.first != NULL; batch = take_batch(writer)) {
        int rc = run_batch(writer, &batch);
        finish_batch(writer, &batch, rc);
        if (writer->checkpointer != NULL)
            checkpointer_tell(writer->checkpointer, store_log_pages(writer->options.store));
        give_way(writer);
    }
    checkpointer_free(writer->checkpointer);
    writer->checkpointer = NULL;
    uv_mutex_lock(&writer->lock);
    writer->has_ended = true;
    uv_mutex_unlock(&writer->lock);
    (void)uv_async_send(&writer->ready);
}

/* ---- the loop ---- */

static void hand_over(struct writer *writer)
{
    (void)uv_prepare_stop(&writer->before_poll);
    (void)uv_check_stop(&writer->after_poll);
    uv_mutex_lock(&writer->lock);
    append(&writer->queue, &writer->fresh);
    uv_cond_signal(&writer->changed);
    uv_mutex_unlock(&writer->lock);
}

static void on_before_poll(uv_prepare_t *handle)
{
    hand_over(CONTAINER_OF(handle, struct writer, before_poll));
}

static void on_after_poll(uv_check_t *handle)
{
    hand_over(CONTAINER_OF(handle, struct writer, after_poll));
}

static void on_closed(uv_handle_t *handle)
{
    struct writer *writer = handle->data;
    if (--writer->open_handles == 0)
        writer->on_stopped(writer->stop_context);
}

static void close_handles(struct writer *writer)
{
    uv_handle_t *const handles[] = {(uv_handle_t *)&writer->ready,
                                    (uv_handle_t *)&writer->before_poll,
                                    (uv_handle_t *)&writer->after_poll};
    writer->state = CLOSING;
    (void)uv_thread_join(&writer->thread);
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        handles[i]->data = writer;
        writer->open_handles++;
        uv_close(handles[i], on_closed);
    }
}

static void on_ready(uv_async_t *handle)
{
    struct writer *writer = CONTAINER_OF(handle, struct writer, ready);
    struct action_list finished = {.first = NULL};
    uv_mutex_lock(&writer->lock);
    append(&finished, &writer->finished);
    bool has_ended = writer->has_ended;
    uv_mutex_unlock(&writer->lock);
    while (finished.first != NULL) {
        struct action *action = finished.first;
        finished.first = action->next;
        action->done(action);
    }
    if (has_ended && writer->state == STOPPING)
        close_handles(writer);
}

int writer_submit(struct writer *writer, struct action *action, struct err *err)
{
    if (writer->state != WORKING)
        return err_set(err, ERR_WRONG_STATE, "the writer is stopping");
    if (atomic_load(&writer->waiting) >= writer->options.queue_max) {
        uv_mutex_lock(&writer->lock);
        writer->counts.refused_busy++;
        uv_mutex_unlock(&writer->lock);
        return err_set(err, ERR_BUSY, "%zu actions wait to be written", writer->options.queue_max);
    }
    action->next = NULL;
    action->rc = OK;
    action->was_repeated = false;
    (void)atomic_fetch_add(&writer->waiting, 1);
    if (writer->fresh.first == NULL) {
        (void)uv_prepare_start(&writer->before_poll, on_before_poll);
        (void)uv_check_start(&writer->after_poll, on_after_poll);
    }
    append(&writer->fresh, &(struct action_list){action, action, 1});
    return OK;
}

/* ---- life ---- */

static void free_parts(struct writer *writer)
{
    receipt_index_free(writer->receipts);
    uv_cond_destroy(&writer->changed);
    uv_mutex_destroy(&writer->lock);
    mem_free(writer);
}

static int make_parts(struct writer *writer, struct err *err)
{
    struct store *second = writer->options.checkpoint_store;
    int rc = receipt_index_new(writer->options.store, &writer->receipts, err);
    if (rc != OK || second == NULL)
        return rc;
    rc = checkpointer_new(second, &writer->checkpointer, err);
    if (rc != OK)
        return rc;
    store_set_autocheckpoint(writer->options.store, false);
    return OK;
}

static void give_back_stores(struct writer *writer)
{
    checkpointer_free(writer->checkpointer);
    writer->checkpointer = NULL;
    store_set_autocheckpoint(writer->options.store, true);
}

static void on_unstarted_closed(uv_handle_t *handle)
{
    free_parts(handle->data);
}

int writer_new(uv_loop_t *loop, const struct writer_options *options, struct writer **out,
               struct err *err)
{
    struct writer *writer = mem_calloc(1, sizeof *writer);
    if (writer == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a writer");
    writer->options = *options;
    (void)uv_mutex_init(&writer->lock);
    (void)uv_cond_init(&writer->changed);
    int rc = make_parts(writer, err);
    if (rc == OK && uv_async_init(loop, &writer->ready, on_ready) != 0)
        rc = err_set(err, ERR_IO, "the loop has no room for the writer");
    if (rc != OK) {
        give_back_stores(writer);
        free_parts(writer);
        return rc;
    }
    writer->ready.data = writer;
    if (uv_thread_create(&writer->thread, run_thread, writer) != 0) {
        give_back_stores(writer);
        uv_close((uv_handle_t *)&writer->ready, on_unstarted_closed);
        return err_set(err, ERR_NOMEM, "could not start the writer's thread");
    }
    (void)uv_prepare_init(loop, &writer->before_poll);
    (void)uv_check_init(loop, &writer->after_poll);
    *out = writer;
    return OK;
}

void writer_stop(struct writer *writer, void (*done)(void *context), void *context)
{
    assert(writer->state == WORKING);
    writer->state = STOPPING;
    writer->on_stopped = done;
    writer->stop_context = context;
    hand_over(writer);
    uv_mutex_lock(&writer->lock);
    writer->is_stopping = true;
    uv_cond_signal(&writer->changed);
    uv_mutex_unlock(&writer->lock);
}

void writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    store_close(writer->options.store);
    store_close(writer->options.checkpoint_store);
    free_parts(writer);
}

void writer_read_counts(struct writer *writer, struct writer_counts *out)
{
    uv_mutex_lock(&writer->lock);
    *out = writer->counts;
    uv_mutex_unlock(&writer->lock);
    out->waiting = (int64_t)atomic_load(&writer->waiting);
}
