#include "service/jobs/tasks.h"

#include "base/alloc.h"
#include "base/container.h"

#include <assert.h>

/* All that becomes of a task happens in on_event, which the loop calls after tasks_submit, tasks_cancel, tasks_stop and
 * the end of the thread: so nothing is told before these have returned.
 *
 *   WORKING --tasks_stop--> STOPPING --nothing runs or waits--> CLOSING --handles closed--> done of the stop
 */
enum tasks_stage { WORKING, STOPPING, CLOSING };

enum { PROGRESS_EVERY_MS = 500 };

struct tasks {
    struct tasks_options options;
    uv_async_t event;
    uv_timer_t ticker; /* while one runs */
    uv_thread_t thread;
    struct task *first, **tail; /* that wait */
    size_t waiting, places_held;
    struct task *running;
    atomic_bool has_run; /* the running one has come to its end */
    int64_t told_done, told_total;
    enum tasks_stage stage;
    int open_handles;
    void (*on_stopped)(void *context);
    void *stop_context;
};

const char *task_state_word(enum task_state state)
{
    static const char *const words[TASK_STATES] = {"queued", "running", "done", "failed",
                                                   "canceled"};
    return words[state];
}

void task_progress(struct task *task, int64_t done, int64_t total)
{
    atomic_store_explicit(&task->done, done, memory_order_relaxed);
    atomic_store_explicit(&task->total, total, memory_order_relaxed);
}

bool task_is_canceled(const struct task *task)
{
    return atomic_load_explicit(&task->is_canceled, memory_order_relaxed);
}

/* ---- one task ---- */

static void tell(struct tasks *tasks, struct task *task, enum task_state state)
{
    task->state = state;
    tasks->options.on_change(tasks->options.context, task);
}

static void end_task(struct tasks *tasks, struct task *task)
{
    enum task_state state = TASK_DONE;
    if (task->rc == ERR_CANCELED)
        state = TASK_CANCELED;
    else if (task->rc != OK)
        state = TASK_FAILED;
    tell(tasks, task, state);
    task->release(task);
}

static void run_thread(void *context)
{
    struct tasks *tasks = context;
    struct task *task = tasks->running;
    task->rc = task->run(task, &task->err);
    atomic_store(&tasks->has_run, true);
    (void)uv_async_send(&tasks->event);
}

static void on_tick(uv_timer_t *ticker)
{
    struct tasks *tasks = CONTAINER_OF(ticker, struct tasks, ticker);
    struct task *task = tasks->running;
    int64_t done = atomic_load(&task->done);
    int64_t total = atomic_load(&task->total);
    if (done == tasks->told_done && total == tasks->told_total)
        return;
    tasks->told_done = done;
    tasks->told_total = total;
    tell(tasks, task, TASK_RUNNING);
}

static void unlink_task(struct tasks *tasks, struct task **link)
{
    if ((*link)->next == NULL)
        tasks->tail = link;
    *link = (*link)->next;
    tasks->waiting--;
}

static void start_next(struct tasks *tasks)
{
    while (tasks->running == NULL && tasks->first != NULL) {
        struct task *task = tasks->first;
        unlink_task(tasks, &tasks->first);
        tasks->running = task;
        tasks->told_done = tasks->told_total = 0;
        atomic_store(&tasks->has_run, false);
        if (uv_thread_create(&tasks->thread, run_thread, tasks) != 0) {
            tasks->running = NULL;
            task->rc = err_set(&task->err, ERR_NOMEM, "could not start the thread of a task");
            end_task(tasks, task);
            continue;
        }
        (void)uv_timer_start(&tasks->ticker, on_tick, PROGRESS_EVERY_MS, PROGRESS_EVERY_MS);
        tell(tasks, task, TASK_RUNNING);
    }
}

static void end_running(struct tasks *tasks)
{
    struct task *task = tasks->running;
    if (task == NULL || !atomic_load(&tasks->has_run))
        return;
    (void)uv_thread_join(&tasks->thread);
    (void)uv_timer_stop(&tasks->ticker);
    tasks->running = NULL;
    end_task(tasks, task);
}

/* Those that wait and are wanted no more. What is told of them may bring new ones, at the end. */
static void end_canceled(struct tasks *tasks)
{
    struct task **link = &tasks->first;
    while (*link != NULL) {
        struct task *task = *link;
        if (!task_is_canceled(task)) {
            link = &task->next;
            continue;
        }
        unlink_task(tasks, link);
        task->rc = err_set(&task->err, ERR_CANCELED, "canceled before it began");
        end_task(tasks, task);
    }
}

/* ---- all of them ---- */

static void on_closed(uv_handle_t *handle)
{
    struct tasks *tasks = handle->data;
    if (--tasks->open_handles == 0)
        tasks->on_stopped(tasks->stop_context);
}

static void on_event(uv_async_t *event)
{
    struct tasks *tasks = CONTAINER_OF(event, struct tasks, event);
    end_running(tasks);
    end_canceled(tasks);
    start_next(tasks);
    if (tasks->stage != STOPPING || tasks->running != NULL || tasks->first != NULL)
        return;
    tasks->stage = CLOSING;
    tasks->open_handles = 2;
    tasks->event.data = tasks->ticker.data = tasks;
    uv_close((uv_handle_t *)&tasks->event, on_closed);
    uv_close((uv_handle_t *)&tasks->ticker, on_closed);
}

static int check_room(const struct tasks *tasks, struct err *err)
{
    if (tasks->stage != WORKING)
        return err_set(err, ERR_WRONG_STATE, "no tasks are taken any more");
    if (tasks->waiting + tasks->places_held >= tasks->options.queue_max)
        return err_set(err, ERR_BUSY, "%zu tasks wait", tasks->waiting + tasks->places_held);
    return OK;
}

int tasks_hold_place(struct tasks *tasks, struct err *err)
{
    int rc = check_room(tasks, err);
    tasks->places_held += rc == OK;
    return rc;
}

void tasks_give_place_back(struct tasks *tasks)
{
    assert(tasks->places_held > 0);
    tasks->places_held--;
}

int tasks_submit(struct tasks *tasks, struct task *task, struct err *err)
{
    int rc = check_room(tasks, err);
    if (rc != OK)
        return rc;
    task->state = TASK_QUEUED;
    task->next = NULL;
    *tasks->tail = task;
    tasks->tail = &task->next;
    tasks->waiting++;
    (void)uv_async_send(&tasks->event);
    return OK;
}

struct task *tasks_find(struct tasks *tasks, int64_t id)
{
    if (tasks->running != NULL && tasks->running->id == id)
        return tasks->running;
    for (struct task *task = tasks->first; task != NULL; task = task->next) {
        if (task->id == id)
            return task;
    }
    return NULL;
}

void tasks_cancel(struct tasks *tasks, struct task *task)
{
    atomic_store(&task->is_canceled, true);
    (void)uv_async_send(&tasks->event);
}

/* ---- life ---- */

int tasks_new(uv_loop_t *loop, const struct tasks_options *options, struct tasks **out,
              struct err *err)
{
    struct tasks *tasks = mem_calloc(1, sizeof *tasks);
    if (tasks == NULL)
        return err_set(err, ERR_NOMEM, "no memory for tasks");
    tasks->options = *options;
    tasks->tail = &tasks->first;
    if (uv_async_init(loop, &tasks->event, on_event) != 0) {
        mem_free(tasks);
        return err_set(err, ERR_IO, "the loop has no room for tasks");
    }
    (void)uv_timer_init(loop, &tasks->ticker);
    *out = tasks;
    return OK;
}

static void interrupt(struct task *task)
{
    atomic_store(&task->is_interrupted, !task_is_canceled(task));
    atomic_store(&task->is_canceled, true);
}

void tasks_stop(struct tasks *tasks, void (*done)(void *context), void *context)
{
    assert(tasks->stage == WORKING);
    tasks->stage = STOPPING;
    tasks->on_stopped = done;
    tasks->stop_context = context;
    if (tasks->running != NULL)
        interrupt(tasks->running);
    for (struct task *task = tasks->first; task != NULL; task = task->next)
        interrupt(task);
    (void)uv_async_send(&tasks->event);
}

void tasks_free(struct tasks *tasks)
{
    mem_free(tasks);
}
