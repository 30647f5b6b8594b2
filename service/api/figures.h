#ifndef PINGYI_SERVICE_API_FIGURES_H
#define PINGYI_SERVICE_API_FIGURES_H

#include "base/buf.h"

#include "service/rounds/composition.h"

/* What was counted of a city's orders, kept while the store has the stand (storage/stand.h) it was counted at: when new
 * figures are out everybody looks at once, and counting them for each look would let the page stall. What is handed out
 * is never older than the snapshot. Thread: one at a time, over one connection whose snapshots only get younger: the
 * counting lane, see call_count. */
enum { FIGURES_ROUNDS_MAX = 32, FIGURES_MAX_BYTES = 256 * 1024 * 1024 };

struct figures;
int figures_new(struct figures **out, struct err *err);
void figures_free(struct figures *figures); /* accepts NULL */

/* A round as composition_make gives it, but for the moment of printing (composition_reprint). Valid until the next call;
 * the least recently used are forgotten. `options`: the round's own rules. Needs an open transaction. */
int figures_round(struct figures *figures, const struct datadir *datadir,
                  const struct composition_options *options, const struct composition **out,
                  struct err *err);

/* The quality of the data as it was rendered: *out_found when it was kept, and is appended to `out`. Else whoever
 * renders it from the same snapshot has it kept. */
int figures_find_quality(struct figures *figures, struct store *store, bool *out_found,
                         struct buf *out, struct err *err);
void figures_keep_quality(struct figures *figures, struct bytes quality);

/* How often something was counted. Thread: any. */
int64_t figures_counted(const struct figures *figures);

#endif
