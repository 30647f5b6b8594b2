#ifndef PINGYI_SERVICE_STORAGE_ORDERS_H
#define PINGYI_SERVICE_STORAGE_ORDERS_H

#include "scoring/fact.h"

#include "service/storage/store.h"

/* Orders, their handlings, and their history. All of it needs an open transaction of the store. Bytes given out stay
 * valid until the next call on the same store. 0 stands for "none" in ids. */

enum { HANDLINGS_AN_ORDER = 64 }; /* at most; handling id = order id * HANDLINGS_AN_ORDER + place */

struct order_row {
    int64_t id;
    struct bytes order_no;
    int64_t import_id; /* the import that last changed it */
    int64_t category_id, region_id, channel_id;
    struct bytes repeat_of; /* empty: none */
    int64_t phone_key;      /* 0: none */
    struct bytes sealed;
};

struct handling_row {
    int64_t id;
    int64_t unit_name_id; /* 0: answered directly */
    struct fact fact;
    struct moment first_closed;
    int32_t redo_count; /* -1: none */
    enum handling_role role;
    int64_t urgency_id, status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id;
    int64_t import_id; /* the import that last changed it */
};

/* Two rows say the same, leaving aside id, import_id and part. */
bool handling_row_equal(const struct handling_row *a, const struct handling_row *b);

/* Insert new orders, the first one first. out_ids[i] is the order that has the number of rows[i]: its own id, or, with
 * nothing of it stored, that of the order which has it already, be it an earlier one of `rows`. After an error the
 * transaction must be rolled back. */
int orders_put_new(struct store *store, const struct order_row *rows, size_t count,
                   int64_t *out_ids, struct err *err);
/* Rewrite an order of the import that is loading. */
int order_put(struct store *store, const struct order_row *row, struct err *err);
/* ERR_NOT_FOUND. */
int order_get(struct store *store, struct bytes order_no, struct order_row *out, struct err *err);
int order_get_by_id(struct store *store, int64_t order_id, struct order_row *out, struct err *err);

/* Insert handlings whose ids are free; ERR_EXISTS, and none is stored. */
int handlings_put_new(struct store *store, const struct handling_row *rows, size_t count,
                      struct err *err);
/* Insert or rewrite one handling. */
int handling_put(struct store *store, const struct handling_row *row, struct err *err);
/* All handlings of an order by place; returns their count in *out_count. */
int handlings_get(struct store *store, int64_t order_id,
                  struct handling_row out[HANDLINGS_AN_ORDER], int *out_count, struct err *err);

/* Changes to older orders wait here until orders_apply_pending. */
int pending_order_put(struct store *store, const struct order_row *row, struct err *err);
int pending_order_get(struct store *store, int64_t order_id, struct order_row *out,
                      struct err *err);
int pending_handling_put(struct store *store, const struct handling_row *row, struct err *err);
/* ERR_NOT_FOUND when nothing waits for that handling. */
int pending_handling_get(struct store *store, int64_t handling_id, struct handling_row *out,
                         struct err *err);
int pending_handling_delete(struct store *store, int64_t handling_id, struct err *err);

/* Each pending handling in order of id; the callback may put and delete pending rows of the order it is given. */
typedef int (*handling_cb)(void *context, const struct handling_row *row, struct err *err);
int pending_handlings_each(struct store *store, handling_cb on_row, void *context, struct err *err);

/* Keep the present rows as versions of `import_id`, put the pending ones in their place, empty the pending tables. */
int orders_apply_pending(struct store *store, int64_t import_id, struct err *err);

enum sighting { SIGHTING_UNCHANGED = 0, SIGHTING_CHANGED = 1, SIGHTING_ADDED = 2 };
int sighting_put(struct store *store, int64_t import_id, int64_t handling_id, enum sighting what,
                 struct err *err);
int sighting_get(struct store *store, int64_t import_id, int64_t handling_id, bool *out_seen,
                 struct err *err);

/* History of one handling or order, oldest first: each row as it was before `changed_by` changed it. */
typedef int (*handling_version_cb)(void *context, int64_t changed_by,
                                   const struct handling_row *row, struct err *err);
int handling_versions_each(struct store *store, int64_t handling_id, handling_version_cb on_version,
                           void *context, struct err *err);
typedef int (*order_version_cb)(void *context, int64_t changed_by, const struct order_row *row,
                                struct err *err);
int order_versions_each(struct store *store, int64_t order_id, order_version_cb on_version,
                        void *context, struct err *err);

/* The index of persons: which orders a number has (by blind index). Rows come fastest in order of phone_key. Both
 * accept that there is nothing to do. */
struct person_order {
    int64_t phone_key, order_id;
};
int person_orders_put(struct store *store, const struct person_order *rows, size_t count,
                      struct err *err);
int person_order_delete(struct store *store, const struct person_order *row, struct err *err);

/* Bring it up to date with the older orders that the import changed, after orders_apply_pending. */
int orders_index_changed_persons(struct store *store, int64_t import_id, struct err *err);

/* Words that repeat. term_put returns the id of `text`, making it where it is new; an empty text gives 0. */
int term_put(struct store *store, struct bytes text, int64_t *out_id, struct err *err);
int term_get(struct store *store, int64_t id, struct bytes *out_text, struct err *err);

/* The facts of handlings with from_id <= id < end_id, in order of id: what scoring reads. Stops at the callback's
 * first code that is not OK. */
struct fact_row {
    int64_t handling_id;
    int64_t unit_name_id;
    bool merged_repeat; /* only of frozen facts */
    struct fact fact;
};
typedef int (*fact_cb)(void *context, const struct fact_row *row, struct err *err);
int facts_each(struct store *store, int64_t from_id, int64_t end_id, fact_cb on_fact, void *context,
               struct err *err);

/* The end of what readers may see: handling ids below it belong to loaded imports. */
int facts_end_id(struct store *store, int64_t *out_end_id, struct err *err);

/* How often what rounds are counted from has changed: imports loaded or taken back, steps of rounds, requests decided.
 * Two connections with the same number see the same facts, frozen and not. */
int facts_changes(struct store *store, int64_t *out_changes, struct err *err);

#endif
