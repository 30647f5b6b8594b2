#ifndef PINGYI_IMPORTERS_SNIFF_DIALECT_H
#define PINGYI_IMPORTERS_SNIFF_DIALECT_H

#include "importers/dialect_score.h"
#include "importers/sniff.h"

/* The search for the dialect of a sample: all that are possible are tried and the best one wins. Thread: any. */

/* Parts that `form` gives are not searched. `profile` may be NULL. Fills dialect, record
 * ends and their evidence in `sniff`, and `*out_width`, the cells of most records, 0 unknown. ERR_NOMEM. */
int sniff_dialect(const struct profile *profile, const struct form *form, struct bytes sample,
                  bool whole, struct sniff *sniff, size_t *out_width, struct err *err);

#endif
