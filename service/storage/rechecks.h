#ifndef PINGYI_SERVICE_STORAGE_RECHECKS_H
#define PINGYI_SERVICE_STORAGE_RECHECKS_H

#include "service/storage/store.h"

/* Re-checks (复核) of completes. Needs an open transaction. Bytes given out stay valid until the next call on the
 * store. */

struct recheck_row {
    int64_t id, campaign_id, case_id;
    int64_t dial_id;                        /* the complete */
    int64_t caller_id;                      /* accounts: whose */
    struct bytes caller_name, checker_name; /* filled by reading */
    struct bytes reason;                    /* first, share, wish */
    struct bytes state;                     /* queued, leased, done, unreached, settled */
    int64_t account_id;                     /* the checker; 0: none yet */
    int64_t until_utc; /* leased: the lease's end; queued: offered from then on */
    int64_t tries;
    struct bytes method; /* phone, recording; empty: not done */
    int64_t done_utc;
    int64_t compared, differing; /* items */
    struct bytes sealed;         /* the checker's note, as row `id`; empty: none */
    struct bytes verdict;        /* settled: kept, replaced, void */
    struct bytes settled_by, settled_why;
    int64_t settled_utc;
};
/* Fills id. ERR_EXISTS: that complete has one, or (leased) the checker holds another. */
int recheck_put_new(struct store *store, struct recheck_row *row, struct err *err);
int recheck_put(struct store *store, const struct recheck_row *row,
                struct err *err); /* state to settled_utc */
int recheck_get(struct store *store, int64_t id, struct recheck_row *out, struct err *err);
/* The queued one that has been due longest, of a campaign that goes on, and not the checker's own complete.
 * ERR_NOT_FOUND. */
int recheck_find_due(struct store *store, int64_t account_id, int64_t now_utc,
                     struct recheck_row *out, struct err *err);
int recheck_find_leased(struct store *store, int64_t account_id, struct recheck_row *out,
                        struct err *err);
int recheck_find_ended(struct store *store, int64_t now_utc, struct recheck_row *out,
                       struct err *err); /* a lease that has run out */
/* Completes (1.1) of the caller in this campaign, and how many of them were chosen. */
int rechecks_count_of_caller(struct store *store, int64_t campaign_id, int64_t caller_id,
                             int64_t *out_completes, int64_t *out_chosen, struct err *err);
typedef int (*recheck_cb)(void *context, const struct recheck_row *row, struct err *err);
/* state empty: all; RECHECKS_OVER: done, unreached and settled. team_id -1: all. By id after `after_id`. */
#define RECHECKS_OVER "over"
int rechecks_each(struct store *store, int64_t campaign_id, struct bytes state, int64_t team_id,
                  int64_t after_id, int64_t limit, recheck_cb on_recheck, void *context,
                  struct err *err);

struct recheck_answer_row {
    int64_t recheck_id, drawn_id;
    struct bytes item, value;
};
int recheck_answer_put(struct store *store, const struct recheck_answer_row *row,
                       struct err *err); /* new or changed */
int recheck_answers_drop(struct store *store, int64_t recheck_id, struct err *err);
typedef int (*recheck_answer_cb)(void *context, const struct recheck_answer_row *row,
                                 struct err *err);
int recheck_answers_each(struct store *store, int64_t recheck_id, recheck_answer_cb on_answer,
                         void *context, struct err *err);

#endif
