#include "service/commands/user_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"
#include "service/commands/user_desk.h"

#include <inttypes.h>
#include <string.h>

enum { IDS_ARENA_BYTES = 16 * 1024 * 1024 };

struct sessions_arguments {
    const char *name, *revoke, *format;
    bool revokes_all;
    int64_t id;
};

/* `--revoke-all` takes no text: it is cut out, the others are read as elsewhere. */
static int parse(struct command_context *context, int argc, char **argv,
                 struct sessions_arguments *out)
{
    const struct argument_option options[] = {
        {"revoke", &out->revoke}, {"format", &out->format}, {NULL, NULL}};
    int kept = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--revoke-all") == 0)
            out->revokes_all = true;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    int first = 0;
    int status = arguments_take(context, &command_user, kept, argv, options, &first);
    if (status == EXIT_DONE && first + 1 < kept)
        status = command_misused(context, &command_user, "多余的参数 %s", argv[first + 1]);
    if (status == EXIT_DONE && out->revoke != NULL &&
        (out->revokes_all || !bytes_to_int64(bytes_from_z(out->revoke), &out->id)))
        status = command_misused(context, &command_user, "--revoke 后面要有一个会话的序号");
    if (status == EXIT_DONE)
        out->name = argv[first];
    return status;
}

/* Its id, 0 for no name: those of all. */
static int find_account(struct store *store, const char *name, int64_t *out_id, struct err *err)
{
    struct account_row account = {.id = 0};
    int rc = name != NULL ? account_get(store, bytes_from_z(name), &account, err) : OK;
    if (rc == OK)
        *out_id = account.id;
    return rc;
}

/* ---- list ---- */

static const struct grid_column columns[] = {
    {"id", "序号"},      {"name", "账号"},    {"opened_at", "登录时间"}, {"seen_at", "最近访问"},
    {"address", "地址"}, {"agent", "浏览器"}, {"stage", "阶段"},
};

static int on_session(void *context, const struct session_row *row, struct err *err)
{
    struct grid *grid = context;
    char opened[TIME_TEXT_BYTES];
    char seen[TIME_TEXT_BYTES];
    (void)err;
    time_format(row->created_utc, OFFICE_OFFSET_S, opened);
    time_format(row->seen_utc, OFFICE_OFFSET_S, seen);
    grid_count(grid, row->id);
    grid_text(grid, row->account_name);
    grid_text(grid, bytes_from_z(opened));
    grid_text(grid, bytes_from_z(seen));
    grid_text(grid, row->address);
    grid_text(grid, row->agent);
    grid_text(grid, row->stage);
    return OK;
}

static int fill(struct store *store, void *context, struct grid *grid, struct err *err)
{
    const struct sessions_arguments *arguments = context;
    int64_t account_id = 0;
    int rc = find_account(store, arguments->name, &account_id, err);
    return rc == OK ? sessions_each(store, account_id, on_session, grid, err) : rc;
}

/* ---- revoke ---- */

/* Collected first: ending one would take the statement that lists them from under itself. */
struct ids {
    struct arena arena;
    struct id {
        int64_t id;
        struct id *next;
    } * first;
    int64_t count;
};

static int on_id(void *context, const struct session_row *row, struct err *err)
{
    struct ids *ids = context;
    struct id *id = arena_alloc(&ids->arena, sizeof *id);
    if (id == NULL)
        return err_set(err, ERR_NOMEM, "could not collect sessions");
    *id = (struct id){row->id, ids->first};
    ids->first = id;
    ids->count++;
    return OK;
}

static int end_all(struct user_desk *desk, const char *name, int64_t *out_count, struct err *err)
{
    struct ids ids = {.first = NULL};
    int64_t account_id = 0;
    arena_init(&ids.arena, IDS_ARENA_BYTES);
    int rc = find_account(desk->datadir.store, name, &account_id, err);
    if (rc == OK)
        rc = sessions_each(desk->datadir.store, account_id, on_id, &ids, err);
    for (const struct id *id = ids.first; id != NULL && rc == OK; id = id->next)
        rc = session_end(&desk->office, id->id, "revoked", err);
    if (rc == OK)
        *out_count = ids.count;
    arena_deinit(&ids.arena);
    return rc;
}

static int revoke(struct command_context *context, const struct sessions_arguments *arguments)
{
    struct err err = {0};
    struct user_desk desk;
    int64_t count = 1;
    int status = EXIT_DONE;
    int rc = user_desk_open(context, &desk, &err);
    if (rc == OK)
        rc = arguments->revokes_all ? end_all(&desk, arguments->name, &count, &err)
                                    : session_end(&desk.office, arguments->id, "revoked", &err);
    if (rc == OK)
        rc = user_desk_commit(&desk, &err);
    if (rc == OK)
        command_say(context, "已终止 %" PRId64 " 个会话。", count);
    else
        status = user_desk_fail(&desk, "session.revoke", bytes_from_z(arguments->revoke), &err);
    user_desk_close(&desk);
    return status;
}

int user_sessions_run(struct command_context *context, int argc, char **argv)
{
    struct sessions_arguments arguments = {.name = NULL};
    const struct user_listing listing = {columns, sizeof columns / sizeof *columns, fill,
                                         &arguments};
    int status = parse(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    return arguments.revoke != NULL || arguments.revokes_all
               ? revoke(context, &arguments)
               : user_list_print(context, &command_user, &listing, arguments.format);
}
