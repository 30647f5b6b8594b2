#ifndef PINGYI_SERVICE_AUTH_HMAC_H
#define PINGYI_SERVICE_AUTH_HMAC_H

#include "base/bytes.h"
#include "base/err.h"

/* HMAC-SHA-256 (RFC 2104) by the million under one key. Thread: one owner. */
enum { HMAC_KEY_BYTES = 32, HMAC_BYTES = 32 };

struct hmac;
int hmac_new(const unsigned char key[HMAC_KEY_BYTES], struct hmac **out, struct err *err);
void hmac_free(struct hmac *hmac); /* accepts NULL; wipes the key */
int hmac_of(const struct hmac *hmac, struct bytes text, unsigned char out[HMAC_BYTES],
            struct err *err);

#endif
