#include "service/api/service.h"

#include "base/container.h"

/* Loading the book of sessions:
 *
 *   IDLE --wanted--> LOADING --loaded--> IDLE, or LOADING again when it was wanted meanwhile
 *
 * A load that has begun may have its snapshot from before the write that wants it: who comes then waits for the next
 * one. */

static void load(struct service *service);

static void tell(struct book_wait *wait)
{
    while (wait != NULL) {
        struct book_wait *next = wait->next;
        wait->done(wait);
        wait = next;
    }
}

static int run(struct work *work, struct store *store, struct err *err)
{
    struct service *service = CONTAINER_OF(work, struct service, book_loader.work);
    return session_book_load(store, service_now_utc(service), &service->book_loader.loaded, err);
}

static void on_loaded(struct work *work)
{
    struct service *service = CONTAINER_OF(work, struct service, book_loader.work);
    struct book_loader *loader = &service->book_loader;
    struct book_wait *told = loader->current;
    if (work->rc == OK) {
        session_book_take_over(loader->loaded, service->book);
        session_book_free(service->book);
        service->book = loader->loaded;
        loader->loaded = NULL;
        loader->is_stale = false;
    } else {
        loader->is_stale = true;
        service_say(service, "错误：未能重新读取会话，稍后重试（%s）", work->err.message);
    }
    loader->is_running = false;
    loader->current = NULL;
    if (loader->is_wanted)
        load(service);
    tell(told);
}

static void load(struct service *service)
{
    struct err err;
    struct book_loader *loader = &service->book_loader;
    loader->is_wanted = false;
    loader->current = loader->next;
    loader->next = NULL;
    loader->work = (struct work){.run = run, .done = on_loaded};
    loader->is_running = lane_submit(loader->lane, &loader->work, &err) == OK;
    if (loader->is_running)
        return;
    /* The lane has ended with the service, and nobody will ask the book any more. */
    struct book_wait *told = loader->current;
    loader->current = NULL;
    tell(told);
}

void service_reload_book(struct service *service, struct book_wait *wait)
{
    struct book_loader *loader = &service->book_loader;
    if (wait != NULL) {
        wait->next = loader->next;
        loader->next = wait;
    }
    if (loader->is_running)
        loader->is_wanted = true;
    else
        load(service);
}
