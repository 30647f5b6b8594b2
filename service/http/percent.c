#include "service/http/percent.h"

#include "base/utf8.h"

#include <string.h>

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* The byte of "%XX" at text[at], -1 when it is none. */
static int escaped_byte(struct bytes text, size_t at)
{
    if (text.len - at < 3)
        return -1;
    int high = hex_value(text.ptr[at + 1]), low = hex_value(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_allowed(unsigned char byte, enum percent_kind kind)
{
    if (kind == PERCENT_FORM && (byte == '\t' || byte == '\r' || byte == '\n'))
        return true;
    return byte >= 0x20 && byte != 0x7f;
}

static bool decode_into(char *copy, struct bytes text, enum percent_kind kind, size_t *out_len)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int byte = (unsigned char)text.ptr[i];
        if (byte == '%') {
            byte = escaped_byte(text, i);
            if (byte < 0 || (kind == PERCENT_PATH && (byte == '/' || byte == '\\')))
                return false;
            i += 2;
        } else if (byte == '+' && kind != PERCENT_PATH) {
            byte = ' ';
        }
        copy[len++] = (char)byte;
    }
    *out_len = len;
    return true;
}

/* Valid UTF-8 whose characters are all allowed; U+0080 to U+009F are control characters as well. */
static bool is_clean(struct bytes text, enum percent_kind kind)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (!is_allowed(byte, kind))
            return false;
        if (byte == 0xC2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xA0)
            return false;
    }
    return utf8_is_valid(text);
}

bool percent_decode(struct arena *arena, struct bytes text, enum percent_kind kind,
                    struct bytes *out)
{
    struct bytes plain = text;
    bool is_plain =
        text.len == 0 || (memchr(text.ptr, '%', text.len) == NULL &&
                          (kind == PERCENT_PATH || memchr(text.ptr, '+', text.len) == NULL));
    if (!is_plain) {
        /* Decoded it is never longer. */
        plain = arena_copy(arena, text);
        if (plain.ptr == NULL || !decode_into((char *)plain.ptr, text, kind, &plain.len))
            return false;
    }
    if (!is_clean(plain, kind))
        return false;
    *out = plain;
    return true;
}
