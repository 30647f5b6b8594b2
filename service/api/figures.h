#ifndef PINGYI_SERVICE_API_FIGURES_H
#define PINGYI_SERVICE_API_FIGURES_H

#include "service/api/kept_texts.h"
#include "service/rounds/composition.h"

/* What was counted of a city's orders, kept while the store has the stand (storage/stand.h) it was counted at: when new
 * figures are out everybody looks at once, and counting them for each look would let the page stall. What is handed out
 * is never older than the snapshot. Thread: one at a time, over one connection whose snapshots only get younger: the
 * counting lane, see call_count. */
enum { FIGURES_ROUNDS_MAX = 32, FIGURES_MAX_BYTES = 256 * 1024 * 1024 };

struct figures;
int figures_new(struct figures **out, struct err *err);
void figures_free(struct figures *figures); /* accepts NULL */

/* A round as composition_make gives it, but for the moment of printing (composition_reprint). Valid until the next
 * call; the least recently used are forgotten. `options`: the round's own rules. Needs an open transaction. */
int figures_round(struct figures *figures, const struct datadir *datadir,
                  const struct composition_options *options, const struct composition **out,
                  struct err *err);

/* What was rendered from such a snapshot: *out_found when it was kept, and is appended to `out`. Else whoever renders
 * it from the same snapshot keeps it, unless it follows the clock or is one account's alone. */
int figures_find_text(struct figures *figures, struct store *store, const struct text_key *key,
                      bool *out_found, struct buf *out, struct err *err);
void figures_keep_text(struct figures *figures, const struct text_key *key, struct bytes text);

/* How often something was counted or rendered anew to be kept. Thread: any. */
int64_t figures_counted(const struct figures *figures);

#endif
