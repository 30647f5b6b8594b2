#ifndef PINGYI_SERVICE_FOLLOWUP_OUTCOMES_H
#define PINGYI_SERVICE_FOLLOWUP_OUTCOMES_H

#include "scoring/funnel.h"
#include "scoring/selection.h"

#include "service/intake/document.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/outcomes.h"

/* Outcomes logged elsewhere into a round's draw (DESIGN.md 7.2). */

struct outcomes_result {
    struct outcome_file_row counts; /* file_name and sha256 are not filled */
    char sha256[DIGEST_HEX_BYTES];
    bool is_already_loaded; /* the same bytes, in this draw: nothing changed */
    enum refusal refusal;   /* with ERR_REFUSED */
};

/* Load one file, all or nothing: begins and commits its own transaction. Attempts are known by order, time and
 * caller: the same content again is unchanged, other content corrects (what stood there is kept). An attempt
 * without a time is known by its whole content. Rejected by name and line: an order that is not released, a
 * call before its order was received or in the future. The first outcome takes a drawn round to calling.
 * ERR_WRONG_STATE: no draw, or the round is closed. */
int outcomes_import(const struct datadir *datadir, struct bytes round_name,
                    struct document *document, const struct document_wish *wish,
                    struct bytes file_name, const struct actor *actor, struct outcomes_result *out,
                    struct err *err);

/* The rejected rows of a file as CSV: line, column, reason, then the file's own columns; importable once mended. */
int outcomes_rejects_render(const struct datadir *datadir, int64_t file_id, bool masked,
                            struct buf *out, struct err *err);

/* ---- callers against each other, for the office alone ---- */

struct outcome_caller {
    struct bytes name; /* empty: not said */
    int64_t attempts, final_cases, completes, refusals;
    struct funnel_caller resolution, satisfaction;
    struct funnel_point resolution_point, satisfaction_point;
};
struct outcome_callers {
    struct outcome_caller *callers; /* by name */
    size_t caller_count;
    struct funnel resolution, satisfaction;
};
/* Each final answer counts for the caller of the attempt that brought it, against its unit's rate
 * (STATISTICS.md 9). Needs an open transaction; memory is the arena's. */
int outcomes_callers_load(const struct datadir *datadir, const struct round_row *round,
                          const struct rules *rules, struct arena *arena,
                          struct outcome_callers *out, struct err *err);

#endif
