#ifndef PINGYI_TESTS_SUPPORT_PLAIN_SHA256_H
#define PINGYI_TESTS_SUPPORT_PLAIN_SHA256_H

#include "base/bytes.h"

/* SHA-256 as FIPS 180-4 writes it down, for tests of modules that know no cryptographic library. A plain value: a copy
 * goes on from where the original stands. */
struct plain_sha256 {
    uint32_t state[8];
    unsigned char block[64]; /* begun, total_bytes % 64 of it filled */
    uint64_t total_bytes;
};

void plain_sha256_init(struct plain_sha256 *sha256);
void plain_sha256_feed(struct plain_sha256 *sha256, struct bytes bytes);
/* Nothing is fed after it. */
void plain_sha256_finish(struct plain_sha256 *sha256, unsigned char out[32]);

#endif
