#ifndef PINGYI_SERVICE_INTAKE_SLICES_H
#define PINGYI_SERVICE_INTAKE_SLICES_H

#include "service/host/datadir.h"

/* An import's transactions, one slice of its rows after the other. Beside a service they are small, each is synced
 * so that none syncs the others' pages, and between them the service gets its turn; alone they are as large as is
 * fast, and only the last is synced. A dry run is one transaction that is rolled back. Thread: the writing one. */

enum {
    SLICE_RECORDS =
        30000, /* each writes the pages of indexes that its records touch, so not fewer */
    SERVED_SLICE_RECORDS = 2000,
    SERVED_PAUSE_MS = 10,
};

struct slices {
    struct datadir *datadir; /* the fields above `is_served` are the caller's */
    bool is_dry;
    bool (*should_stop)(void *context); /* or NULL */
    void *stop_context;
    bool is_served;
    int64_t records; /* in this slice */
};

/* Begin the next slice unless one is open. ERR_CANCELED when the import should stop. */
int slices_open(struct slices *slices, struct err *err);
/* Commit the open one, and give way to a service. */
int slices_end(struct slices *slices, struct err *err);
/* Count records that were written to the open slice; a full one ends. */
int slices_count(struct slices *slices, int64_t records, struct err *err);
/* Begin the last one, which is synced, and the slices before it with it. */
int slices_open_last(struct slices *slices, struct err *err);

/* At most so many rows belong into one transaction now. */
int64_t slices_rows(const struct slices *slices);

#endif
