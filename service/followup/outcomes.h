#ifndef PINGYI_SERVICE_FOLLOWUP_OUTCOMES_H
#define PINGYI_SERVICE_FOLLOWUP_OUTCOMES_H

#include "importers/reader.h"

#include "scoring/funnel.h"
#include "scoring/selection.h"

#include "service/auth/audit.h"
#include "service/intake/document.h"
#include "service/intake/rejects_files.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/outcomes.h"

/* Outcomes logged elsewhere into a round's draw (DESIGN.md 7.2). */

struct outcomes_wish {
    struct document_wish document; /* with a profile of outcomes */
    struct rejects_files *rejects; /* NULL, or where rejects are written as CSV; borrowed */
    const struct audit_desk *desk; /* writes `outcomes.import` in its transaction; NULL: nobody */
};

enum { OUTCOMES_NAMED_REJECTS = 10, OUTCOMES_NAMED_BYTES = 64 };

struct outcomes_result {
    struct outcome_file_row counts; /* file_name, sha256 and who are not filled */
    char sha256[DIGEST_HEX_BYTES];
    bool is_already_loaded; /* the same bytes, in this draw: nothing changed */
    enum refusal refusal;   /* with ERR_REFUSED */
    struct {
        int64_t line;
        enum reject_reason reason;
        char order_no[OUTCOMES_NAMED_BYTES]; /* cut; "" where the row has none that can be read */
    } named[OUTCOMES_NAMED_REJECTS];         /* the first rejects */
    int named_count;
};

/* Load one file, all or nothing: begins and commits its own transaction. Attempts are known by order, time and
 * caller: the same content again is unchanged, other content corrects (what stood there is kept). An attempt without
 * a time is known by its whole content; on a bare day a caller may have several (service/followup/known.h). A row may
 * name its order as a package did (C12-1-9f3a07, service/followup/package.h). Where the service phones the round,
 * cases follow whatever a row is named by: casework_take_outcomes. Rejected by name and line: an order that is not
 * drawn or not released, one of no package of this round or of one that has expired, a call before its order was
 * received or in the future, two rows of the file that contradict each other. The first outcome takes a drawn round
 * to calling. A file that was loaded before is read again for its rejects alone: it corrects nothing, and when none
 * can be taken now, nothing is stored.
 *
 * `document` is open and hashed, not recognised yet. ERR_WRONG_STATE: no draw, or the round is closed. ERR_REFUSED: no
 * file of outcomes; out->refusal says why. */
int outcomes_import(const struct datadir *datadir, struct bytes round_name,
                    struct document *document, const struct outcomes_wish *wish,
                    struct bytes file_name, const struct actor *actor, struct outcomes_result *out,
                    struct err *err);

/* Reason and comment of an attempt are sealed together as one line of CSV, reason,comment, with the purpose
 * OUTCOMES_SEAL and the row id drawn_id * ATTEMPTS_AN_ORDER + no. */
#define OUTCOMES_SEAL "outcome"

/* The rejected rows of a file as CSV: line, column, reason, then the file's own columns; importable once mended.
 * Nothing when there are none. Needs an open transaction. */
int outcomes_rejects_render(const struct datadir *datadir, int64_t file_id, struct buf *out,
                            struct err *err);

/* ---- callers against each other, for the office alone ---- */

struct outcome_caller {
    struct bytes name; /* empty: not said */
    int64_t attempts, final_cases, completes, refusals;
    struct funnel_caller resolution, satisfaction;
    struct funnel_caller refusal; /* of the orders whose person was reached: those refused */
    struct funnel_caller
        missing; /* of the two items of each answered order: those without an answer */
    struct funnel_point resolution_point, satisfaction_point, refusal_point, missing_point;
};
struct outcome_callers {
    struct outcome_caller *callers; /* by name */
    size_t caller_count;
    struct funnel resolution, satisfaction, refusal, missing;
};
/* Each final answer counts for the caller of the attempt that brought it, against its unit's rate, and so does each
 * refusal and each item that was not answered (STATISTICS.md 9). Needs an open transaction; memory is the arena's. */
int outcomes_callers_load(const struct datadir *datadir, const struct round_row *round,
                          const struct rules *rules, struct arena *arena,
                          struct outcome_callers *out, struct err *err);

#endif
