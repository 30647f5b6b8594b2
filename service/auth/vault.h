#ifndef PINGYI_SERVICE_AUTH_VAULT_H
#define PINGYI_SERVICE_AUTH_VAULT_H

#include "base/buf.h"

#include "service/auth/hmac.h"
#include "service/storage/sealer.h"

#include <stdbool.h>
#include <stdint.h>

/* The keys of a data directory and what is done with them. `vault.key` holds 32 random bytes as hex with a version line
 * (mode 0600); all keys are derived from it by HKDF-SHA-256 with a purpose as info. */
struct vault;

/* Let OpenSSL take its memory through base/alloc.h. For the whole process, and only before anything else asks OpenSSL
 * for memory: false, and nothing changed, when it is too late. Called first thing in main, and by tests that fail the
 * heap. */
bool vault_use_allocator(void);

/* Create `path` with a new key, exclusively: it appears whole and on disk, or not at all. ERR_EXISTS, ERR_IO, ERR_FULL,
 * ERR_NOMEM. */
int vault_create(const char *path, struct err *err);

/* Read `path`. ERR_NOT_FOUND; ERR_PERMISSION when group or others may do anything with it, or we may not read it;
 * ERR_CORRUPT; ERR_IO; ERR_NOMEM. */
int vault_open(const char *path, struct vault **out_vault, struct err *err);
void vault_free(struct vault *vault); /* wipes the keys */

/* Replacing the key. begin: a new key seals from now on, the former one still opens; nothing happens when that has
 * begun already. Then everything that is not sealed by the current key is opened and sealed anew, and blind indexes are
 * made again. end: the former key is gone. Whoever has the vault open goes on with the keys it had. Errors as
 * vault_open and vault_create. */
int vault_rotate_begin(const char *path, struct err *err);
int vault_rotate_end(const char *path, struct err *err);
bool vault_is_rotating(const struct vault *vault);
bool vault_record_is_current(const struct vault *vault, struct bytes sealed);

/* A sealer of its own for one thread: OpenSSL contexts and a pool of random nonces are reused, nothing is fetched per
 * record. Sealed form: one byte, cipher id (1: AES-256-GCM) and the key's generation times 16, 12 bytes nonce,
 * ciphertext, 16 bytes tag; the row's id as 8 bytes big-endian is associated data. `purpose` separates keys ("order",
 * "reject", ...); "blind index" is taken. The sealer does not need the vault any more once it is made. A process forked
 * from this one must make its own. */
struct vault_sealer;
int vault_sealer_new(const struct vault *vault, const char *purpose, struct vault_sealer **out,
                     struct err *err);
void vault_sealer_free(struct vault_sealer *sealer);
struct sealer vault_sealer_door(struct vault_sealer *sealer);

/* HMAC under a key of its own for `purpose` ("audit", ...); it does not need the vault any more. Freed by hmac_free. */
int vault_hmac_new(const struct vault *vault, const char *purpose, struct hmac **out,
                   struct err *err);

/* Blind index of a phone number: the first 64 bits of HMAC-SHA-256 over its digits, as a signed integer, never 0.
 * One object per thread. */
struct vault_index;
int vault_index_new(const struct vault *vault, struct vault_index **out, struct err *err);
void vault_index_free(struct vault_index *index);
int vault_index_of(struct vault_index *index, struct bytes digits, int64_t *out_key,
                   struct err *err);

#endif
