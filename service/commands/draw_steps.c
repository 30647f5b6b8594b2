#include "service/commands/arguments.h"
#include "service/commands/draw_arguments.h"
#include "service/commands/output.h"
#include "service/commands/step.h"
#include "service/followup/release.h"

#include <string.h>

struct step_arguments {
    const char *round, *order, *unit, *count, *why, *by;
    int64_t released;
};

static int check_common(const struct command_context *context,
                        const struct step_arguments *arguments)
{
    if (arguments->round == NULL || arguments->why == NULL)
        return command_misused(context, &command_draw, "--round 和 --why 缺一不可");
    int status = arguments_check_text(context, &command_draw, "why", arguments->why);
    return status == EXIT_DONE ? arguments_check_text(context, &command_draw, "by", arguments->by)
                               : status;
}

/* ---- open ---- */

/* As one word of a shell: the number is a stranger's, and the line is there to be pasted. */
static void append_quoted(struct buf *out, struct bytes word)
{
    buf_append_byte(out, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '\'')
            buf_append_z(out, "'\\''");
        else
            buf_append_byte(out, word.ptr[i]);
    }
    buf_append_byte(out, '\'');
}

static void print_entry(const struct opened_entry *opened, struct buf *out)
{
    buf_printf(out, "第几次抽样 draw: %jd\n", (intmax_t)opened->draw_no);
    buf_printf(out, "单位 unit_code: " BYTES_FMT "\n", BYTES_ARG(opened->unit_code));
    buf_printf(out, "工单编号 order_no: " BYTES_FMT "\n", BYTES_ARG(opened->order_no));
    buf_printf(out, "盐 salt: %s\n票号 ticket: %s\n归属 part: %s\n", opened->salt, opened->ticket,
               opened->part);
    buf_printf(out, "承诺 commitment: %s\n", opened->commitment);
    buf_printf(out, "commitments.txt 行 line: %jd\n", (intmax_t)opened->line);
    buf_printf(out, "核对：printf '%%s\\t%%s\\t%%s\\t%%s' %s ", opened->salt);
    append_quoted(out, opened->order_no);
    buf_printf(out, " '%s' %s | sha256sum\n", opened->ticket, opened->part);
}

static int open_one(const struct step_arguments *arguments, struct step *step, struct buf *out,
                    struct err *err)
{
    struct opened_entry opened;
    struct bytes order_no;
    struct bytes why = bytes_from_z(arguments->why);
    if (arguments->order == NULL) {
        int rc = draw_open_seed(&step->datadir, &step->round, why, &step->actor, out, err);
        buf_append_byte(out, '\n');
        return rc;
    }
    int rc = arguments_order_no(arguments->order, &step->arena, &order_no, err);
    if (rc == OK)
        rc = draw_open_entry(&step->datadir, &step->round, order_no, why, &step->actor,
                             &step->arena, &opened, err);
    if (rc == OK)
        print_entry(&opened, out);
    return rc;
}

/* `--seed` takes no text here. It is cut out, the options that take one are read as elsewhere. */
static bool take_seed(int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--seed") == 0) {
            memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
            (*argc)--;
            return true;
        }
    }
    return false;
}

int draw_open_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {.code = OK};
    struct step step = {.context = NULL};
    struct buf out;
    struct step_arguments arguments = {.round = NULL};
    const struct argument_option options[] = {{"round", &arguments.round},
                                              {"order", &arguments.order},
                                              {"why", &arguments.why},
                                              {"by", &arguments.by},
                                              {NULL, NULL}};
    int first = 0;
    bool seed = take_seed(&argc, argv);
    int status = arguments_take(context, &command_draw, argc, argv, options, &first);
    if (status == EXIT_DONE && (first != argc || seed == (arguments.order != NULL)))
        status = command_misused(context, &command_draw, "--order 和 --seed 须给出一个");
    if (status == EXIT_DONE)
        status = check_common(context, &arguments);
    if (status != EXIT_DONE)
        return status;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = open_one(&arguments, &step, &out, &err);
    if (rc == OK)
        rc = step_commit(&step, "draw.open", seed ? "seed" : "entry",
                         &err); /* nothing is shown that is not recorded */
    status = rc == OK ? step_show(context, &out)
                      : step_fail(context, &step.datadir, &step.round, "draw.open", &err);
    step_end(&step);
    buf_deinit(&out);
    return status;
}

/* ---- top-up ---- */

int draw_top_up_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {.code = OK};
    struct step step = {.context = NULL};
    struct step_arguments arguments = {.round = NULL};
    const struct argument_option options[] = {
        {"round", &arguments.round}, {"unit", &arguments.unit}, {"count", &arguments.count},
        {"why", &arguments.why},     {"by", &arguments.by},     {NULL, NULL}};
    int64_t cases = 0;
    int first = 0;
    int status = arguments_take(context, &command_draw, argc, argv, options, &first);
    if (status == EXIT_DONE && (first != argc || arguments.unit == NULL))
        status = command_misused(context, &command_draw, "缺少 --unit，或有多余的参数");
    if (status == EXIT_DONE &&
        (arguments.count == NULL ||
         !bytes_to_int64(bytes_from_z(arguments.count), &arguments.released) ||
         arguments.released < 1))
        status = command_misused(context, &command_draw, "--count 须为正整数");
    if (status == EXIT_DONE)
        status = check_common(context, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = release_reserve(&step.datadir, &step.round, bytes_from_z(arguments.unit),
                             arguments.released, bytes_from_z(arguments.why), &step.actor, &cases,
                             &err);
    if (rc == OK)
        rc = step_commit(&step, "draw.make", "top_up", &err);
    if (rc == OK)
        command_say(context, "单位 %s 已放出备用样本 %jd 件。", arguments.unit,
                    (intmax_t)arguments.released);
    if (rc == OK && cases > 0)
        command_say(context, "电话测评新增访问样本 %jd 个。", (intmax_t)cases);
    if (rc != OK)
        status = step_fail(context, &step.datadir, &step.round, "draw.make", &err);
    step_end(&step);
    return status;
}
