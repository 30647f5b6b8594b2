#include "base/json_text.h"

#include "base/utf8.h"

static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

void json_append_text(struct buf *out, struct bytes text)
{
    buf_append_byte(out, '"');
    while (text.len > 0) {
        size_t plain = 0;
        while (plain < text.len && is_plain(text.ptr[plain]))
            plain++;
        utf8_append_repaired(out, (struct bytes){text.ptr, plain});
        text = (struct bytes){text.ptr + plain, text.len - plain};
        if (text.len == 0)
            break;
        if ((unsigned char)text.ptr[0] < 0x20)
            buf_printf(out, "\\u%04x", (unsigned)text.ptr[0]);
        else
            buf_printf(out, "\\%c", text.ptr[0]);
        text = (struct bytes){text.ptr + 1, text.len - 1};
    }
    buf_append_byte(out, '"');
}
