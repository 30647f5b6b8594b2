#include "service/commands/command.h"

#include "base/civil.h"

#include "service/host/files.h"
#include "service/rounds/lifecycle.h"

#include <getopt.h>
#include <string.h>

enum { ROUND_NAME_MAX_BYTES = 64, ROUND_ARENA_MAX_BYTES = 1024 * 1024 };

struct round_arguments {
    const char *id, *from, *to, *kind, *rules, *as_of;
};

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = {"monthly", "quarterly", "midyear", "yearend", "other"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

/* Names go into file names and command lines: letters of any script, digits, and - _ . */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > ROUND_NAME_MAX_BYTES || name[0] == '-' || name[0] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        bool fits = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                    (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
        if (!fits)
            return false;
    }
    return true;
}

static int read_rules(const char *path, struct rules *rules, struct buf *out_canonical,
                      struct err *err)
{
    struct buf text;
    buf_init(&text, RULES_TEXT_MAX_BYTES);
    int rc = path != NULL ? files_read(path, &text, err) : OK;
    if (rc == OK)
        rc = rules_parse(buf_bytes(&text), rules, err);
    if (rc != OK && path != NULL)
        rc = err_wrap(err, "rules \"%s\"", path);
    if (rc == OK) {
        rules_format(rules, out_canonical);
        rc = buf_status(out_canonical, err);
    }
    buf_deinit(&text);
    return rc;
}

static int parse_as_of(const char *as_of, const struct rules *rules, int64_t *out_utc,
                       struct err *err)
{
    struct zone *zone = NULL;
    int rc = zone_load(bytes_from_z(rules->basis.timezone), &zone, err);
    if (rc == OK && as_of != NULL)
        rc = command_parse_time(as_of, zone, out_utc, err);
    zone_free(zone);
    return rc;
}

/* Store the round, and see that it can be judged: its layers are there, and a dump reaches its end. */
static int create(const struct command_context *context, const struct round_arguments *arguments,
                  struct round_row *row, struct err *err)
{
    struct datadir datadir = {0};
    struct round_basis basis = {0};
    int rc = command_open(context, STORE_READWRITE, &datadir, err);
    if (rc == OK)
        rc = round_put_new(datadir.store, row, err);
    if (rc == OK)
        rc = round_basis_load(datadir.store, row, BYTES_NONE, context->now_utc, &basis, err);
    if (rc == OK)
        rc = round_step_put(datadir.store, row->id, BYTES_LIT("create"), context->now_utc,
                            bytes_from_z(context->who), BYTES_NONE, err);
    if (rc == OK)
        rc = store_commit(datadir.store, err);
    if (rc == OK)
        command_say(context, "已建立评价期 %s（%s 至 %s）。", arguments->id, arguments->from,
                    arguments->to);
    round_basis_deinit(&basis);
    datadir_close(&datadir);
    return rc;
}

static int parse_create(struct command_context *context, int argc, char **argv,
                        struct round_arguments *arguments, struct round_row *row)
{
    static const struct option options[] = {
        {"id", required_argument, NULL, 'i'},
        {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 't'},
        {"kind", required_argument, NULL, 'k'},
        {"rules", required_argument, NULL, 'r'},
        {"as-of", required_argument, NULL, 'a'},
        {NULL, 0, NULL, 0},
    };
    arguments->kind = "monthly";
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        const char **into = c == 'i'   ? &arguments->id
                            : c == 'f' ? &arguments->from
                            : c == 't' ? &arguments->to
                            : c == 'k' ? &arguments->kind
                            : c == 'r' ? &arguments->rules
                            : c == 'a' ? &arguments->as_of
                                       : NULL;
        if (into == NULL)
            return command_misused(context, &command_round, "无法识别的选项 %s", argv[optind - 1]);
        *into = optarg;
    }
    if (optind < argc)
        return command_misused(context, &command_round, "多余的参数 %s", argv[optind]);
    if (arguments->id == NULL || arguments->from == NULL || arguments->to == NULL)
        return command_misused(context, &command_round, "--id、--from、--to 缺一不可");
    if (!is_name(arguments->id))
        return command_misused(context, &command_round,
                               "--id 只能用文字、数字和 - _ .，不超过 %d 字节",
                               ROUND_NAME_MAX_BYTES);
    if (!day_parse(bytes_from_z(arguments->from), &row->from_day) ||
        !day_parse(bytes_from_z(arguments->to), &row->to_day) || row->from_day > row->to_day)
        return command_misused(context, &command_round,
                               "--from 和 --to 须为先后两个日期，如 2024-05-01");
    if (!is_kind(arguments->kind))
        return command_misused(context, &command_round,
                               "--kind 只能是 monthly、quarterly、midyear、yearend 或 other");
    return EXIT_DONE;
}

static int run_create(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct round_arguments arguments = {0};
    struct round_row row = {0};
    struct rules rules;
    struct buf canonical;
    int usage = parse_create(context, argc, argv, &arguments, &row);
    if (usage != EXIT_DONE)
        return usage;
    buf_init(&canonical, RULES_TEXT_MAX_BYTES);
    int rc = read_rules(arguments.rules, &rules, &canonical, &err);
    if (rc == OK)
        rc = parse_as_of(arguments.as_of, &rules, &row.as_of_utc, &err);
    row.name = bytes_from_z(arguments.id);
    row.kind = bytes_from_z(arguments.kind);
    row.state = BYTES_LIT("draft");
    row.rules = buf_bytes(&canonical);
    if (rc == OK)
        rc = create(context, &arguments, &row, &err);
    buf_deinit(&canonical);
    if (rc == ERR_USAGE)
        return command_misused(context, &command_round, "%s", err.message);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

/* ---- list, show, close ---- */

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct buf *text = context;
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    (void)err;
    day_format(row->from_day, from);
    day_format(row->to_day, to);
    buf_printf(text, BYTES_FMT "\t" BYTES_FMT "\t%s\t%s\t" BYTES_FMT "\n", BYTES_ARG(row->name),
               BYTES_ARG(row->kind), from, to, BYTES_ARG(row->state));
    return OK;
}

static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    struct buf *text = context;
    char at[TIME_TEXT_BYTES];
    (void)err;
    time_format(at_utc, 8 * 3600, at);
    buf_printf(text, "%s\t" BYTES_FMT "\t" BYTES_FMT "\t" BYTES_FMT "\n", at, BYTES_ARG(step),
               BYTES_ARG(who), BYTES_ARG(why));
    return OK;
}

static int show(const struct command_context *context, const struct datadir *datadir,
                const char *name, struct buf *text, struct err *err)
{
    struct arena arena;
    struct round_row row;
    struct round_basis basis = {0};
    arena_init(&arena, ROUND_ARENA_MAX_BYTES);
    int rc = round_get_kept(datadir->store, bytes_from_z(name), &arena, &row, err);
    if (rc == OK)
        rc = on_round(text, &row, err);
    if (rc == OK)
        rc = round_basis_load(datadir->store, &row, BYTES_NONE, context->now_utc, &basis, err);
    if (rc == OK) {
        char as_of[TIME_TEXT_BYTES];
        time_format(basis.as_of_utc, zone_offset_s(basis.zone, basis.as_of_utc), as_of);
        buf_printf(text, "数据截至 %s\n", as_of);
        rc = round_steps_each(datadir->store, row.id, on_step, text, err);
    }
    if (rc == OK) {
        buf_append_byte(text, '\n');
        buf_append(text, row.rules);
    }
    round_basis_deinit(&basis);
    arena_deinit(&arena);
    return rc;
}

static int run_reading(struct command_context *context, const char *name)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf text;
    buf_init(&text, ROUND_ARENA_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK && name != NULL)
        rc = show(context, &datadir, name, &text, &err);
    else if (rc == OK)
        rc = rounds_each(datadir.store, on_round, &text, &err);
    if (rc == OK)
        rc = buf_status(&text, &err);
    if (rc == OK)
        rc = command_write(context, buf_bytes(&text), &err);
    buf_deinit(&text);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int run_close(struct command_context *context, const char *name)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct arena arena;
    struct round_row row;
    struct actor actor = {bytes_from_z(context->who), context->now_utc};
    arena_init(&arena, ROUND_ARENA_MAX_BYTES);
    int rc = command_open(context, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = round_get_kept(datadir.store, bytes_from_z(name), &arena, &row, &err);
    if (rc == OK)
        rc = round_close(&datadir, &row, &actor, &err);
    if (rc == OK)
        rc = store_commit(datadir.store, &err);
    datadir_close(&datadir);
    arena_deinit(&arena);
    if (rc != OK)
        return command_fail(context, &err);
    command_say(context, "评价期 %s 已关闭，此后导入的数据不再改变其结果。", name);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "list";
    if (strcmp(verb, "create") == 0)
        return run_create(context, argc - 1, argv + 1);
    if (strcmp(verb, "list") == 0 && argc <= 2)
        return run_reading(context, NULL);
    if (strcmp(verb, "show") == 0 && argc == 3)
        return run_reading(context, argv[2]);
    if (strcmp(verb, "close") == 0 && argc == 3)
        return run_close(context, argv[2]);
    return command_misused(context, &command_round, "无法识别的用法");
}

const struct command command_round = {
    .name = "round",
    .usage = "create --id ID --from DAY --to DAY [--kind KIND] [--rules FILE] [--as-of TIME]\n"
             "list\n"
             "show ID\n"
             "close ID",
    .summary = "建立、查看、关闭评价期",
    .details =
        "日期含首尾两日，按规则的时区计算。KIND 为 monthly、quarterly、midyear、yearend、other。\n"
        "--as-of 为判断未办结工单的时点，缺省为覆盖该期的最近一次数据的提取时间。\n"
        "关闭后结果固定，以后导入的数据不再改变它。",
    .run = run,
};
