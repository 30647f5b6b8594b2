#ifndef PINGYI_SERVICE_STORAGE_DRAWS_H
#define PINGYI_SERVICE_STORAGE_DRAWS_H

#include "service/storage/store.h"

/* Draws (抽样). Needs an open transaction. Bytes given out stay valid until the next call on the store. */

struct draw_row {
    int64_t round_id, no, frame_no;
    struct bytes kind; /* seed, exact, adopted */
    struct bytes seed; /* the public half; the whole seed; empty */
    struct bytes sealed_salt_key;
    int64_t wanted;
    struct bytes public_sha256; /* 32 bytes */
    int64_t drawn_utc;
    struct bytes who;
    int64_t abandoned_utc;   /* 0: not */
    int64_t seed_opened_utc; /* when somebody was told the whole seed; 0: never */
};
/* ERR_EXISTS when the number is taken. */
int draw_put_new(struct store *store, const struct draw_row *row, struct err *err);
/* The draw in force: the last one, unless it is abandoned. ERR_NOT_FOUND. */
int draw_get_current(struct store *store, int64_t round_id, struct draw_row *out, struct err *err);
int draw_get(struct store *store, int64_t round_id, int64_t no, struct draw_row *out,
             struct err *err);
typedef int (*draw_cb)(void *context, const struct draw_row *row, struct err *err);
int draws_each(struct store *store, int64_t round_id, draw_cb on_draw, void *context,
               struct err *err); /* by no */
int draw_put_abandoned(struct store *store, int64_t round_id, int64_t no, int64_t at_utc,
                       struct err *err);

int draw_put_seed_opened(struct store *store, int64_t round_id, int64_t no, int64_t at_utc,
                         struct err *err);

struct draw_unit_row {
    int64_t unit;
    struct bytes code;
    int64_t frame, sample, reserve;
    int64_t released; /* positions 1 to this one are to be called; at first the sample */
};
int draw_unit_put(struct store *store, int64_t round_id, int64_t draw_no,
                  const struct draw_unit_row *row, struct err *err);
typedef int (*draw_unit_cb)(void *context, const struct draw_unit_row *row, struct err *err);
int draw_units_each(struct store *store, int64_t round_id, int64_t draw_no, draw_unit_cb on_unit,
                    void *context, struct err *err); /* by unit */
/* ERR_NOT_FOUND; ERR_REFUSED beyond the reserve, or below what was released. */
int draw_unit_put_released(struct store *store, int64_t round_id, int64_t draw_no, int64_t unit,
                           int64_t released, struct err *err);

struct drawn_row {
    int64_t id;
    int64_t unit, position; /* position from 1 */
    struct bytes order_no;
    int64_t handling_id;
    struct bytes ticket; /* 32 bytes; empty: adopted */
    int64_t case_no;
    bool is_released; /* filled by reading */
};
/* Rows come by unit and position, so that ids ascend with them. Fills id. ERR_EXISTS. */
int drawn_put_new(struct store *store, int64_t round_id, int64_t draw_no, struct drawn_row *row,
                  struct err *err);
typedef int (*drawn_cb)(void *context, const struct drawn_row *row, struct err *err);
int drawn_each(struct store *store, int64_t round_id, int64_t draw_no, drawn_cb on_drawn,
               void *context, struct err *err); /* by unit, position */
/* ERR_NOT_FOUND. */
int drawn_get(struct store *store, int64_t round_id, int64_t draw_no, struct bytes order_no,
              struct drawn_row *out, struct err *err);

#endif
