#include "service/commands/round_verbs.h"

#include "reports/words.h"

#include "service/api/closing_words.h"
#include "service/auth/digest.h"
#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/output.h"
#include "service/commands/step.h"
#include "service/rounds/evidence.h"
#include "service/rounds/sampled.h"

struct step_arguments {
    const char *round, *by, *why;
};

enum why { WHY_NONE, WHY_MAY, WHY_MUST };

static int parse(struct command_context *context, int argc, char **argv, enum why why,
                 struct step_arguments *out)
{
    const struct argument_option options[] = {
        {"by", &out->by}, {why != WHY_NONE ? "why" : NULL, &out->why}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_round, argc, argv, options, &first);
    if (status == EXIT_DONE && first + 1 != argc)
        status = command_misused(context, &command_round, "%s 后面要有一个评价期", argv[0]);
    if (status == EXIT_DONE && why == WHY_MUST && out->why == NULL)
        status = command_misused(context, &command_round, "缺少 --why");
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_round, "by", out->by);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_round, "why", out->why);
    if (status == EXIT_DONE)
        out->round = argv[first];
    return status;
}

/* ---- freeze ---- */

static void append_digest(struct buf *out, const char *label, struct bytes digest)
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex((const unsigned char *)digest.ptr, hex);
    buf_printf(out, "%s：%s\n", label, hex);
}

static int show_frame(const struct step *step, const struct frame_row *frame)
{
    struct buf out;
    char directory[EVIDENCE_DIRECTORY_BYTES];
    evidence_directory(directory, sizeof directory, step->round.name, "frame", frame->no);
    buf_init(&out, OUTPUT_MAX_BYTES);
    buf_printf(&out, "评价期：" BYTES_FMT "\n样本框：第%lld次冻结，%lld件\n",
               BYTES_ARG(step->round.name), (long long)frame->no, (long long)frame->entries);
    append_digest(&out, "样本框摘要（SHA-256）", frame->listing_sha256);
    append_digest(&out, "规则摘要（SHA-256）", frame->rules_sha256);
    append_digest(&out, "种子承诺（SHA-256）", frame->secret_sha256);
    buf_printf(&out, "凭证：%s/evidence/%s\n", step->context->data_path, directory);
    int status = step_show(step->context, &out);
    buf_deinit(&out);
    return status;
}

int round_freeze_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step_arguments arguments = {0};
    struct step step = {.context = NULL};
    struct frame_row frame;
    int status = parse(context, argc, argv, WHY_NONE, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = round_freeze(&step.datadir, &step.round, &step.actor, &step.arena, &frame, &err);
    if (rc == OK)
        rc = step_commit(&step, "round.step", "freeze", &err);
    if (rc == OK) {
        command_say(context, "评价期 %s 已冻结，此后导入的数据不再改变它。", arguments.round);
        status = show_frame(&step, &frame);
    } else {
        status = step_fail(context, &step.datadir, &step.round, "round.step", &err);
    }
    step_end(&step);
    return status;
}

/* ---- close ---- */

/* They lower the response rate, and somebody ought to know. */
static int count_unworked(struct step *step, int64_t *out_count, struct err *err)
{
    struct sampled sampled;
    int rc = sampled_load(step->datadir.store, step->round.id, &step->arena, &sampled, err);
    for (size_t i = 0; rc == OK && i < sampled.unit_count; i++)
        *out_count += sampled.units[i].counts.outcomes.of_group[OUTCOME_UNKNOWN_UNWORKED];
    return rc;
}

/* What keeps the round open, and how it is closed all the same. */
static void say_ends(const struct command_context *context, const char *round,
                     const struct closing_ends *ends, bool is_closed)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX_BYTES);
    closing_words(ends, &text);
    if (is_closed)
        command_say(context, "关闭时电话测评尚未做完：" BYTES_FMT, BYTES_ARG(buf_bytes(&text)));
    else
        command_say(context,
                    "评价期 %s 的电话测评尚未做完：" BYTES_FMT "；确需关闭的：round close %s --why "
                    "理由",
                    round, BYTES_ARG(buf_bytes(&text)), round);
    buf_deinit(&text);
}

static int close_fail(struct step *step, const char *round, const struct closing_ends *ends,
                      const struct err *err)
{
    int status = step_fail(step->context, &step->datadir, &step->round, "round.step", err);
    if (err->code == ERR_REFUSED && closing_is_held_up(ends))
        say_ends(step->context, round, ends, false);
    return status;
}

int round_close_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step_arguments arguments = {0};
    struct step step = {.context = NULL};
    struct closing_ends ends = {.is_phoned = false};
    int status = parse(context, argc, argv, WHY_MAY, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    int64_t unworked = 0;
    if (rc == OK)
        rc = closing_close(&step.datadir, &step.round, &step.actor,
                           arguments.why != NULL ? bytes_from_z(arguments.why) : BYTES_NONE, &ends,
                           &err);
    if (rc == OK)
        rc = count_unworked(&step, &unworked, &err);
    if (rc == OK)
        rc = step_commit(&step, "round.step", "close", &err);
    if (rc == OK)
        command_say(context, "评价期 %s 已关闭，此后导入的数据不再改变其结果。", arguments.round);
    if (rc == OK && closing_is_held_up(&ends))
        say_ends(context, arguments.round, &ends, true);
    if (rc == OK && unworked > 0)
        command_say(context, "启用的样本中有 %lld 件未拨打或情况不明，计入有效率的分母。",
                    (long long)unworked);
    if (rc != OK)
        status = close_fail(&step, arguments.round, &ends, &err);
    step_end(&step);
    return status;
}

/* ---- reopen ---- */

static int on_sum(void *context, const struct round_row *row, struct err *err)
{
    (void)err;
    const struct step *step = context;
    if (round_is_closed(row))
        command_say(step->context,
                    "累计评价期 " BYTES_FMT " 含有本期；更正并重新关闭后，请再计算一次：score "
                    "--round " BYTES_FMT,
                    BYTES_ARG(row->name), BYTES_ARG(row->name));
    return OK;
}

/* The step is done whether or not this can be said. */
static void say_sums(struct step *step)
{
    struct err err = {0};
    if (store_begin_read(step->datadir.store, &err) == OK)
        (void)round_sums_each(step->datadir.store, step->round.id, on_sum, step, &err);
}

int round_reopen_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step_arguments arguments = {0};
    struct step step = {.context = NULL};
    struct bytes state = BYTES_NONE;
    int status = parse(context, argc, argv, WHY_MUST, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = closing_reopen(&step.datadir, &step.round, &step.actor, bytes_from_z(arguments.why),
                            &state, &err);
    if (rc == OK)
        rc = step_commit(&step, "round.step", "reopen", &err);
    if (rc == OK) {
        struct bytes name = round_state_name(state);
        command_say(context, "评价期 %s 已退回：" BYTES_FMT "。", arguments.round, BYTES_ARG(name));
        say_sums(&step);
    } else {
        status = command_fail(context, &err);
        command_record_refused(context, &step.datadir, "round.step", step.round.name, &err);
    }
    step_end(&step);
    return status;
}
