#ifndef PINGYI_SERVICE_API_SUBTREE_H
#define PINGYI_SERVICE_API_SUBTREE_H

#include "service/auth/session_book.h"

/* What of the results an account may see: all units, or one and those below it. Needs an open transaction. Thread: that
 * of the store. */

/* Whether `code` is the account's unit or lies below it. An account without a unit sees all. */
int subtree_has(struct store *store, const struct identity *who, struct bytes code, bool *out,
                struct err *err);

/* Of events: who of the office sees one unit and those below it hears what is published to this bit, not what is
 * published to the office. */
enum { AUDIENCE_COUNTY = 1U << 24 };
uint32_t subtree_audience(const struct identity *who);

#endif
