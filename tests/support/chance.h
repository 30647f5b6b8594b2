#ifndef PINGYI_TESTS_SUPPORT_CHANCE_H
#define PINGYI_TESTS_SUPPORT_CHANCE_H

#include <stdint.h>

/* Chance for tests: splitmix64, the same cases on every machine. */

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

/* 0 to end - 1. */
static inline int64_t random_below(uint64_t *state, int64_t end)
{
    return (int64_t)(random_next(state) % (uint64_t)end);
}

#endif
