#ifndef PINGYI_SERVICE_COMMANDS_OUTPUT_H
#define PINGYI_SERVICE_COMMANDS_OUTPUT_H

#include "base/moment.h"

#include "service/api/json_value.h"
#include "service/commands/command.h"
#include "service/host/files.h"

#include <jansson.h>

/* What commands that list things share: values as text and as JSON. Functions that make JSON give NULL when memory
 * fails; jansson passes such a NULL on, so that a writer checks once at the end. */

enum { OUTPUT_MAX_BYTES = 256 * 1024 * 1024 };

/* json_bytes, the empty string for none. */
json_t *output_string(struct bytes text);

/* Append a moment: RFC 3339 in `zone`, a bare day as a day, nothing for MOMENT_NONE. */
void output_moment(struct buf *out, struct moment moment, const struct zone *zone);

/* Append what a cell holds (a header, a value) in one line: its line ends and tabs become spaces. */
void output_in_one_line(struct buf *out, struct bytes cell);

/* Write what `out` holds to context->out, if it has not failed. */
int output_finish(const struct command_context *context, const struct buf *out, struct err *err);

#endif
