#ifndef PINGYI_SERVICE_AUTH_VAULT_EXPORT_H
#define PINGYI_SERVICE_AUTH_VAULT_EXPORT_H

#include "service/auth/passphrase_box.h"

/* vault.key under a passphrase, to be kept apart from the backups. Text: a line `pingyi-vault-export 1`, and the lines
 * of a box of PASSPHRASE_SENSITIVE. Thread: any. */

/* ERR_REFUSED: the passphrase is too short. `path` as for vault_open. */
int vault_export(const char *path, struct bytes passphrase, struct buf *out, struct err *err);

/* Make `path` of such a text; it must not be there (ERR_EXISTS). ERR_REFUSED: not the passphrase, or altered;
 * ERR_FORMAT: no such text. */
int vault_import(const char *path, struct bytes exported, struct bytes passphrase, struct err *err);

#endif
