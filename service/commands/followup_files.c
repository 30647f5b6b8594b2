#include "service/commands/followup_verbs.h"

#include "base/civil.h"

#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/output.h"
#include "service/commands/passphrase.h"
#include "service/commands/step.h"
#include "service/followup/outcomes_export.h"
#include "service/followup/package.h"

#include <assert.h>
#include <inttypes.h>
#include <unistd.h>

/* Files of a campaign: packages for contractors, and the outcomes. All hold personal data: mode 0600, never over a file
 * that is there. */

enum { FILE_MODE = 0600 };

struct file_arguments {
    const char *round, *team, *count, *until, *to, *passphrase, *by;
    int64_t cases, until_day;
};

static int check_new(const char *path, struct err *err)
{
    assert(path != NULL);
    return access(path, F_OK) != 0 ? OK : err_set(err, ERR_EXISTS, "\"%s\" is there already", path);
}

static int fail(const struct step *step, const char *action, const struct err *err)
{
    int status = command_fail(step->context, err);
    command_record_refused(step->context, &step->datadir, action, step->round.name, err);
    return status;
}

/* ---- package ---- */

static int parse_package(struct command_context *context, int argc, char **argv,
                         struct file_arguments *out)
{
    const struct argument_option options[] = {
        {"round", &out->round}, {"team", &out->team}, {"count", &out->count},
        {"until", &out->until}, {"to", &out->to},     {"passphrase-file", &out->passphrase},
        {"by", &out->by},       {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE &&
        (first != argc || out->round == NULL || out->team == NULL || out->to == NULL))
        status = command_misused(context, &command_followup,
                                 "--round、--team 和 --to 缺一不可，不能有多余的参数");
    if (status == EXIT_DONE &&
        (out->count == NULL || !bytes_to_int64(bytes_from_z(out->count), &out->cases) ||
         out->cases < 1))
        status = command_misused(context, &command_followup, "--count 须为正整数");
    if (status == EXIT_DONE &&
        (out->until == NULL || !day_parse(bytes_from_z(out->until), &out->until_day)))
        status = command_misused(context, &command_followup, "--until 须为日期，如 2024-12-31");
    return status == EXIT_DONE ? arguments_check_text(context, &command_followup, "by", out->by)
                               : status;
}

static int commit_package(struct step *step, const struct file_arguments *arguments,
                          const struct package_made *made, struct err *err)
{
    json_t *details = json_pack("{s:s, s:s, s:I, s:I, s:o}", "team", arguments->team, "mark",
                                made->head.mark, "cases", (json_int_t)made->cases, "orders",
                                (json_int_t)made->orders, "by", output_string(step->actor.who));
    int rc = command_record(step->context, &step->datadir, "package.make", step->round.name,
                            details, err);
    return rc == OK ? store_commit(step->datadir.store, err) : rc;
}

/* The file is there before the commit: a package that nobody has would bind its cases for nothing; a file without its
 * package is removed. */
static int make_package(struct step *step, const struct file_arguments *arguments,
                        struct bytes passphrase, struct package_made *out_made, struct err *err)
{
    const struct package_wish wish = {bytes_from_z(arguments->team), arguments->cases,
                                      arguments->until_day};
    struct buf csv, file;
    buf_init(&csv, PACKAGE_CSV_MAX_BYTES);
    buf_init(&file, PACKAGE_FILE_MAX_BYTES);
    int rc = package_make(&step->datadir, &step->round, &wish, &step->actor, out_made, &csv, err);
    if (rc == OK)
        rc = package_seal(&out_made->head, buf_bytes(&csv), passphrase, &file, err);
    if (rc == OK)
        rc = files_replace(arguments->to, buf_bytes(&file), FILE_MODE, err);
    if (rc == OK) {
        rc = commit_package(step, arguments, out_made, err);
        if (rc != OK)
            (void)unlink(arguments->to);
    }
    buf_wipe(&csv);
    buf_deinit(&file);
    return rc;
}

int followup_package_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = context};
    struct file_arguments arguments = {.round = NULL};
    struct package_made made = {.cases = 0};
    struct buf passphrase = {0};
    int status = parse_package(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = check_new(arguments.to, &err);
    if (rc == OK)
        rc = passphrase_read_new(context, arguments.passphrase, &passphrase, &err);
    if (rc == OK)
        rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = make_package(&step, &arguments, buf_bytes(&passphrase), &made, &err);
    if (rc == OK)
        command_say(context,
                    "已把 %" PRId64 " 个访问样本（%" PRId64
                    " 件工单）写入 %s，有效至 %s，水印 %s。口令请另行告知。",
                    made.cases, made.orders, arguments.to, arguments.until, made.head.mark);
    else
        status = fail(&step, "package.make", &err);
    buf_wipe(&passphrase);
    step_end(&step);
    return status;
}

/* ---- take-back ---- */

static int take_back(struct step *step, const char *mark, int64_t *out_cases, struct err *err)
{
    int rc = package_take_back(&step->datadir, &step->round, bytes_from_z(mark), &step->actor,
                               out_cases, err);
    if (rc != OK)
        return rc;
    json_t *details = json_pack("{s:s, s:I, s:o}", "mark", mark, "cases", (json_int_t)*out_cases,
                                "by", output_string(step->actor.who));
    rc = command_record(step->context, &step->datadir, "package.take_back", step->round.name,
                        details, err);
    return rc == OK ? store_commit(step->datadir.store, err) : rc;
}

int followup_take_back_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = context};
    struct file_arguments arguments = {.round = NULL};
    const char *mark = NULL;
    const struct argument_option options[] = {
        {"round", &arguments.round}, {"package", &mark}, {"by", &arguments.by}, {NULL, NULL}};
    int64_t cases = 0;
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE && (first != argc || arguments.round == NULL || mark == NULL))
        status = command_misused(context, &command_followup, "--round 和 --package 缺一不可");
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_followup, "by", arguments.by);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = take_back(&step, mark, &cases, &err);
    if (rc == OK)
        command_say(context,
                    "已收回 %" PRId64 " 个未交回结果的样本，由该班组的话务员在本系统拨打，"
                    "或用 followup assign 改派。",
                    cases);
    else
        status = fail(&step, "package.take_back", &err);
    step_end(&step);
    return status;
}

/* ---- read ---- */

/* Without a data directory: it runs where the contractor is. */
static int read_package(const struct command_context *context, const char *path, const char *to,
                        const char *passphrase_path, struct package_head *out_head, struct err *err)
{
    struct buf passphrase = {0}, file, csv;
    int64_t today = (context->now_utc + OFFICE_OFFSET_S) / SECONDS_A_DAY;
    buf_init(&file, PACKAGE_FILE_MAX_BYTES);
    buf_init(&csv, PACKAGE_CSV_MAX_BYTES);
    int rc = check_new(to, err);
    if (rc == OK)
        rc = files_read(path, &file, err);
    if (rc == OK)
        rc = passphrase_read(context, passphrase_path, "请输入样本包的口令（不显示）：",
                             &passphrase, err);
    if (rc == OK)
        rc = package_open(buf_bytes(&file), buf_bytes(&passphrase), today, out_head, &csv, err);
    if (rc == OK)
        rc = files_replace(to, buf_bytes(&csv), FILE_MODE, err);
    buf_wipe(&passphrase);
    buf_wipe(&csv);
    buf_deinit(&file);
    return rc;
}

int followup_read_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct package_head head;
    const char *to = NULL, *passphrase = NULL;
    const struct argument_option options[] = {
        {"to", &to}, {"passphrase-file", &passphrase}, {NULL, NULL}};
    char until[DAY_TEXT_BYTES];
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE && (first + 1 != argc || to == NULL))
        status = command_misused(context, &command_followup, "read 后面要有一个文件，和 --to");
    if (status != EXIT_DONE)
        return status;
    if (read_package(context, argv[first], to, passphrase, &head, &err) != OK)
        return command_fail(context, &err);
    day_format(head.until_day, until);
    command_say(context,
                "样本已写入 %s，含个人信息，有效至 %s，每行有水印 %s；填好结果后交回，用毕销毁。",
                to, until, head.mark);
    return EXIT_DONE;
}

/* ---- export ---- */

static int export_outcomes(struct step *step, const char *to, int64_t *out_rows, struct err *err)
{
    struct buf csv;
    buf_init(&csv, OUTPUT_MAX_BYTES);
    int rc = outcomes_export(&step->datadir, &step->round, &csv, out_rows, err);
    if (rc == OK)
        rc = step_commit(step, "outcomes.export", "export", err);
    if (rc == OK)
        rc = files_replace(to, buf_bytes(&csv), FILE_MODE, err);
    buf_wipe(&csv);
    return rc;
}

int followup_export_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = context};
    struct file_arguments arguments = {.round = NULL};
    const struct argument_option options[] = {
        {"round", &arguments.round}, {"to", &arguments.to}, {"by", &arguments.by}, {NULL, NULL}};
    int64_t rows = 0;
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE && (first != argc || arguments.round == NULL || arguments.to == NULL))
        status = command_misused(context, &command_followup, "--round 和 --to 缺一不可");
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_followup, "by", arguments.by);
    if (status != EXIT_DONE)
        return status;
    int rc = check_new(arguments.to, &err);
    if (rc == OK)
        rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = export_outcomes(&step, arguments.to, &rows, &err);
    if (rc == OK)
        command_say(context, "拨打结果 %" PRId64 " 条已写入 %s，含工单编号和市民的话，请妥善保管。",
                    rows, arguments.to);
    else
        status = fail(&step, "outcomes.export", &err);
    step_end(&step);
    return status;
}
