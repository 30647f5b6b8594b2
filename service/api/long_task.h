#ifndef PINGYI_SERVICE_API_LONG_TASK_H
#define PINGYI_SERVICE_API_LONG_TASK_H

#include "service/api/call.h"
#include "service/api/task_files.h"

/* A long job of the service, from the request that asks for it to its end. Its row in the store tells of it:
 *
 *   request --(writer)--> queued --> running --> done | failed | canceled       the service ended: interrupted
 *
 * A place in the queue is held before anything is stored: 503 means that nothing was, and 202 stays 202 for the key.
 *
 * From `running` on the task writes its row itself, with the connection that it has of its own: `done` in the very
 * transaction that holds what it did and its entry of the audit log. So a task whose row says done is done. What it
 * cannot write of its failure the service's writer does as soon as it can. */

struct long_task;

struct long_kind {
    const char *word;    /* of the row: import, undo, score, … */
    const char *action;  /* of the audit log */
    const char *changes; /* the event that tells of what it did: "import", "round"; NULL: none */
    /* Task thread. `datadir` is the task's alone, without a transaction, and is left so. Ends with long_task_commit. */
    int (*run)(struct long_task *task, struct datadir *datadir, struct err *err);
};

/* What is asked for. Texts are borrowed until long_task_start has returned; a task has copies. */
struct long_wish {
    const struct long_kind *kind;
    struct bytes subject; /* the file's name, the round's id */
    struct bytes text;    /* profile; format; seed */
    int64_t
        number; /* the import to take back; when a dump was extracted, 0: not said; how many to draw, 0: by margin */
    double margin;
    bool flag; /* register units; the seed is exact */
};

struct long_task {
    struct task task;
    struct service *service;
    struct arena arena; /* texts below */
    struct long_wish wish;
    struct audit_actor actor; /* who asked */
    struct bytes upload;      /* path of the file that came with the request, empty: none */
    char message[1024];       /* what came of it, Chinese */
    const char *result_type;  /* media type of the result; NULL: none */
    bool has_begun;
    bool has_ended;         /* so says its row */
    struct action end;      /* has it say so where the task itself could not */
    struct long_task *next; /* of the service's unended */
};

/* ---- of requests (loop) ---- */

/* Write the row and queue the task; 202 {"task": id}; 503 when too many wait. With `takes_body` the request's body on
 * disk becomes its upload. */
void long_task_start(struct call *call, const struct long_wish *wish, bool takes_body);
/* tasks_options.on_change; `context` is the service. */
void long_task_changed(void *context, struct task *task);
/* Tasks whose end could not be stored, for want of room on the disk say: try again; forget them. */
void long_task_end_all(struct service *service);
void long_task_forget_all(struct service *service);

/* ---- of kinds (task thread) ---- */

/* Keep `content` as the task's result. ERR_IO, ERR_FULL. */
int long_task_keep(struct long_task *task, const char *type, struct bytes content, struct err *err);
__attribute__((format(printf, 2, 3))) void long_task_say(struct long_task *task, const char *format,
                                                         ...);
/* Within an open write transaction: the entry of the audit log, the row, and the commit. `details` is
 * taken over; NULL: ERR_NOMEM. ERR_CANCELED when somebody wished so until now: the caller rolls back. */
int long_task_commit(struct long_task *task, struct datadir *datadir, json_t *details,
                     struct err *err);
/* The same in a transaction of its own, behind what only read or has committed by itself; too late to be canceled. */
int long_task_finish(struct long_task *task, struct datadir *datadir, json_t *details,
                     struct err *err);
/* The same where the room has written its entry itself, through a desk, in the transaction that it committed. */
int long_task_finish_noted(struct long_task *task, struct datadir *datadir, struct err *err);

#endif
