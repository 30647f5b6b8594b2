#include "service/commands/audit_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"

#include <inttypes.h>
#include <string.h>

enum { LIST_ARENA_BYTES = 256 * 1024 * 1024, LIST_ROWS = 100 };

int audit_parse_day(const struct command_context *context, const char *option, const char *text,
                    int64_t days_later, int64_t *out_ms)
{
    int64_t day = 0;
    if (text == NULL)
        return EXIT_DONE;
    if (!day_parse(bytes_from_z(text), &day))
        return command_misused(context, &command_audit, "--%s 须为日期，如 2024-05-31", option);
    *out_ms = ((day + days_later) * SECONDS_A_DAY - OFFICE_OFFSET_S) * 1000;
    return EXIT_DONE;
}

/* ---- list ---- */

struct list_arguments {
    const char *from, *to, *who, *action, *target, *limit, *format_word;
    enum command_format format;
    struct audit_filter filter;
};

static int parse_list(struct command_context *context, int argc, char **argv,
                      struct list_arguments *out)
{
    const struct argument_option options[] = {
        {"from", &out->from},
        {"to", &out->to},
        {"who", &out->who},
        {"action", &out->action},
        {"target", &out->target},
        {"limit", &out->limit},
        {"format", &out->format_word},
        {NULL, NULL},
    };
    int first = 0;
    out->filter = (struct audit_filter){.newest_first = true, .limit = LIST_ROWS};
    int status = arguments_take(context, &command_audit, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_audit, "多余的参数 %s", argv[first]);
    if (status == EXIT_DONE)
        status = arguments_check_format(context, &command_audit, out->format_word, &out->format);
    if (status == EXIT_DONE)
        status = audit_parse_day(context, "from", out->from, 0, &out->filter.from_ms);
    if (status == EXIT_DONE)
        status = audit_parse_day(context, "to", out->to, 1, &out->filter.to_ms);
    if (status == EXIT_DONE && out->limit != NULL &&
        (!bytes_to_int64(bytes_from_z(out->limit), &out->filter.limit) || out->filter.limit < 0))
        status = command_misused(context, &command_audit, "--limit 须为条数，0 为全部");
    out->filter.who = bytes_from_z(out->who);
    out->filter.action = bytes_from_z(out->action);
    out->filter.target = bytes_from_z(out->target);
    return status;
}

static const struct grid_column list_columns[] = {
    {"id", "序号"},     {"at", "时间"},      {"who", "操作人"},
    {"role", "角色"},   {"address", "地址"}, {"action", "操作"},
    {"target", "对象"}, {"outcome", "结果"}, {"details", "说明"},
};

struct listing {
    struct grid grid;
    bool for_people;
};

static struct bytes outcome_zh(struct bytes word)
{
    return bytes_equal(word, BYTES_LIT("done"))      ? BYTES_LIT("完成")
           : bytes_equal(word, BYTES_LIT("refused")) ? BYTES_LIT("被拒")
                                                     : BYTES_LIT("失败");
}

static int on_entry(void *context, const struct audit_row *row, struct err *err)
{
    (void)err;
    struct listing *listing = context;
    struct grid *grid = &listing->grid;
    const char *action = listing->for_people ? audit_action_zh(row->action) : NULL;
    char at[TIME_TEXT_BYTES];
    time_format(row->at_ms / 1000, OFFICE_OFFSET_S, at);
    grid_count(grid, row->id);
    grid_text(grid, bytes_from_z(at));
    grid_text(grid, row->who);
    grid_text(grid, row->role);
    grid_text(grid, row->address);
    grid_text(grid, action != NULL ? bytes_from_z(action) : row->action);
    grid_text(grid, row->target);
    grid_text(grid, listing->for_people ? outcome_zh(row->outcome) : row->outcome);
    grid_text(grid, row->details);
    return OK;
}

int audit_list_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct arena arena;
    struct buf out;
    struct list_arguments arguments = {.format = FORMAT_TABLE};
    int status = parse_list(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    struct listing listing = {.for_people = arguments.format == FORMAT_TABLE};
    arena_init(&arena, LIST_ARENA_BYTES);
    buf_init(&out, OUTPUT_MAX_BYTES);
    grid_init(&listing.grid, list_columns, sizeof list_columns / sizeof *list_columns, &arena);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = audit_each(datadir.store, &arguments.filter, on_entry, &listing, &err);
    if (rc == OK)
        rc = grid_render(&listing.grid, arguments.format, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    datadir_close(&datadir);
    buf_deinit(&out);
    arena_deinit(&arena);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

/* ---- verify ---- */

int audit_check_printed(struct store *store, const char *printed, struct err *err)
{
    struct bytes mac = bytes_from_z(printed);
    struct bytes id_text = bytes_cut(&mac, ':');
    int64_t id = 0;
    if (mac.ptr == NULL || !bytes_to_int64(id_text, &id))
        return err_set(err, ERR_FORMAT, "\"%s\" is no head like 57:0123456789abcdef", printed);
    return audit_check_head(store, id, mac, err);
}

int audit_verify_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct audit_chain *chain = NULL;
    struct audit_head head;
    struct buf out;
    const char *printed = NULL;
    const struct argument_option options[] = {{"head", &printed}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_audit, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_audit, "多余的参数 %s", argv[first]);
    if (status != EXIT_DONE)
        return status;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = audit_chain_new(datadir.vault, &chain, &err);
    if (rc == OK)
        rc = audit_verify(chain, datadir.store, &head, &err);
    if (rc == OK && printed != NULL)
        rc = audit_check_printed(datadir.store, printed, &err);
    if (rc == OK) {
        if (head.first_id > 1)
            buf_printf(&out, "第 1 至 %" PRId64 " 条已归档。\n", head.first_id - 1);
        buf_printf(&out, "审计日志相符，共 %" PRId64 " 条，末条 %" PRId64 "：%s\n",
                   head.first_id != 0 ? head.last_id - head.first_id + 1 : 0, head.last_id,
                   head.mac_hex);
        rc = output_finish(context, &out, &err);
    } else if (rc == ERR_CORRUPT) {
        command_say(context, "审计日志不符，可能被改动（%s）", err.message);
    }
    audit_chain_free(chain);
    datadir_close(&datadir);
    buf_deinit(&out);
    return rc == OK ? EXIT_DONE : rc == ERR_CORRUPT ? EXIT_FAILED : command_fail(context, &err);
}

/* ---- the verb ---- */

static int run(struct command_context *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct command_context *context, int argc, char **argv);
    } verbs[] = {
        {"list", audit_list_run},
        {"verify", audit_verify_run},
        {"export", audit_export_run},
        {"cut", audit_cut_run},
    };
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(context, argc - 1, argv + 1);
    }
    return command_misused_verb(context, &command_audit);
}

const struct command command_audit = {
    .name = "audit",
    .usage =
        "list [--from DAY] [--to DAY] [--who NAME] [--action WORD] [--target TEXT] [--limit N]\n"
        " [--format table|csv|json]\n"
        "verify [--head ID:MAC]\n"
        "export FILE.csv [--from DAY] [--to DAY]\n"
        "cut --before DAY --to FILE.csv",
    .summary = "查看、核对、导出、归档审计日志",
    .details =
        "list 由新到旧列出，缺省 100 条，--limit 0 为全部；WORD 为操作的代码，以 . "
        "结尾的指一类，如 "
        "account.。DAY 均含当日，北京时间。\n"
        "verify 重新计算整条校验链，任何一条被改动、删除、插入都会指出；末尾被删的，用通报上印的\n"
        "“审计日志第 ID 条 MAC” 核对：--head ID:MAC。\n"
        "export 写入新文件（权限 0600），可用 verify FILE.csv 核对。\n"
        "cut 把 DAY（不含当日）以前的记录先写入文件并核对，再从库中移出；不足 184 天的不能移出。",
    .run = run,
};
