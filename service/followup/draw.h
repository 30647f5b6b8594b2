#ifndef PINGYI_SERVICE_FOLLOWUP_DRAW_H
#define PINGYI_SERVICE_FOLLOWUP_DRAW_H

#include "scoring/allocation.h"
#include "scoring/selection.h"

#include "service/rounds/framing.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/draws.h"

/* Drawing a round's sample (DESIGN.md 7.5, STATISTICS.md 6 to 8). All need an open transaction; what writes needs a
 * write transaction, which the caller commits, and after an error rolls back. */

/* ---- the plan ---- */

enum draw_size {
    DRAW_SIZE_OPEN, /* not said yet: only the frame, and what the rules leave open */
    DRAW_SIZE_TOTAL,
    DRAW_SIZE_MARGIN,
};

struct draw_wish {
    enum draw_size by;
    int64_t total; /* orders to draw over all units */
    double margin; /* that every unit's rate is to reach, in (0,1); `min_per_unit` and `cap` hold */
    /* What is planned with; NAN: taken from the last scored round of the kind (its response rate and its
     * satisfaction rate), without one DRAW_PLAN_RATE and DRAW_PLAN_RESPONSE. */
    double rate, response;
};
#define DRAW_PLAN_RATE     0.5 /* the most careful */
#define DRAW_PLAN_RESPONSE 0.6 /* an assumption, and printed as one */

struct draw_plan_unit {
    const struct framing_unit *unit;
    int64_t sample, reserve;
    double expected_answers, expected_margin; /* margin NAN where no answer is expected */
};

struct draw_plan {
    struct framing framing;
    struct draw_plan_unit *units; /* as framing.units */
    int64_t least, most;          /* totals that the rules leave open */
    int64_t sample, reserve;      /* of all; 0 with DRAW_SIZE_OPEN, and so in every unit */
    double expected_answers, expected_margin;
    struct plan with; /* what was planned with */
    bool
        is_assumed; /* with.rate or with.response is the default, nobody's wish and no earlier round's */
    bool is_short; /* asked for more than there is: all is taken */
};

/* ERR_REFUSED: a total below `least`, with both numbers. Memory is the arena's. */
int draw_plan_make(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, const struct draw_wish *wish,
                   struct arena *arena, struct draw_plan *out, struct err *err);

/* ---- the draw ---- */

struct drawn {
    int64_t no;
    int64_t sample, reserve;
    int64_t cases; /* people among the sample: orders of one person are one case */
    char public_sha256[DIGEST_HEX_BYTES];
};

/* With the public half `seed` the round must be frozen (ERR_WRONG_STATE); the seed is `ID|A|B`. An exact seed
 * is used as it is, and freezes a draft. ERR_WRONG_STATE when a draw is in force: it must be abandoned first
 * (round_reopen). The evidence is written. */
int draw_make(const struct datadir *datadir, const struct round_row *round,
              const struct draw_wish *wish, struct bytes seed, bool is_exact,
              const struct actor *actor, struct drawn *out, struct err *err);

/* Take a sample drawn elsewhere: its order numbers, in their order. Freezes a draft. ERR_REFUSED names the
 * first number that is not in the frame, or stands twice. No reserve, no tickets. */
int draw_adopt(const struct datadir *datadir, const struct round_row *round,
               const struct bytes *order_nos, size_t count, const struct actor *actor,
               struct drawn *out, struct err *err);

/* Release `count` more orders of a unit's reserve, in ticket order, for the reason given. ERR_REFUSED names
 * what is left; ERR_NOT_FOUND: no such unit in the draw. */
int draw_top_up(const struct datadir *datadir, const struct round_row *round,
                struct bytes unit_code, int64_t count, struct bytes why, const struct actor *actor,
                struct err *err);

/* ---- what it shows ---- */

struct draw_overview_unit {
    struct bytes code;
    int64_t frame, sample, reserve, released;
};

struct draw_overview {
    int64_t no, count;                /* draw `no` of `count` */
    struct bytes kind;                /* seed, exact, adopted */
    struct draw_overview_unit *units; /* by code */
    size_t unit_count;
    int64_t frame, sample, reserve, released; /* of all units */
    int64_t cases;                            /* people among the released */
    char public_sha256[DIGEST_HEX_BYTES];
};

/* The draw in force; memory is the arena's. ERR_NOT_FOUND. */
int draw_overview_load(const struct datadir *datadir, const struct round_row *round,
                       struct arena *arena, struct draw_overview *out, struct err *err);

/* `draw --format csv` (DESIGN.md 6), of the draw in force; part is sample for released orders, else reserve. With
 * `all` the rest of the frame follows within each unit, in ticket order, part rest. ERR_NOT_FOUND without a
 * draw. */
int draw_csv_render(const struct datadir *datadir, const struct round_row *round, bool all,
                    struct buf *out, struct err *err);

/* One entry opened at a review: what its public commitment was made of. Text; NUL-terminated. */
struct opened_entry {
    int64_t draw_no;
    struct bytes unit_code, order_no; /* the arena's */
    char salt[2 * SALT_BYTES + 1];
    char ticket[DIGEST_HEX_BYTES]; /* empty: adopted */
    const char *part;              /* as drawn: sample, reserve, rest */
    char commitment[DIGEST_HEX_BYTES];
    int64_t line; /* of commitments.txt, from 1 */
};
/* Recorded as a step. ERR_NOT_FOUND: not in the frame. */
int draw_open_entry(const struct datadir *datadir, const struct round_row *round,
                    struct bytes order_no, struct bytes why, const struct actor *actor,
                    struct arena *arena, struct opened_entry *out, struct err *err);

/* The whole seed for the auditor: `ID|A|B`, or the exact one. Recorded as a step. ERR_NOT_FOUND: an
 * adopted sample has none. */
int draw_open_seed(const struct datadir *datadir, const struct round_row *round, struct bytes why,
                   const struct actor *actor, struct buf *out, struct err *err);

/* ---- checking ---- */

/* Whether frame, secret and draw are what they are said to be: the listing's hash, the commitment, every
 * ticket, position and part, the published files, and that all of the sample is released. ERR_CORRUPT names the first
 * that is not; an adopted sample has no tickets. */
int draw_verify(const struct datadir *datadir, const struct round_row *round, struct err *err);

#endif
