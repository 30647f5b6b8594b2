#ifndef PINGYI_SERVICE_JOBS_KEYED_HASH_H
#define PINGYI_SERVICE_JOBS_KEYED_HASH_H

#include "base/bytes.h"

/* SipHash-1-3 (Aumasson and Bernstein) of `text`, 64 bits under a secret key: nobody can choose texts that collide in a
 * table of ours. Thread: any. */
struct hash_key {
    uint64_t first, second;
};
uint64_t keyed_hash(struct hash_key key, struct bytes text);

#endif
