#ifndef PINGYI_SERVICE_AUTH_PASSWORD_H
#define PINGYI_SERVICE_AUTH_PASSWORD_H

#include "base/bytes.h"
#include "base/err.h"

/* Passwords: argon2id by libsodium (64 MiB, 2 passes; some 0.1 s). Slow on purpose: a pool thread's work, one at a
 * time. Thread: any. */
enum { PASSWORD_HASH_BYTES = 128, PASSWORD_MIN_CHARACTERS = 10, PASSWORD_MAX_BYTES = 256 };

/* Once in a process, first. ERR_WRONG_STATE. */
int password_library_init(struct err *err);

int password_hash(struct bytes password, char out[PASSWORD_HASH_BYTES], struct err *err);
/* out_holds says whether it is that password. A `hash` that is empty takes as long and never holds, so that nobody
 * learns by the time whether an account exists. */
int password_verify(const char *hash, struct bytes password, bool *out_holds, struct err *err);

enum password_fault {
    PASSWORD_GOOD,
    PASSWORD_TOO_SHORT, /* fewer than PASSWORD_MIN_CHARACTERS characters */
    PASSWORD_TOO_LONG,
    PASSWORD_COMMON, /* on the list of common ones (service/auth/data/common_passwords.txt), whatever the case */
    PASSWORD_HAS_NAME,   /* contains the account's name, or is made of one or two characters */
    PASSWORD_UNREADABLE, /* not UTF-8, or with control characters */
};
enum password_fault password_examine(struct bytes password, struct bytes account_name);
const char *password_fault_zh(enum password_fault fault); /* what to do about it */

/* A one-time password to be told by mouth or paper: 16 characters without those that look alike, NUL-terminated. */
enum { ONE_TIME_PASSWORD_BYTES = 17 };
int password_make_one_time(char out[ONE_TIME_PASSWORD_BYTES], struct err *err);

#endif
