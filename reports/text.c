#include "reports/text.h"

#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

void text_valid(struct buf *out, struct bytes text)
{
    while (text.len > 0) {
        size_t valid = utf8_valid_prefix(text);
        buf_append(out, (struct bytes){text.ptr, valid});
        text = (struct bytes){text.ptr + valid, text.len - valid};
        if (text.len > 0) {
            utf8_append(out, REPLACEMENT);
            text = (struct bytes){text.ptr + 1, text.len - 1};
        }
    }
}

static bool is_dropped(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c & 0xFFFE) == 0xFFFE || c == 0x200E ||
           c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void text_printable(struct buf *out, struct bytes text)
{
    while (text.len > 0) {
        struct bytes valid = {text.ptr, utf8_valid_prefix(text)};
        text = (struct bytes){text.ptr + valid.len, text.len - valid.len};
        while (valid.len > 0) {
            uint32_t c = utf8_take(&valid);
            if (c == '\t' || c == '\n' || c == '\r')
                buf_append_byte(out, ' ');
            else if (!is_dropped(c))
                utf8_append(out, c);
        }
        if (text.len > 0) {
            utf8_append(out, REPLACEMENT);
            text = (struct bytes){text.ptr + 1, text.len - 1};
        }
    }
}
