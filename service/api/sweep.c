#include "service/api/parts.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/container.h"

#include "service/api/long_task.h"
#include "service/auth/accounts.h"

/* Now and then the book says whose session has run out and when the others were last seen; the writer stores it. Also
 * when there is nothing to store: it is the writer who notices what the command line has taken back beside us. One
 * sweep is on its way at a time. What one could not store comes back with the next only where it is of weight: a
 * session that ran out is refused by its times alone, whatever the store says of it. */

struct seen {
    int64_t session_id, seen_utc;
    const char *ended_why; /* static; NULL: it goes on */
};

struct sweep {
    struct action action;
    struct service *service;
    struct seen *seen;
    size_t count, capacity;
};

void sweep_free(struct sweep *sweep)
{
    if (sweep != NULL)
        mem_free(sweep->seen);
    mem_free(sweep);
}

static void on_session(void *context, int64_t session_id, int64_t seen_utc, const char *ended_why)
{
    struct sweep *sweep = context;
    if (sweep->count < sweep->capacity)
        sweep->seen[sweep->count++] = (struct seen){session_id, seen_utc, ended_why};
}

static int act(struct action *action, struct store *store, struct err *err)
{
    struct sweep *sweep = CONTAINER_OF(action, struct sweep, action);
    int64_t now_utc = service_now_utc(sweep->service);
    struct account_office office = {
        .store = store,
        .chain = sweep->service->chain,
        .actor = {.who = BYTES_LIT("-"), .role = BYTES_LIT("-"), .at_ms = now_utc * 1000},
        .now_utc = now_utc,
    };
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sweep->count; i++) {
        const struct seen *seen = &sweep->seen[i];
        rc = session_put_seen(store, seen->session_id, seen->seen_utc, err);
        if (rc == OK && seen->ended_why != NULL)
            rc = session_end(&office, seen->session_id, seen->ended_why, err);
    }
    return rc;
}

static void on_done(struct action *action)
{
    struct sweep *sweep = CONTAINER_OF(action, struct sweep, action);
    struct service *service = sweep->service;
    if (action->rc != OK)
        service_say(service, "错误：会话的时间未能保存（%s）", action->err.message);
    service->sweep = NULL;
    sweep_free(sweep);
}

static void sweep_sessions(struct service *service)
{
    struct err err;
    size_t capacity = (size_t)session_book_size(service->book);
    struct sweep *sweep = mem_calloc(1, sizeof *sweep);
    struct seen *seen = mem_calloc(capacity, sizeof *seen);
    if (sweep == NULL || seen == NULL) {
        mem_free(seen);
        sweep_free(sweep);
        return;
    }
    *sweep = (struct sweep){.action = {.act = act, .done = on_done},
                            .service = service,
                            .seen = seen,
                            .capacity = capacity};
    session_book_sweep(service->book, service_now_utc(service), on_session, sweep);
    if (writer_submit(service->writer, &sweep->action, &err) == OK)
        service->sweep = sweep;
    else
        sweep_free(sweep);
}

/* Once in a day of the clock: whose certificate ends soon is told. */
static void watch_certificate(struct service *service)
{
    int64_t day = service_now_utc(service) / SECONDS_A_DAY;
    if (service->tls == NULL || day == service->advised_day)
        return;
    service->advised_day = day;
    advice_say_certificate(service);
}

void sweep_on_timer(uv_timer_t *timer)
{
    struct service *service = CONTAINER_OF(timer, struct service, sweeper);
    if (service->sweep == NULL)
        sweep_sessions(service);
    case_sweep_start(service);
    if (service->book_loader.is_stale)
        service_reload_book(service, NULL);
    long_task_end_all(service);
    watch_certificate(service);
}
