#include "service/auth/vault_export.h"

#include "base/utf8.h"

#include "service/auth/vault_keys.h"

#include <sodium.h>

#include <string.h>

/* The salt is random each time, so the key that comes of it is used once, and the nonce may be fixed. */
static const unsigned char nonce[crypto_secretbox_NONCEBYTES] = {0};

#define HEAD "pingyi-vault-export 1"

enum { BOX_MAX_BYTES = VAULT_FILE_MAX_BYTES + crypto_secretbox_MACBYTES };

static int derive(struct bytes passphrase, const unsigned char salt[crypto_pwhash_SALTBYTES],
                  unsigned char key[crypto_secretbox_KEYBYTES], struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ERR_WRONG_STATE, "could not start libsodium");
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES, passphrase.ptr, passphrase.len, salt,
                      crypto_pwhash_OPSLIMIT_SENSITIVE, crypto_pwhash_MEMLIMIT_SENSITIVE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_NOMEM, "no memory for the key of a passphrase");
    return OK;
}

static void append_hex(struct buf *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%02x", bytes[i]);
    buf_append_byte(out, '\n');
}

int vault_export(const char *path, struct bytes passphrase, struct buf *out, struct err *err)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], key[crypto_secretbox_KEYBYTES];
    unsigned char box[BOX_MAX_BYTES];
    struct vault_keys keys;
    struct buf text;
    if (!utf8_is_valid(passphrase) || utf8_count(passphrase) < PASSPHRASE_MIN_CHARACTERS)
        return err_set(err, ERR_REFUSED, "the passphrase is not of %d characters of UTF-8",
                       PASSPHRASE_MIN_CHARACTERS);
    buf_init(&text, VAULT_FILE_MAX_BYTES);
    int rc = vault_keys_read(path, &keys, err);
    if (rc == OK)
        vault_keys_render(&keys, &text);
    if (rc == OK)
        rc = buf_status(&text, err);
    if (rc == OK) {
        randombytes_buf(salt, sizeof salt);
        rc = derive(passphrase, salt, key, err);
    }
    if (rc == OK) {
        (void)crypto_secretbox_easy(box, (const unsigned char *)text.ptr, text.len, nonce, key);
        buf_append_z(out, HEAD "\n");
        append_hex(out, salt, sizeof salt);
        append_hex(out, box, text.len + crypto_secretbox_MACBYTES);
        rc = buf_status(out, err);
    }
    buf_wipe(&text);
    sodium_memzero(&keys, sizeof keys);
    sodium_memzero(key, sizeof key);
    return rc;
}

static bool read_hex_line(struct bytes *rest, unsigned char *out, size_t capacity, size_t *out_len)
{
    struct bytes line = bytes_cut(rest, '\n');
    return sodium_hex2bin(out, capacity, line.ptr, line.len, NULL, out_len, NULL) == 0 &&
           2 * *out_len == line.len;
}

int vault_import(const char *path, struct bytes exported, struct bytes passphrase, struct err *err)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], key[crypto_secretbox_KEYBYTES];
    unsigned char box[BOX_MAX_BYTES], text[VAULT_FILE_MAX_BYTES];
    size_t salt_len = 0, box_len = 0;
    struct vault_keys keys;
    struct bytes rest = exported;
    if (!bytes_equal(bytes_cut(&rest, '\n'), BYTES_LIT(HEAD)) || rest.ptr == NULL ||
        !read_hex_line(&rest, salt, sizeof salt, &salt_len) || salt_len != sizeof salt ||
        rest.ptr == NULL || !read_hex_line(&rest, box, sizeof box, &box_len) ||
        box_len < crypto_secretbox_MACBYTES)
        return err_set(err, ERR_FORMAT, "the file is no exported vault key");
    int rc = derive(passphrase, salt, key, err);
    if (rc == OK && crypto_secretbox_open_easy(text, box, box_len, nonce, key) != 0)
        rc = err_set(err, ERR_REFUSED, "the passphrase does not open the file");
    struct bytes plain = {(const char *)text, box_len - crypto_secretbox_MACBYTES};
    if (rc == OK)
        rc = vault_keys_parse(plain, &keys, err);
    if (rc == OK)
        rc = vault_keys_write(path, &keys, false, err);
    sodium_memzero(text, sizeof text);
    sodium_memzero(&keys, sizeof keys);
    sodium_memzero(key, sizeof key);
    return rc;
}
