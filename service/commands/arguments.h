#ifndef PINGYI_SERVICE_COMMANDS_ARGUMENTS_H
#define PINGYI_SERVICE_COMMANDS_ARGUMENTS_H

#include "service/commands/command.h"

/* Options of verbs of which each takes one text. */
struct argument_option {
    const char *name;
    const char **into; /* borrowed from argv; left alone when the option is not given */
};
enum { ARGUMENT_OPTIONS_MAX = 15, ARGUMENT_TEXT_MAX_BYTES = 400 };

/* Read `options`, ended by a name of NULL, at most ARGUMENT_OPTIONS_MAX; argv[0] is skipped, what is no option is moved
 * behind the others and begins at *out_first. EXIT_DONE, or EXIT_USAGE when the misuse has been said. */
int arguments_take(const struct command_context *context, const struct command *command, int argc,
                   char **argv, const struct argument_option *options, int *out_first);

/* What is recorded for good (who acts, why, on what ground) is neither empty nor longer than ARGUMENT_TEXT_MAX_BYTES
 * and holds no control character. NULL passes, for an option that was not given. EXIT_DONE, or EXIT_USAGE when the
 * misuse has been said. */
int arguments_check_text(const struct command_context *context, const struct command *command,
                         const char *option, const char *text);

/* NULL leaves *out as it is. */
int arguments_check_format(const struct command_context *context, const struct command *command,
                           const char *text, enum command_format *out);

/* Who acts: `by` where it is given, else whose login it is; trimmed, for a space more makes nobody a second person. */
struct bytes arguments_actor(const struct command_context *context, const char *by);

/* An order's number in the form in which the store has it (importers/order_number.h); the arena's. ERR_NOMEM. */
int arguments_order_no(const char *text, struct arena *arena, struct bytes *out, struct err *err);

#endif
