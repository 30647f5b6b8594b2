#ifndef PINGYI_SERVICE_API_IMPORT_SHOWN_H
#define PINGYI_SERVICE_API_IMPORT_SHOWN_H

#include "base/buf.h"

#include "service/host/datadir.h"

#include <jansson.h>

/* `imports show`: one import with what it rejected and flagged, by reason, with counts and a few examples. Cells of
 * rejected rows are masked. Memory does not grow with the number of rejects. Needs an open transaction.
 * ERR_NOT_FOUND when there is no such import. Thread: that of the store. */
int import_shown_words(const struct datadir *datadir, int64_t id, struct buf *out, struct err *err);
int import_shown_json(const struct datadir *datadir, int64_t id, json_t **out, struct err *err);
/* For pages: each group of rejects and flags says in Chinese what it means, as `sentence`. ERR_NOMEM. */
int import_shown_say(json_t *object, struct err *err);

#endif
