#ifndef PINGYI_SERVICE_STORAGE_SEALED_H
#define PINGYI_SERVICE_STORAGE_SEALED_H

#include "service/storage/store.h"

/* Everything that lies sealed, table by table, for sealing it anew when the vault's key is replaced. Needs an open
 * transaction. A table that gets a sealed column belongs into this list. */
#define SEALED_TABLES(X)                                                                           \
    X(SEALED_ORDERS, "orders", "order")                                                            \
    X(SEALED_ORDER_VERSIONS, "order_versions", "order")                                            \
    X(SEALED_REJECTS, "rejects", "reject")                                                         \
    X(SEALED_ATTEMPTS, "attempts", "outcome")                                                      \
    X(SEALED_ATTEMPT_VERSIONS, "attempt_versions", "outcome")                                      \
    X(SEALED_OUTCOME_REJECTS, "outcome_rejects", "outcome reject")                                 \
    X(SEALED_FRAMES, "frames", "draw secret")                                                      \
    X(SEALED_DRAWS, "draws", "draw salts")                                                         \
    X(SEALED_ACCOUNTS, "accounts", "totp")                                                         \
    X(SEALED_CASE_NUMBERS, "case_numbers", "case number")                                          \
    X(SEALED_DIALS, "dials", "dial")                                                               \
    X(SEALED_ANSWERS, "answers", "answer")                                                         \
    X(SEALED_DO_NOT_CALL, "do_not_call", "do not call")                                            \
    X(SEALED_RECHECKS, "rechecks", "recheck")                                                      \
    X(SEALED_CALL_RECORDS, "call_records", "call record")

enum sealed_table {
#define X(name, table, purpose) name,
    SEALED_TABLES(X)
#undef X
        SEALED_TABLE_COUNT
};
const char *sealed_purpose(enum sealed_table table); /* of the vault's sealer */

enum { SEALED_KEYS = 4 };
struct sealed_row {
    int64_t keys[SEALED_KEYS]; /* the primary key; what the table lacks is 0 */
    int64_t row_id;            /* it is sealed as */
    struct bytes sealed;       /* valid during the call */
    int64_t phone_key;         /* of orders, their versions and sealed numbers; 0: none */
};
/* At most `limit` rows whose primary key is above `after`, ascending. */
typedef int (*sealed_cb)(void *context, const struct sealed_row *row, struct err *err);
int sealed_each(struct store *store, enum sealed_table table, const int64_t after[SEALED_KEYS],
                int64_t limit, sealed_cb on_row, void *context, struct err *err);
/* Store `sealed` and `phone_key` of the row that has these keys; not while sealed_each runs. */
int sealed_put(struct store *store, enum sealed_table table, const struct sealed_row *row,
               struct err *err);

/* What follows from those keys, made again: the index of persons, of the orders' numbers; and the keys of dials, of
 * their cases' numbers. */
int person_orders_rebuild(struct store *store, struct err *err);
int dial_keys_rebuild(struct store *store, struct err *err);

#endif
