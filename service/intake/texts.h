#ifndef PINGYI_SERVICE_INTAKE_TEXTS_H
#define PINGYI_SERVICE_INTAKE_TEXTS_H

#include "base/buf.h"

#include "service/storage/orders.h"

/* What an order's sealed record holds, and its packed form: for each text that is not empty one tag byte, one place
 * byte, the length as 4 bytes little-endian, the text. Thread: any. */
struct texts {
    struct bytes title, content, citizen_name;
    struct bytes citizen_phone;               /* the cell as the dump has it */
    struct bytes replies[HANDLINGS_AN_ORDER]; /* by place of the handling */
    int reply_end;                            /* there is none from this place on */
};

void texts_pack(const struct texts *texts, struct buf *out);

/* The views point into `packed`. ERR_CORRUPT for anything texts_pack does not write. */
int texts_unpack(struct bytes packed, struct texts *out, struct err *err);

#endif
