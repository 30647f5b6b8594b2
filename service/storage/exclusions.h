#ifndef PINGYI_SERVICE_STORAGE_EXCLUSIONS_H
#define PINGYI_SERVICE_STORAGE_EXCLUSIONS_H

#include "service/storage/store.h"

/* Exclusions by request (剔除申请). Needs an open transaction. Bytes given out stay valid until the next call. */

struct exclusion_row {
    int64_t id, round_id, handling_id;
    struct bytes order_no;
    struct bytes reason; /* a key of the rules' [exclude] */
    struct bytes effect; /* all, on_time, draw: which rates it leaves */
    struct bytes basis;
    struct bytes file_name;
    struct bytes file_sha256; /* 32 bytes */
    struct bytes state;       /* requested, approved, refused */
    struct bytes requested_by;
    int64_t requested_utc;
    struct bytes decided_by; /* empty: nobody yet */
    int64_t decided_utc;
    struct bytes decision_why;
};
/* Fills id. ERR_EXISTS when one that was not refused asks for the same handling in the round. */
int exclusion_put_new(struct store *store, struct exclusion_row *row, struct err *err);
int exclusion_get(struct store *store, int64_t id, struct exclusion_row *out, struct err *err);
/* From requested to `state`. ERR_NOT_FOUND; ERR_WRONG_STATE when decided; ERR_PERMISSION by who requested it. */
int exclusion_put_decision(struct store *store, int64_t id, struct bytes state, struct bytes who,
                           int64_t at_utc, struct bytes why, struct err *err);
typedef int (*exclusion_cb)(void *context, const struct exclusion_row *row, struct err *err);
/* round_id 0: of all rounds. Oldest first. */
int exclusions_each(struct store *store, int64_t round_id, exclusion_cb on_exclusion, void *context,
                    struct err *err);

#endif
