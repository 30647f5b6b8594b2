#include "service/jobs/lane.h"

#include "base/alloc.h"
#include "base/container.h"

#include <assert.h>
#include <string.h>

/*   WORKING --lane_stop--> STOPPING --nothing runs or waits--> CLOSING --timer closed--> done of the stop
 *
 * The timer never runs: closing it is how `done` comes in a later round of the loop. */
enum lane_state { WORKING, STOPPING, CLOSING };

/* A place where one piece of work runs at a time. */
struct place {
    uv_work_t request;
    struct lane *lane;
    struct store *store;
    struct work *work; /* NULL: free */
};

struct lane {
    uv_loop_t *loop;
    size_t queue_max;
    struct work *first, *last;
    size_t waiting;
    enum lane_state state;
    uv_timer_t closer;
    void (*on_stopped)(void *context);
    void *stop_context;
    int width, running;
    struct place places[];
};

static int run_on_snapshot(struct work *work, struct store *store, struct err *err)
{
    int rc = store_begin_read(store, err);
    if (rc != OK)
        return rc;
    rc = work->run(work, store, err);
    store_rollback(store);
    return rc;
}

static void on_run(uv_work_t *request)
{
    struct place *place = CONTAINER_OF(request, struct place, request);
    struct work *work = place->work;
    work->rc = place->store != NULL ? run_on_snapshot(work, place->store, &work->err)
                                    : work->run(work, NULL, &work->err);
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
    struct work *work = place->work;
    assert(status == 0 && "nobody cancels requests of the lane");
    (void)status;
    place->work = NULL;
    lane->running--;
    start_waiting(lane);
    work->done(work);
    close_when_empty(lane);
}

static void start_waiting(struct lane *lane)
{
    for (int i = 0; i < lane->width && lane->first != NULL; i++) {
        struct place *place = &lane->places[i];
        if (place->work != NULL)
            continue;
        place->work = lane->first;
        lane->first = place->work->next;
        lane->waiting--;
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
