#include "service/commands/user_verbs.h"

#include "service/commands/arguments.h"
#include "service/commands/user_desk.h"

#include <string.h>

struct wish_arguments {
    const char *name, *role, *display, *team, *unit;
};

static int parse_wish(struct command_context *context, int argc, char **argv, bool takes_display,
                      struct wish_arguments *arguments, struct account_wish *out)
{
    const struct argument_option options[] = {
        {"role", &arguments->role},
        {"team", &arguments->team},
        {"unit", &arguments->unit},
        {takes_display ? "display" : NULL, &arguments->display},
        {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_user, argc, argv, options, &first);
    if (status == EXIT_DONE && first + 1 != argc)
        status = command_misused(context, &command_user, "%s 后面要有一个账号", argv[0]);
    if (status == EXIT_DONE && arguments->role == NULL)
        status = command_misused(context, &command_user, "缺少 --role");
    if (status == EXIT_DONE && !role_from_word(bytes_from_z(arguments->role), &out->role))
        status = command_misused(context, &command_user, "没有 %s 这个角色", arguments->role);
    if (status != EXIT_DONE)
        return status;
    arguments->name = argv[first];
    out->name = bytes_from_z(arguments->name);
    out->team = bytes_from_z(arguments->team);
    out->unit_code = bytes_from_z(arguments->unit);
    out->display_name = bytes_from_z(arguments->display);
    if (takes_display && arguments->display == NULL)
        out->display_name = out->name;
    return EXIT_DONE;
}

int user_add_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct wish_arguments arguments = {.name = NULL};
    struct account_wish wish = {.role = ROLE_CALLER};
    struct one_time_password password;
    struct user_desk desk = {.context = context};
    int64_t id = 0;
    int status = parse_wish(context, argc, argv, true, &arguments, &wish);
    if (status != EXIT_DONE)
        return status;
    int rc = one_time_password_make(&password, &err);
    if (rc == OK)
        rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = account_add(&desk.office, &wish, password.hash, &id, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    status = rc == OK ? one_time_password_show(context, "账号", arguments.name, &password)
                      : user_desk_fail(&desk, "account.add", wish.name, &err);
    explicit_bzero(&password, sizeof password);
    user_desk_close(&desk);
    return status;
}

int user_role_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct wish_arguments arguments = {.name = NULL};
    struct account_wish wish = {.role = ROLE_CALLER};
    struct user_desk desk;
    int status = parse_wish(context, argc, argv, false, &arguments, &wish);
    if (status != EXIT_DONE)
        return status;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = account_set_role(&desk.office, &wish, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "账号 %s 的角色为%s，其会话已终止。", arguments.name,
                    role_zh(wish.role));
    else
        status = user_desk_fail(&desk, "account.role", wish.name, &err);
    user_desk_close(&desk);
    return status;
}

/* ---- reset ---- */

static int reset_password(struct command_context *context, const char *name)
{
    struct err err = {0};
    struct one_time_password password;
    struct user_desk desk = {.context = context};
    int rc = one_time_password_make(&password, &err);
    if (rc == OK)
        rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = account_reset(&desk.office, bytes_from_z(name), password.hash, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    int status = rc == OK ? one_time_password_show(context, "账号", name, &password)
                          : user_desk_fail(&desk, "account.reset", bytes_from_z(name), &err);
    explicit_bzero(&password, sizeof password);
    user_desk_close(&desk);
    return status;
}

static int reset_totp(struct command_context *context, const char *name)
{
    struct err err = {0};
    struct user_desk desk;
    int status = EXIT_DONE;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = account_reset_totp(&desk.office, bytes_from_z(name), &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "账号 %s 的动态口令已解除，下次登录时须重新绑定。", name);
    else
        status = user_desk_fail(&desk, "account.totp_reset", bytes_from_z(name), &err);
    user_desk_close(&desk);
    return status;
}

int user_reset_run(struct command_context *context, int argc, char **argv)
{
    bool is_totp = false;
    const char *name = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--totp") == 0)
            is_totp = true;
        else if (name != NULL || argv[i][0] == '-')
            return command_misused(context, &command_user, "多余的参数 %s", argv[i]);
        else
            name = argv[i];
    }
    if (name == NULL)
        return command_misused(context, &command_user, "reset 后面要有一个账号");
    return is_totp ? reset_totp(context, name) : reset_password(context, name);
}
