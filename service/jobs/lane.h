#ifndef PINGYI_SERVICE_JOBS_LANE_H
#define PINGYI_SERVICE_JOBS_LANE_H

#include "base/err.h"

#include "service/storage/store.h"

#include <uv.h>

/* Work beside the loop, on libuv's thread pool, at most `width` at a time and a bounded number waiting. With stores it
 * is the readers: each piece of work borrows a read-only connection and sees one WAL snapshot, none older than its
 * submission. Without, it is for what takes the processor: argon2 runs in a lane of width 1. Thread: loop. */

struct work {
    /* Pool thread; touches only its own request. `store` is NULL in a lane without stores. */
    int (*run)(struct work *work, struct store *store, struct err *err);
    void (*done)(
        struct work *work); /* loop, exactly once, last, never before lane_submit has returned */
    int rc;
    struct err err;
    struct work *next; /* the lane's */
};

struct lane_options {
    int width;
    size_t queue_max;
    /* So many that wait run one after the other on one thread and one snapshot, and are done together: for small work
     * that comes in crowds, where a thread's waking costs as much as the work. 0 is 1. */
    size_t together;
    /* NULL: no stores. Else called `width` times by lane_new; the stores are the lane's. */
    int (*open_store)(void *context, struct store **out, struct err *err);
    void *context;
};

struct lane;
int lane_new(uv_loop_t *loop, const struct lane_options *options, struct lane **out,
             struct err *err);
/* ERR_BUSY: full. ERR_WRONG_STATE: stopping. */
int lane_submit(struct lane *lane, struct work *work, struct err *err);
/* Finish what runs and waits, then call `done`, in a later round of the loop. */
void lane_stop(struct lane *lane, void (*done)(void *context), void *context);
void lane_free(struct lane *lane); /* after `done`, or unused; closes the stores; accepts NULL */
size_t lane_waiting(const struct lane *lane);

#endif
