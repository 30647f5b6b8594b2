#ifndef PINGYI_SERVICE_FOLLOWUP_ACCEPTANCE_H
#define PINGYI_SERVICE_FOLLOWUP_ACCEPTANCE_H

#include "service/storage/store.h"

/* What a contractor's team has done, for its acceptance (验收): how much, how much of it was checked, how far the checks
 * agree, and what looks wrong. Counted anew from the store. Needs an open transaction. Thread: that of the store. */
struct acceptance {
    int64_t cases, final;
    int64_t completes; /* cases with 1.1; those that a re-check made void are none any more */
    int64_t rechecks;  /* chosen */
    int64_t checked;   /* … and done: reached, or their recording heard */
    int64_t voided;    /* … and made void */
    int64_t compared, agreeing; /* items of them */
    int64_t dials;              /* on its cases */
    int64_t listed_dials;       /* of its people, on days of which a list of calls was loaded */
    int64_t unmatched_dials;    /* … in no such list */
    int64_t short_dials; /* completes shorter than their script can be read (overview_floor_s) */
};
int acceptance_load(struct store *store, int64_t campaign_id, int64_t team_id,
                    struct acceptance *out, struct err *err);

#endif
