#ifndef PINGYI_SERVICE_STORAGE_TASKS_H
#define PINGYI_SERVICE_STORAGE_TASKS_H

#include "service/storage/store.h"

/* Long jobs of the service, and what became of them. Needs an open transaction. Bytes given out stay valid until the
 * next call. */
struct task_row {
    int64_t id, account_id;
    struct bytes kind, who,
        subject;        /* an English word; an account's name; a file's name or a round's id */
    struct bytes state; /* queued, running, done, failed, canceled, interrupted; else ERR_REFUSED */
    struct bytes message;           /* why it failed, Chinese */
    struct bytes result_type;       /* media type of its result; empty: none */
    int64_t created_utc, ended_utc; /* 0: not yet */
};
int task_put_new(struct store *store, struct task_row *row, struct err *err); /* fills id */
/* ended_utc 0: not yet. ERR_NOT_FOUND. */
int task_put_state(struct store *store, int64_t id, struct bytes state, struct bytes message,
                   struct bytes result_type, int64_t ended_utc, struct err *err);
/* What an earlier process left queued or running. */
int tasks_put_interrupted(struct store *store, int64_t at_utc, struct err *err);
int task_get(struct store *store, int64_t id, struct task_row *out,
             struct err *err); /* ERR_NOT_FOUND */
typedef int (*task_cb)(void *context, const struct task_row *row, struct err *err);
/* Newest first, ids below `before_id` (0: from the newest), at most `limit`. */
int tasks_each(struct store *store, int64_t before_id, int64_t limit, task_cb on_task,
               void *context, struct err *err);

#endif
