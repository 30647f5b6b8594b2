#include "service/commands/command_record.h"
#include "service/commands/output.h"
#include "service/commands/units_file.h"
#include "service/commands/units_suggest.h"

#include "base/civil.h"

#include "importers/names.h"

#include "service/host/files.h"

#include <getopt.h>
#include <string.h>

/* ---- list ---- */

struct unit_list {
    struct buf *out;
    json_t *array;
};

static json_t *day_to_json(int64_t day)
{
    char text[DAY_TEXT_BYTES];
    if (day == UNIT_DAY_ALWAYS)
        return json_null();
    day_format(day, text);
    return json_string(text);
}

static int on_unit(void *context, const struct unit_row *row, struct err *err)
{
    struct unit_list *list = context;
    if (list->array == NULL) {
        buf_printf(list->out, BYTES_FMT "  " BYTES_FMT "  " BYTES_FMT, BYTES_ARG(row->class_name),
                   BYTES_ARG(row->code), BYTES_ARG(row->name));
        if (row->parent_id != 0)
            buf_printf(list->out, "  属 " BYTES_FMT, BYTES_ARG(row->parent_code));
        buf_append_z(list->out, row->merged_into != 0 ? "  已并入其他单位\n" : "\n");
        return OK;
    }
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "code", output_string(row->code), "name",
                  output_string(row->name), "class", output_string(row->class_name), "parent",
                  row->parent_id != 0 ? output_string(row->parent_code) : json_null(), "valid_from",
                  day_to_json(row->valid_from), "valid_to", day_to_json(row->valid_to), "merged",
                  row->merged_into != 0);
    return json_array_append_new(list->array, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list units");
}

static int list_units(struct store *store, enum command_format format, struct buf *out,
                      struct err *err)
{
    struct unit_list list = {out, NULL};
    if (format == FORMAT_CSV)
        return units_file_render(store, out, err);
    if (format == FORMAT_TABLE)
        return units_each(store, on_unit, &list, err);
    list.array = json_array();
    if (list.array == NULL)
        return err_set(err, ERR_NOMEM, "could not list units");
    int rc = units_each(store, on_unit, &list, err);
    if (rc == OK)
        return json_print(out, list.array, err);
    json_decref(list.array);
    return rc;
}

static int on_name(void *context, const struct unit_name_row *row, struct err *err)
{
    struct buf *out = context;
    (void)err;
    if (row->unit_id == 0)
        buf_printf(out, BYTES_FMT "\n", BYTES_ARG(row->name));
    return OK;
}

enum listing { LIST_UNITS, LIST_UNMATCHED, LIST_SUGGESTIONS };

static int run_list(struct command_context *context, enum listing listing,
                    enum command_format format)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf out;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK && listing == LIST_UNITS)
        rc = list_units(datadir.store, format, &out, &err);
    else if (rc == OK && listing == LIST_UNMATCHED)
        rc = unit_names_each(datadir.store, on_name, &out, &err);
    else if (rc == OK)
        rc = units_suggest_render(datadir.store, format, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int parse_list(struct command_context *context, int argc, char **argv,
                      enum command_format *out_format)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'f')
            return command_misused(context, &command_units, "无法识别的选项 %s", argv[optind - 1]);
        if (!command_parse_format(optarg, out_format))
            return command_misused(context, &command_units, "--format 只能是 table、csv 或 json");
    }
    if (optind < argc)
        return command_misused(context, &command_units, "多余的参数 %s", argv[optind]);
    return EXIT_DONE;
}

/* ---- changes ---- */

static int put_file(struct store *store, const char *path, int64_t *out_count, struct err *err)
{
    struct buf csv;
    buf_init(&csv, UNITS_FILE_MAX_BYTES);
    int rc = files_read(path, &csv, err);
    if (rc == OK)
        rc = units_file_put(store, buf_bytes(&csv), out_count, err);
    if (rc != OK)
        rc = err_wrap(err, "\"%s\"", path);
    buf_deinit(&csv);
    return rc;
}

static int put_alias(struct store *store, struct bytes name, struct bytes code, struct err *err)
{
    struct unit_row unit;
    struct buf folded;
    buf_init(&folded, UNITS_FILE_MAX_BYTES);
    name_fold(name, &folded);
    int rc = buf_status(&folded, err);
    if (rc == OK && folded.len == 0)
        rc = err_set(err, ERR_FORMAT, "the name is empty");
    if (rc == OK)
        rc = unit_get_by_code(store, code, &unit, err);
    if (rc == OK)
        rc = unit_alias_put(store, name, buf_bytes(&folded), unit.id, err);
    buf_deinit(&folded);
    return rc;
}

static int merge(struct store *store, struct bytes from_code, struct bytes into_code,
                 struct err *err)
{
    struct unit_row unit;
    int64_t from_id = 0;
    int rc = unit_get_by_code(store, from_code, &unit, err);
    if (rc == OK) {
        from_id = unit.id;
        rc = unit_get_by_code(store, into_code, &unit, err);
    }
    return rc == OK ? unit_merge(store, from_id, unit.id, err) : rc;
}

enum change { CHANGE_IMPORT, CHANGE_ALIAS, CHANGE_MERGE };

static int run_change(struct command_context *context, enum change change, char **argv)
{
    static const char *const words[] = {"import", "alias", "merge"};
    struct err err = {0};
    struct datadir datadir = {0};
    int64_t count = 0;
    /* The unit whose orders change; of a file all. */
    struct bytes target = bytes_from_z(change == CHANGE_IMPORT ? NULL : argv[1]);
    int rc = command_open(context, STORE_READWRITE, &datadir, &err);
    if (rc == OK && change == CHANGE_IMPORT)
        rc = put_file(datadir.store, argv[0], &count, &err);
    else if (rc == OK && change == CHANGE_ALIAS)
        rc = put_alias(datadir.store, bytes_trim(bytes_from_z(argv[0])), bytes_from_z(argv[1]),
                       &err);
    else if (rc == OK)
        rc = merge(datadir.store, bytes_from_z(argv[0]), bytes_from_z(argv[1]), &err);
    if (rc == OK)
        rc = command_record(
            context, &datadir, "units.change", target,
            json_pack("{s:s, s:I}", "change", words[change], "units", (json_int_t)count), &err);
    if (rc == OK)
        rc = store_commit(datadir.store, &err);
    if (rc != OK)
        command_record_refused(context, &datadir, "units.change", target, &err);
    datadir_close(&datadir);
    if (rc != OK)
        return command_fail(context, &err);
    if (change == CHANGE_IMPORT)
        command_say(context, "已登记 %lld 个单位。", (long long)count);
    else
        command_say(context,
                    change == CHANGE_ALIAS ? "“%s”此后指 %s；已导入的工单也随之计入。"
                                           : "%s 已并入 %s。",
                    argv[0], argv[1]);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    enum command_format format = FORMAT_TABLE;
    bool has_verb = argc > 1 && argv[1][0] != '-';
    const char *verb = has_verb ? argv[1] : "list";
    if (strcmp(verb, "import") == 0 && argc == 3)
        return run_change(context, CHANGE_IMPORT, argv + 2);
    if (strcmp(verb, "alias") == 0 && argc == 4)
        return run_change(context, CHANGE_ALIAS, argv + 2);
    if (strcmp(verb, "merge") == 0 && argc == 4)
        return run_change(context, CHANGE_MERGE, argv + 2);
    if (strcmp(verb, "unmatched") == 0 && argc == 2)
        return run_list(context, LIST_UNMATCHED, format);
    bool suggest = strcmp(verb, "suggest") == 0;
    if (!suggest && strcmp(verb, "list") != 0)
        return command_misused(context, &command_units, "无法识别的用法");
    int status = parse_list(context, argc - has_verb, argv + has_verb, &format);
    enum listing listing = suggest ? LIST_SUGGESTIONS : LIST_UNITS;
    return status == EXIT_DONE ? run_list(context, listing, format) : status;
}

const struct command command_units = {
    .name = "units",
    .usage = "[list [--format table|csv|json]]\n"
             "import CSV\n"
             "alias NAME CODE\n"
             "merge FROM_CODE INTO_CODE\n"
             "unmatched\n"
             "suggest [--format table|csv|json]",
    .summary = "承办单位名册及其别名",
    .details =
        "名册为 CSV，表头 code,name,class,parent,valid_from,valid_to,aliases；别名以 | "
        "分隔；要么全部登记，要么不变。\n"
        "县（区）部门的 parent 为其县（区），工单计入县（区）。类别按首次出现的先后排列。\n"
        "alias 让数据中的名称指某个单位，对已导入的工单也有效；merge 把一个单位并入另一个。\n"
        "unmatched 列出没有对应单位的名称。\n"
        "suggest 为有工单而没有对应单位的名称各列出至多三个相近的单位、理由和可用的 alias "
        "命令；只是建议，不会自动对应。",
    .run = run,
};
