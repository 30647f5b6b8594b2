#ifndef PINGYI_SERVICE_ROUNDS_FRAMING_H
#define PINGYI_SERVICE_ROUNDS_FRAMING_H

#include "base/arena.h"

#include "scoring/frame.h"

#include "service/host/datadir.h"
#include "service/rounds/evaluation.h"

/* How many orders of each unit a round's frame has, and how many the round counts and leaves out: for a plan
 * before the freezing as well as after it. */

struct framing_unit {
    struct bytes code, name, class_name;
    int64_t frame;
    /* By enum frame_reason; [FRAME_IN] and [FRAME_NOT_COUNTED] are 0. */
    int64_t left_out[FRAME_REASONS];
};

/* Units without a parent that are valid within the round's days or have orders in it. */
struct framing {
    struct framing_unit
        *units; /* by the bytes of their codes: unit `i` of frame_units is units[i] */
    size_t unit_count;
    int64_t frame; /* of all */
};

/* A draft is judged as it stands; from the freezing on what was frozen is told. Needs an open transaction;
 * memory is the arena's. ERR_WRONG_STATE for an accumulated round. */
int framing_load(const struct datadir *datadir, const struct round_row *round,
                 const struct round_basis *basis, struct arena *arena, struct framing *out,
                 struct err *err);

/* The unit of that code; NULL when the frame has none. */
const struct framing_unit *framing_find(const struct framing *framing, struct bytes code);

#endif
