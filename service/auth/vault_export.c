#include "service/auth/vault_export.h"

#include "service/auth/vault_keys.h"

#include <sodium.h>

#define HEAD "pingyi-vault-export 1"

enum { BOX_MAX_BYTES = 4 * VAULT_FILE_MAX_BYTES };

int vault_export(const char *path, struct bytes passphrase, struct buf *out, struct err *err)
{
    struct vault_keys keys;
    struct buf text, box;
    buf_init(&text, VAULT_FILE_MAX_BYTES);
    buf_init(&box, BOX_MAX_BYTES);
    int rc = vault_keys_read(path, &keys, err);
    if (rc == OK)
        vault_keys_render(&keys, &text);
    if (rc == OK)
        rc = buf_status(&text, err);
    if (rc == OK)
        rc = passphrase_box_seal(buf_bytes(&text), passphrase, PASSPHRASE_SENSITIVE, &box, err);
    if (rc == OK) {
        buf_append_z(out, HEAD "\n");
        buf_append(out, buf_bytes(&box));
        rc = buf_status(out, err);
    }
    buf_wipe(&text);
    buf_deinit(&box);
    sodium_memzero(&keys, sizeof keys);
    return rc;
}

int vault_import(const char *path, struct bytes exported, struct bytes passphrase, struct err *err)
{
    struct vault_keys keys;
    struct buf text;
    struct bytes rest = exported;
    if (!bytes_equal(bytes_cut(&rest, '\n'), BYTES_LIT(HEAD)) || rest.ptr == NULL)
        return err_set(err, ERR_FORMAT, "the file is no exported vault key");
    buf_init(&text, VAULT_FILE_MAX_BYTES);
    int rc = passphrase_box_open(rest, passphrase, PASSPHRASE_SENSITIVE, &text, err);
    if (rc == OK)
        rc = vault_keys_parse(buf_bytes(&text), &keys, err);
    if (rc == OK)
        rc = vault_keys_write(path, &keys, false, err);
    buf_wipe(&text);
    sodium_memzero(&keys, sizeof keys);
    return rc;
}
