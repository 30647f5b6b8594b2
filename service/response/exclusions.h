#ifndef PINGYI_SERVICE_RESPONSE_EXCLUSIONS_H
#define PINGYI_SERVICE_RESPONSE_EXCLUSIONS_H

#include "service/rounds/lifecycle.h"
#include "service/storage/exclusions.h"

/* Exclusions by request (剔除申请; DOMAIN: 不计入考核): a unit's paper, and a second person who approves. Before the
 * freezing only, for a frozen frame does not change. All need an open write transaction. */

struct exclusion_wish {
    struct bytes order_no;
    struct bytes reason; /* a key of [exclude] whose rule is `request` */
    struct bytes effect; /* all, on_time, draw */
    struct bytes basis;  /* the provision it rests on; not empty */
    struct bytes file_name;
    unsigned char file_sha256[32];
};

/* ERR_WRONG_STATE: the round is no draft. ERR_REFUSED: the rules do not take this reason by request, or the
 * round does not count the order for any unit. ERR_NOT_FOUND: no such order. ERR_EXISTS. */
int exclusion_request(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, const struct exclusion_wish *wish,
                      const struct actor *actor, int64_t *out_id, struct err *err);

/* Approve or refuse. ERR_PERMISSION: by who requested it. ERR_WRONG_STATE: decided already, or the round is no
 * draft. */
int exclusion_decide(const struct datadir *datadir, int64_t id, bool approve, struct bytes why,
                     const struct actor *actor, struct err *err);

#endif
