#ifndef PINGYI_SERVICE_ROUNDS_ROUND_SHOWN_H
#define PINGYI_SERVICE_ROUNDS_ROUND_SHOWN_H

#include "base/arena.h"

#include "scoring/frame.h"

#include "service/storage/draws.h"
#include "service/storage/frames.h"
#include "service/storage/rounds.h"

/* All that is known of one round, loaded before it is printed; texts are the arena's. */

struct round_shown_step {
    struct bytes step, who, why;
    int64_t at_utc;
};

struct round_shown {
    struct arena arena;
    struct round_row row;
    int64_t as_of_utc; /* 0: cannot be said yet */
    int offset_s;      /* of the rules' zone at as-of; OFFICE_OFFSET_S without it */

    struct bytes *parts, *sums; /* names: what it pools, what pools it */
    size_t part_count, sum_count;
    struct round_shown_step *steps;
    size_t step_count;

    bool has_frame;
    struct frame_row frame;
    int64_t left_out[FRAME_REASONS];

    bool has_draw; /* one in force */
    struct draw_row draw;
    int64_t draw_count; /* with the abandoned ones */
    int64_t sample, reserve, released;

    bool has_score;
    struct round_score_row score; /* the last issue, without its CSV */
};

/* Needs an open transaction. ERR_NOT_FOUND. */
int round_shown_load(struct store *store, struct bytes name, int64_t now_utc,
                     struct round_shown *out, struct err *err);
void round_shown_deinit(struct round_shown *shown);

#endif
