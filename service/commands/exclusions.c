#include "service/response/exclusions.h"

#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/exclusions_list.h"
#include "service/commands/output.h"
#include "service/commands/step.h"
#include "service/host/files.h"

#include <inttypes.h>
#include <string.h>

enum { EXCLUSIONS_ARENA_BYTES = 64 * 1024 * 1024 };

/* A frame that is frozen does not change: what to do instead. */
static int fail(const struct command_context *context, const char *round, const struct err *err)
{
    int status = command_fail(context, err);
    if (err->code == ERR_WRONG_STATE && round != NULL)
        command_say(context,
                    "剔除须在冻结之前提出和审批。确需更改的，先退回再办理：round reopen %s --why "
                    "说明",
                    round);
    return status;
}

/* ---- request ---- */

struct request_arguments {
    const char *round, *order, *reason, *basis, *file, *effect, *by;
};

static int parse_request(struct command_context *context, int argc, char **argv,
                         struct request_arguments *out)
{
    const struct argument_option options[] = {
        {"round", &out->round}, {"order", &out->order}, {"reason", &out->reason},
        {"basis", &out->basis}, {"file", &out->file},   {"effect", &out->effect},
        {"by", &out->by},       {NULL, NULL},
    };
    int first = 0;
    out->effect = "all";
    int status = arguments_take(context, &command_exclusions, argc, argv, options, &first);
    if (status != EXIT_DONE)
        return status;
    if (first < argc)
        return command_misused(context, &command_exclusions, "多余的参数 %s", argv[first]);
    if (out->round == NULL || out->order == NULL || out->reason == NULL || out->basis == NULL ||
        out->file == NULL)
        return command_misused(context, &command_exclusions,
                               "--round、--order、--reason、--basis、--file 缺一不可");
    if (strcmp(out->effect, "all") != 0 && strcmp(out->effect, "on_time") != 0 &&
        strcmp(out->effect, "draw") != 0)
        return command_misused(context, &command_exclusions,
                               "--effect 只能是 all、on_time 或 draw");
    status = arguments_check_text(context, &command_exclusions, "basis", out->basis);
    return status == EXIT_DONE ? arguments_check_text(context, &command_exclusions, "by", out->by)
                               : status;
}

/* The name alone: where the file lay on somebody's machine is nobody's business. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int request(struct step *step, const struct request_arguments *arguments,
                   struct exclusion_wish *wish, int64_t *out_id, struct err *err)
{
    struct round_basis basis = {0};
    int rc = arguments_order_no(arguments->order, &step->arena, &wish->order_no, err);
    if (rc == OK)
        rc = round_basis_load(step->datadir.store, &step->round, BYTES_NONE, step->actor.now_utc,
                              &basis, err);
    if (rc == OK)
        rc = exclusion_request(&step->datadir, &step->round, &basis, wish, &step->actor, out_id,
                               err);
    if (rc == OK)
        rc = step_commit(step, "exclusion.request", "request", err);
    round_basis_deinit(&basis);
    return rc;
}

static int run_request(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct request_arguments arguments = {0};
    int64_t id = 0;
    int status = parse_request(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    struct exclusion_wish wish = {
        .reason = bytes_from_z(arguments.reason),
        .effect = bytes_from_z(arguments.effect),
        .basis = bytes_from_z(arguments.basis),
        .file_name = bytes_from_z(file_name(arguments.file)),
    };
    struct step step = {.context = NULL};
    int rc = files_sha256(arguments.file, wish.file_sha256, &err);
    if (rc == OK)
        rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = request(&step, &arguments, &wish, &id, &err);
    if (rc != OK)
        command_record_refused(context, &step.datadir, "exclusion.request", step.round.name, &err);
    step_end(&step);
    if (rc != OK)
        return fail(context, arguments.round, &err);
    command_say(context,
                "已登记剔除申请 %" PRId64 "，待另一人审批：exclusions approve|refuse %" PRId64, id,
                id);
    return EXIT_DONE;
}

/* ---- approve, refuse ---- */

/* The name of the request's round, for the hint; NULL when it cannot be said. */
struct round_search {
    int64_t id;
    struct arena *arena;
    struct bytes name;
};

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    (void)err;
    struct round_search *search = context;
    if (row->id == search->id)
        search->name = arena_copy(search->arena, row->name);
    return OK;
}

static const char *round_of(struct store *store, int64_t exclusion_id, struct arena *arena)
{
    struct err err = {0};
    struct exclusion_row row;
    struct round_search search = {.arena = arena};
    if (exclusion_get(store, exclusion_id, &row, &err) != OK ||
        !bytes_equal(row.state, BYTES_LIT("requested")))
        return NULL;
    search.id = row.round_id;
    return rounds_each(store, on_round, &search, &err) == OK ? search.name.ptr : NULL;
}

struct decision_arguments {
    int64_t id;
    const char *text, *why, *by; /* `text`: the id as it was given */
};

static int parse_decision(struct command_context *context, int argc, char **argv,
                          struct decision_arguments *out)
{
    const struct argument_option options[] = {{"why", &out->why}, {"by", &out->by}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_exclusions, argc, argv, options, &first);
    if (status == EXIT_DONE &&
        (first + 1 != argc || !bytes_to_int64(bytes_from_z(argv[first]), &out->id)))
        status =
            command_misused(context, &command_exclusions, "%s 后面要有一个申请的序号", argv[0]);
    if (status == EXIT_DONE)
        out->text = argv[first];
    if (status == EXIT_DONE && out->why == NULL)
        status = command_misused(context, &command_exclusions, "缺少 --why");
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_exclusions, "why", out->why);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_exclusions, "by", out->by);
    return status;
}

static int run_decision(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct arena arena;
    struct decision_arguments arguments = {0};
    bool approves = strcmp(argv[0], "approve") == 0;
    int status = parse_decision(context, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    struct actor actor = {arguments_actor(context, arguments.by), context->now_utc};
    arena_init(&arena, EXCLUSIONS_ARENA_BYTES);
    int rc = command_open(context, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = exclusion_decide(&datadir, arguments.id, approves, bytes_from_z(arguments.why), &actor,
                              &err);
    if (rc == OK)
        rc = command_record(
            context, &datadir, "exclusion.decide", bytes_from_z(arguments.text),
            json_pack("{s:s, s:o}", "decision", argv[0], "by", output_string(actor.who)), &err);
    if (rc == OK)
        rc = store_commit(datadir.store, &err);
    if (rc == OK)
        command_say(context, "剔除申请 %" PRId64 " %s。", arguments.id,
                    approves ? "已批准" : "未批准");
    else
        status = fail(context,
                      rc == ERR_WRONG_STATE ? round_of(datadir.store, arguments.id, &arena) : NULL,
                      &err);
    if (rc == ERR_PERMISSION && datadir.store != NULL)
        command_say(context, "审批人须与申请人不同。");
    if (rc != OK)
        command_record_refused(context, &datadir, "exclusion.decide", bytes_from_z(arguments.text),
                               &err);
    datadir_close(&datadir);
    arena_deinit(&arena);
    return status;
}

static int run(struct command_context *context, int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "request") == 0)
        return run_request(context, argc - 1, argv + 1);
    if (strcmp(verb, "approve") == 0 || strcmp(verb, "refuse") == 0)
        return run_decision(context, argc - 1, argv + 1);
    if (strcmp(verb, "list") == 0)
        return exclusions_list_run(context, argc - 1, argv + 1);
    return command_misused_verb(context, &command_exclusions);
}

const struct command command_exclusions = {
    .name = "exclusions",
    .usage = "request --round ID --order NO --reason KEY --basis TEXT --file PATH\n"
             "  [--effect all|on_time|draw] [--by NAME]\n"
             "approve|refuse ID --why TEXT [--by NAME]\n"
             "list [--round ID] [--format table|csv|json]",
    .summary = "申请、审批、查看不计入考核（剔除）的工单",
    .details =
        "KEY 为规则 [exclude] 中取值为 request 的一项，如 "
        "legal（涉法涉诉）、beyond_duty（超出职责）。\n"
        "--basis 为依据的条款；--file 为证明材料，只保存文件名和 SHA-256，不保存内容。\n"
        "--effect 为剔除的范围：all 全部（缺省），on_time 只不计按时办结率，draw 只不抽样访问。\n"
        "审批人须与申请人不同，均须在评价期冻结之前。--by 为经办人，缺省为登录名。",
    .run = run,
};
