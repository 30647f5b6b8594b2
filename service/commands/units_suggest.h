#ifndef PINGYI_SERVICE_COMMANDS_UNITS_SUGGEST_H
#define PINGYI_SERVICE_COMMANDS_UNITS_SUGGEST_H

#include "service/commands/command.h"

/* For every unmatched name that has orders, most orders first: up to three units that have a near name or alias, why,
 * and the command that would match the nearest (none if two are equally near). Only suggests. CSV has the columns
 * name,orders,rank,code,unit,score,why; a name without near units has one line, empty from rank on. Needs an open
 * transaction. */
int units_suggest_render(struct store *store, enum command_format format, struct buf *out,
                         struct err *err);

#endif
