#include "service/commands/verify.h"

#include "service/commands/arguments.h"
#include "service/commands/output.h"

#include <stdarg.h>
#include <stdio.h>

enum { FINDING_MAX_BYTES = 4096 };

void verify_found(struct verify *verify, bool holds, const char *format, ...)
{
    char text[FINDING_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_printf(&verify->lines, "%s  %s\n", holds ? "相符" : "不符", text);
    verify->wrong += holds ? 0 : 1;
}

struct verify_arguments {
    const char *round, *published, *head;
    char **files;
    int file_count;
};

static int parse(struct command_context *context, int argc, char **argv,
                 struct verify_arguments *out)
{
    const struct argument_option options[] = {
        {"round", &out->round}, {"published", &out->published}, {"head", &out->head}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_verify, argc, argv, options, &first);
    if (status != EXIT_DONE)
        return status;
    out->files = argv + first;
    out->file_count = argc - first;
    if ((out->round != NULL) == (out->file_count > 0))
        return command_misused(context, &command_verify, "--round 与文件须给出一种");
    if (out->round != NULL && out->published != NULL)
        return command_misused(context, &command_verify, "--published 只与文件同用");
    if (out->round == NULL && out->head != NULL)
        return command_misused(context, &command_verify, "--head 只与 --round 同用");
    return EXIT_DONE;
}

static int check(const struct command_context *context, const struct verify_arguments *arguments,
                 struct verify *verify, struct err *err)
{
    struct counting counting = {0};
    int rc = OK;
    for (int i = 0; i < arguments->file_count && rc == OK; i++) {
        bool is_audit = false;
        rc = verify_is_audit_file(arguments->files[i], &is_audit, err);
        if (rc == OK)
            rc = is_audit ? verify_audit_file(verify, context, arguments->files[i], err)
                          : verify_file(verify, arguments->files[i], arguments->published, err);
    }
    if (arguments->round == NULL)
        return rc;
    rc = counting_run(context, arguments->round, NULL, STORE_READONLY, &counting, err);
    if (rc != OK)
        return rc;
    rc = verify_round(verify, &counting, err);
    if (rc == OK)
        rc = verify_audit(verify, &counting.datadir, arguments->head, err);
    counting_deinit(&counting);
    return rc;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct err printing = {0};
    struct verify_arguments arguments = {0};
    struct verify verify = {0};
    int status = parse(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    buf_init(&verify.lines, OUTPUT_MAX_BYTES);
    int rc = check(context, &arguments, &verify, &err);
    /* What was found before something kept the rest from being checked is shown too. */
    int printed = output_finish(context, &verify.lines, &printing);
    buf_deinit(&verify.lines);
    if (rc != OK)
        return command_fail(context, &err);
    if (printed != OK)
        return command_fail(context, &printing);
    if (verify.wrong == 0)
        return EXIT_DONE;
    command_say(context, "有 %lld 处不符，未作任何更改。", (long long)verify.wrong);
    return EXIT_FAILED;
}

const struct command command_verify = {
    .name = "verify",
    .usage = "--round ID [--head ID:MAC]\n"
             "[--published DIR] FILE…",
    .summary = "核对一个评价期的样本框、抽样、结果和审计日志，或核对公布的文件",
    .details =
        "--round "
        "重新计算样本框摘要、种子承诺、每件样本的票号和位次，核对凭证文件，再按留存的结果重算，\n"
        "指出第一个不符的数字。FILE 为公布的 SHA256SUMS（核对同一目录中的各文件），或 draw open\n"
        "开启的条目（重算承诺，并在同一目录或 DIR 的 commitments.txt 中查找），或 audit export\n"
        "导出的审计日志。--head 为通报上印的审计日志末条，用于发现日志末尾被删。\n"
        "逐行列出所核对的内容；有不符的，退出码为 1。不作任何更改。",
    .run = run,
};
