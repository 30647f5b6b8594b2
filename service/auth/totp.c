#include "service/auth/totp.h"

#include "service/auth/digest.h"
#include "service/auth/random.h"

#include <liboath/oath.h>
#include <sodium.h>

#include <string.h>

enum { DIGITS = 6, STEP_S = 30, TOLERANCE = 1 };

int totp_secret_make(unsigned char out[TOTP_SECRET_BYTES], struct err *err)
{
    return random_bytes(out, TOTP_SECRET_BYTES, err);
}

/* ---- as apps and people read it ---- */

/* Base32 of RFC 4648: 20 bytes are 32 characters, without padding. Not liboath's, whose copies cannot be wiped. */
enum { BASE32_CHARACTERS = TOTP_SECRET_BYTES * 8 / 5 };

static void base32_of(const unsigned char secret[TOTP_SECRET_BYTES], char out[BASE32_CHARACTERS])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < BASE32_CHARACTERS; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)secret[bit / 8] << 8;
        if (bit / 8 + 1 < TOTP_SECRET_BYTES)
            pair |= secret[bit / 8 + 1];
        out[i] = alphabet[(pair >> (11 - bit % 8)) & 31];
    }
}

static void append_percent_encoded(struct buf *out, struct bytes text)
{
    static const char unreserved[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (size_t i = 0; i < text.len; i++) {
        if (memchr(unreserved, text.ptr[i], sizeof unreserved - 1) != NULL)
            buf_append_byte(out, text.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
    }
}

void totp_uri_render(const unsigned char secret[TOTP_SECRET_BYTES], struct bytes issuer,
                     struct bytes account_name, struct buf *out)
{
    char base32[BASE32_CHARACTERS];
    base32_of(secret, base32);
    buf_append_z(out, "otpauth://totp/");
    append_percent_encoded(out, issuer);
    buf_append_z(out, ":");
    append_percent_encoded(out, account_name);
    buf_append_z(out, "?secret=");
    buf_append(out, (struct bytes){base32, sizeof base32});
    buf_append_z(out, "&issuer=");
    append_percent_encoded(out, issuer);
    buf_printf(out, "&algorithm=SHA1&digits=%d&period=%d", DIGITS, STEP_S);
    sodium_memzero(base32, sizeof base32);
}

void totp_secret_render(const unsigned char secret[TOTP_SECRET_BYTES], struct buf *out)
{
    char base32[BASE32_CHARACTERS];
    base32_of(secret, base32);
    for (size_t i = 0; i < sizeof base32; i += 4) {
        if (i > 0)
            buf_append_byte(out, ' ');
        buf_append(out, (struct bytes){base32 + i, 4});
    }
    sodium_memzero(base32, sizeof base32);
}

/* ---- codes ---- */

bool totp_holds(const unsigned char secret[TOTP_SECRET_BYTES], struct bytes code, int64_t now_utc,
                int64_t last_step, int64_t *out_step)
{
    int64_t found = -1;
    if (code.len != DIGITS || now_utc < 0)
        return false;
    /* All steps are compared, whichever holds: the time says nothing. */
    for (int64_t step = now_utc / STEP_S - TOLERANCE; step <= now_utc / STEP_S + TOLERANCE;
         step++) {
        char expected[DIGITS + 1] = {0};
        if (step < 0 ||
            oath_hotp_generate((const char *)secret, TOTP_SECRET_BYTES, (uint64_t)step, DIGITS,
                               false, OATH_HOTP_DYNAMIC_TRUNCATION, expected) != OATH_OK)
            continue;
        bool holds = sodium_memcmp(expected, code.ptr, DIGITS) == 0;
        if (holds && step > last_step && found < 0)
            found = step;
        sodium_memzero(expected, sizeof expected);
    }
    if (found >= 0)
        *out_step = found;
    return found >= 0;
}

/* 32 characters, so that 16 of them are 80 bits. No i, l, 0, 1; whoever reads a 0 where an o stands is understood. */
static const char recovery_alphabet[] = "abcdefghjkmnopqrstuvwxyz23456789";
enum { RECOVERY_CHARACTERS = 16, RECOVERY_GROUP = 4 };

int recovery_codes_make(char out[RECOVERY_CODES][RECOVERY_CODE_BYTES], struct err *err)
{
    unsigned char random[RECOVERY_CODES][RECOVERY_CHARACTERS];
    int rc = random_bytes(&random[0][0], sizeof random, err);
    for (size_t i = 0; i < RECOVERY_CODES && rc == OK; i++) {
        char *at = out[i];
        for (size_t j = 0; j < RECOVERY_CHARACTERS; j++) {
            if (j > 0 && j % RECOVERY_GROUP == 0)
                *at++ = '-';
            *at++ = recovery_alphabet[random[i][j] & 31];
        }
        *at = '\0';
    }
    sodium_memzero(random, sizeof random);
    return rc;
}

bool recovery_code_digest(struct bytes typed, unsigned char out_sha256[32])
{
    char code[RECOVERY_CHARACTERS];
    size_t count = 0;
    bool is_code = true;
    for (size_t i = 0; i < typed.len && is_code; i++) {
        char byte = typed.ptr[i];
        if (byte == ' ' || byte == '-' || byte == '\t')
            continue;
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte - 'A' + 'a');
        if (byte == '0')
            byte = 'o';
        is_code = count < sizeof code &&
                  memchr(recovery_alphabet, byte, sizeof recovery_alphabet - 1) != NULL;
        if (is_code)
            code[count++] = byte;
    }
    struct err err = {.code = OK};
    unsigned char digest[SHA256_BYTES];
    is_code = is_code && count == sizeof code &&
              sha256_of((struct bytes){code, sizeof code}, digest, &err) == OK;
    if (is_code)
        memcpy(out_sha256, digest, sizeof digest);
    sodium_memzero(code, sizeof code);
    return is_code;
}
