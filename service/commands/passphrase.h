#ifndef PINGYI_SERVICE_COMMANDS_PASSPHRASE_H
#define PINGYI_SERVICE_COMMANDS_PASSPHRASE_H

#include "service/commands/command.h"

/* The first line of `path`, or, with NULL, of standard input; at a terminal it is asked for in Chinese with `prompt`
 * and not shown. `out` is to be wiped. ERR_FORMAT: no line; ERR_LIMIT: longer than PASSPHRASE_MAX_BYTES. */
enum { PASSPHRASE_MAX_BYTES = 1024 };
int passphrase_read(const struct command_context *context, const char *path, const char *prompt,
                    struct buf *out, struct err *err);
/* For what is sealed now: at a terminal it is asked for twice, for what was mistyped once would open nothing.
 * ERR_REFUSED: they differ. */
int passphrase_read_new(const struct command_context *context, const char *path, struct buf *out,
                        struct err *err);

#endif
