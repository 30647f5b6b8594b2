#include "service/commands/counting.h"

#include "reports/score_csv.h"
#include "reports/score_json.h"
#include "reports/score_table.h"

#include <getopt.h>

enum { SCORE_MAX_BYTES = 64 * 1024 * 1024 };

struct score_arguments {
    const char *round, *rules;
    enum command_format format;
};

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           struct score_arguments *out)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'r'},
        {"rules", required_argument, NULL, 'u'},
        {"format", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'r')
            out->round = optarg;
        else if (c == 'u')
            out->rules = optarg;
        else if (c != 'f')
            return command_misused(context, &command_score, "无法识别的选项 %s", argv[optind - 1]);
        else if (!command_parse_format(optarg, &out->format))
            return command_misused(context, &command_score, "--format 只能是 table、csv 或 json");
    }
    if (optind < argc)
        return command_misused(context, &command_score, "多余的参数 %s", argv[optind]);
    if (out->round == NULL)
        return command_misused(context, &command_score, "缺少 --round");
    return EXIT_DONE;
}

static int render(const struct score_arguments *arguments, const struct bulletin *bulletin,
                  struct buf *out, struct err *err)
{
    switch (arguments->format) {
    case FORMAT_CSV:
        return score_csv_render(bulletin->ranking, out, err);
    case FORMAT_JSON:
        return score_json_render(bulletin, out, err);
    case FORMAT_TABLE:
        break;
    }
    return score_table_render(bulletin->ranking, bulletin->rules, out, err);
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct score_arguments arguments = {0};
    struct counting counting;
    struct buf text;
    int status = parse_arguments(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = counting_run(context, arguments.round, arguments.rules, &counting, &err);
    if (rc != OK)
        return command_fail(context, &err);
    buf_init(&text, SCORE_MAX_BYTES);
    rc = render(&arguments, &counting.composition.bulletin, &text, &err);
    if (rc == OK)
        rc = command_write(context, buf_bytes(&text), &err);
    status = rc == OK ? counting_warn(context, &counting) : command_fail(context, &err);
    buf_deinit(&text);
    counting_deinit(&counting);
    return status;
}

const struct command command_score = {
    .name = "score",
    .usage = "--round ID [--rules FILE] [--format table|csv|json]",
    .summary = "计算各单位的按时办结率和名次",
    .details = "--rules 用另一套规则试算，不保存任何结果。\n"
               "有单位名称未对应时退出码为 3。",
    .run = run,
};
