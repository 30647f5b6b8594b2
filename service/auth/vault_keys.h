#ifndef PINGYI_SERVICE_AUTH_VAULT_KEYS_H
#define PINGYI_SERVICE_AUTH_VAULT_KEYS_H

#include "base/buf.h"

#include <stdbool.h>

/* The file vault.key, mode 0600. Inside auth/ only: vault.h is the door. Thread: any.
 *
 * As it is made it has two lines, `pingyi-vault 1` and 64 hexadecimal digits. A key that was replaced makes it
 *
 *     pingyi-vault 2
 *     generation 1          of the current key, from 0; a record says it in the upper half of its first byte
 *     current 64 digits
 *     audit 64 digits       the audit log's chain keeps its key: heads of it are printed on paper
 *     previous 64 digits    only until all that was sealed with it is sealed anew */
enum { VAULT_KEY_BYTES = 32, VAULT_FILE_MAX_BYTES = 1024 };

struct vault_keys {
    int generation;
    unsigned char current[VAULT_KEY_BYTES];
    bool has_audit; /* else it is derived from the current one */
    unsigned char audit[VAULT_KEY_BYTES];
    bool has_previous;
    unsigned char previous[VAULT_KEY_BYTES];
};

/* ERR_FORMAT: the text is none. Nothing of it is left in `out` then. */
int vault_keys_parse(struct bytes text, struct vault_keys *out, struct err *err);
void vault_keys_render(const struct vault_keys *keys, struct buf *out);

/* ERR_NOT_FOUND; ERR_PERMISSION when group or others may do anything with it, or we may not read it; ERR_CORRUPT;
 * ERR_IO. */
int vault_keys_read(const char *path, struct vault_keys *out, struct err *err);
/* A new file: whole and on disk, or not at all. ERR_EXISTS, ERR_IO, ERR_FULL, ERR_NOMEM. With `replace` it takes the
 * place of the one that is there. */
int vault_keys_write(const char *path, const struct vault_keys *keys, bool replace,
                     struct err *err);

#endif
