#ifndef PINGYI_SERVICE_FOLLOWUP_CLOSING_H
#define PINGYI_SERVICE_FOLLOWUP_CLOSING_H

#include "service/followup/casework.h"

/* Closing a round, and opening it again, where the service may be phoning it: round_close and round_reopen know nothing
 * of that. Steps as those of lifecycle.h: within an open write transaction, which is rolled back after an error. */

enum { CLOSING_NAMED_CASES = 10 };

/* What stands against closing. */
struct closing_ends {
    bool is_phoned; /* a campaign goes on; else nothing stands against it */
    int64_t campaign_id;
    struct casework_open_ends counts;
    int64_t cases[CLOSING_NAMED_CASES]; /* the first that are not final, by id */
    size_t case_count;
};
int closing_ends_load(struct store *store, int64_t round_id, struct closing_ends *out,
                      struct err *err);
bool closing_is_held_up(const struct closing_ends *ends);

/* round_close, behind the end of the round's campaign. Leases that have run out are ended first. What is left open is
 * ERR_REFUSED, unless `why` says why it may be: then it is kept with a step of its own (CLOSING_UNFINISHED_STEP).
 * *out_ends is what was found open, after ERR_REFUSED too. */
#define CLOSING_UNFINISHED_STEP "close unfinished"
int closing_close(const struct datadir *datadir, const struct round_row *round,
                  const struct actor *actor, struct bytes why, struct closing_ends *out_ends,
                  struct err *err);

/* round_reopen: the campaign of a round that was closed goes on, that of a draw that is abandoned ends. */
int closing_reopen(const struct datadir *datadir, const struct round_row *round,
                   const struct actor *actor, struct bytes why, struct bytes *out_state,
                   struct err *err);

#endif
