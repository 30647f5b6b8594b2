#ifndef PINGYI_SERVICE_COMMANDS_DRAW_ARGUMENTS_H
#define PINGYI_SERVICE_COMMANDS_DRAW_ARGUMENTS_H

#include "service/commands/command.h"
#include "service/followup/draw.h"

/* What `draw` was asked for; texts are those of argv. */
struct draw_arguments {
    const char *round, *by;
    const char *seed, *exact_seed, *adopt; /* at most one */
    struct draw_wish wish;
    bool plan, all;
    enum command_format format;
};

/* EXIT_DONE, or EXIT_USAGE when the misuse has been said. */
int draw_arguments_parse(const struct command_context *context, int argc, char **argv,
                         struct draw_arguments *out);

/* `draw open` and `draw top-up`. */
int draw_open_run(struct command_context *context, int argc, char **argv);
int draw_top_up_run(struct command_context *context, int argc, char **argv);

#endif
