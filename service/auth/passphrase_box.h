#ifndef PINGYI_SERVICE_AUTH_PASSPHRASE_BOX_H
#define PINGYI_SERVICE_AUTH_PASSPHRASE_BOX_H

#include "base/buf.h"

/* Bytes under a passphrase, to go elsewhere: argon2id (libsodium) and XSalsa20-Poly1305. Text: a line with the salt,
 * one with the sealed bytes, in hexadecimal digits. Thread: any. */
enum { PASSPHRASE_MIN_CHARACTERS = 12 };

/* What opening costs whoever has the passphrase, and whoever guesses. It is not written down: who opens a box knows
 * it. */
enum passphrase_cost {
    PASSPHRASE_SENSITIVE, /* 1 GiB and seconds */
    PASSPHRASE_MODERATE   /* 256 MiB and less than one, for machines that are not ours */
};

/* Append the two lines. ERR_REFUSED: the passphrase is too short, or no UTF-8. */
int passphrase_box_seal(struct bytes plain, struct bytes passphrase, enum passphrase_cost cost,
                        struct buf *out, struct err *err);
/* Append what was sealed. ERR_REFUSED: not the passphrase, or altered; ERR_FORMAT: no such lines. */
int passphrase_box_open(struct bytes lines, struct bytes passphrase, enum passphrase_cost cost,
                        struct buf *out, struct err *err);

#endif
