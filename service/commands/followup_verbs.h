#ifndef PINGYI_SERVICE_COMMANDS_FOLLOWUP_VERBS_H
#define PINGYI_SERVICE_COMMANDS_FOLLOWUP_VERBS_H

#include "service/commands/command.h"
#include "service/storage/campaigns.h"

/* The verbs of `followup`; argv[0] is the verb. */
int followup_open_run(struct command_context *context, int argc, char **argv);
int followup_pause_run(struct command_context *context, int argc, char **argv);
int followup_resume_run(struct command_context *context, int argc, char **argv);
int followup_release_run(struct command_context *context, int argc, char **argv);
int followup_assign_run(struct command_context *context, int argc, char **argv);
int followup_package_run(struct command_context *context, int argc, char **argv);
int followup_take_back_run(struct command_context *context, int argc, char **argv);
int followup_read_run(struct command_context *context, int argc, char **argv);
int followup_export_run(struct command_context *context, int argc, char **argv);
int followup_show_run(struct command_context *context, int argc, char **argv);

/* The campaign of the round's draw. ERR_NOT_FOUND says so by the round's name; *out's bytes as storage gives them. */
int followup_find_campaign(struct store *store, int64_t round_id, struct bytes round_name,
                           struct campaign_row *out, struct err *err);

#endif
