#ifndef PINGYI_SERVICE_STORAGE_REMARKS_H
#define PINGYI_SERVICE_STORAGE_REMARKS_H

#include "service/storage/store.h"

/* What the office notes about a round (工作记录): appended, never changed. Needs an open transaction. */
struct remark_row {
    int64_t id, round_id, account_id;
    struct bytes who, text;
    int64_t at_utc;
};
int remark_put_new(struct store *store, struct remark_row *row,
                   struct err *err); /* fills id; ERR_REFUSED: no such round */
typedef int (*remark_cb)(void *context, const struct remark_row *row, struct err *err);
/* Newest first, ids below `before_id` (0: from the newest), at most `limit`. Bytes stay valid during the call. */
int remarks_each(struct store *store, int64_t round_id, int64_t before_id, int64_t limit,
                 remark_cb on_remark, void *context, struct err *err);

#endif
