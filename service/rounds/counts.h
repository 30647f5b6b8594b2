#ifndef PINGYI_SERVICE_ROUNDS_COUNTS_H
#define PINGYI_SERVICE_ROUNDS_COUNTS_H

#include "service/rounds/evaluation.h"

/* A round's units with what was counted for them, before they are ranked. Thread: that of the data directory's
 * store. */

struct round_counts {
    struct ranked_unit_input *units; /* each code once */
    size_t unit_count;
    struct sampled sampled; /* of an ordinary round; the units' samples point into it */
    struct bytes *names;    /* of units, by unit_names.id below name_end */
    int64_t *unmatched_of_name;
    int64_t name_end;
    int64_t unmatched, unclear, without_unit;
};

/* An ordinary round: scan its handlings, load its sample. Needs an open transaction; memory is the arena's. `threads`
 * as for evaluation_run. */
int round_counts_load(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, int threads, struct arena *arena,
                      struct round_counts *out, struct err *err);

/* An accumulated round: the counts of its parts, each by its own rules, pooled. The same handling counts in one part
 * alone as far as the parts' own days and `judged_once` see to it. */
int round_counts_pool(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, int threads, struct arena *arena,
                      struct round_counts *out, struct err *err);

/* The parts of an accumulated round, by from_day and name; texts are the arena's. */
struct round_parts {
    struct round_row *rows;
    size_t count;
};
int round_parts_load(struct store *store, int64_t round_id, struct arena *arena,
                     struct round_parts *out, struct err *err);

#endif
