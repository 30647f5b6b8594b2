#ifndef PINGYI_SERVICE_ROUNDS_LIFECYCLE_H
#define PINGYI_SERVICE_ROUNDS_LIFECYCLE_H

#include "scoring/frame.h"

#include "service/host/datadir.h"
#include "service/rounds/evaluation.h"
#include "service/storage/frames.h"

/* The steps of a round, each recorded with who and when. All need an open write transaction, which the caller
 * commits; after an error it must be rolled back. */

struct actor {
    struct bytes who; /* as recorded; not empty */
    int64_t now_utc;
};

/* draft -> frozen. Stores facts, register, judgements and the frame with the hash of its listing and of the
 * rules, and makes the secret half of the seed, of which the commitment alone is told. What is published is
 * written to the evidence (service/rounds/evidence.h). The as-of is fixed. ERR_WRONG_STATE: not a draft, or an
 * accumulated round. ERR_FORMAT: an order number or unit code that no frame takes. `out` may be NULL; its bytes
 * are the arena's. */
int round_freeze(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct arena *arena, struct frame_row *out,
                 struct err *err);

/* -> closed, from any state but closed and scored. A draft is frozen first. An accumulated round needs closed
 * parts. */
int round_close(const struct datadir *datadir, const struct round_row *round,
                const struct actor *actor, struct err *err);

/* One step back, for the reason given: closed and scored to what they were before closing (calling, drawn, or
 * frozen), drawn and calling to frozen, the draw abandoned (it keeps its number, its outcomes count no more),
 * frozen to draft. An accumulated round: closed or scored to draft. ERR_WRONG_STATE from draft. The new state
 * is a static word. */
int round_reopen(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct bytes why, struct bytes *out_state,
                 struct err *err);

/* closed -> scored, or scored again: keep what was published, if it differs from the last issue. An ordinary
 * round that differs from its last issue is ERR_CORRUPT, for nothing of it can have changed; an accumulated one
 * is issued again. *out_issue is the issue that holds it, *out_is_new whether it was kept now. */
int round_score_keep(const struct datadir *datadir, const struct round_row *round,
                     const struct actor *actor, struct bytes program_version, struct bytes csv,
                     int64_t *out_issue, bool *out_is_new, struct err *err);

#endif
