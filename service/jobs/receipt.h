#ifndef PINGYI_SERVICE_JOBS_RECEIPT_H
#define PINGYI_SERVICE_JOBS_RECEIPT_H

#include "service/storage/receipts.h"

/* Which receipts there are, in memory: a table from (account, key) to its row, so that the hot path needs no index in
 * random order on disk. Rebuilt when the writer starts, and each time another process has written receipts. Of a batch
 * that fails what was added is taken back. Thread: the writer's. All but new, free and settle need an open
 * transaction.
 *
 * Memory: 16 bytes a receipt in tables that are 1/4 to 3/4 full, so at most 64 bytes each. Beyond RECEIPTS_MAX
 * (268 MB, 24 writes a second for 48 hours) the oldest go before their time. */
enum { RECEIPT_KEPT_S = 48 * 3600, RECEIPTS_MAX = 4 * 1024 * 1024 };

struct receipt_index;
int receipt_index_new(struct store *store, struct receipt_index **out, struct err *err);
void receipt_index_free(struct receipt_index *index); /* accepts NULL */

/* Read the rows anew if there is one that this index did not add: another process wrote it. */
int receipt_index_refresh(struct receipt_index *index, struct store *store, struct err *err);

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
/* Take back the last that was added: its savepoint failed. */
void receipt_index_drop_last(struct receipt_index *index);
void receipt_index_settle(struct receipt_index *index, bool committed); /* of the batch */
/* Forget and delete those before `until_utc`, and what is beyond RECEIPTS_MAX: the oldest, at most `limit`. *out_more:
 * there may be more to delete. */
int receipt_index_purge(struct receipt_index *index, struct store *store, int64_t until_utc,
                        int64_t limit, bool *out_more, struct err *err);
int64_t receipt_index_count(const struct receipt_index *index);

#endif
