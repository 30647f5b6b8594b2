#include "service/auth/passphrase_box.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <sodium.h>

#include <string.h>

/* The salt is random each time, so the key that comes of it is used once, and the nonce may be fixed. */
static const unsigned char nonce[crypto_secretbox_NONCEBYTES] = {0};

static int derive(struct bytes passphrase, enum passphrase_cost cost,
                  const unsigned char salt[crypto_pwhash_SALTBYTES],
                  unsigned char key[crypto_secretbox_KEYBYTES], struct err *err)
{
    bool is_sensitive = cost == PASSPHRASE_SENSITIVE;
    if (crypto_pwhash(
            key, crypto_secretbox_KEYBYTES, passphrase.ptr, passphrase.len, salt,
            is_sensitive ? crypto_pwhash_OPSLIMIT_SENSITIVE : crypto_pwhash_OPSLIMIT_MODERATE,
            is_sensitive ? crypto_pwhash_MEMLIMIT_SENSITIVE : crypto_pwhash_MEMLIMIT_MODERATE,
            crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_NOMEM, "no memory for the key of a passphrase");
    return OK;
}

static void append_hex(struct buf *out, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        buf_append_byte(out, digits[bytes[i] >> 4]);
        buf_append_byte(out, digits[bytes[i] & 15]);
    }
    buf_append_byte(out, '\n');
}

static unsigned char *new_bytes(size_t count, struct err *err)
{
    unsigned char *bytes = sodium_init() < 0 ? NULL : mem_alloc(count > 0 ? count : 1);
    if (bytes == NULL)
        (void)err_set(err, ERR_NOMEM, "no memory for %zu bytes under a passphrase", count);
    return bytes;
}

static void wipe(unsigned char *bytes, size_t count)
{
    if (bytes != NULL)
        sodium_memzero(bytes, count);
    mem_free(bytes);
}

int passphrase_box_seal(struct bytes plain, struct bytes passphrase, enum passphrase_cost cost,
                        struct buf *out, struct err *err)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], key[crypto_secretbox_KEYBYTES];
    size_t box_len = plain.len + crypto_secretbox_MACBYTES;
    if (!utf8_is_valid(passphrase) || utf8_count(passphrase) < PASSPHRASE_MIN_CHARACTERS)
        return err_set(err, ERR_REFUSED, "the passphrase is not of %d characters of UTF-8",
                       PASSPHRASE_MIN_CHARACTERS);
    unsigned char *box = new_bytes(box_len, err);
    if (box == NULL)
        return err->code;
    randombytes_buf(salt, sizeof salt);
    int rc = derive(passphrase, cost, salt, key, err);
    if (rc == OK) {
        (void)crypto_secretbox_easy(box, (const unsigned char *)plain.ptr, plain.len, nonce, key);
        append_hex(out, salt, sizeof salt);
        append_hex(out, box, box_len);
        rc = buf_status(out, err);
    }
    sodium_memzero(key, sizeof key);
    mem_free(box);
    return rc;
}

static bool read_hex_line(struct bytes *rest, unsigned char *out, size_t capacity, size_t *out_len)
{
    if (rest->ptr == NULL)
        return false;
    struct bytes line = bytes_cut(rest, '\n');
    return sodium_hex2bin(out, capacity, line.ptr, line.len, NULL, out_len, NULL) == 0 &&
           2 * *out_len == line.len;
}

/* `box` and `plain` have room for what `lines` can hold. */
static int open_lines(struct bytes lines, struct bytes passphrase, enum passphrase_cost cost,
                      unsigned char *box, unsigned char *plain, struct buf *out, struct err *err)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], key[crypto_secretbox_KEYBYTES];
    size_t salt_len = 0, box_len = 0, capacity = lines.len;
    if (!read_hex_line(&lines, salt, sizeof salt, &salt_len) || salt_len != sizeof salt ||
        !read_hex_line(&lines, box, capacity, &box_len) || box_len < crypto_secretbox_MACBYTES)
        return err_set(err, ERR_FORMAT, "no lines of a salt and of what is sealed");
    int rc = derive(passphrase, cost, salt, key, err);
    if (rc == OK && crypto_secretbox_open_easy(plain, box, box_len, nonce, key) != 0)
        rc = err_set(err, ERR_REFUSED, "the passphrase does not open the file");
    sodium_memzero(key, sizeof key);
    if (rc != OK)
        return rc;
    buf_append(out, (struct bytes){(const char *)plain, box_len - crypto_secretbox_MACBYTES});
    return buf_status(out, err);
}

int passphrase_box_open(struct bytes lines, struct bytes passphrase, enum passphrase_cost cost,
                        struct buf *out, struct err *err)
{
    unsigned char *box = new_bytes(lines.len, err);
    unsigned char *plain = box != NULL ? new_bytes(lines.len, err) : NULL;
    int rc = plain != NULL ? open_lines(lines, passphrase, cost, box, plain, out, err) : err->code;
    wipe(plain, lines.len);
    mem_free(box);
    return rc;
}
