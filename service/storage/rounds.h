#ifndef PINGYI_SERVICE_STORAGE_ROUNDS_H
#define PINGYI_SERVICE_STORAGE_ROUNDS_H

#include "service/storage/orders.h"

/* Rounds, what closed ones froze, and calendar layers. Needs an open transaction. Bytes given out stay valid until the
 * next call. */

struct round_row {
    int64_t id;
    struct bytes name, kind, rules, state;
    int64_t from_day, to_day;
    int64_t as_of_utc;   /* 0: by the dumps */
    bool is_accumulated; /* it pools its parts and has neither facts nor a frame of its own */
};

/* draft -freeze-> frozen -draw-> drawn -first outcome-> calling -close-> closed -score-> scored. A round may be closed
 * in any state before it. From `frozen` on it has its facts. */
bool round_is_frozen(const struct round_row *row); /* any state but draft */
bool round_is_closed(const struct round_row *row); /* closed or scored */

/* ERR_EXISTS when the name is taken. Fills id. */
int round_put_new(struct store *store, struct round_row *row, struct err *err);
int round_get(struct store *store, struct bytes name, struct round_row *out, struct err *err);
/* Its id alone, out of the index: for small writes. ERR_NOT_FOUND. */
int round_get_id(struct store *store, struct bytes name, int64_t *out_id, struct err *err);
typedef int (*round_cb)(void *context, const struct round_row *row, struct err *err);
int rounds_each(struct store *store, round_cb on_round, void *context,
                struct err *err); /* by from_day, name */
/* The last round of the kind that ends before `from_day`. ERR_NOT_FOUND. */
int round_get_previous(struct store *store, struct bytes kind, int64_t from_day,
                       struct round_row *out, struct err *err);
/* Set state and as_of_utc (0: by the dumps). ERR_NOT_FOUND. */
int round_put_state(struct store *store, int64_t round_id, struct bytes state, int64_t as_of_utc,
                    struct err *err);

/* The parts of an accumulated round, by from_day and name. */
int round_part_put(struct store *store, int64_t round_id, int64_t part_id, struct err *err);
int round_parts_each(struct store *store, int64_t round_id, round_cb on_part, void *context,
                     struct err *err);
/* The accumulated rounds that a round is part of. */
int round_sums_each(struct store *store, int64_t part_id, round_cb on_sum, void *context,
                    struct err *err);

int round_step_put(struct store *store, int64_t round_id, struct bytes step, int64_t at_utc,
                   struct bytes who, struct bytes why, struct err *err);
typedef int (*round_step_cb)(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                             struct bytes why, struct err *err);
int round_steps_each(struct store *store, int64_t round_id, round_step_cb on_step, void *context,
                     struct err *err);

/* Frozen facts. */
int round_fact_put(struct store *store, int64_t round_id, const struct fact_row *row, int judgement,
                   struct err *err);
/* Those with from_id <= handling id < end_id, in order. */
int round_facts_each(struct store *store, int64_t round_id, int64_t from_id, int64_t end_id,
                     fact_cb on_fact, void *context, struct err *err);
/* One of them, with its judgement. ERR_NOT_FOUND. */
int round_fact_get(struct store *store, int64_t round_id, int64_t handling_id, struct fact_row *out,
                   int *out_judgement, struct err *err);
/* Take back what a freezing stored: facts, units, names and calendar layers. */
int round_facts_drop(struct store *store, int64_t round_id, struct err *err);

/* Handlings whose judgement in a closed round of `kind` (other than round_id) lies in [low, high], ascending ids, each
 * once: pulled one by one beside a scan of the facts. */
struct judged_cursor;
int judged_open(struct store *store, struct bytes kind, int64_t round_id, int low, int high,
                struct judged_cursor **out_cursor, struct err *err);
/* *out_handling_id 0 at the end. The transaction must not end before the cursor is closed. */
int judged_next(struct judged_cursor *cursor, int64_t *out_handling_id, struct err *err);
void judged_close(struct judged_cursor *cursor); /* accepts NULL */
/* Whether one handling is among them. */
int judged_get(struct store *store, struct bytes kind, int64_t round_id, int64_t handling_id,
               int low, int high, bool *out_found, struct err *err);

struct round_unit_row {
    struct bytes code, name, class_name;
    int class_position;
};
int round_unit_put(struct store *store, int64_t round_id, const struct round_unit_row *row,
                   struct err *err);
typedef int (*round_unit_cb)(void *context, const struct round_unit_row *row, struct err *err);
int round_units_each(struct store *store, int64_t round_id, round_unit_cb on_unit, void *context,
                     struct err *err);
int round_unit_name_put(struct store *store, int64_t round_id, int64_t unit_name_id,
                        struct bytes code, struct err *err);
typedef int (*round_unit_name_cb)(void *context, int64_t unit_name_id, struct bytes code,
                                  struct err *err);
int round_unit_names_each(struct store *store, int64_t round_id, round_unit_name_cb on_name,
                          void *context, struct err *err);

/* What was published of a closed round, by issue from 1. */
struct round_score_row {
    int64_t issue;
    int64_t scored_utc;
    struct bytes who, program_version;
    struct bytes csv;
};
int round_score_put_new(struct store *store, int64_t round_id, const struct round_score_row *row,
                        struct err *err);
/* The last issue. ERR_NOT_FOUND. */
int round_score_get_last(struct store *store, int64_t round_id, struct round_score_row *out,
                         struct err *err);

int calendar_layer_put(struct store *store, struct bytes name, struct bytes csv, int64_t now_utc,
                       struct err *err);
int calendar_layer_get(struct store *store, struct bytes name, struct bytes *out_csv,
                       struct err *err);

/* Keep a layer for a round as it is now; nothing is kept of one that was not imported. */
int round_layer_put(struct store *store, int64_t round_id, struct bytes name, struct err *err);
/* ERR_NOT_FOUND. */
int round_layer_get(struct store *store, int64_t round_id, struct bytes name, struct bytes *out_csv,
                    struct err *err);

#endif
