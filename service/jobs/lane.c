#include "service/jobs/lane.h"

#include "base/alloc.h"
#include "base/container.h"

#include <assert.h>
#include <string.h>

/*   WORKING --lane_stop--> STOPPING --nothing runs or waits--> CLOSING --timer closed--> done of the stop
 *
 * The timer never runs: closing it is how `done` comes in a later round of the loop. */
enum lane_state { WORKING, STOPPING, CLOSING };

/* A place where one piece of work runs at a time. It takes several along when several wait: to wake a thread costs as
 * much as a small read. */
struct place {
    uv_work_t request;
    struct lane *lane;
    struct store *store;
    struct work *first; /* to be run one after the other; NULL: the place is free */
};

struct lane {
    uv_loop_t *loop;
    size_t queue_max, together;
    struct work *first, *last;
    size_t waiting;
    enum lane_state state;
    uv_timer_t closer;
    void (*on_stopped)(void *context);
    void *stop_context;
    int width, running;
    struct place places[];
};

/* All were submitted before, so that a snapshot of now is new enough for each. */
static int run_on_snapshot(struct work *work, struct store *store, struct err *err)
{
    int rc = store_in_transaction(store) ? OK : store_begin_read(store, err);
    return rc == OK ? work->run(work, store, err) : rc;
}

static void on_run(uv_work_t *request)
{
    struct place *place = CONTAINER_OF(request, struct place, request);
    struct store *store = place->store;
    for (struct work *work = place->first; work != NULL; work = work->next)
        work->rc = store != NULL ? run_on_snapshot(work, store, &work->err)
                                 : work->run(work, NULL, &work->err);
    if (store != NULL)
        store_rollback(store);
}

static void on_closed(uv_handle_t *handle)
{
    struct lane *lane = CONTAINER_OF(handle, struct lane, closer);
    lane->on_stopped(lane->stop_context);
}

static void close_when_empty(struct lane *lane)
{
    if (lane->state != STOPPING || lane->running > 0 || lane->first != NULL)
        return;
    lane->state = CLOSING;
    (void)uv_timer_init(lane->loop, &lane->closer);
    uv_close((uv_handle_t *)&lane->closer, on_closed);
}

static void start_waiting(struct lane *lane);

static void on_ran(uv_work_t *request, int status)
{
    struct place *place = CONTAINER_OF(request, struct place, request);
    struct lane *lane = place->lane;
    struct work *work = place->first;
    assert(status == 0 && "nobody cancels requests of the lane");
    (void)status;
    place->first = NULL;
    lane->running--;
    start_waiting(lane);
    while (work != NULL) {
        struct work *next = work->next;
        work->done(work);
        work = next;
    }
    close_when_empty(lane);
}

/* The first of those that wait, with those behind it that are the place's share. */
static struct work *take_share(struct lane *lane)
{
    size_t width = (size_t)lane->width;
    size_t share = (lane->waiting + width - 1) / width;
    size_t most = share < lane->together ? share : lane->together;
    struct work *first = lane->first, *last = first;
    size_t count = 1;
    for (; count < most && last->next != NULL; count++)
        last = last->next;
    lane->first = last->next;
    lane->waiting -= count;
    last->next = NULL;
    return first;
}

static void start_waiting(struct lane *lane)
{
    for (int i = 0; i < lane->width && lane->first != NULL; i++) {
        struct place *place = &lane->places[i];
        if (place->first != NULL)
            continue;
        place->first = take_share(lane);
        lane->running++;
        int status = uv_queue_work(lane->loop, &place->request, on_run, on_ran);
        assert(status == 0 && "only a request without a function is refused");
        (void)status;
    }
}

int lane_submit(struct lane *lane, struct work *work, struct err *err)
{
    if (lane->state != WORKING)
        return err_set(err, ERR_WRONG_STATE, "the lane is stopping");
    if (lane->waiting >= lane->queue_max)
        return err_set(err, ERR_BUSY, "%zu pieces of work wait", lane->waiting);
    work->next = NULL;
    work->rc = OK;
    if (lane->first == NULL)
        lane->first = work;
    else
        lane->last->next = work;
    lane->last = work;
    lane->waiting++;
    start_waiting(lane);
    return OK;
}

size_t lane_waiting(const struct lane *lane)
{
    return lane->waiting;
}

/* ---- life ---- */

int lane_new(uv_loop_t *loop, const struct lane_options *options, struct lane **out,
             struct err *err)
{
    size_t width = (size_t)options->width;
    struct lane *lane =
        mem_calloc(1, size_add(sizeof *lane, size_multiply(width, sizeof *lane->places)));
    if (lane == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a lane");
    lane->loop = loop;
    lane->queue_max = options->queue_max;
    lane->together = options->together > 0 ? options->together : 1;
    lane->width = options->width;
    int rc = OK;
    for (int i = 0; i < lane->width && rc == OK; i++) {
        lane->places[i].lane = lane;
        if (options->open_store != NULL)
            rc = options->open_store(options->context, &lane->places[i].store, err);
    }
    if (rc != OK) {
        lane_free(lane);
        return rc;
    }
    *out = lane;
    return OK;
}

void lane_stop(struct lane *lane, void (*done)(void *context), void *context)
{
    assert(lane->state == WORKING);
    lane->state = STOPPING;
    lane->on_stopped = done;
    lane->stop_context = context;
    close_when_empty(lane);
}

void lane_free(struct lane *lane)
{
    if (lane == NULL)
        return;
    for (int i = 0; i < lane->width; i++)
        store_close(lane->places[i].store);
    mem_free(lane);
}
