#ifndef PINGYI_SERVICE_AUTH_PREFIX_DIGEST_H
#define PINGYI_SERVICE_AUTH_PREFIX_DIGEST_H

#include "service/auth/digest.h"

/* SHA-256 of many texts behind one prefix, whose state is computed once: what a draw does millions of times.
 * Thread: one owner. */
struct prefix_digest;
int prefix_digest_new(struct prefix_digest **out, struct err *err); /* the prefix is empty */
void prefix_digest_free(struct prefix_digest *digest);              /* accepts NULL; wipes it */
/* After an error the former prefix stands. */
int prefix_digest_set(struct prefix_digest *digest, struct bytes prefix, struct err *err);
/* Of prefix and text, joined. */
int prefix_digest_of(const struct prefix_digest *digest, struct bytes text,
                     unsigned char out[SHA256_BYTES], struct err *err);

#endif
