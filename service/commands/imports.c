#include "service/api/import_shown.h"
#include "service/commands/command_record.h"
#include "service/commands/import_report.h"
#include "service/commands/output.h"

#include "service/intake/intake.h"

#include <getopt.h>
#include <string.h>

/* ---- list ---- */

static int on_import(void *context, const struct import_row *row, struct err *err)
{
    (void)err;
    struct buf *out = context;
    if (row->loaded_utc == 0) /* still loading */
        return OK;
    import_row_title(out, row);
    import_counts_words(out, &row->counts);
    return OK;
}

static int list_imports(struct store *store, bool json, struct buf *out, struct err *err)
{
    if (!json)
        return imports_each(store, on_import, out, err);
    json_t *imports = json_array();
    int rc = import_rows_to_json(store, imports, err);
    if (rc == OK)
        return json_print(out, imports, err);
    json_decref(imports);
    return rc;
}

/* ---- the command ---- */

/* --format, for the list and for `show`; what else stands there goes to argv[optind] and behind. */
static int parse_format(struct command_context *context, int argc, char **argv, bool *out_json)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    enum command_format format = FORMAT_TABLE;
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'f')
            return command_misused(context, &command_imports, "无法识别的选项 %s",
                                   argv[optind - 1]);
        if (!command_parse_format(optarg, &format) || format == FORMAT_CSV)
            return command_misused(context, &command_imports, "--format 只能是 table 或 json");
    }
    *out_json = format == FORMAT_JSON;
    return EXIT_DONE;
}

static int show_import(const struct datadir *datadir, int64_t id, bool json, struct buf *out,
                       struct err *err)
{
    json_t *object = NULL;
    if (!json)
        return import_shown_words(datadir, id, out, err);
    int rc = import_shown_json(datadir, id, &object, err);
    return rc == OK ? json_print(out, object, err) : rc;
}

/* `id` 0: the list. */
static int run_reading(struct command_context *context, int64_t id, bool json)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf out;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK && id != 0)
        rc = show_import(&datadir, id, json, &out, &err);
    else if (rc == OK)
        rc = list_imports(datadir.store, json, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

/* `text` is the id as it was given. */
static int run_undo(struct command_context *context, int64_t id, const char *text)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct command_desk desk = {.who = ""};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = command_desk_init(context, &datadir, &desk, &err);
    if (rc == OK)
        rc = intake_undo(&datadir, id, context->now_utc, &desk.desk, &err);
    if (rc != OK)
        command_record_refused(context, &datadir, "import.undo", bytes_from_z(text), &err);
    command_desk_deinit(&desk);
    datadir_close(&datadir);
    if (rc != OK)
        return command_fail(context, &err);
    command_say(context, "已撤销批次 %lld；同一文件可以再次导入。", (long long)id);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    int64_t id = 0;
    bool json = false;
    int status = parse_format(context, argc, argv, &json);
    if (status != EXIT_DONE)
        return status;
    if (optind == argc)
        return run_reading(context, 0, json);
    const char *verb = argv[optind];
    bool undoes = strcmp(verb, "undo") == 0;
    if (!undoes && strcmp(verb, "show") != 0)
        return command_misused(context, &command_imports, "无法识别的用法 %s", verb);
    if (optind + 2 != argc || !bytes_to_int64(bytes_from_z(argv[optind + 1]), &id) || id < 1)
        return command_misused(context, &command_imports, "%s 后面要有一个批次号", verb);
    return undoes ? run_undo(context, id, argv[optind + 1]) : run_reading(context, id, json);
}

const struct command command_imports = {
    .name = "imports",
    .usage = "[--format table|json]\n"
             "show ID [--format table|json]\n"
             "undo ID",
    .summary = "列出导入批次，查看或撤销一次导入",
    .details =
        "show 按原因列出一个批次的问题数据（内容已遮盖）和提示，各有数量和几个例子。\n"
        "undo "
        "撤销一次导入：其新增的工单删除，其更改恢复；后来的导入或已关闭的评价期用到时不能撤销。",
    .run = run,
};
