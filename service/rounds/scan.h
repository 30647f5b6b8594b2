#ifndef PINGYI_SERVICE_ROUNDS_SCAN_H
#define PINGYI_SERVICE_ROUNDS_SCAN_H

#include "service/rounds/repeats.h"

/* One pass over the facts: each is judged and tallied. Two scans may run side by side over two halves, each with a
 * store of its own. Thread: that of the store. */

/* What a caller may want to do with each handling that the round counts (freeze it). */
typedef int (*judged_cb)(void *context, const struct fact_row *row, const struct verdict *verdict,
                         bool merged_repeat, int32_t ranked, struct err *err);

struct scan {
    struct store *store;
    const struct round_row *round;
    const struct round_basis *basis;
    const struct unit_register *registered;
    int64_t from_id, end_id; /* of handlings; unused for a closed round */
    judged_cb on_judged;     /* NULL: only tally */
    void *context;

    struct tally *tallies;      /* one a ranked unit */
    int64_t *unmatched_of_name; /* by unit_names.id */
    int64_t unmatched, unclear, without_unit;
    struct repeats repeats;
    struct judged_cursor *earlier; /* handlings that closed rounds of the kind have judged */
    int64_t next_earlier_id;       /* 0: none left */
    bool is_closed;
};

/* Fields up to `context` are set. Tables are made zeroed. */
int scan_init(struct scan *scan, struct err *err);
void scan_deinit(struct scan *scan); /* accepts a zeroed one */

/* Needs an open transaction of the store. */
int scan_run(struct scan *scan, struct err *err);

/* Add the counts of `other`, a scan of the same round. */
void scan_merge(struct scan *scan, const struct scan *other);

/* Judge one handling as scan_run does. */
int scan_judge(struct scan *scan, const struct fact_row *row, bool in_earlier_round,
               struct verdict *out, bool *out_merged_repeat, struct err *err);

#endif
