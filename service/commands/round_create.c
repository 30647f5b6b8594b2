#include "service/commands/round_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/host/files.h"
#include "service/rounds/evaluation.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 400 /* more than a year of days */ };

struct round_arguments {
    const char *id, *from, *to, *of, *kind, *rules, *as_of;
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

/* `path` NULL: the text `inherited`, which may be empty for the defaults. */
static int read_rules(const char *path, struct bytes inherited, struct rules *rules,
                      struct buf *out_canonical, struct err *err)
{
    struct buf text;
    buf_init(&text, RULES_TEXT_MAX_BYTES);
    int rc = path != NULL ? files_read(path, &text, err) : OK;
    if (rc == OK)
        rc = rules_parse(path != NULL ? buf_bytes(&text) : inherited, rules, err);
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

/* ---- the parts of an accumulated round ---- */

struct parts {
    struct arena arena;
    struct round_row *rows;
    size_t count;
};

/* Each round once, however often it is named. */
static int on_part(void *context, const struct round_row *row, struct err *err)
{
    struct parts *parts = context;
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->rows[i].id == row->id)
            return OK;
    }
    if (parts->count == PARTS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d parts", PARTS_MAX);
    return round_keep(row, &parts->arena, &parts->rows[parts->count++], err);
}

static int add_named(struct parts *parts, struct store *store, struct bytes name, struct err *err)
{
    struct round_row row;
    int rc = round_get_kept(store, name, &parts->arena, &row, err);
    if (rc != OK)
        return rc;
    return row.is_accumulated ? round_parts_each(store, row.id, on_part, parts, err)
                              : on_part(parts, &row, err);
}

static int compare_days(const void *a, const void *b)
{
    const struct round_row *left = a;
    const struct round_row *right = b;
    return left->from_day != right->from_day ? (left->from_day < right->from_day ? -1 : 1)
                                             : bytes_compare(left->name, right->name);
}

/* In order of their first days, two that overlap anywhere mean two neighbours that do. */
static int check_days(const struct parts *parts, struct err *err)
{
    for (size_t i = 1; i < parts->count; i++) {
        const struct round_row *before = &parts->rows[i - 1];
        const struct round_row *row = &parts->rows[i];
        if (row->from_day <= before->to_day)
            return err_set(err, ERR_REFUSED,
                           "rounds \"" BYTES_FMT "\" and \"" BYTES_FMT
                           "\" have days in common and cannot be added up",
                           BYTES_ARG(before->name), BYTES_ARG(row->name));
    }
    return OK;
}

/* What so many whole months without a gap are called. */
static const char *kind_of(const struct parts *parts)
{
    struct civil first = day_to_civil(parts->rows[0].from_day);
    struct civil behind = day_to_civil(parts->rows[parts->count - 1].to_day + 1);
    int months = (behind.year - first.year) * 12 + behind.month - first.month;
    bool is_whole = first.day == 1 && behind.day == 1;
    for (size_t i = 1; i < parts->count; i++)
        is_whole &= parts->rows[i].from_day == parts->rows[i - 1].to_day + 1;
    if (!is_whole)
        return "other";
    return months == 3 ? "quarterly" : months == 6 ? "midyear" : months == 12 ? "yearend" : "other";
}

static int find_parts(struct parts *parts, struct store *store, const char *of, struct err *err)
{
    struct bytes rest = bytes_from_z(of);
    int rc = OK;
    parts->rows = arena_alloc(&parts->arena, PARTS_MAX * sizeof *parts->rows);
    if (parts->rows == NULL)
        return err_set(err, ERR_NOMEM, "could not collect parts");
    while (rest.ptr != NULL && rc == OK)
        rc = add_named(parts, store, bytes_trim(bytes_cut(&rest, ',')), err);
    if (rc != OK)
        return rc;
    qsort(parts->rows, parts->count, sizeof *parts->rows, compare_days);
    return check_days(parts, err);
}

/* ---- the round ---- */

/* What the arguments leave open comes from the parts. */
static int complete(const struct round_arguments *arguments, const struct parts *parts,
                    struct round_row *row, struct buf *canonical, struct err *err)
{
    struct rules rules;
    bool is_sum = parts->count > 0;
    struct bytes inherited = is_sum ? parts->rows[parts->count - 1].rules : BYTES_LIT("");
    const char *kind = is_sum ? kind_of(parts) : "monthly";
    int rc = read_rules(arguments->rules, inherited, &rules, canonical, err);
    if (rc == OK)
        rc = parse_as_of(arguments->as_of, &rules, &row->as_of_utc, err);
    if (rc != OK)
        return rc;
    row->name = bytes_from_z(arguments->id);
    row->kind = bytes_from_z(arguments->kind != NULL ? arguments->kind : kind);
    row->state = BYTES_LIT("draft");
    row->rules = buf_bytes(canonical);
    row->is_accumulated = is_sum;
    if (is_sum) {
        row->from_day = parts->rows[0].from_day;
        row->to_day = parts->rows[parts->count - 1].to_day;
    }
    return OK;
}

/* Store the round, and see that it can be judged: its layers are there, and a dump reaches its end. */
static int put(const struct command_context *context, const struct datadir *datadir,
               struct round_row *row, const struct parts *parts, struct err *err)
{
    struct store *store = datadir->store;
    struct round_basis basis = {0};
    int rc = round_put_new(store, row, err);
    for (size_t i = 0; i < parts->count && rc == OK; i++)
        rc = round_part_put(store, row->id, parts->rows[i].id, err);
    if (rc == OK)
        rc = round_basis_load(store, row, BYTES_NONE, context->now_utc, &basis, err);
    if (rc == OK)
        rc = round_step_put(store, row->id, BYTES_LIT("create"), context->now_utc,
                            bytes_from_z(context->who), BYTES_NONE, err);
    if (rc == OK)
        rc = command_record(context, datadir, "round.step", row->name,
                            json_pack("{s:s}", "step", "create"), err);
    if (rc == OK)
        rc = store_commit(store, err);
    round_basis_deinit(&basis);
    return rc;
}

static void say_created(const struct command_context *context, const struct round_row *row,
                        const struct parts *parts)
{
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    struct bytes kind = round_kind_name(row->kind);
    day_format(row->from_day, from);
    day_format(row->to_day, to);
    if (parts->count == 0)
        command_say(context, "已建立评价期 " BYTES_FMT "（%s 至 %s）。", BYTES_ARG(row->name), from,
                    to);
    else
        command_say(context,
                    "已建立累计评价期 " BYTES_FMT "（" BYTES_FMT "，%s 至 %s，共 %zu 期）。",
                    BYTES_ARG(row->name), BYTES_ARG(kind), from, to, parts->count);
}

static int create(const struct command_context *context, const struct round_arguments *arguments,
                  struct round_row *row, struct err *err)
{
    struct datadir datadir = {0};
    struct parts parts = {0};
    struct buf canonical;
    buf_init(&canonical, RULES_TEXT_MAX_BYTES);
    arena_init(&parts.arena, PARTS_MAX * (RULES_TEXT_MAX_BYTES + sizeof(struct round_row)));
    int rc = command_open(context, STORE_READWRITE, &datadir, err);
    if (rc == OK && arguments->of != NULL)
        rc = find_parts(&parts, datadir.store, arguments->of, err);
    if (rc == OK)
        rc = complete(arguments, &parts, row, &canonical, err);
    if (rc == OK)
        rc = put(context, &datadir, row, &parts, err);
    if (rc == OK)
        say_created(context, row, &parts);
    else
        command_record_refused(context, &datadir, "round.step", bytes_from_z(arguments->id), err);
    buf_deinit(&canonical);
    arena_deinit(&parts.arena);
    datadir_close(&datadir);
    return rc;
}

/* ---- the verb ---- */

static int check_days_given(struct command_context *context,
                            const struct round_arguments *arguments, struct round_row *row)
{
    if (arguments->of != NULL) {
        if (arguments->from != NULL || arguments->to != NULL || arguments->as_of != NULL)
            return command_misused(context, &command_round,
                                   "--of 与 --from、--to、--as-of 不能同时使用");
        return EXIT_DONE;
    }
    if (arguments->from == NULL || arguments->to == NULL)
        return command_misused(context, &command_round, "--from 与 --to 缺一不可，或用 --of");
    if (!day_parse(bytes_from_z(arguments->from), &row->from_day) ||
        !day_parse(bytes_from_z(arguments->to), &row->to_day) || row->from_day > row->to_day)
        return command_misused(context, &command_round,
                               "--from 和 --to 须为先后两个日期，如 2024-05-01");
    return EXIT_DONE;
}

static int parse(struct command_context *context, int argc, char **argv,
                 struct round_arguments *arguments, struct round_row *row)
{
    const struct argument_option options[] = {
        {"id", &arguments->id},       {"from", &arguments->from},
        {"to", &arguments->to},       {"of", &arguments->of},
        {"kind", &arguments->kind},   {"rules", &arguments->rules},
        {"as-of", &arguments->as_of}, {NULL, NULL},
    };
    int first = 0;
    int status = arguments_take(context, &command_round, argc, argv, options, &first);
    if (status != EXIT_DONE)
        return status;
    if (first < argc)
        return command_misused(context, &command_round, "多余的参数 %s", argv[first]);
    if (arguments->id == NULL)
        return command_misused(context, &command_round, "缺少 --id");
    if (!is_name(arguments->id))
        return command_misused(context, &command_round,
                               "--id 只能用文字、数字和 - _ .，不超过 %d 字节",
                               ROUND_NAME_MAX_BYTES);
    if (arguments->kind != NULL && !is_kind(arguments->kind))
        return command_misused(context, &command_round,
                               "--kind 只能是 monthly、quarterly、midyear、yearend 或 other");
    return check_days_given(context, arguments, row);
}

int round_create_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct round_arguments arguments = {0};
    struct round_row row = {0};
    int status = parse(context, argc, argv, &arguments, &row);
    if (status != EXIT_DONE)
        return status;
    int rc = create(context, &arguments, &row, &err);
    if (rc == ERR_USAGE)
        return command_misused(context, &command_round, "%s", err.message);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}
