#ifndef PINGYI_IMPORTERS_WEIGH_H
#define PINGYI_IMPORTERS_WEIGH_H

#include "base/err.h"

#include "importers/reading.h"

/* The cheapest reading of a broken record. Thread: one owner at a time. */

struct weigh; /* opaque: scratch memory */

/* `grammar` must outlive it. */
int weigh_new(const struct grammar *grammar, size_t expected_cells, struct weigh **out_weigh,
              struct err *err);
void weigh_free(struct weigh *weigh);

enum weighed {
    WEIGHED_DECIDED,
    WEIGHED_MORE, /* more text may decide; never when `whole` */
    WEIGHED_NONE, /* too much for `max_steps` or the memory: not even the first line could be weighed */
};

/* Weigh the readings of the record that begins with text.ptr[0]. `*out_steps`: the work done, in steps of which
 * `max_steps` are allowed. ERR_NOMEM. */
int weigh_record(struct weigh *weigh, struct bytes text, bool whole, int64_t max_steps,
                 enum weighed *out_weighed, struct reading *out_reading, int64_t *out_steps,
                 struct err *err);

#endif
