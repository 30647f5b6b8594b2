#include "service/commands/counting.h"

#include "reports/score_csv.h"
#include "reports/score_json.h"
#include "reports/score_table.h"

#include "service/commands/command_record.h"
#include "service/commands/version.h"
#include "service/rounds/lifecycle.h"

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
    if (bulletin_is_trial(bulletin))
        buf_printf(out, "试算　" BYTES_FMT "\n\n", BYTES_ARG(bulletin->title));
    return score_table_render(bulletin->ranking, bulletin->rules, out, err);
}

/* ---- what is kept ---- */

/* Only the score of a closed round by its own rules is kept; whoever keeps it has to write. */
static int choose_mode(const struct command_context *context,
                       const struct score_arguments *arguments, enum store_mode *out,
                       struct err *err)
{
    struct datadir datadir = {0};
    struct round_row round;
    *out = STORE_READONLY;
    if (arguments->rules != NULL)
        return OK;
    int rc = command_open(context, STORE_READONLY, &datadir, err);
    if (rc == OK)
        rc = round_get(datadir.store, bytes_from_z(arguments->round), &round, err);
    if (rc == OK && round_is_closed(&round))
        *out = STORE_READWRITE;
    datadir_close(&datadir);
    return rc;
}

static void say_kept(const struct command_context *context, const struct round_row *round,
                     int64_t issue, bool is_new)
{
    const char *why = !is_new                 ? "结果与留存的相同"
                      : issue == 1            ? "结果已留存"
                      : round->is_accumulated ? "所含各期有更正，结果重新印发并留存"
                                              : "退回更正后重新计算，结果已留存";
    command_say(context, "%s（第 %lld 次）。", why, (long long)issue);
}

/* A sum of which a part was opened again is printed as it stands and kept when the part is closed. */
static const struct round_row *find_open_part(const struct composition *composition)
{
    for (size_t i = 0; i < composition->parts.count; i++) {
        if (!round_is_closed(&composition->parts.rows[i]))
            return &composition->parts.rows[i];
    }
    return NULL;
}

static int keep(const struct command_context *context, struct counting *counting, struct err *err)
{
    const struct composition *composition = &counting->composition;
    const struct round_row *round = &composition->round;
    const struct round_row *open = find_open_part(composition);
    struct actor actor = {bytes_from_z(context->who), context->now_utc};
    struct buf csv;
    int64_t issue = 0;
    bool is_new = false;
    if (!round_is_closed(round))
        return OK;
    if (open != NULL) {
        command_say(context, "所含评价期 " BYTES_FMT " 尚未关闭，结果未留存。",
                    BYTES_ARG(open->name));
        return OK;
    }
    buf_init(&csv, SCORE_MAX_BYTES);
    int rc = score_csv_render(&composition->evaluation.ranking, &csv, err);
    if (rc == OK)
        rc = round_score_keep(&counting->datadir, round, &actor, BYTES_LIT(PINGYI_VERSION),
                              buf_bytes(&csv), &issue, &is_new, err);
    if (rc == OK && is_new)
        rc = command_record(context, &counting->datadir, "score.keep", round->name,
                            json_pack("{s:I}", "issue", (json_int_t)issue), err);
    if (rc == OK)
        rc = store_commit(counting->datadir.store, err);
    if (rc == OK)
        say_kept(context, round, issue, is_new);
    buf_deinit(&csv);
    return rc;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct score_arguments arguments = {0};
    struct counting counting;
    struct buf text;
    enum store_mode mode = STORE_READONLY;
    int status = parse_arguments(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = choose_mode(context, &arguments, &mode, &err);
    if (rc == OK)
        rc = counting_run(context, arguments.round, arguments.rules, mode, &counting, &err);
    if (rc != OK)
        return command_fail(context, &err);
    buf_init(&text, SCORE_MAX_BYTES);
    rc = render(&arguments, &counting.composition.bulletin, &text, &err);
    if (rc == OK)
        rc = command_write(context, buf_bytes(&text), &err);
    if (rc == OK && mode == STORE_READWRITE)
        rc = keep(context, &counting, &err);
    status = rc == OK ? counting_warn(context, &counting) : command_fail(context, &err);
    buf_deinit(&text);
    counting_deinit(&counting);
    return status;
}

const struct command command_score = {
    .name = "score",
    .usage = "--round ID [--rules FILE] [--format table|csv|json]",
    .summary = "计算各单位的三率、得分和名次",
    .details =
        "评价期关闭后，按本期规则计算的结果予以留存，可用 verify 核对；累计评价期所含各期更正后，\n"
        "再计算一次即重新印发。--rules 用另一套规则试算，不保存任何结果。\n"
        "有单位名称未对应时退出码为 3。",
    .run = run,
};
