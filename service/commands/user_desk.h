#ifndef PINGYI_SERVICE_COMMANDS_USER_DESK_H
#define PINGYI_SERVICE_COMMANDS_USER_DESK_H

#include "service/auth/accounts.h"
#include "service/commands/command_record.h"

/* The office at which `init`, `user` and `token` change accounts. */
struct user_desk {
    const struct command_context *context;
    struct datadir datadir;
    struct command_desk desk;
    struct vault_sealer *totp;
    struct account_office office;
};

/* Open the data directory to write and begin. user_desk_close either way. */
int user_desk_open(const struct command_context *context, struct user_desk *out, struct err *err);
int user_desk_commit(struct user_desk *desk, struct err *err);
void user_desk_close(struct user_desk *desk);

/* Say why it failed, and record `action` on `target` where it was refused. EXIT_FAILED. */
int user_desk_fail(struct user_desk *desk, const char *action, struct bytes target,
                   const struct err *err);

/* A new one-time password and its hash; slow, so before user_desk_open. Both are the caller's to wipe. */
struct one_time_password {
    char text[ONE_TIME_PASSWORD_BYTES];
    char hash[PASSWORD_HASH_BYTES];
};
int one_time_password_make(struct one_time_password *out, struct err *err);

/* One line on stdout, `who` before the name: the only time it is seen. EXIT_DONE, or EXIT_PARTLY when it could not be
 * shown: the account is there, and only another reset helps. */
int one_time_password_show(const struct command_context *context, const char *who, const char *name,
                           const struct one_time_password *password);

#endif
