#ifndef PINGYI_SERVICE_FOLLOWUP_PACKAGE_RETURN_H
#define PINGYI_SERVICE_FOLLOWUP_PACKAGE_RETURN_H

#include "service/followup/casework.h"

/* What a file of outcomes means for the cases of a round that is phoned. Its rows name orders as a package (package.h)
 * did, or by their own numbers; either way the cases follow: casework_take_outcomes. Within the transaction of the
 * import. Thread: any. */

struct returned_case {
    int64_t id;
    bool is_never_again; /* 2.113 */
};

struct package_return {
    struct store *store;
    struct casework *work; /* NULL: the round is not phoned by the service, nothing is named so */
    int64_t campaign_id, today;
    struct buf order_no;
    struct returned_case *cases; /* with outcomes, in the order of rows; runs of one are one */
    size_t case_count, case_capacity;
};
/* `zone` is the round's. */
int package_return_init(struct package_return *back, const struct datadir *datadir,
                        int64_t round_id, const struct zone *zone, int64_t now_utc,
                        struct err *err);
void package_return_deinit(struct package_return *back); /* accepts a zeroed one */

enum package_name {
    PACKAGE_NO_NAME, /* it is no name of a package's order */
    PACKAGE_UNKNOWN, /* of no package of this round, or taken back, perhaps handed to somebody else since */
    PACKAGE_EXPIRED,
    PACKAGE_FOUND /* *out_order_no is its number, valid until the next call */
};
/* C12-1-9f3a07, or 12-1-9f3a07 as a contractor may have it. */
int package_return_find(struct package_return *back, struct bytes text, enum package_name *out_name,
                        struct bytes *out_order_no, struct err *err);

/* The case of a drawn order, by its case_no; 0: it is phoned by nobody of ours. */
int package_return_case(struct package_return *back, int64_t case_no, int64_t *out_case_id,
                        struct err *err);

/* An outcome of the case was stored. */
int package_return_note(struct package_return *back, int64_t case_id, struct bytes code,
                        struct err *err);
/* The cases are what their attempts say; 2.113 puts their numbers on the do-not-call list. */
int package_return_finish(struct package_return *back, const struct actor *actor, struct err *err);

#endif
