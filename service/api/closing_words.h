#ifndef PINGYI_SERVICE_API_CLOSING_WORDS_H
#define PINGYI_SERVICE_API_CLOSING_WORDS_H

#include "base/buf.h"

#include "service/followup/closing.h"

/* Append what of a campaign is open, one line for people: each kind with its number, the first cases. Nothing where
 * nothing is. Failures stay in `out`. Thread: any. */
void closing_words(const struct closing_ends *ends, struct buf *out);

#endif
