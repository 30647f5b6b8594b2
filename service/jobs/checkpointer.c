#include "service/jobs/checkpointer.h"

#include "base/alloc.h"

#include <uv.h>

struct checkpointer {
    struct store *store;
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t changed;
    bool is_asked, is_running, is_stopping;          /* under the lock */
    int64_t ended;                                   /* checkpoints, under the lock */
    int64_t ask_at_pages, wait_at_pages, told_pages; /* the writer's */
};

/* What fails is made up for by the next one. */
static void run(struct checkpointer *own)
{
    struct err unused = {.code = OK};
    int64_t left = 0;
    uv_mutex_lock(&own->lock);
    while (!own->is_stopping) {
        if (!own->is_asked) {
            uv_cond_wait(&own->changed, &own->lock);
            continue;
        }
        own->is_asked = false;
        own->is_running = true;
        uv_mutex_unlock(&own->lock);
        (void)store_checkpoint(own->store, false, &left, &unused);
        uv_mutex_lock(&own->lock);
        own->is_running = false;
        own->ended++;
        uv_cond_broadcast(&own->changed);
    }
    uv_mutex_unlock(&own->lock);
    (void)store_checkpoint(own->store, true, &left, &unused);
}

static void on_thread(void *context)
{
    run(context);
}

int checkpointer_new(struct store *store, struct checkpointer **out, struct err *err)
{
    struct checkpointer *own = mem_calloc(1, sizeof *own);
    if (own == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a checkpointer");
    own->store = store;
    own->ask_at_pages = STORE_LOG_PAGES;
    own->wait_at_pages = CHECKPOINT_WAIT_PAGES;
    (void)uv_mutex_init(&own->lock);
    (void)uv_cond_init(&own->changed);
    if (uv_thread_create(&own->thread, on_thread, own) != 0) {
        uv_cond_destroy(&own->changed);
        uv_mutex_destroy(&own->lock);
        mem_free(own);
        return err_set(err, ERR_NOMEM, "could not start the thread of checkpoints");
    }
    *out = own;
    return OK;
}

/* Ask for a checkpoint, and with `waits` stay until one has ended that began after this. */
static void ask(struct checkpointer *own, bool waits)
{
    uv_mutex_lock(&own->lock);
    int64_t until = own->ended + (own->is_running ? 2 : 1);
    own->is_asked = true;
    uv_cond_broadcast(&own->changed);
    while (waits && own->ended < until)
        uv_cond_wait(&own->changed, &own->lock);
    uv_mutex_unlock(&own->lock);
}

void checkpointer_tell(struct checkpointer *checkpointer, int64_t log_pages)
{
    struct checkpointer *own = checkpointer;
    if (log_pages < own->told_pages) { /* the log began anew */
        own->ask_at_pages = STORE_LOG_PAGES;
        own->wait_at_pages = CHECKPOINT_WAIT_PAGES;
    }
    own->told_pages = log_pages;
    if (log_pages < own->ask_at_pages)
        return;
    own->ask_at_pages = log_pages + STORE_LOG_PAGES;
    bool waits = log_pages >= own->wait_at_pages;
    /* A reader may keep the log from beginning anew: not a wait after every commit while it does. */
    if (waits)
        own->wait_at_pages = log_pages + STORE_LOG_PAGES;
    ask(own, waits);
}

void checkpointer_free(struct checkpointer *checkpointer)
{
    if (checkpointer == NULL)
        return;
    uv_mutex_lock(&checkpointer->lock);
    checkpointer->is_stopping = true;
    uv_cond_broadcast(&checkpointer->changed);
    uv_mutex_unlock(&checkpointer->lock);
    (void)uv_thread_join(&checkpointer->thread);
    uv_cond_destroy(&checkpointer->changed);
    uv_mutex_destroy(&checkpointer->lock);
    mem_free(checkpointer);
}
