#ifndef PINGYI_SERVICE_JOBS_TASKS_H
#define PINGYI_SERVICE_JOBS_TASKS_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdatomic.h>
#include <uv.h>

/* Long jobs (import, draw, score, report): one runs at a time, on a thread of its own with connections of its own; the
 * others wait. Each has progress, can be canceled, and leaves its result as a file.
 *
 *   QUEUED --> RUNNING --> DONE | FAILED | CANCELED       (what tasks_stop ends is told as CANCELED)
 *
 * What becomes of a task after it was queued is told through `on_change`, on the loop, in a later round of it: the
 * application stores it and publishes it. Thread: loop, unless said otherwise. */
enum task_state { TASK_QUEUED, TASK_RUNNING, TASK_DONE, TASK_FAILED, TASK_CANCELED, TASK_STATES };
const char *task_state_word(enum task_state state); /* "queued", … */

struct task {
    int64_t id;       /* the application's, unique */
    const char *kind; /* static word: "import" */
    int64_t account_id;
    /* Task thread. It calls task_progress now and then and task_is_canceled at every place where it could stop;
     * ERR_CANCELED when it did. */
    int (*run)(struct task *task, struct err *err);
    void (*release)(struct task *task); /* loop, last: frees it */
    void *context;                      /* the application's */
    enum task_state state;              /* loop */
    _Atomic int64_t done, total;        /* in the kind's own unit */
    atomic_bool is_canceled;
    atomic_bool is_interrupted; /* canceled by tasks_stop alone: nobody wished so */
    int rc;
    struct err err;
    struct task *next; /* the list's */
};

struct tasks_options {
    size_t queue_max;
    void (*on_change)(void *context,
                      struct task *task); /* loop: state or (twice a second) progress */
    void *context;
};

struct tasks;
int tasks_new(uv_loop_t *loop, const struct tasks_options *options, struct tasks **out,
              struct err *err);
/* Keep a place in the queue for a task that is yet to be stored; it is given back before the task is submitted, or
 * instead. ERR_BUSY, ERR_WRONG_STATE (stopping). */
int tasks_hold_place(struct tasks *tasks, struct err *err);
void tasks_give_place_back(struct tasks *tasks);
/* Takes the task over on OK. ERR_BUSY (never in the round of the loop in which a place was given back for it),
 * ERR_WRONG_STATE (stopping). */
int tasks_submit(struct tasks *tasks, struct task *task, struct err *err);
/* A waiting or running one; NULL otherwise. */
struct task *tasks_find(struct tasks *tasks, int64_t id);
void tasks_cancel(struct tasks *tasks, struct task *task); /* a wish */
/* Cancel all, wait for the running one, then `done`, in a later round of the loop. */
void tasks_stop(struct tasks *tasks, void (*done)(void *context), void *context);
void tasks_free(struct tasks *tasks); /* after `done`; accepts NULL */

void task_progress(struct task *task, int64_t done, int64_t total); /* task thread */
bool task_is_canceled(const struct task *task);                     /* any */

#endif
