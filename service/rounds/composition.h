#ifndef PINGYI_SERVICE_ROUNDS_COMPOSITION_H
#define PINGYI_SERVICE_ROUNDS_COMPOSITION_H

#include "base/civil.h"

#include "reports/bulletin.h"

#include "service/auth/audit.h"
#include "service/rounds/counts.h"

enum {
    REASONS_MAX = 16
}; /* of exclusions by request: keys of the rules' [exclude], which are fewer */

/* When a bulletin is printed: its time, and the head of the audit log by then. */
struct composition_moment {
    char printed_at[TIME_TEXT_BYTES];
    struct audit_head audit_head;
};

/* A round counted and put into the value that reports print: what `score` and `report` share. Points into
 * itself: not copied. */
struct composition {
    struct arena arena;
    struct round_row round;
    struct round_parts parts; /* of an accumulated round */
    struct round_basis basis;
    struct evaluation evaluation;
    struct round_row previous_round;
    struct round_basis previous_basis;
    struct evaluation previous_evaluation;
    struct bulletin_previous previous;
    struct bulletin_draw draw;
    struct composition_moment moment; /* the bulletin's */
    struct bulletin_request requests[REASONS_MAX];
    struct bulletin bulletin;
};

struct composition_options {
    struct bytes round_name;
    struct bytes rules_text; /* ptr NULL: the round's own; else a trial */
    int64_t now_utc;
    struct bytes program_version;
    int threads;
};

/* Needs an open transaction of the data directory's store. ERR_NOT_FOUND when there is no such round, and what
 * round_basis_load and evaluation_run say. */
int composition_make(const struct datadir *datadir, const struct composition_options *options,
                     struct composition *out, struct err *err);
/* Whether it may differ a second later over the same store: an as-of is now_utc. */
bool composition_follows_clock(const struct composition *composition);
/* The bulletin as composition_make would make it at `now_utc` in a store of the same stand (storage/stand.h), when no
 * clock is followed. Borrows from both. Needs an open transaction of the store. */
int composition_reprint(const struct composition *composition, struct store *store, int64_t now_utc,
                        struct composition_moment *moment, struct bulletin *out, struct err *err);
void composition_deinit(struct composition *composition); /* accepts a zeroed one */

#endif
