#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/form_options.h"
#include "service/commands/import_report.h"
#include "service/commands/outcomes_show.h"
#include "service/commands/output.h"
#include "service/followup/outcome_profile.h"
#include "service/followup/outcomes.h"
#include "service/intake/mask.h"

#include <getopt.h>
#include <string.h>

struct outcomes_arguments {
    const char *round, *rejects, *by, *sheet;
    struct form form;
    enum command_format format;
};

static int parse_arguments(const struct command_context *context, int argc, char **argv,
                           struct outcomes_arguments *out)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'i'},
        {"rejects", required_argument, NULL, 'r'},
        {"by", required_argument, NULL, 'b'},
        {"sheet", required_argument, NULL, 's'},
        {"format", required_argument, NULL, 'f'},
        FORM_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        const char **into = c == 'i'   ? &out->round
                            : c == 'r' ? &out->rejects
                            : c == 'b' ? &out->by
                            : c == 's' ? &out->sheet
                                       : NULL;
        if (into != NULL)
            *into = optarg;
        else if (form_option_is(c)) {
            if (!form_option_take(context, &command_outcomes, c, optarg, &out->form))
                return EXIT_USAGE;
        } else if (c != 'f')
            return command_misused(context, &command_outcomes, "无法识别的选项 %s",
                                   argv[optind - 1]);
        else if (!command_parse_format(optarg, &out->format))
            return command_misused(context, &command_outcomes,
                                   "--format 只能是 table、csv 或 json");
    }
    return arguments_check_text(context, &command_outcomes, "by", out->by);
}

/* ---- import ---- */

struct loading {
    const struct command_context *context;
    const struct outcomes_arguments *arguments;
    struct datadir datadir;
    struct command_desk desk;
    struct profile *profile;
    struct rejects_files *rejects;
    json_t *array; /* NULL: words */
    int files, failed, partly;
};

static const char *status_word(int rc, const struct outcomes_result *result)
{
    return rc != OK ? "refused" : result->is_already_loaded ? "already_loaded" : "loaded";
}

static void say_result(const char *path, const struct outcomes_result *result, struct buf *out)
{
    const struct outcome_file_row *counts = &result->counts;
    buf_printf(out, "%s：", path);
    if (result->is_already_loaded) {
        buf_printf(out, "该文件已载入（结果文件 %lld），没有任何变化。\n", (long long)counts->id);
        return;
    }
    buf_printf(out, "已载入（结果文件 %lld）。\n", (long long)counts->id);
    buf_printf(out, "  共 %lld 行：新增 %lld，更正 %lld，未变 %lld，问题数据 %lld。\n",
               (long long)counts->rows, (long long)counts->accepted, (long long)counts->updated,
               (long long)counts->unchanged, (long long)counts->rejected);
}

static struct bytes sentence_of(enum reject_reason reason)
{
    return reason == REJECT_BAD_TIME
               ? BYTES_LIT("拨打时间无法识别")
               : import_problem_sentence(bytes_from_z(reject_reason_word(reason)));
}

/* The first rejects by name: people mend them in the file they have before them. */
static void name_rejects(const struct loading *loading, const char *path,
                         const struct outcomes_result *result)
{
    for (int i = 0; i < result->named_count; i++) {
        const char *order_no = result->named[i].order_no;
        struct bytes why = sentence_of(result->named[i].reason);
        command_say(loading->context, "%s 第 %lld 行%s%s：" BYTES_FMT "。", path,
                    (long long)result->named[i].line, order_no[0] != '\0' ? "，工单 " : "",
                    order_no, BYTES_ARG(why));
    }
    if (result->counts.rejected > result->named_count && !result->is_already_loaded)
        command_say(loading->context, "共有 %lld 行问题数据，以上只列出前 %d 行。",
                    (long long)result->counts.rejected, result->named_count);
}

static int report(struct loading *loading, const char *path, const struct outcomes_result *result,
                  int rc, const struct err *why, struct err *err)
{
    const struct outcome_file_row *counts = &result->counts;
    if (loading->array == NULL) {
        struct buf text;
        buf_init(&text, OUTPUT_MAX_BYTES);
        if (rc == OK)
            say_result(path, result, &text);
        int said = output_finish(loading->context, &text, err);
        buf_deinit(&text);
        return said;
    }
    json_t *object =
        json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:s}", "file",
                  output_string(bytes_from_z(path)), "sha256", result->sha256, "rows",
                  (json_int_t)counts->rows, "accepted", (json_int_t)counts->accepted, "updated",
                  (json_int_t)counts->updated, "unchanged", (json_int_t)counts->unchanged,
                  "rejected", (json_int_t)counts->rejected, "status", status_word(rc, result));
    if (object != NULL && rc != OK)
        (void)json_object_set_new(object, "reason", output_string(bytes_from_z(why->message)));
    return json_array_append_new(loading->array, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not report on \"%s\"", path);
}

/* Why a file is none of outcomes. */
static const char *refusal_sentence(enum refusal refusal)
{
    if (refusal == REFUSAL_MISSING_COLUMN)
        return "缺少必需的列（工单编号、访问结果）";
    if (refusal == REFUSAL_NO_HEADER)
        return "找不到表头：须有工单编号、访问结果两列";
    return import_refusal_sentence(refusal);
}

static int load_file(struct loading *loading, const char *path, struct outcomes_result *result,
                     struct err *err)
{
    const struct outcomes_arguments *arguments = loading->arguments;
    const struct outcomes_wish wish = {
        .document = {.profile = loading->profile,
                     .form = arguments->form,
                     .sheet = arguments->sheet},
        .rejects = loading->rejects,
        .desk = &loading->desk.desk,
    };
    const struct actor actor = {arguments_actor(loading->context, arguments->by),
                                loading->context->now_utc};
    struct document document = DOCUMENT_NONE;
    int rc = document_open(path, loading->datadir.path, true, false, &document, err);
    if (rc == OK)
        rc = outcomes_import(&loading->datadir, bytes_from_z(arguments->round), &document, &wish,
                             document.source.name, &actor, result, err);
    document_close(&document);
    return rc;
}

/* Each file for itself: after one that fails the next may be loaded. */
static int load_and_report(struct loading *loading, const char *path, struct err *err)
{
    struct outcomes_result result = {.refusal = REFUSAL_NONE};
    struct err of_file = {0};
    int rc = load_file(loading, path, &result, &of_file);
    loading->files++;
    loading->failed += rc != OK;
    loading->partly += rc == OK && !result.is_already_loaded && result.counts.rejected > 0;
    if (rc == ERR_REFUSED)
        command_say(loading->context, "错误：%s：未载入。%s（%s）", path,
                    refusal_sentence(result.refusal), of_file.message);
    else if (rc != OK)
        (void)command_fail(loading->context, &of_file);
    if (rc != OK)
        command_record_refused(loading->context, &loading->datadir, "outcomes.import",
                               bytes_from_z(loading->arguments->round), &of_file);
    if (rc == ERR_WRONG_STATE)
        command_say(loading->context,
                    "访问结果在抽样之后、关闭之前载入；评价期到了哪一步，见 round show %s",
                    loading->arguments->round);
    if (rc == OK)
        name_rejects(loading, path, &result);
    return report(loading, path, &result, rc, &of_file, err);
}

static void say_rejects(const struct loading *loading)
{
    for (size_t i = 0; loading->rejects != NULL && i < rejects_files_count(loading->rejects); i++) {
        int64_t rows = rejects_files_rows(loading->rejects, i);
        if (rows > 0)
            command_say(loading->context, "问题数据 %lld 行写入 %s。", (long long)rows,
                        rejects_files_path(loading->rejects, i));
    }
}

static int finish_loading(const struct loading *loading, struct err *err)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX_BYTES);
    int rc = loading->array != NULL ? json_print(&text, json_incref(loading->array), err) : OK;
    if (rc == OK)
        rc = output_finish(loading->context, &text, err);
    buf_deinit(&text);
    say_rejects(loading);
    return rc;
}

static int load_files(struct loading *loading, int count, char **paths, struct err *err)
{
    const struct outcomes_arguments *arguments = loading->arguments;
    int rc = datadir_open(loading->context->data_path, STORE_READWRITE, &loading->datadir, err);
    if (rc == OK)
        rc = command_desk_init(loading->context, &loading->datadir, &loading->desk, err);
    if (rc == OK)
        rc = store_begin_read(loading->datadir.store, err);
    if (rc == OK)
        rc = outcome_profile_load(&loading->datadir, bytes_from_z(arguments->round),
                                  &loading->profile, err);
    if (rc == OK)
        store_rollback(loading->datadir.store);
    if (rc == OK && arguments->rejects != NULL)
        rc = rejects_files_new(arguments->rejects, &loading->rejects, err);
    if (rc == OK && arguments->format == FORMAT_JSON) {
        loading->array = json_array();
        rc = loading->array != NULL ? OK : err_set(err, ERR_NOMEM, "could not make a report");
    }
    for (int i = 0; i < count && rc == OK; i++)
        rc = load_and_report(loading, paths[i], err);
    return rc == OK ? finish_loading(loading, err) : rc;
}

static int run_import(const struct command_context *context,
                      const struct outcomes_arguments *arguments, int count, char **paths)
{
    struct err err = {0};
    struct loading loading = {.context = context, .arguments = arguments};
    if (count == 0)
        return command_misused(context, &command_outcomes, "缺少文件");
    if (arguments->format == FORMAT_CSV)
        return command_misused(context, &command_outcomes, "--format 只能是 table 或 json");
    for (int i = 0; i < count && arguments->rejects != NULL; i++) {
        if (command_replaces(arguments->rejects, paths[i]))
            return command_misused(context, &command_outcomes,
                                   "--rejects 会覆盖要载入的文件 %s，请换一个文件名", paths[i]);
    }
    int rc = load_files(&loading, count, paths, &err);
    int status = loading.failed == loading.files       ? EXIT_FAILED
                 : loading.failed + loading.partly > 0 ? EXIT_PARTLY
                                                       : EXIT_DONE;
    if (rc != OK)
        status = command_fail(context, &err);
    json_decref(loading.array);
    rejects_files_free(loading.rejects);
    command_desk_deinit(&loading.desk);
    datadir_close(&loading.datadir);
    profile_free(loading.profile);
    return status;
}

/* ---- what was loaded ---- */

static int run_rejects(const struct command_context *context, const char *id)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct buf text, masked;
    int64_t file_id = 0;
    if (!bytes_to_int64(bytes_from_z(id), &file_id))
        return command_misused(context, &command_outcomes, "%s 不是结果文件的编号", id);
    buf_init(&text, OUTPUT_MAX_BYTES);
    buf_init(&masked, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = outcomes_rejects_render(&datadir, file_id, &text, &err);
    if (rc == OK && text.len == 0)
        command_say(context, "结果文件 %s 没有问题数据，或没有这个编号。", id);
    if (rc == OK) {
        mask_numbers(buf_bytes(&text), &masked);
        rc = command_record_look(context, &datadir, "rejects.export", bytes_from_z(id), json_null(),
                                 &err);
    }
    if (rc == OK)
        rc = output_finish(context, &masked, &err);
    buf_deinit(&text);
    buf_deinit(&masked);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int run_show(const struct command_context *context,
                    const struct outcomes_arguments *arguments, outcomes_show_fn show)
{
    enum { ROUND_MAX_BYTES = 64 * 1024 * 1024 };
    struct err err = {0};
    struct datadir datadir = {0};
    struct arena arena;
    struct round_row round;
    struct buf text;
    arena_init(&arena, ROUND_MAX_BYTES);
    buf_init(&text, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = round_get_kept(datadir.store, bytes_from_z(arguments->round), &arena, &round, &err);
    if (rc == OK)
        rc = show(&datadir, &round, arguments->format, &arena, &text, &err);
    if (rc == OK && show == outcomes_show_callers)
        rc = command_record_look(context, &datadir, "callers.show", round.name, json_null(), &err);
    if (rc == OK)
        rc = output_finish(context, &text, &err);
    buf_deinit(&text);
    arena_deinit(&arena);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct outcomes_arguments arguments = {.form = FORM_OPEN, .format = FORMAT_TABLE};
    const char *verb = argc > 1 ? argv[1] : "";
    if (argc < 2)
        return command_misused(context, &command_outcomes, "缺少要做的事");
    int usage = parse_arguments(context, argc - 1, argv + 1, &arguments);
    if (usage != EXIT_DONE)
        return usage;
    int count = argc - 1 - optind;
    char **rest = argv + 1 + optind;
    if (strcmp(verb, "rejects") == 0 && count == 1)
        return run_rejects(context, rest[0]);
    if (arguments.round == NULL)
        return command_misused(context, &command_outcomes, "缺少 --round");
    if (strcmp(verb, "import") == 0)
        return run_import(context, &arguments, count, rest);
    if (strcmp(verb, "list") == 0 && count == 0)
        return run_show(context, &arguments, outcomes_show_files);
    if (strcmp(verb, "callers") == 0 && count == 0)
        return run_show(context, &arguments, outcomes_show_callers);
    if (strcmp(verb, "rates") == 0 && count == 0)
        return run_show(context, &arguments, outcomes_show_rates);
    return command_misused_verb(context, &command_outcomes);
}

const struct command command_outcomes = {
    .name = "outcomes",
    .usage = "import --round ID [--rejects FILE] [--by NAME] [--format table|json]\n  " FORM_USAGE
             " FILE…\n"
             "list --round ID [--format table|csv|json]\n"
             "rejects 结果文件编号\n"
             "callers --round ID [--format table|csv|json]\n"
             "rates --round ID [--format table|csv|json]",
    .summary = "载入电话测评结果，查看访问情况",
    .details = "import 载入别处记录的访问结果（CSV 或 "
               "xlsx，每次拨打一行），列为：工单编号、拨打时间、话务员、"
               "访问结果、是否解决、满意度、原因、备注；工单编号和访问结果必需，其余可缺。\n"
               "访问结果写 AAPOR 代码（如 1.1）或名称（如 成功访问）；是否解决写 "
               "已解决、部分解决、未解决、正在解决；"
               "满意度写 1 至 5 或 非常不满意 至 非常满意；说不清、拒答、空格按缺失处理。\n"
               "每个文件要么全部载入，要么完全不载入；同一工单、时间、话务员的记录再次载入时内容不"
               "同则更正，原记录保留。\n"
               "--rejects 把不能载入的行写入文件（权限 0600），改正后可再次载入；rejects "
               "显示已存的问题数据（号码已遮盖）。\n"
               "list 列出访问结果的来源：载入的文件、本系统、更正；callers "
               "比较各话务员，仅供评价办内部使用；rates 列出 AAPOR "
               "各项访问率。\n" FORM_DETAILS,
    .run = run,
};
