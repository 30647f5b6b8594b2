#include "service/commands/form_options.h"
#include "service/commands/import_report.h"
#include "service/commands/inspect_csv.h"
#include "service/commands/inspect_show.h"
#include "service/commands/output.h"
#include "service/commands/profile_draft.h"
#include "service/commands/profiles.h"

#include "service/host/files.h"

#include <getopt.h>
#include <stdlib.h>

struct inspect_arguments {
    const char *path, *profile, *profile_out;
    struct form form;
    const char *sheet;
    enum command_format format;
};

/* There is no data directory to put a pipe's copy into, and /tmp may be memory. */
static const char *spool_dir(void)
{
    const char *given = getenv("TMPDIR");
    return given != NULL && given[0] != '\0' ? given : "/var/tmp";
}

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           struct inspect_arguments *out)
{
    static const struct option options[] = {
        {"profile", required_argument, NULL, 'p'},
        {"profile-out", required_argument, NULL, 'o'},
        {"format", required_argument, NULL, 'f'},
        {"sheet", required_argument, NULL, 's'},
        FORM_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (form_option_is(c)) {
            if (!form_option_take(context, &command_inspect, c, optarg, &out->form))
                return EXIT_USAGE;
        } else if (c == 'p') {
            out->profile = optarg;
        } else if (c == 'o') {
            out->profile_out = optarg;
        } else if (c == 's') {
            out->sheet = optarg;
        } else if (c != 'f') {
            return command_misused(context, &command_inspect, "无法识别的选项 %s",
                                   argv[optind - 1]);
        } else if (!command_parse_format(optarg, &out->format)) {
            return command_misused(context, &command_inspect, "--format 只能是 table、csv 或 json");
        }
    }
    if (optind + 1 != argc)
        return command_misused(context, &command_inspect, "须给出一个文件");
    out->path = argv[optind];
    if (out->profile_out != NULL && out->format == FORMAT_CSV)
        return command_misused(context, &command_inspect,
                               "--profile-out 不能与 --format csv 同时使用");
    if (out->profile_out != NULL && command_replaces(out->profile_out, out->path))
        return command_misused(context, &command_inspect,
                               "--profile-out 会覆盖要查看的文件，请换一个文件名");
    return EXIT_DONE;
}

static int write_draft(const struct inspect_arguments *arguments, const struct document *document,
                       const struct document_wish *wish, const struct survey *survey,
                       struct err *err)
{
    struct buf draft;
    buf_init(&draft, PROFILE_TEXT_MAX_BYTES);
    profile_draft_append(document, wish, survey, &draft);
    int rc = buf_status(&draft, err);
    if (rc == OK)
        rc = files_replace(arguments->profile_out, buf_bytes(&draft), 0644, err);
    buf_deinit(&draft);
    return rc;
}

static int show(struct command_context *context, const struct inspect_arguments *arguments,
                struct document *document, const struct document_wish *wish,
                enum refusal *out_refusal, struct err *err)
{
    struct survey survey = {0};
    struct buf text;
    buf_init(&text, OUTPUT_MAX_BYTES);
    int rc = survey_make(document, wish, &survey, out_refusal, err);
    if (rc == OK && arguments->profile_out != NULL)
        rc = write_draft(arguments, document, wish, &survey, err);
    if (rc == OK && arguments->format == FORMAT_JSON)
        rc = inspect_show_json(arguments->path, document, &survey, &text, err);
    else if (rc == OK)
        rc = inspect_show_words(arguments->path, document, wish->profile, &survey, &text, err);
    if (rc == OK)
        rc = output_finish(context, &text, err);
    survey_deinit(&survey);
    buf_deinit(&text);
    return rc;
}

static void warn(const struct command_context *context, const struct document *document)
{
    if (document->encoding_why.kind == EVIDENCE_LAST_RESORT)
        command_say(context, "注意：文字编码既非 UTF-8 也非 GB18030，暂按 latin1 读取；"
                             "可用 --encoding 指定。");
    if (document->book == NULL && import_is_misnamed(document->source.name))
        command_say(context, "注意：文件名像是 Excel 文件，内容其实是文本，按 CSV 读取。");
}

static int inspect(struct command_context *context, const struct inspect_arguments *arguments,
                   const struct profile *profile, enum refusal *out_refusal, struct err *err)
{
    struct document document = DOCUMENT_NONE;
    const struct document_wish wish = {.profile = profile,
                                       .form = arguments->form,
                                       .sheet = arguments->sheet,
                                       .last_resort = true};
    int rc = document_open(arguments->path, spool_dir(), false, false, &document, err);
    if (rc == OK)
        rc = document_recognise(&document, &wish, spool_dir(), out_refusal, err);
    if (rc == OK && arguments->format == FORMAT_CSV)
        rc = inspect_csv(context, &document, &wish, out_refusal, err);
    else if (rc == OK)
        rc = show(context, arguments, &document, &wish, out_refusal, err);
    if (rc == OK)
        warn(context, &document);
    document_close(&document);
    return rc == OK ? OK : err_wrap(err, "\"%s\"", arguments->path);
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct profile *profile = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct inspect_arguments arguments = {.form = FORM_OPEN};
    int status = parse_arguments(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = profile_choose(arguments.profile, &profile, &err);
    if (rc == OK)
        rc = inspect(context, &arguments, profile, &refusal, &err);
    profile_free(profile);
    if (rc == OK || refusal == REFUSAL_EMPTY) /* of an empty file there is nothing to say */
        return EXIT_DONE;
    if (refusal == REFUSAL_NONE)
        return command_fail(context, &err);
    command_say(context, "错误：%s（%s）", import_refusal_sentence(refusal), err.message);
    return EXIT_FAILED;
}

const struct command command_inspect = {
    .name = "inspect",
    .usage = "FILE [--profile NAME|FILE] [--format table|csv|json] [--profile-out FILE]\n"
             "FILE " FORM_USAGE,
    .summary = "查看导入程序如何理解一个文件",
    .details = "显示编码、分隔符、引号、表头及其依据、各列对应的字段和最先发现的问题；CSV 与 xlsx "
               "均可，FILE 为 - 时读标准输入；不需要数据目录，不保存任何内容。\n"
               "--format csv 把第一张表写成规范的 CSV（UTF-8、逗号、双引号），其余写在标准错误。\n"
               "--profile-out 写出带说明的导入模板，修改后供 --profile 使用。\n" FORM_DETAILS,
    .run = run,
};
