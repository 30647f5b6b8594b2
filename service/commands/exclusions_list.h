#ifndef PINGYI_SERVICE_COMMANDS_EXCLUSIONS_LIST_H
#define PINGYI_SERVICE_COMMANDS_EXCLUSIONS_LIST_H

#include "service/commands/command.h"

/* `exclusions list`; argv[0] is the verb. CSV and JSON are contracts. */
int exclusions_list_run(struct command_context *context, int argc, char **argv);

#endif
