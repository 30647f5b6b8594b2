#include "importers/order_number.h"

#include <uninorm.h>

#include <string.h>

static bool is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

/* libunistring takes memory of its own where `room` does not do; it always does, but for a run of more than 64 marks
 * on one letter, which it sorts elsewhere and gives back. */
bool order_number_is_usable(struct bytes text)
{
    bool usable = text.len <= ORDER_NUMBER_MAX_BYTES;
    for (size_t i = 0; i < text.len && usable; i++)
        usable = (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f;
    return usable;
}

int order_number_normalise(struct bytes text, char room[ORDER_NUMBER_ROOM_BYTES], struct bytes *out,
                           struct err *err)
{
    size_t len = ORDER_NUMBER_ROOM_BYTES;
    uint8_t *into = (uint8_t *)room;
    *out = text;
    if (is_ascii(text) || text.len > ORDER_NUMBER_MAX_BYTES)
        return OK;
    if (u8_normalize(UNINORM_NFC, (const uint8_t *)text.ptr, text.len, into, &len) != into)
        return err_set(err, ERR_NOMEM, "could not normalise order number \"" BYTES_FMT "\"",
                       BYTES_ARG(text));
    *out = (struct bytes){room, len};
    return OK;
}
