#ifndef PINGYI_SERVICE_FOLLOWUP_OUTCOME_PROFILE_H
#define PINGYI_SERVICE_FOLLOWUP_OUTCOME_PROFILE_H

#include "importers/profile.h"

#include "service/host/datadir.h"

/* How files of outcomes are read for a round: the built-in profile `outcomes`, with the labels of satisfaction that the
 * round's rules add. Needs an open transaction. ERR_NOT_FOUND: no such round. ERR_PROFILE: a label that means something
 * else already. profile_free ends it. */
int outcome_profile_load(const struct datadir *datadir, struct bytes round_name,
                         struct profile **out_profile, struct err *err);

#endif
