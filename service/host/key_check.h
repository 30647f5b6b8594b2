#ifndef PINGYI_SERVICE_HOST_KEY_CHECK_H
#define PINGYI_SERVICE_HOST_KEY_CHECK_H

#include "service/host/datadir.h"

/* Whether the key in the data directory is that of its database: the first record of each kind is opened, or, where
 * nothing lies sealed, the audit log verified. ERR_REFUSED: it is another. No transaction is open. Thread: any. */
int key_check(const struct datadir *datadir, struct err *err);

#endif
