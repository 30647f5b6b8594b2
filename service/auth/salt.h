#ifndef PINGYI_SERVICE_AUTH_SALT_H
#define PINGYI_SERVICE_AUTH_SALT_H

#include "base/bytes.h"
#include "base/err.h"

/* Salts by the million from one key: the salt of a name is the first 16 bytes of HMAC-SHA-256(key, name). Whoever lacks
 * the key cannot tell them from random ones, and none has to be stored. Thread: one owner. */
enum { SALT_KEY_BYTES = 32, SALT_OF_NAME_BYTES = 16 };

struct salts;
int salts_new(const unsigned char key[SALT_KEY_BYTES], struct salts **out, struct err *err);
void salts_free(struct salts *salts); /* accepts NULL; wipes the key */
int salt_of(struct salts *salts, struct bytes name, unsigned char out[SALT_OF_NAME_BYTES],
            struct err *err);

#endif
