#include "service/commands/user_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"
#include "service/commands/user_desk.h"

#include <string.h>

enum { LIST_ARENA_BYTES = 64 * 1024 * 1024 };

/* ---- lists ---- */

int user_list_print(struct command_context *context, const struct command *command,
                    const struct user_listing *listing, const char *word)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct arena arena;
    struct buf out;
    struct grid grid;
    enum command_format format = FORMAT_TABLE;
    int status = arguments_check_format(context, command, word, &format);
    if (status != EXIT_DONE)
        return status;
    arena_init(&arena, LIST_ARENA_BYTES);
    buf_init(&out, OUTPUT_MAX_BYTES);
    grid_init(&grid, listing->columns, listing->column_count, &arena);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = listing->fill(datadir.store, listing->context, &grid, &err);
    if (rc == OK)
        rc = grid_render(&grid, format, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    datadir_close(&datadir);
    buf_deinit(&out);
    arena_deinit(&arena);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static const struct grid_column account_columns[] = {
    {"name", "账号"},
    {"display_name", "姓名"},
    {"role", "角色"},
    {"team", "班组"},
    {"unit", "单位"},
    {"state", "状态"},
    {"must_change", "须改密码"},
    {"totp", "动态口令"},
    {"signed_in_at", "最近登录"},
    {"created_at", "建立时间"},
};

static void add_time(struct grid *grid, int64_t utc)
{
    char text[TIME_TEXT_BYTES] = "";
    if (utc != 0)
        time_format(utc, OFFICE_OFFSET_S, text);
    grid_text(grid, bytes_from_z(text));
}

struct accounts {
    struct grid *grid;
    int64_t now_utc;
};

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    const struct accounts *accounts = context;
    struct grid *grid = accounts->grid;
    (void)err;
    grid_text(grid, row->name);
    grid_text(grid, row->display_name);
    grid_text(grid, row->role);
    grid_text(grid, row->team_name);
    grid_text(grid, row->unit_code);
    grid_text(grid, row->is_disabled                            ? BYTES_LIT("disabled")
                    : row->locked_until_utc > accounts->now_utc ? BYTES_LIT("locked")
                                                                : BYTES_LIT("enabled"));
    grid_text(grid, row->must_change ? BYTES_LIT("yes") : BYTES_LIT("no"));
    grid_text(grid, row->totp_is_confirmed ? BYTES_LIT("yes") : BYTES_LIT("no"));
    add_time(grid, row->signed_in_utc);
    add_time(grid, row->created_utc);
    return OK;
}

static int fill_accounts(struct store *store, void *context, struct grid *grid, struct err *err)
{
    const struct command_context *command = context;
    struct accounts accounts = {grid, command->now_utc};
    return accounts_each(store, BYTES_NONE, 0, on_account, &accounts, err);
}

static int list_run(struct command_context *context, int argc, char **argv)
{
    const char *format = NULL;
    const struct argument_option options[] = {{"format", &format}, {NULL, NULL}};
    const struct user_listing listing = {
        account_columns, sizeof account_columns / sizeof *account_columns, fill_accounts, context};
    int first = 0;
    int status = arguments_take(context, &command_user, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_user, "多余的参数 %s", argv[first]);
    return status == EXIT_DONE ? user_list_print(context, &command_user, &listing, format) : status;
}

/* ---- what takes a name alone ---- */

enum act { ACT_ENABLE, ACT_DISABLE, ACT_UNLOCK };

static int act_on(struct command_context *context, enum act act, int argc, char **argv)
{
    static const struct {
        const char *action, *done;
    } acts[] = {
        {"account.enable", "已启用"},
        {"account.disable", "已停用，其会话已终止"},
        {"account.unlock", "已解除锁定"},
    };
    struct err err = {0};
    struct user_desk desk;
    if (argc != 2)
        return command_misused(context, &command_user, "%s 后面要有一个账号", argv[0]);
    struct bytes name = bytes_from_z(argv[1]);
    int status = EXIT_DONE;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = act == ACT_UNLOCK ? account_unlock(&desk.office, name, &err)
                               : account_set_enabled(&desk.office, name, act == ACT_ENABLE, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "账号 %s %s。", argv[1], acts[act].done);
    else
        status = user_desk_fail(&desk, acts[act].action, name, &err);
    user_desk_close(&desk);
    return status;
}

static int enable_run(struct command_context *context, int argc, char **argv)
{
    return act_on(context, ACT_ENABLE, argc, argv);
}

static int disable_run(struct command_context *context, int argc, char **argv)
{
    return act_on(context, ACT_DISABLE, argc, argv);
}

static int unlock_run(struct command_context *context, int argc, char **argv)
{
    return act_on(context, ACT_UNLOCK, argc, argv);
}

/* ---- the verb ---- */

static int run(struct command_context *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct command_context *context, int argc, char **argv);
    } verbs[] = {
        {"add", user_add_run},       {"list", list_run},
        {"disable", disable_run},    {"enable", enable_run},
        {"reset", user_reset_run},   {"unlock", unlock_run},
        {"role", user_role_run},     {"sessions", user_sessions_run},
        {"teams", user_teams_run},   {"team", user_team_run},
        {"limits", user_limits_run},
    };
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(context, argc - 1, argv + 1);
    }
    return command_misused_verb(context, &command_user);
}

const struct command command_user = {
    .name = "user",
    .usage = "add NAME --role ROLE [--display TEXT] [--team TEAM] [--unit CODE]\n"
             "list [--format table|csv|json]\n"
             "disable|enable|unlock NAME\n"
             "reset NAME [--totp]\n"
             "role NAME --role ROLE [--team TEAM] [--unit CODE]\n"
             "sessions [NAME] [--revoke ID | --revoke-all] [--format table|csv|json]\n"
             "teams [--format table|csv|json]\n"
             "team NAME [--kind own|contractor] [--until DAY|none] [--max N]\n"
             "limits [ROLE --idle MINUTES --absolute HOURS] [--format table|csv|json]",
    .summary = "管理账号、班组、会话",
    .details = "ROLE 为 "
               "administrator（系统管理员）、office（评价工作人员）、supervisor（督导员）、checker"
               "（复核员）、\n"
               "caller（话务员）、liaison（被评单位联络员）、auditor（审计管理员）、security（安全"
               "管理员）。\n"
               "NAME 为 2 至 32 个小写字母、数字和 . _ -，以字母开头。--unit 只用于 office 和 "
               "liaison：只看该单位及其下级。\n"
               "add 和 reset 显示一次性密码，只显示这一次，首次登录须更改；reset --totp "
               "解除动态口令，密码不变。\n"
               "role 按给出的重设角色、班组和单位，未给出的清空；账号的会话随之终止。\n"
               "team 建立或变更班组：contractor（外包机构）的账号看不到各单位结果；--until "
               "为最后一天，--max 为启用账号的上限，0 不限。\n"
               "limits 设置某角色会话的闲置时限（1 至 1440 分钟）和总时限（1 至 168 小时）；不给 "
               "ROLE 时列出。",
    .run = run,
};
