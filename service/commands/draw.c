#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/draw_arguments.h"
#include "service/api/draw_words.h"
#include "service/commands/import_report.h"
#include "service/commands/output.h"
#include "service/commands/step.h"

#include "service/followup/sample_file.h"

#include <string.h>

enum { DRAW_ARENA_MAX_BYTES = 1024 * 1024 * 1024 };

/* One draw command while its transaction is open. */
struct drawing_command {
    struct command_context *context;
    const struct draw_arguments *arguments;
    struct datadir datadir;
    struct arena arena;
    struct round_row round;
    struct actor actor;
    struct buf out;
    bool writes;          /* it draws; else it plans or shows */
    enum refusal refusal; /* of the file to adopt */
};

/* ---- the plan ---- */

static int make_plan(struct drawing_command *command, const struct draw_wish *wish,
                     struct draw_plan *out, struct rules *out_rules, struct err *err)
{
    struct round_basis basis = {.zone = NULL};
    int rc = round_basis_load(command->datadir.store, &command->round, BYTES_NONE,
                              command->context->now_utc, &basis, err);
    if (rc == OK)
        rc = draw_plan_make(&command->datadir, &command->round, &basis, wish, &command->arena, out,
                            err);
    *out_rules = basis.rules;
    round_basis_deinit(&basis);
    return rc;
}

static int print_plan(struct drawing_command *command, struct err *err)
{
    struct draw_plan plan;
    struct rules rules;
    const struct draw_wish *wish = &command->arguments->wish;
    int rc = make_plan(command, wish, &plan, &rules, err);
    if (rc != OK)
        return rc;
    if (command->arguments->format == FORMAT_JSON)
        return draw_words_plan_json(&plan, &command->out, err);
    if (command->arguments->format == FORMAT_CSV)
        draw_words_plan_csv(&plan, &command->out);
    else
        draw_words_plan(&plan, &rules, wish, &command->out);
    return OK;
}

/* Say it in the words of the office when fewer are asked for than the units' minimums add up to. */
static bool say_too_few(struct drawing_command *command)
{
    struct err unused;
    struct draw_plan plan;
    struct rules rules;
    const struct draw_wish *wish = &command->arguments->wish;
    struct draw_wish open = *wish;
    open.by = DRAW_SIZE_OPEN;
    if (wish->by != DRAW_SIZE_TOTAL || make_plan(command, &open, &plan, &rules, &unused) != OK ||
        wish->total >= plan.least)
        return false;
    command_say(command->context,
                "错误：只抽 %jd 件，少于各单位最低样本之和 %jd 件（规则 [allocation] min_per_unit "
                "= %jd）；请增加 --size，或建立评价期时改小这条规则"
                "（%jd are fewer than the minimum of %jd）",
                (intmax_t)wish->total, (intmax_t)plan.least,
                (intmax_t)rules.allocation.min_per_unit, (intmax_t)wish->total,
                (intmax_t)plan.least);
    return true;
}

/* ---- the draw ---- */

static int print_draw(struct drawing_command *command, struct err *err)
{
    struct draw_overview overview;
    const struct draw_arguments *arguments = command->arguments;
    if (arguments->format == FORMAT_CSV)
        return draw_csv_render(&command->datadir, &command->round, arguments->all, &command->out,
                               err);
    int rc =
        draw_overview_load(&command->datadir, &command->round, &command->arena, &overview, err);
    if (rc == OK && arguments->format == FORMAT_JSON)
        rc = draw_words_overview_json(&overview, &command->out, err);
    else if (rc == OK)
        draw_words_overview(&overview, &command->out);
    return rc;
}

static int record(const struct drawing_command *command, struct err *err)
{
    const char *step = command->arguments->adopt != NULL        ? "adopt"
                       : command->arguments->exact_seed != NULL ? "exact_seed"
                                                                : "seed";
    return command_record(
        command->context, &command->datadir, "draw.make", command->round.name,
        json_pack("{s:s, s:o}", "step", step, "by", output_string(command->actor.who)), err);
}

static int draw(struct drawing_command *command, struct err *err)
{
    const struct draw_arguments *arguments = command->arguments;
    bool is_exact = arguments->exact_seed != NULL;
    struct bytes seed = bytes_from_z(is_exact ? arguments->exact_seed : arguments->seed);
    struct sample_file file;
    struct drawn drawn;
    int rc = OK;
    if (arguments->adopt != NULL) {
        rc = sample_file_read(arguments->adopt, command->datadir.path, &command->arena, &file,
                              &command->refusal, err);
        if (rc == OK)
            rc = draw_adopt(&command->datadir, &command->round, file.order_nos, file.count,
                            &command->actor, &drawn, err);
    } else {
        rc = draw_make(&command->datadir, &command->round, &arguments->wish, seed, is_exact,
                       &command->actor, &drawn, err);
    }
    if (rc == OK)
        rc = round_get_kept(command->datadir.store, bytes_from_z(arguments->round), &command->arena,
                            &command->round, err);
    if (rc == OK)
        rc = print_draw(command, err);
    if (rc == OK)
        rc = record(command, err);
    return rc == OK ? store_commit(command->datadir.store, err) : rc;
}

/* ---- the command ---- */

/* A sample needs fewer columns than a dump, and no profile can be given for it. */
static const char *refusal_sentence(enum refusal refusal)
{
    return refusal == REFUSAL_MISSING_COLUMN || refusal == REFUSAL_NO_HEADER
               ? "缺少 order_no 或 工单编号 列"
               : import_refusal_sentence(refusal);
}

static int say_failure(struct drawing_command *command, const struct err *err)
{
    const struct draw_arguments *arguments = command->arguments;
    const struct command_context *context = command->context;
    if (err->code == ERR_REFUSED && say_too_few(command))
        return EXIT_FAILED;
    if (command->refusal != REFUSAL_NONE) {
        command_say(context, "错误：%s（%s）", refusal_sentence(command->refusal), err->message);
        return EXIT_FAILED;
    }
    int status = step_fail(context, &command->datadir, &command->round, "draw.make", err);
    if (err->code == ERR_REFUSED && arguments->adopt != NULL)
        command_say(context, "采用的样本须都在样本框内，每件工单只列一次。");
    else if (err->code == ERR_NOT_FOUND && !command->writes && !arguments->plan &&
             command->round.name.len > 0)
        command_say(context, "评价期 %s 尚未抽样。", arguments->round);
    return status;
}

static int run_draw(struct command_context *context, int argc, char **argv)
{
    struct err err = {.code = OK};
    struct draw_arguments arguments = {.format = FORMAT_TABLE};
    int status = draw_arguments_parse(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    struct drawing_command command = {
        .context = context,
        .arguments = &arguments,
        .writes = arguments.seed != NULL || arguments.exact_seed != NULL || arguments.adopt != NULL,
        .actor = {arguments_actor(context, arguments.by), context->now_utc}};
    arena_init(&command.arena, DRAW_ARENA_MAX_BYTES);
    buf_init(&command.out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, command.writes ? STORE_READWRITE : STORE_READONLY,
                          &command.datadir, &err);
    if (rc == OK)
        rc = round_get_kept(command.datadir.store, bytes_from_z(arguments.round), &command.arena,
                            &command.round, &err);
    if (rc == OK)
        rc = command.writes   ? draw(&command, &err)
             : arguments.plan ? print_plan(&command, &err)
                              : print_draw(&command, &err);
    if (rc == OK && !command.writes)
        rc = output_finish(context, &command.out, &err);
    status = rc != OK         ? say_failure(&command, &err)
             : command.writes ? step_show(context, &command.out)
                              : EXIT_DONE;
    datadir_close(&command.datadir);
    buf_deinit(&command.out);
    arena_deinit(&command.arena);
    return status;
}

static int run(struct command_context *context, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "open") == 0)
        return draw_open_run(context, argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "top-up") == 0)
        return draw_top_up_run(context, argc - 1, argv + 1);
    return run_draw(context, argc, argv);
}

const struct command command_draw = {
    .name = "draw",
    .usage = "--round ID --plan [--size N | --margin M] [--expect-rate P] [--expect-response R] "
             "[--format table|csv|json]\n"
             "--round ID --size N|--margin M --seed TEXT|--exact-seed TEXT [--by NAME]\n"
             "--round ID --adopt FILE [--by NAME]\n"
             "--round ID [--all] [--format table|csv|json]\n"
             "open --round ID --order NO|--seed --why TEXT [--by NAME]\n"
             "top-up --round ID --unit CODE --count N --why TEXT [--by NAME]",
    .summary = "测算样本量，抽取电话测评样本",
    .details =
        "--plan 只测算，不确定任何事；不给样本量时，显示样本框和按规则可抽的最少、最多件数。\n"
        "--seed 是公开摇号所得的一半种子，样本框须已冻结（round freeze）；--exact-seed "
        "用给定的整个种子，供测试和重算；--adopt 采用在别处抽取的样本（CSV 或 xlsx，须有 order_no "
        "或工单编号列）；后两种先自动冻结。\n"
        "--format csv 列出样本和备用样本，--all 连同其余；电话测评结束前只供办公室内部使用。\n"
        "open 供审计和复核：公开一件工单或整个种子，记录在案。top-up 按票号顺序放出备用样本。",
    .run = run,
};
