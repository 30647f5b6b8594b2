#include "importers/book_text.h"

#include <string.h>

enum { ESCAPE_BYTES = 7 };

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The UTF-16 unit written at the beginning of `text`, or -1. */
static int32_t unit_at(const char *ptr, size_t len)
{
    if (len < ESCAPE_BYTES || ptr[0] != '_' || ptr[1] != 'x' || ptr[ESCAPE_BYTES - 1] != '_')
        return -1;
    int32_t unit = 0;
    for (int i = 2; i < ESCAPE_BYTES - 1; i++) {
        int digit = hex_digit(ptr[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* At most as many bytes as the escape has. */
static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* The character written at `ptr` and how many bytes that takes; 0 when there is none. */
static size_t escape_at(const char *ptr, size_t len, uint32_t *out_character)
{
    int32_t unit = unit_at(ptr, len);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return 0;
    *out_character = (uint32_t)unit;
    if (unit < 0xD800 || unit > 0xDBFF)
        return ESCAPE_BYTES;
    int32_t low = unit_at(ptr + ESCAPE_BYTES, len - ESCAPE_BYTES);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *out_character = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
    return (size_t)2 * ESCAPE_BYTES;
}

size_t book_text_decode(char *ptr, size_t len)
{
    size_t at = bytes_find((struct bytes){ptr, len}, BYTES_LIT("_x"));
    size_t out = at;
    while (at < len) {
        uint32_t character = 0;
        size_t taken = ptr[at] == '_' ? escape_at(ptr + at, len - at, &character) : 0;
        if (taken > 0) {
            out += put_utf8(ptr + out, character);
            at += taken;
        } else {
            ptr[out++] = ptr[at++];
        }
    }
    return out;
}
