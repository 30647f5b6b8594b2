#include "base/utf8.h"

#include <string.h>

static bool is_ascii_word(const char *ptr)
{
    uint64_t word = 0;
    memcpy(&word, ptr, sizeof word);
    return (word & 0x8080808080808080u) == 0;
}

/* Length of the valid sequence that begins at `at`, 0 if none does. Bounds of the second byte follow Unicode's table
 * 3-7, which excludes overlong forms, surrogates and what lies above U+10FFFF. */
static size_t sequence_len(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0];
    if (lead < 0x80)
        return 1;
    size_t len = lead >= 0xC2 && lead <= 0xDF   ? 2
                 : (lead & 0xF0) == 0xE0        ? 3
                 : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                : 0;
    if (len == 0 || left < len)
        return 0;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

size_t utf8_valid_prefix(struct bytes text)
{
    const unsigned char *ptr = (const unsigned char *)text.ptr;
    size_t at = 0;
    while (at < text.len) {
        /* Chinese text is runs of three-byte characters from U+4000 on: their own short way. */
        while (at + 3 <= text.len && ptr[at] >= 0xE1 && ptr[at] <= 0xEC &&
               (ptr[at + 1] & 0xC0) == 0x80 && (ptr[at + 2] & 0xC0) == 0x80)
            at += 3;
        while (at + 8 <= text.len && is_ascii_word(text.ptr + at))
            at += 8;
        if (at == text.len)
            break;
        size_t len = sequence_len(ptr + at, text.len - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

bool utf8_is_valid(struct bytes text)
{
    return utf8_valid_prefix(text) == text.len;
}

bool utf8_is_cut(struct bytes rest)
{
    if (rest.len == 0 || rest.len > 3)
        return false;
    unsigned char padded[4] = {0};
    memcpy(padded, rest.ptr, rest.len);
    /* The cut sequence is one that some continuation completes; A0, 90 and 80 cover the bounds of every lead byte. */
    static const unsigned char fill[] = {0x80, 0x90, 0xA0};
    for (size_t i = 0; i < sizeof fill; i++) {
        memset(padded + rest.len, fill[i], sizeof padded - rest.len);
        if (sequence_len(padded, sizeof padded) > rest.len)
            return true;
    }
    return false;
}

uint32_t utf8_take(struct bytes *rest)
{
    const unsigned char *ptr = (const unsigned char *)rest->ptr;
    size_t len = ptr[0] < 0x80 ? 1 : ptr[0] < 0xE0 ? 2 : ptr[0] < 0xF0 ? 3 : 4;
    uint32_t code_point = len == 1 ? ptr[0] : ptr[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        code_point = (code_point << 6) | (ptr[i] & 0x3Fu);
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    return code_point;
}

void utf8_append(struct buf *buf, uint32_t c)
{
    if (c < 0x80) {
        buf_append_byte(buf, (char)c);
        return;
    }
    char out[4];
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(c | (0xF00u >> len));
    buf_append(buf, (struct bytes){out, len});
}

void utf8_append_repaired(struct buf *buf, struct bytes text)
{
    while (text.len > 0) {
        size_t valid = utf8_valid_prefix(text);
        buf_append(buf, (struct bytes){text.ptr, valid});
        if (valid == text.len)
            return;
        buf_append_z(buf, "\xEF\xBF\xBD");
        text = (struct bytes){text.ptr + valid + 1, text.len - valid - 1};
    }
}

size_t utf8_count(struct bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}
