#ifndef PINGYI_IMPORTERS_ORDER_NUMBER_H
#define PINGYI_IMPORTERS_ORDER_NUMBER_H

#include "base/bytes.h"
#include "base/err.h"

/* Order numbers are compared byte by byte, so each is kept in one form: NFC (STATISTICS.md 7.1). Most have digits and
 * letters alone, but some desks put their city's name in front. Thread: any. */

enum {
    ORDER_NUMBER_MAX_BYTES =
        1024, /* as in a frame; a longer text stays as it is, and is not usable */
    ORDER_NUMBER_ROOM_BYTES =
        3 * ORDER_NUMBER_MAX_BYTES, /* UTF-8 grows by NFC to the threefold at most */
};

/* Whether a frame takes it: no control character, and not longer than a frame's lines may be. */
bool order_number_is_usable(struct bytes text);

/* `text`, valid UTF-8 and trimmed, in NFC: itself where it is ASCII, else in `room`. ERR_NOMEM. */
int order_number_normalise(struct bytes text, char room[ORDER_NUMBER_ROOM_BYTES], struct bytes *out,
                           struct err *err);

#endif
