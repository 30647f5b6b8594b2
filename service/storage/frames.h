#ifndef PINGYI_SERVICE_STORAGE_FRAMES_H
#define PINGYI_SERVICE_STORAGE_FRAMES_H

#include "service/storage/store.h"

/* Frozen frames (样本框). Needs an open transaction. Bytes given out stay valid until the next call on the store. */

enum { STORED_DIGEST_BYTES = 32 };

/* One freezing. Digests are STORED_DIGEST_BYTES long. */
struct frame_row {
    int64_t round_id, no;
    int64_t entries;
    struct bytes listing_sha256, rules_sha256, secret_sha256, sealed_secret;
    int64_t frozen_utc;
};
int frame_put_new(struct store *store, const struct frame_row *row, struct err *err);
/* The last freezing of the round. ERR_NOT_FOUND. */
int frame_get_last(struct store *store, int64_t round_id, struct frame_row *out, struct err *err);
int frame_get(struct store *store, int64_t round_id, int64_t no, struct frame_row *out,
              struct err *err);

/* The units of the frame in force, `unit` counted from 0 by the bytes of `code`. */
struct frame_unit_row {
    int64_t unit;
    struct bytes code;
    int64_t entries;
};
int frame_unit_put(struct store *store, int64_t round_id, const struct frame_unit_row *row,
                   struct err *err);
typedef int (*frame_unit_cb)(void *context, const struct frame_unit_row *row, struct err *err);
int frame_units_each(struct store *store, int64_t round_id, frame_unit_cb on_unit, void *context,
                     struct err *err); /* by unit */

/* Entries are gathered in order of handling_id and then put in their place by one sorted insert, which also names the
 * orders. ERR_EXISTS when an order would stand twice in a unit. */
int frame_pending_put(struct store *store, int64_t handling_id, int64_t unit, struct err *err);
int frame_apply_pending(struct store *store, int64_t round_id, struct err *err);

struct frame_entry {
    int64_t unit;
    struct bytes order_no;
    int64_t handling_id;
};
typedef int (*frame_entry_cb)(void *context, const struct frame_entry *entry, struct err *err);
/* In the order of the listing. */
int frame_entries_each(struct store *store, int64_t round_id, frame_entry_cb on_entry,
                       void *context, struct err *err);
/* `count` of them at most, from the front of the listing, or from its back in reverse: so two stores can read halves
 * side by side, and no key in the middle has to be found. */
enum frame_end { FRAME_FRONT, FRAME_BACK };
int frame_entries_each_from(struct store *store, int64_t round_id, enum frame_end end,
                            int64_t count, frame_entry_cb on_entry, void *context, struct err *err);
/* ERR_NOT_FOUND: not in the frame in force. */
int frame_entry_get(struct store *store, int64_t round_id, struct bytes order_no,
                    struct frame_entry *out, struct err *err);

/* How many of a unit's orders the round counts and does not draw, by enum frame_reason of scoring/frame.h. */
int frame_left_out_put(struct store *store, int64_t round_id, int64_t unit, int reason,
                       int64_t orders, struct err *err);
typedef int (*frame_left_out_cb)(void *context, int64_t unit, int reason, int64_t orders,
                                 struct err *err);
int frame_left_out_each(struct store *store, int64_t round_id, frame_left_out_cb on_reason,
                        void *context, struct err *err);

/* Take the frame out of force: entries, units and counts go, what frame_get tells stays. */
int frame_drop(struct store *store, int64_t round_id, struct err *err);

#endif
