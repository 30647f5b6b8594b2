#include "service/auth/password.h"

#include "base/utf8.h"
#include "service/auth/embedded.h"
#include "service/auth/random.h"

#include <sodium.h>

#include <assert.h>
#include <errno.h>
#include <string.h>

static_assert((int)PASSWORD_HASH_BYTES == (int)crypto_pwhash_STRBYTES,
              "libsodium writes that much");

/* OWASP's floor is 19 MiB and 2 passes; 64 MiB cost 0.1 s, and the lane of width 1 bounds what they take together. */
enum { PASSES = 2 };
static const size_t memory_bytes = (size_t)64 << 20;

int password_library_init(struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ERR_WRONG_STATE, "could not start libsodium");
    return OK;
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not hash a password: %zu bytes are missing",
                   memory_bytes);
}

int password_hash(struct bytes password, char out[PASSWORD_HASH_BYTES], struct err *err)
{
    char hash[PASSWORD_HASH_BYTES];
    if (crypto_pwhash_str_alg(hash, password.ptr != NULL ? password.ptr : "", password.len, PASSES,
                              memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return no_memory(err);
    memcpy(out, hash, sizeof hash);
    return OK;
}

/* As long as comparing takes. */
static int hash_in_vain(struct bytes password, struct err *err)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = {0};
    unsigned char key[32];
    int code =
        crypto_pwhash(key, sizeof key, password.ptr != NULL ? password.ptr : "", password.len, salt,
                      PASSES, memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(key, sizeof key);
    return code == 0 ? OK : no_memory(err);
}

int password_verify(const char *hash, struct bytes password, bool *out_holds, struct err *err)
{
    if (*hash == '\0') {
        int rc = hash_in_vain(password, err);
        if (rc == OK)
            *out_holds = false;
        return rc;
    }
    /* libsodium tells a mismatch by EINVAL alone: what else fails is no wrong password. */
    errno = 0;
    int code = crypto_pwhash_argon2id_str_verify(hash, password.ptr != NULL ? password.ptr : "",
                                                 password.len);
    if (code != 0 && errno == ENOMEM)
        return no_memory(err);
    if (code != 0 && errno != EINVAL)
        return err_set(err, ERR_CORRUPT, "cannot compare a password with what is no hash");
    *out_holds = code == 0;
    return OK;
}

/* ---- rules ---- */

static char folded(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool begins_with_any_case(struct bytes text, struct bytes part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (i >= text.len || folded(text.ptr[i]) != folded(part.ptr[i]))
            return false;
    }
    return true;
}

static bool contains_any_case(struct bytes text, struct bytes part)
{
    for (; part.len > 0 && text.len >= part.len; text.ptr++, text.len--) {
        if (begins_with_any_case(text, part))
            return true;
    }
    return false;
}

static bool is_common(struct bytes password)
{
    for (const struct embedded_file *file = embedded_auth; file->name != NULL; file++) {
        if (strcmp(file->name, "common_passwords.txt") != 0)
            continue;
        struct bytes rest = embedded_bytes(file);
        while (rest.ptr != NULL) {
            struct bytes common = bytes_cut(&rest, '\n');
            if (common.len == password.len && begins_with_any_case(password, common))
                return true;
        }
    }
    return false;
}

/* What the characters of a valid text tell. */
struct characters {
    int64_t count;
    uint32_t kinds[3]; /* the first that differ */
    int kind_count;
    bool has_control;
};

static struct characters examine_characters(struct bytes text)
{
    struct characters found = {.count = 0};
    while (text.len > 0) {
        uint32_t character = utf8_take(&text);
        int i = 0;
        while (i < found.kind_count && found.kinds[i] != character)
            i++;
        if (i == found.kind_count && i < 3)
            found.kinds[found.kind_count++] = character;
        found.has_control =
            found.has_control || character < 0x20 || (character >= 0x7F && character < 0xA0);
        found.count++;
    }
    return found;
}

enum password_fault password_examine(struct bytes password, struct bytes account_name)
{
    if (password.len > PASSWORD_MAX_BYTES)
        return PASSWORD_TOO_LONG;
    if (!utf8_is_valid(password))
        return PASSWORD_UNREADABLE;
    struct characters characters = examine_characters(password);
    enum password_fault fault = PASSWORD_GOOD;
    if (characters.has_control)
        fault = PASSWORD_UNREADABLE;
    else if (characters.count < PASSWORD_MIN_CHARACTERS)
        fault = PASSWORD_TOO_SHORT;
    else if (characters.kind_count < 3 || contains_any_case(password, account_name))
        fault = PASSWORD_HAS_NAME;
    else if (is_common(password))
        fault = PASSWORD_COMMON;
    sodium_memzero(&characters, sizeof characters);
    return fault;
}

const char *password_fault_zh(enum password_fault fault)
{
    switch (fault) {
    case PASSWORD_GOOD:
        break;
    case PASSWORD_TOO_SHORT:
        return "密码至少10个字符，请加长。";
    case PASSWORD_TOO_LONG:
        return "密码最长256字节，请缩短。";
    case PASSWORD_COMMON:
        return "该密码属于常见密码，请换一个。";
    case PASSWORD_HAS_NAME:
        return "密码不得包含账号名，也不得只由一两个字符重复而成，请换一个。";
    case PASSWORD_UNREADABLE:
        return "密码含有无法识别的字符，请只用可见字符。";
    }
    return "";
}

int password_make_one_time(char out[ONE_TIME_PASSWORD_BYTES], struct err *err)
{
    /* No i, l, o, 0, 1. 31 of the 32 values of five bits have a character; the last is drawn again. */
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
    static_assert(sizeof alphabet == 32, "31 characters and NUL");
    char made[ONE_TIME_PASSWORD_BYTES] = {0};
    size_t count = 0;
    int rc = OK;
    while (count < sizeof made - 1 && rc == OK) {
        unsigned char random[32];
        rc = random_bytes(random, sizeof random, err);
        for (size_t i = 0; i < sizeof random && count < sizeof made - 1 && rc == OK; i++) {
            if ((random[i] & 31) < 31)
                made[count++] = alphabet[random[i] & 31];
        }
        sodium_memzero(random, sizeof random);
    }
    if (rc == OK)
        memcpy(out, made, sizeof made);
    sodium_memzero(made, sizeof made);
    return rc;
}
