#ifndef PINGYI_SERVICE_ROUNDS_SCAN_H
#define PINGYI_SERVICE_ROUNDS_SCAN_H

#include "scoring/frame.h"

#include "service/rounds/repeats.h"

/* One pass over the facts: each is judged and tallied. Two scans may run side by side over two halves, each with a
 * store of its own. Thread: that of the store. */

/* A handling as the round sees it. */
struct judged {
    const struct fact_row *row;
    struct verdict verdict;
    struct verdict
        before_request; /* the same but for an approved request to leave the on-time rate */
    bool leaves_draw;   /* by an approved request */
    bool merged_repeat;
    int32_t
        ranked; /* index in the register; UNIT_NONE: of no ranked unit, or its lead is unclear */
};
/* What a caller may want to do with each handling that the round counts, of unmatched and unclear units too: freeze
 * it. */
typedef int (*judged_cb)(void *context, const struct judged *judged, struct err *err);

struct scan {
    struct store *store;
    const struct round_row *round;
    const struct round_basis *basis;
    const struct unit_register *registered;
    int64_t from_id, end_id; /* of handlings */
    judged_cb on_judged;     /* NULL: only tally */
    void *context;

    struct tally *tallies;      /* one a ranked unit */
    int64_t *unmatched_of_name; /* by unit_names.id */
    int64_t unmatched, unclear, without_unit;
    struct requests requests; /* approved for this round */
    struct repeats repeats;
    struct judged_cursor *earlier; /* handlings that closed rounds of the kind have judged */
    int64_t next_earlier_id;       /* 0: none left */
    bool is_frozen;                /* its facts are counted as they were frozen */
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
               struct judged *out, struct err *err);

/* The same, and whether the round counts it: a handling with an unclear lead if it would count with its unit in the
 * lead, for only then is it worth naming. */
int scan_judge_counted(struct scan *scan, const struct fact_row *row, bool in_earlier_round,
                       struct judged *out, bool *out_counts, struct err *err);

/* Whether it belongs to the round's frame, and why not. FRAME_NOT_COUNTED for one of no ranked unit. */
enum frame_reason scan_frame_reason(const struct scan *scan, const struct judged *judged);

#endif
