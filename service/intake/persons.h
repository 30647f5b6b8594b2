#ifndef PINGYI_SERVICE_INTAKE_PERSONS_H
#define PINGYI_SERVICE_INTAKE_PERSONS_H

#include "service/storage/orders.h"

/* Whose numbers an import's new orders have, gathered and stored in sorted runs: the index of persons is a tree in the
 * order of random numbers, and rows that come sorted touch each of its pages once. Thread: the writer. */
enum { PERSONS_A_RUN = 1024 * 1024 };

struct persons {
    struct person_order *run; /* grows up to PERSONS_A_RUN */
    size_t count, capacity;
    size_t stored; /* of a sorted run */
};

void persons_deinit(struct persons *persons); /* accepts a zeroed one */

/* Remember one; a full run is stored. */
int persons_add(struct persons *persons, struct store *store, struct person_order person,
                struct err *err);

/* Store what is left. */
int persons_flush(struct persons *persons, struct store *store, struct err *err);

/* The same in pieces: sort what is left, then store at most `limit` of it at a time, until `count` is 0. */
int persons_sort(struct persons *persons, struct err *err);
int persons_store(struct persons *persons, struct store *store, int64_t limit, struct err *err);

#endif
