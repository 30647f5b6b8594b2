#ifndef PINGYI_SERVICE_AUTH_TOTP_H
#define PINGYI_SERVICE_AUTH_TOTP_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Second factor: RFC 6238 by liboath (SHA-1, 6 digits, 30 s, one step of tolerance to either side), and recovery codes.
 * Thread: any. */
enum {
    TOTP_SECRET_BYTES = 20,
    RECOVERY_CODES = 10,
    RECOVERY_CODE_BYTES = 20, /* "abcd-efgh-jkmn-pqrs" and NUL */
};

int totp_secret_make(unsigned char out[TOTP_SECRET_BYTES], struct err *err);
/* otpauth://totp/… as the apps read it: issuer is the organ's name. */
void totp_uri_render(const unsigned char secret[TOTP_SECRET_BYTES], struct bytes issuer,
                     struct bytes account_name, struct buf *out);
void totp_secret_render(const unsigned char secret[TOTP_SECRET_BYTES],
                        struct buf *out); /* base32, in fours */
/* Whether `code` (6 digits) is that of a step after `last_step`; then *out_step is that step. */
bool totp_holds(const unsigned char secret[TOTP_SECRET_BYTES], struct bytes code, int64_t now_utc,
                int64_t last_step, int64_t *out_step);

int recovery_codes_make(char out[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err);
/* As typed: case, blanks and dashes do not matter. False: no such form. */
bool recovery_code_digest(struct bytes typed, unsigned char out_sha256[32]);

#endif
