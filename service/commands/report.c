#include "service/commands/counting.h"

#include "reports/bulletin_html.h"
#include "reports/score_csv.h"
#include "reports/score_json.h"

#include "service/commands/command_record.h"
#include "service/host/files.h"

#include <getopt.h>
#include <string.h>

enum { REPORT_MAX_BYTES = 256 * 1024 * 1024, REPORT_MODE = 0644 };

static int render_csv(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return score_csv_render(bulletin->ranking, out, err);
}

/* The ending of the file's name decides what it becomes. */
static const struct renderer {
    const char *ending;
    int (*render)(const struct bulletin *bulletin, struct buf *out, struct err *err);
} renderers[] = {
    {".html", bulletin_html_render},
    {".json", bulletin_json_render},
    {".csv", render_csv},
};

static const struct renderer *renderer_for(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof renderers / sizeof *renderers; i++) {
        size_t ending = strlen(renderers[i].ending);
        if (len > ending && strcmp(path + len - ending, renderers[i].ending) == 0)
            return &renderers[i];
    }
    return NULL;
}

struct report_arguments {
    const char *round, *to;
};

static int parse_arguments(struct command_context *context, int argc, char **argv,
                           struct report_arguments *out)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'r'},
        {"to", required_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'r')
            out->round = optarg;
        else if (c == 't')
            out->to = optarg;
        else
            return command_misused(context, &command_report, "无法识别的选项 %s", argv[optind - 1]);
    }
    if (optind < argc)
        return command_misused(context, &command_report, "多余的参数 %s", argv[optind]);
    return EXIT_DONE;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct report_arguments arguments = {0};
    struct counting counting;
    struct buf text;
    int status = parse_arguments(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    if (arguments.round == NULL || arguments.to == NULL)
        return command_misused(context, &command_report, "--round 和 --to 缺一不可");
    const struct renderer *renderer = renderer_for(arguments.to);
    if (renderer == NULL)
        return command_misused(context, &command_report,
                               "--to 的文件名须以 .html、.json 或 .csv 结尾");
    int rc = counting_run(context, arguments.round, NULL, STORE_READONLY, &counting, &err);
    if (rc != OK)
        return command_fail(context, &err);
    buf_init(&text, REPORT_MAX_BYTES);
    rc = renderer->render(&counting.composition.bulletin, &text, &err);
    if (rc == OK)
        rc = command_record_look(context, &counting.datadir, "report.make",
                                 counting.composition.round.name,
                                 json_pack("{s:s}", "format", renderer->ending + 1), &err);
    if (rc == OK)
        rc = files_replace(arguments.to, buf_bytes(&text), REPORT_MODE, &err);
    if (rc == OK) {
        status = counting_warn(context, &counting);
        command_say(context, "通报已写入 %s", arguments.to);
    } else {
        status = command_fail(context, &err);
    }
    buf_deinit(&text);
    counting_deinit(&counting);
    return status;
}

const struct command command_report = {
    .name = "report",
    .usage = "--round ID --to FILE.{html,csv,json}",
    .summary = "生成通报",
    .details =
        "文件名的结尾决定格式：html 为通报（可打印），json 含通报的全部内容，csv 为各单位结果表。",
    .run = run,
};
