#include "service/commands/user_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/user_desk.h"

#include <string.h>

enum { TEAM_ARENA_BYTES = 4096 };

/* ---- teams ---- */

static const struct grid_column team_columns[] = {
    {"name", "班组"}, {"kind", "性质"}, {"until", "截止"}, {"max", "账号上限"}};

static int on_team(void *context, const struct team_row *row, struct err *err)
{
    struct grid *grid = context;
    char until[DAY_TEXT_BYTES] = "";
    (void)err;
    if (row->has_until)
        day_format(row->until_day, until);
    grid_text(grid, row->name);
    grid_text(grid, row->kind);
    grid_text(grid, bytes_from_z(until));
    grid_count(grid, row->max_accounts);
    return OK;
}

static int fill_teams(struct store *store, void *context, struct grid *grid, struct err *err)
{
    (void)context;
    return teams_each(store, on_team, grid, err);
}

int user_teams_run(struct command_context *context, int argc, char **argv)
{
    const char *format = NULL;
    const struct argument_option options[] = {{"format", &format}, {NULL, NULL}};
    const struct user_listing listing = {team_columns, sizeof team_columns / sizeof *team_columns,
                                         fill_teams, NULL};
    int first = 0;
    int status = arguments_take(context, &command_user, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_user, "多余的参数 %s", argv[first]);
    return status == EXIT_DONE ? user_list_print(context, &command_user, &listing, format) : status;
}

struct team_arguments {
    const char *name, *kind, *until, *max;
    int64_t until_day, max_accounts;
};

static int parse_team(struct command_context *context, int argc, char **argv,
                      struct team_arguments *out)
{
    const struct argument_option options[] = {
        {"kind", &out->kind}, {"until", &out->until}, {"max", &out->max}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_user, argc, argv, options, &first);
    if (status == EXIT_DONE && first + 1 != argc)
        status = command_misused(context, &command_user, "team 后面要有一个班组");
    if (status == EXIT_DONE && out->kind != NULL && strcmp(out->kind, "own") != 0 &&
        strcmp(out->kind, "contractor") != 0)
        status = command_misused(context, &command_user, "--kind 只能是 own 或 contractor");
    if (status == EXIT_DONE && out->until != NULL && strcmp(out->until, "none") != 0 &&
        !day_parse(bytes_from_z(out->until), &out->until_day))
        status =
            command_misused(context, &command_user, "--until 须为日期，如 2024-12-31，或 none");
    if (status == EXIT_DONE && out->max != NULL &&
        (!bytes_to_int64(bytes_from_z(out->max), &out->max_accounts) || out->max_accounts < 0))
        status = command_misused(context, &command_user, "--max 须为个数，0 为不限");
    if (status == EXIT_DONE)
        out->name = argv[first];
    return status;
}

/* What is not given stays as it was. */
static int put_team(struct user_desk *desk, const struct team_arguments *arguments,
                    struct arena *arena, struct err *err)
{
    struct err missing = {.code = OK};
    struct team_row team = {.id = 0};
    int rc = team_get(desk->datadir.store, bytes_from_z(arguments->name), &team, &missing);
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = missing;
        return rc;
    }
    if (rc == ERR_NOT_FOUND && arguments->kind == NULL)
        return err_set(err, ERR_FORMAT, "kind: a new team needs --kind");
    team.kind =
        arguments->kind != NULL ? bytes_from_z(arguments->kind) : arena_copy(arena, team.kind);
    if (team.kind.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep a team");
    team.name = bytes_from_z(arguments->name);
    if (arguments->until != NULL) {
        team.has_until = strcmp(arguments->until, "none") != 0;
        team.until_day = arguments->until_day;
    }
    if (arguments->max != NULL)
        team.max_accounts = arguments->max_accounts;
    return team_put(&desk->office, &team, err);
}

int user_team_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct team_arguments arguments = {.name = NULL};
    struct user_desk desk;
    struct arena arena;
    int status = parse_team(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    arena_init(&arena, TEAM_ARENA_BYTES);
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = put_team(&desk, &arguments, &arena, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "班组 %s 已登记。", arguments.name);
    else
        status = user_desk_fail(&desk, "team.change", bytes_from_z(arguments.name), &err);
    user_desk_close(&desk);
    arena_deinit(&arena);
    return status;
}

/* ---- limits ---- */

static const struct grid_column limit_columns[] = {
    {"role", "角色"}, {"idle_s", "闲置（秒）"}, {"absolute_s", "总时限（秒）"}};

static int fill_limits(struct store *store, void *context, struct grid *grid, struct err *err)
{
    int rc = OK;
    (void)context;
    for (enum role role = 0; role < ROLE_COUNT && rc == OK; role++) {
        int64_t idle_s = 0;
        int64_t absolute_s = 0;
        rc = role_limits_load(store, role, &idle_s, &absolute_s, err);
        grid_text(grid, bytes_from_z(role_word(role)));
        grid_count(grid, idle_s);
        grid_count(grid, absolute_s);
    }
    return rc;
}

static int put_limits(struct command_context *context, enum role role, int64_t minutes,
                      int64_t hours)
{
    struct err err = {0};
    struct user_desk desk;
    int status = EXIT_DONE;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = role_limits_put(&desk.office, role, minutes * 60, hours * 3600, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "%s的会话时限已变更。", role_zh(role));
    else
        status = user_desk_fail(&desk, "role.limits", bytes_from_z(role_word(role)), &err);
    user_desk_close(&desk);
    return status;
}

int user_limits_run(struct command_context *context, int argc, char **argv)
{
    enum { MINUTES_MAX = 1440, HOURS_MAX = 168 };
    const char *idle = NULL;
    const char *absolute = NULL;
    const char *format = NULL;
    const struct argument_option options[] = {
        {"idle", &idle}, {"absolute", &absolute}, {"format", &format}, {NULL, NULL}};
    const struct user_listing listing = {
        limit_columns, sizeof limit_columns / sizeof *limit_columns, fill_limits, NULL};
    enum role role = ROLE_CALLER;
    int64_t minutes = 0;
    int64_t hours = 0;
    int first = 0;
    int status = arguments_take(context, &command_user, argc, argv, options, &first);
    if (status != EXIT_DONE)
        return status;
    if (first == argc && idle == NULL && absolute == NULL)
        return user_list_print(context, &command_user, &listing, format);
    if (first + 1 != argc || !role_from_word(bytes_from_z(argv[first]), &role))
        return command_misused(context, &command_user, "limits 后面要有一个角色");
    if (!bytes_to_int64(bytes_from_z(idle), &minutes) || minutes < 1 || minutes > MINUTES_MAX ||
        !bytes_to_int64(bytes_from_z(absolute), &hours) || hours < 1 || hours > HOURS_MAX)
        return command_misused(context, &command_user,
                               "--idle 须为 1 至 %d 分钟，--absolute 须为 1 至 %d 小时",
                               MINUTES_MAX, HOURS_MAX);
    return put_limits(context, role, minutes, hours);
}
