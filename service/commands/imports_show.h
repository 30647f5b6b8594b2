#ifndef PINGYI_SERVICE_COMMANDS_IMPORTS_SHOW_H
#define PINGYI_SERVICE_COMMANDS_IMPORTS_SHOW_H

#include "service/host/datadir.h"

/* `imports show`: one import with what it rejected and flagged, by reason, with counts and a few examples. Cells of
 * rejected rows are masked. Memory does not grow with the number of rejects. Needs an open transaction.
 * ERR_NOT_FOUND when there is no such import. */
int imports_show(const struct datadir *datadir, int64_t id, bool json, struct buf *out,
                 struct err *err);

#endif
