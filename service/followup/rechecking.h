#ifndef PINGYI_SERVICE_FOLLOWUP_RECHECKING_H
#define PINGYI_SERVICE_FOLLOWUP_RECHECKING_H

#include "service/followup/casework.h"
#include "service/storage/rechecks.h"

/* Re-checks (复核): a complete is called again, or its recording heard, by somebody who is not told what was answered.
 * Rows are made by casework_finish. Within the caller's open write transaction, which is rolled back after an error.
 *
 *          next (lease)                    both versions agree, or a supervisor settles
 *   --> QUEUED ------> LEASED --> DONE ------------------------------------------------> SETTLED
 *         ^               |  \
 *         +---------------+   +-> UNREACHED (RECHECK_TRIES times, or no number may ever be called)
 *        the lease ran out, or not reached: later again
 *
 * A re-check's dials keep all rules of the engine's: hours, limit of the day, do-not-call list.
 *
 * Two versions of an answer agree when `contacted` and `resolved` are the same; `satisfaction` when it is at most one
 * step away and counts the same for the round's rate of the satisfied: days later people say 满意 for 非常满意, but what
 * moves the published rate is a difference. 说不清 agrees with itself alone. What only one side has is not compared. Who
 * says that nobody has interviewed them differs in the one thing that matters most: `interviewed` counts as an item. */
enum {
    RECHECK_LEASE_S =
        1800, /* to hear a recording, or to wait for somebody to come to the telephone */
    RECHECK_TRIES = 3,
    RECHECK_ITEMS = 3, /* of an order */
    RECHECK_ANSWERS_MAX = 1024
};
/* contacted, resolved, satisfaction: of the script (script_find_of). */
const char *const *recheck_items(void);
#define RECHECK_INTERVIEWED "interviewed" /* of the call (drawn_id 0): yes, no, unsure */

/* What the checker holds already, else the one that waits longest and is none of the checker's own completes. A
 * contractor's are given nothing: their completes are checked by our own. ERR_NOT_FOUND. */
int rechecking_next(struct casework *work, struct store *store, const struct caller *checker,
                    int64_t *out_id, struct err *err);
/* What the checker holds. ERR_WRONG_STATE. The texts of the row are valid until the next call on the store. */
int rechecking_get_held(struct store *store, const struct caller *checker, int64_t id,
                        struct recheck_row *out, struct err *err);
/* As casework_dial and casework_number. */
int rechecking_dial(struct casework *work, struct store *store, const struct caller *checker,
                    int64_t id, int64_t number_no, struct dial_row *out, struct err *err);
int rechecking_number(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, struct buf *out, struct err *err);

struct recheck_answer {
    int64_t drawn_id;
    struct bytes item, value;
};
/* An answer, as it is given: kept while the checker holds the re-check, so that nothing is lost with a page.
 * ERR_FORMAT: no such item or value. */
int rechecking_answer(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, const struct recheck_answer *answer, int64_t *out_until_utc,
                      struct err *err);
struct recheck_result {
    struct bytes method; /* phone, recording */
    bool reached;        /* recording: it could be heard */
    const struct recheck_answer
        *answers; /* all of them: they take the place of those kept before */
    size_t answer_count;
    struct bytes note; /* may be empty */
};
/* ERR_REFUSED: by telephone and reached without a dial; not reached, and there is a number that may be called now.
 * ERR_FORMAT: no such item or value; reached and nothing answered. *out_state, static: done, queued, unreached; more
 * would tell the checker what was answered before. */
int rechecking_finish(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, const struct recheck_result *result, struct bytes *out_state,
                      struct err *err);

/* What is to become of a re-check that is DONE. kept: the first version stands. replaced: the checker's answers take
 * its place where they differ. void: the complete does not count. The person is not called a third time, and whether
 * they would have answered nobody knows: so it becomes 2.36, eligible without an interview, which neither raises the
 * response rate nor says that anybody refused. Both are corrections (casework_correct): what stood there is kept.
 * ERR_REFUSED: the checker or the caller themselves; nothing differs. */
struct recheck_verdict {
    struct bytes verdict, why;
    int64_t account_id; /* the supervisor's */
};
int rechecking_settle(struct casework *work, struct store *store, int64_t id,
                      const struct recheck_verdict *verdict, const struct actor *actor,
                      struct err *err);

/* End leases that have run out, at most `limit`; a dial that goes on in one is ended as interrupted. */
int rechecking_sweep(struct store *store, int64_t now_utc, int limit, int *out_done,
                     struct err *err);

/* ---- both versions; any store, also a reader's ---- */

struct recheck_version {
    int64_t drawn_id;
    struct bytes item;
    struct bytes given; /* to the caller; empty: not asked */
    struct bytes found; /* by the checker */
    bool is_compared, agrees;
};
typedef int (*recheck_version_cb)(void *context, const struct recheck_version *version,
                                  struct err *err);
/* `satisfied` is rules->rates.satisfied of the round. Texts are valid during the call. */
int rechecking_versions_each(struct store *store, int64_t id, int64_t case_id,
                             const bool *satisfied, recheck_version_cb on_version, void *context,
                             struct err *err);

#endif
