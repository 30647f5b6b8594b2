#ifndef PINGYI_BASE_CLOCK_H
#define PINGYI_BASE_CLOCK_H

#include <stdint.h>

/* The only place that asks for the time; pure code gets it as a value. Thread: any. */

/* Seconds since 1970-01-01 00:00:00 UTC. */
int64_t clock_now_utc(void);

/* Milliseconds of a clock that never goes back; only differences mean anything. */
int64_t clock_monotonic_ms(void);

#endif
