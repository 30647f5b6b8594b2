#include "service/commands/user_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"
#include "service/commands/step.h"
#include "service/commands/user_desk.h"

#include <inttypes.h>
#include <string.h>

enum { DAYS_MAX = 3660, SCOPES_BYTES = 64, SECRET_BYTES = 65 };

/* ---- add ---- */

/* read,import becomes what is stored: words and blanks. */
static bool read_scopes(const char *text, char out[SCOPES_BYTES])
{
    size_t len = strlen(text);
    if (len >= SCOPES_BYTES)
        return false;
    memcpy(out, text, len + 1);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(out[i] == ',' ? ' ' : out[i]);
    return true;
}

static int show_secret(const struct command_context *context, const char *name, int64_t id,
                       const char *secret)
{
    enum { LINE_BYTES = 1024 };
    struct buf line;
    buf_init(&line, LINE_BYTES);
    (void)buf_reserve(&line, LINE_BYTES);
    buf_printf(&line, "令牌 %s（序号 %" PRId64 "）：%s\n", name, id, secret);
    int status = step_show(context, &line);
    command_say(context, "令牌只显示这一次。用法：Authorization: Bearer 令牌");
    buf_wipe(&line);
    return status;
}

static int add(struct command_context *context, const char *name, const char *scopes, int64_t days)
{
    struct err err = {0};
    struct user_desk desk;
    char secret[SECRET_BYTES];
    int64_t id = 0;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = token_add(&desk.office, bytes_from_z(name), bytes_from_z(scopes),
                       context->now_utc + days * SECONDS_A_DAY, secret, &id, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    int status = rc == OK ? show_secret(context, name, id, secret)
                          : user_desk_fail(&desk, "token.add", bytes_from_z(name), &err);
    explicit_bzero(secret, sizeof secret);
    user_desk_close(&desk);
    return status;
}

static int add_run(struct command_context *context, int argc, char **argv)
{
    const char *scope = NULL;
    const char *days_text = NULL;
    const struct argument_option options[] = {
        {"scope", &scope}, {"days", &days_text}, {NULL, NULL}};
    char scopes[SCOPES_BYTES];
    int64_t days = 0;
    int first = 0;
    int status = arguments_take(context, &command_token, argc, argv, options, &first);
    if (status == EXIT_DONE && first + 1 != argc)
        status = command_misused(context, &command_token, "add 后面要有一个名称");
    if (status == EXIT_DONE && (scope == NULL || !read_scopes(scope, scopes)))
        status = command_misused(context, &command_token,
                                 "--scope 须为 read、import、metrics 中的一个或几个，以逗号分隔");
    if (status == EXIT_DONE &&
        (!bytes_to_int64(bytes_from_z(days_text), &days) || days < 1 || days > DAYS_MAX))
        status = command_misused(context, &command_token, "--days 须为 1 至 %d", DAYS_MAX);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_token, "name", argv[first]);
    return status == EXIT_DONE ? add(context, argv[first], scopes, days) : status;
}

/* ---- list ---- */

static const struct grid_column columns[] = {
    {"id", "序号"},         {"name", "名称"},         {"scopes", "范围"},         {"state", "状态"},
    {"expires_at", "到期"}, {"created_by", "建立人"}, {"created_at", "建立时间"},
};

struct tokens {
    struct grid *grid;
    int64_t now_utc;
};

static int on_token(void *context, const struct token_row *row, struct err *err)
{
    const struct tokens *tokens = context;
    struct grid *grid = tokens->grid;
    char expires[TIME_TEXT_BYTES];
    char created[TIME_TEXT_BYTES];
    (void)err;
    time_format(row->expires_utc, OFFICE_OFFSET_S, expires);
    time_format(row->created_utc, OFFICE_OFFSET_S, created);
    grid_count(grid, row->id);
    grid_text(grid, row->name);
    grid_text(grid, row->scopes);
    grid_text(grid, row->revoked_utc != 0                 ? BYTES_LIT("revoked")
                    : row->expires_utc <= tokens->now_utc ? BYTES_LIT("expired")
                                                          : BYTES_LIT("valid"));
    grid_text(grid, bytes_from_z(expires));
    grid_text(grid, row->created_by);
    grid_text(grid, bytes_from_z(created));
    return OK;
}

static int fill(struct store *store, void *context, struct grid *grid, struct err *err)
{
    const struct command_context *command = context;
    struct tokens tokens = {grid, command->now_utc};
    return tokens_each(store, on_token, &tokens, err);
}

static int list_run(struct command_context *context, int argc, char **argv)
{
    const char *format = NULL;
    const struct argument_option options[] = {{"format", &format}, {NULL, NULL}};
    const struct user_listing listing = {columns, sizeof columns / sizeof *columns, fill, context};
    int first = 0;
    int status = arguments_take(context, &command_token, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_token, "多余的参数 %s", argv[first]);
    return status == EXIT_DONE ? user_list_print(context, &command_token, &listing, format)
                               : status;
}

/* ---- revoke ---- */

static int revoke_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct user_desk desk;
    int64_t id = 0;
    int status = EXIT_DONE;
    if (argc != 2 || !bytes_to_int64(bytes_from_z(argv[1]), &id))
        return command_misused(context, &command_token, "revoke 后面要有一个令牌的序号");
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = token_revoke(&desk.office, id, &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "令牌 %" PRId64 " 已撤销。", id);
    else
        status = user_desk_fail(&desk, "token.revoke", bytes_from_z(argv[1]), &err);
    user_desk_close(&desk);
    return status;
}

/* ---- the verb ---- */

static int run(struct command_context *context, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "add") == 0)
        return add_run(context, argc - 1, argv + 1);
    if (strcmp(verb, "list") == 0)
        return list_run(context, argc - 1, argv + 1);
    if (strcmp(verb, "revoke") == 0)
        return revoke_run(context, argc - 1, argv + 1);
    return command_misused_verb(context, &command_token);
}

const struct command command_token = {
    .name = "token",
    .usage = "add NAME --scope read,import,metrics --days N\n"
             "list [--format table|csv|json]\n"
             "revoke ID",
    .summary = "管理其他系统所用的接口令牌",
    .details = "add 显示令牌，只显示这一次；read 可读结果，import 可导入，metrics 可读运行指标。\n"
               "list 列出全部令牌，已撤销和到期的在内。",
    .run = run,
};
