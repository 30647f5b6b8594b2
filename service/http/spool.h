#ifndef PINGYI_SERVICE_HTTP_SPOOL_H
#define PINGYI_SERVICE_HTTP_SPOOL_H

#include "base/bytes.h"

#include <stdbool.h>

/* A body on its way to disk. All file operations run beside the loop. Thread: loop. */
struct spool;
struct http_exchange;

/* Remove what a server that died has left in its spool directory. */
void spool_clear(const char *directory);

/* Begin a file of mode 0600 in the server's spool directory. NULL when memory fails. */
struct spool *spool_new(struct http_exchange *exchange);

/* A piece of the body; 0 or the status to refuse it with. */
int spool_append(struct spool *spool, struct bytes piece);

/* Whether no more should be appended for now; connection_step is called when that changes. */
bool spool_is_full(const struct spool *spool);

/* No more will come: exchange_handle is called when all is written, or the exchange is refused. */
void spool_finish(struct spool *spool);

const char *spool_path(const struct spool *spool);

/* The exchange is over: the file is removed, unless it bears another name by now, and the spool freed. NULL is
 * allowed. */
void spool_abandon(struct spool *spool);

#endif
