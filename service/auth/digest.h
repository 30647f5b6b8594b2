#ifndef PINGYI_SERVICE_AUTH_DIGEST_H
#define PINGYI_SERVICE_AUTH_DIGEST_H

#include "base/bytes.h"
#include "base/err.h"

/* SHA-256 in pieces. Thread: one owner. */
enum { SHA256_BYTES = 32, SHA256_HEX_BYTES = 65 };

struct sha256;
int sha256_new(struct sha256 **out, struct err *err);
void sha256_free(struct sha256 *sha256);
int sha256_feed(struct sha256 *sha256, struct bytes bytes, struct err *err);
/* The digest of all that was fed; then it is ready for the next. */
int sha256_finish(struct sha256 *sha256, unsigned char out[SHA256_BYTES], struct err *err);

/* In one call. */
int sha256_of(struct bytes bytes, unsigned char out[SHA256_BYTES], struct err *err);

/* Lower-case hex, NUL-terminated. */
void sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_BYTES]);

/* Base64 with padding, NUL-terminated: as a Content-Security-Policy names a style. */
enum { SHA256_BASE64_BYTES = 45 };
void sha256_base64(const unsigned char digest[SHA256_BYTES], char out[SHA256_BASE64_BYTES]);

#endif
