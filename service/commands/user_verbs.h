#ifndef PINGYI_SERVICE_COMMANDS_USER_VERBS_H
#define PINGYI_SERVICE_COMMANDS_USER_VERBS_H

#include "service/commands/command.h"

/* The verbs of `user`; argv[0] is the verb's name. */
int user_add_run(struct command_context *context, int argc, char **argv);
int user_role_run(struct command_context *context, int argc, char **argv);
int user_reset_run(struct command_context *context, int argc, char **argv);
int user_sessions_run(struct command_context *context, int argc, char **argv);
int user_teams_run(struct command_context *context, int argc, char **argv);
int user_team_run(struct command_context *context, int argc, char **argv);
int user_limits_run(struct command_context *context, int argc, char **argv);

/* What has a list: its rows go into `grid`. */
struct grid;
struct grid_column;
struct user_listing {
    const struct grid_column *columns;
    size_t column_count;
    int (*fill)(struct store *store, void *context, struct grid *grid, struct err *err);
    void *context;
};
/* Read and print in the format that `word` names (NULL: table). */
int user_list_print(struct command_context *context, const struct command *command,
                    const struct user_listing *listing, const char *word);

#endif
