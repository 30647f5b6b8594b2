#ifndef PINGYI_SERVICE_COMMANDS_INSPECT_CSV_H
#define PINGYI_SERVICE_COMMANDS_INSPECT_CSV_H

#include "service/commands/command.h"
#include "service/intake/document.h"

/* Write the first table of a document to context->out as plain CSV (UTF-8, comma, doubled quotes, \n), in constant
 * memory; what is left out is named on context->messages. ERR_REFUSED with `*out_refusal`: it is no text table.
 * Thread: main. */
int inspect_csv(const struct command_context *context, struct document *document,
                const struct document_wish *wish, enum refusal *out_refusal, struct err *err);

#endif
