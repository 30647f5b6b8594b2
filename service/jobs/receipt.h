#ifndef PINGYI_SERVICE_JOBS_RECEIPT_H
#define PINGYI_SERVICE_JOBS_RECEIPT_H

#include "service/storage/receipts.h"

/* Which receipts there are, in memory: a table from (account, key) to its row, so that the hot path needs no index in
 * random order on disk. Rebuilt when the writer starts, and each time another process has written. Of a batch that fails
 * what was added is taken back. Thread: the writer's. */
struct receipt_index;
int receipt_index_new(struct store *store, int64_t since_utc, struct receipt_index **out,
                      struct err *err);
void receipt_index_free(struct receipt_index *index);

enum receipt_found {
    RECEIPT_NEW,
    RECEIPT_SAME,
    RECEIPT_OTHER /* the key was used with another body */
};
/* RECEIPT_SAME: the answer is appended to `answer`. */
int receipt_index_look(struct receipt_index *index, struct store *store,
                       const struct receipt_key *key, enum receipt_found *out, struct buf *answer,
                       struct err *err);
/* Store it within the open transaction. */
int receipt_index_add(struct receipt_index *index, struct store *store,
                      const struct receipt_key *key, struct bytes answer, int64_t now_utc,
                      struct err *err);
void receipt_index_settle(struct receipt_index *index, bool committed); /* of the batch */
/* Forget and delete those before `until_utc`, at most `limit`; within a transaction. */
int receipt_index_purge(struct receipt_index *index, struct store *store, int64_t until_utc,
                        int64_t limit, struct err *err);

enum { RECEIPT_KEPT_S = 48 * 3600 };

#endif
