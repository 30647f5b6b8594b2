#ifndef PINGYI_SERVICE_JOBS_CHECKPOINTER_H
#define PINGYI_SERVICE_JOBS_CHECKPOINTER_H

#include "service/storage/store.h"

/* Copies the log into the database on a thread and a connection of its own, so that no commit waits for it. Thread: the
 * writer's, and whoever starts it. */
struct checkpointer;

/* `store` is lent to it until checkpointer_free. */
int checkpointer_new(struct store *store, struct checkpointer **out, struct err *err);
/* After each commit, with the pages that are in the log by now. Asks for a checkpoint every STORE_LOG_PAGES. Under
 * steady load none reaches the log's end, so it would never begin anew: beyond CHECKPOINT_WAIT_PAGES this waits for
 * one, with the caller not writing meanwhile. */
void checkpointer_tell(struct checkpointer *checkpointer, int64_t log_pages);
/* Empty the log if nobody is in the way. Waits for the thread; accepts NULL. */
void checkpointer_free(struct checkpointer *checkpointer);

enum { CHECKPOINT_WAIT_PAGES = 4 * STORE_LOG_PAGES };

#endif
