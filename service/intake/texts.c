#include "service/intake/texts.h"

#include "base/alloc.h"

#include <string.h>

/* Stored: numbers are never changed. */
enum text_tag { TEXT_TITLE = 1, TEXT_CONTENT = 2, TEXT_REPLY = 3, TEXT_NAME = 4, TEXT_PHONE = 5 };
enum { TEXT_HEAD_BYTES = 6 };

static void pack(struct buf *out, enum text_tag tag, int place, struct bytes text)
{
    if (text.len == 0)
        return;
    char *room = buf_reserve(out, size_add(TEXT_HEAD_BYTES, text.len));
    if (room == NULL)
        return;
    room[0] = (char)tag;
    room[1] = (char)place;
    for (size_t i = 0; i < 4; i++)
        room[2 + i] = (char)(text.len >> (8 * i));
    memcpy(room + TEXT_HEAD_BYTES, text.ptr, text.len);
    out->len += TEXT_HEAD_BYTES + text.len;
}

void texts_pack(const struct texts *texts, struct buf *out)
{
    pack(out, TEXT_TITLE, 0, texts->title);
    pack(out, TEXT_CONTENT, 0, texts->content);
    pack(out, TEXT_NAME, 0, texts->citizen_name);
    pack(out, TEXT_PHONE, 0, texts->citizen_phone);
    for (int place = 0; place < texts->reply_end; place++)
        pack(out, TEXT_REPLY, place, texts->replies[place]);
}

static struct bytes *slot(struct texts *texts, int tag, int place)
{
    switch (tag) {
    case TEXT_TITLE:
        return &texts->title;
    case TEXT_CONTENT:
        return &texts->content;
    case TEXT_NAME:
        return &texts->citizen_name;
    case TEXT_PHONE:
        return &texts->citizen_phone;
    case TEXT_REPLY:
        if (place >= HANDLINGS_AN_ORDER)
            return NULL;
        if (place >= texts->reply_end)
            texts->reply_end = place + 1;
        return &texts->replies[place];
    default:
        return NULL;
    }
}

int texts_unpack(struct bytes packed, struct texts *out, struct err *err)
{
    struct texts texts = {0};
    while (packed.len >= TEXT_HEAD_BYTES) {
        const unsigned char *head = (const unsigned char *)packed.ptr;
        size_t len = head[2] | (size_t)head[3] << 8 | (size_t)head[4] << 16 | (size_t)head[5] << 24;
        struct bytes *text = slot(&texts, head[0], head[1]);
        if (text == NULL || len > packed.len - TEXT_HEAD_BYTES)
            break;
        *text = (struct bytes){packed.ptr + TEXT_HEAD_BYTES, len};
        packed = (struct bytes){text->ptr + len, packed.len - TEXT_HEAD_BYTES - len};
    }
    if (packed.len != 0)
        return err_set(err, ERR_CORRUPT, "texts of an order are damaged");
    *out = texts;
    return OK;
}
