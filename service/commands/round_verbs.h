#ifndef PINGYI_SERVICE_COMMANDS_ROUND_VERBS_H
#define PINGYI_SERVICE_COMMANDS_ROUND_VERBS_H

#include "service/commands/command.h"

/* The verbs of `round`, one file each; argv[0] is the verb. */

enum { ROUND_NAME_MAX_BYTES = 64 };

int round_create_run(struct command_context *context, int argc, char **argv);
/* freeze, close, reopen: the steps of a round from the command line. */
int round_freeze_run(struct command_context *context, int argc, char **argv);
int round_close_run(struct command_context *context, int argc, char **argv);
int round_reopen_run(struct command_context *context, int argc, char **argv);
int round_list_run(struct command_context *context, int argc, char **argv);
int round_show_run(struct command_context *context, int argc, char **argv);

/* monthly, quarterly, … in Chinese. */
struct bytes round_kind_name(struct bytes kind);

#endif
