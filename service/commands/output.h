#ifndef PINGYI_SERVICE_COMMANDS_OUTPUT_H
#define PINGYI_SERVICE_COMMANDS_OUTPUT_H

#include "base/moment.h"

#include "service/commands/command.h"
#include "service/host/files.h"

#include <jansson.h>

/* What commands that list things share: values as text and as JSON. Functions that make JSON give NULL when memory
 * fails; jansson passes such a NULL on, so that a writer checks once at the end. */

enum { OUTPUT_MAX_BYTES = 256 * 1024 * 1024 };

/* A string; bytes that are no UTF-8 become U+FFFD. */
json_t *output_string(struct bytes text);
/* RFC 3339 in the office's zone, null for 0. */
json_t *output_time(int64_t utc);

/* Append a moment: RFC 3339 in `zone`, a bare day as a day, nothing for MOMENT_NONE. */
void output_moment(struct buf *out, struct moment moment, const struct zone *zone);

/* Append what a cell holds (a header, a value) in one line: its line ends and tabs become spaces. */
void output_in_one_line(struct buf *out, struct bytes cell);

/* Append the document and a line end; takes `root` over, NULL is ERR_NOMEM. */
int output_json(struct buf *out, json_t *root, struct err *err);

/* Write what `out` holds to context->out, if it has not failed. */
int output_finish(const struct command_context *context, const struct buf *out, struct err *err);

#endif
