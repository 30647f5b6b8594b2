#ifndef PINGYI_SERVICE_STORAGE_RECEIPTS_H
#define PINGYI_SERVICE_STORAGE_RECEIPTS_H

#include "base/buf.h"

#include "service/storage/store.h"

/* Answers of writes, by who wrote and the key they gave. Appended in the order of writing; nothing here finds one by
 * its key: service/jobs/receipt.h does that in memory. Needs an open transaction. */
enum { RECEIPT_KEY_MAX_BYTES = 64, RECEIPT_HASH_BYTES = 32 };

struct receipt_key {
    int64_t account;  /* accounts.id, or -tokens.id; 0: none */
    struct bytes key; /* 1 to RECEIPT_KEY_MAX_BYTES printable ASCII; borrowed */
    unsigned char request_sha256[RECEIPT_HASH_BYTES]; /* keyed; of method, target and body */
};

struct receipt_row {
    int64_t id; /* larger than all before it */
    struct receipt_key key;
    struct bytes answer;
    int64_t created_utc;
};
int receipt_put_new(struct store *store, struct receipt_row *row, struct err *err); /* fills id */
/* Bytes stay valid until the next call. ERR_NOT_FOUND. */
int receipt_get(struct store *store, int64_t id, struct receipt_row *out, struct err *err);
typedef int (*receipt_cb)(void *context, const struct receipt_row *row, struct err *err);
/* Without their answers, oldest first. */
int receipts_each(struct store *store, receipt_cb on_receipt, void *context, struct err *err);
/* 0: there is none. */
int receipt_newest_id(struct store *store, int64_t *out_id, struct err *err);
/* Delete the oldest, at most `limit`, made before `until_utc`. What is behind one that stays, stays: a clock that is
 * set back takes nothing fresh along. The newest of all stays, so that ids go on rising. No id up to *out_last_id is
 * there any more. */
int receipts_purge(struct store *store, int64_t until_utc, int64_t limit, int64_t *out_last_id,
                   int64_t *out_deleted, struct err *err);

#endif
