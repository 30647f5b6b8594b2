#include "service/commands/arguments.h"
#include "service/commands/user_desk.h"

#include <string.h>

/* The first administrator. Without one the directory is good all the same: `user add` makes one. */
static int add_administrator(const struct command_context *context, const char *name,
                             const struct one_time_password *password, struct err *err)
{
    struct user_desk desk;
    const struct account_wish wish = {
        .name = bytes_from_z(name),
        .display_name = BYTES_LIT("系统管理员"),
        .role = ROLE_ADMINISTRATOR,
    };
    int64_t id = 0;
    int rc = user_desk_open(context, &desk, err);
    if (rc == OK)
        rc = account_add(&desk.office, &wish, password->hash, &id, err);
    if (rc == OK)
        rc = user_desk_commit(&desk, err);
    user_desk_close(&desk);
    return rc;
}

static int create(const struct command_context *context, const char *admin)
{
    struct err err = {0};
    struct one_time_password password;
    int status = EXIT_DONE;
    int rc = one_time_password_make(&password, &err);
    if (rc == OK)
        rc = datadir_create(context->data_path, &err);
    if (rc != OK) {
        explicit_bzero(&password, sizeof password);
        return command_fail(context, &err);
    }
    command_say(context, "已建立数据目录 %s。", context->data_path);
    command_say(
        context,
        "密钥在 "
        "%s/vault.key：备份（backups）不含密钥，请另行妥善保存；丢失后，号码和诉求内容无法恢复。",
        context->data_path);
    if (add_administrator(context, admin, &password, &err) == OK) {
        status = one_time_password_show(context, "管理员", admin, &password);
    } else {
        status = command_fail(context, &err);
        command_say(context, "数据目录已建立，但没有管理员：user add %s --role administrator",
                    admin);
    }
    explicit_bzero(&password, sizeof password);
    return status;
}

static int run(struct command_context *context, int argc, char **argv)
{
    const char *admin = "admin";
    const struct argument_option options[] = {{"admin", &admin}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_init, argc, argv, options, &first);
    if (status != EXIT_DONE)
        return status;
    if (first < argc)
        return command_misused(context, &command_init, "多余的参数 %s", argv[first]);
    if (!account_name_is_good(bytes_from_z(admin)))
        return command_misused(context, &command_init,
                               "--admin 须为 2 至 32 个小写字母、数字和 . _ -，以字母开头");
    return create(context, admin);
}

const struct command command_init = {
    .name = "init",
    .usage = "[--data DIR] [--admin NAME]",
    .summary = "建立数据目录和第一个管理员",
    .details = "建立数据目录（数据库、密钥、config.ini）。机关名称在 config.ini 中设置。\n"
               "管理员（缺省 admin）的一次性密码只在标准输出显示这一次，首次登录须更改。",
    .run = run,
};
