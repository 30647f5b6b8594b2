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

/* draft -> frozen. Stores facts, register, judgements, calendar layers and the frame with the hash of its listing and
 * of the rules, and makes the secret half of the seed, of which the commitment alone is told. What is published is
 * written to the evidence (service/rounds/evidence.h). The as-of is fixed. ERR_WRONG_STATE: not a draft, or an
 * accumulated round. ERR_FORMAT: an order number or unit code that no frame takes. ERR_REFUSED names an order that
 * would stand in the frame twice. `out` may be NULL; its bytes are the arena's. */
int round_freeze(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct arena *arena, struct frame_row *out,
                 struct err *err);

/* How the secret half lies in frame_row.sealed_secret: 32 hexadecimal digits, sealed for this purpose as row
 * frame_seal_row. */
#define FRAME_SECRET_PURPOSE "draw secret"
int64_t frame_seal_row(int64_t round_id, int64_t no);

/* Why of the step `freeze` where the round had its as-of before, and so keeps it when it is opened again. */
#define FREEZE_AS_OF_GIVEN "数据截至时点系指定"

/* The text of a freezing's public.txt, made of these values alone: whoever verifies it makes it again. `round` has
 * the as-of that was fixed, `zone` is that of its rules. */
void frame_public_render(const struct round_row *round, const struct frame_row *frame,
                         const struct zone *zone, struct buf *out);

/* -> closed, from any state but closed and scored. A draft is frozen first. An accumulated round needs closed
 * parts: ERR_WRONG_STATE names the first that is open. */
int round_close(const struct datadir *datadir, const struct round_row *round,
                const struct actor *actor, struct err *err);

/* One step back, for the reason given: closed and scored to what they were before closing (calling, drawn, or
 * frozen), drawn and calling to frozen, the draw abandoned (it keeps its number, its outcomes count no more),
 * frozen to draft; its as-of is then again what it was before the freezing. An accumulated round: closed or scored to
 * draft. ERR_WRONG_STATE from draft. The new state is a static word. */
int round_reopen(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct bytes why, struct bytes *out_state,
                 struct err *err);

/* closed -> scored, or scored again: keep what was published, if it differs from the last issue. An ordinary
 * round that differs from its last issue is ERR_CORRUPT, for nothing of it can have changed, unless it was reopened
 * since; an accumulated one is issued again. *out_issue is the issue that holds it, *out_is_new whether it was kept
 * now. ERR_WRONG_STATE: not closed. */
int round_score_keep(const struct datadir *datadir, const struct round_row *round,
                     const struct actor *actor, struct bytes program_version, struct bytes csv,
                     int64_t *out_issue, bool *out_is_new, struct err *err);

#endif
