#ifndef PINGYI_SERVICE_ROUNDS_REQUESTS_H
#define PINGYI_SERVICE_ROUNDS_REQUESTS_H

#include "service/storage/exclusions.h"

/* The approved exclusions by request of one round, looked up for each of its handlings. */

struct request {
    int64_t handling_id; /* 0: no request */
    bool leaves_on_time; /* effect all or on_time */
    bool leaves_draw;    /* effect all or draw */
};

struct requests {
    struct request *rows; /* by handling_id */
    size_t count;
};

/* Needs an open transaction. ERR_CORRUPT for an effect that is none of the three. */
int requests_load(struct store *store, int64_t round_id, struct requests *out, struct err *err);
void requests_deinit(struct requests *requests); /* accepts a zeroed one */

/* Zeroed when nothing was approved for the handling. */
struct request requests_find(const struct requests *requests, int64_t handling_id);

#endif
