#include "service/commands/command.h"

#include <string.h>

/* In the order in which help lists them, one a line. */
/* clang-format off */
const struct command *const commands[] = {
    &command_init,
    &command_inspect,
    &command_import,
    &command_imports,
    &command_units,
    &command_orders,
    &command_rules,
    &command_round,
    &command_exclusions,
    &command_draw,
    &command_followup,
    &command_outcomes,
    &command_score,
    &command_report,
    &command_verify,
    &command_calendar,
    &command_user,
    &command_token,
    &command_audit,
    &command_serve,
    &command_backup,
    &command_restore,
    &command_vault,
    &command_help,
    NULL,
};
/* clang-format on */

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}
