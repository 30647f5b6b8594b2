#ifndef PINGYI_SERVICE_COMMANDS_COMMAND_RECORD_H
#define PINGYI_SERVICE_COMMANDS_COMMAND_RECORD_H

#include "service/auth/audit.h"
#include "service/commands/command.h"

#include <jansson.h>

/* What commands write into the audit log: who has the login, what was done, to what. Details are a JSON object of words
 * and numbers, nothing personal; they are taken over, json_null() is none, NULL is ERR_NOMEM. */

/* Who writes entries for this command; both borrow from `desk`. */
struct command_desk {
    struct audit_desk desk;
    char who[128];
};
int command_desk_init(const struct command_context *context, const struct datadir *datadir,
                      struct command_desk *out, struct err *err);
void command_desk_deinit(struct command_desk *desk); /* accepts a zeroed one */

/* Within the open transaction of a change, before its commit. */
int command_record(const struct command_context *context, const struct datadir *datadir,
                   const char *action, struct bytes target, json_t *details, struct err *err);

/* A change that failed because it must not be: rolls back what is open and records that, by a code alone, where it can;
 * other failures are nobody's attempt. Leaves `why` as it is. */
void command_record_refused(const struct command_context *context, const struct datadir *datadir,
                            const char *action, struct bytes target, const struct err *why);

/* A look at something, by a command that only reads: recorded and on disk before it is shown. */
int command_record_look(const struct command_context *context, const struct datadir *datadir,
                        const char *action, struct bytes target, json_t *details, struct err *err);

#endif
