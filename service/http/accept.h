#ifndef PINGYI_SERVICE_HTTP_ACCEPT_H
#define PINGYI_SERVICE_HTTP_ACCEPT_H

#include "base/bytes.h"

/* What a client says it likes (RFC 9110 12.4.2, 12.5). Thread: any. */

/* The weight that `list` gives exactly `word`, in thousandths; -1 when it does not name it. */
int accept_weight(struct bytes list, const char *word);

/* Whether a list of entity tags (If-None-Match) has `etag`, compared weakly, or is "*". */
bool accept_has_etag(struct bytes list, const char *etag);

#endif
