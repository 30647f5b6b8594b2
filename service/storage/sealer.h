#ifndef PINGYI_SERVICE_STORAGE_SEALER_H
#define PINGYI_SERVICE_STORAGE_SEALER_H

#include "base/buf.h"

/* How texts are sealed before they are stored, as a door: storage keeps sealed bytes and never sees a key. The vault
 * (service/auth) stands behind it. Thread: one sealer per thread. */
struct sealer {
    /* Append the sealed form of `plain` to `out`, bound to the id of the row it will lie in. */
    int (*seal)(void *context, int64_t row_id, struct bytes plain, struct buf *out,
                struct err *err);
    /* Append what was sealed. ERR_CORRUPT when it was altered or belongs to another row. */
    int (*open)(void *context, int64_t row_id, struct bytes sealed, struct buf *out,
                struct err *err);
    void *context;
};

#endif
