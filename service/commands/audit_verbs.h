#ifndef PINGYI_SERVICE_COMMANDS_AUDIT_VERBS_H
#define PINGYI_SERVICE_COMMANDS_AUDIT_VERBS_H

#include "service/auth/audit.h"
#include "service/commands/command.h"

/* The verbs of `audit`; argv[0] is the verb's name. */
int audit_list_run(struct command_context *context, int argc, char **argv);
int audit_verify_run(struct command_context *context, int argc, char **argv);
int audit_export_run(struct command_context *context, int argc, char **argv);
int audit_cut_run(struct command_context *context, int argc, char **argv);

/* What several of them share: a day of the office's as the moment it begins. EXIT_DONE, or EXIT_USAGE when the misuse
 * has been said; `text` NULL leaves *out_ms as it is. */
int audit_parse_day(const struct command_context *context, const char *option, const char *text,
                    int64_t days_later, int64_t *out_ms);

/* "57:0123456789abcdef", as bulletins print it. ERR_FORMAT, and what audit_check_head says. */
int audit_check_printed(struct store *store, const char *printed, struct err *err);

#endif
