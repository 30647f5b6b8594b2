#include "service/commands/followup_verbs.h"

#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/step.h"
#include "service/followup/casework.h"
#include "service/followup/release.h"
#include "service/storage/accounts.h"

#include <inttypes.h>
#include <string.h>

/* What the office does to a campaign as a whole. */

struct step_arguments {
    const char *round, *by, *unit, *team, *count, *why;
    int64_t number; /* of --count */
};

/* What a verb takes besides --round and --by. */
enum takes { TAKES_NOTHING, TAKES_UNIT, TAKES_TEAM };

static int check_count(struct command_context *context, enum takes takes,
                       struct step_arguments *out)
{
    if (takes == TAKES_UNIT && (out->unit == NULL || out->why == NULL))
        return command_misused(context, &command_followup, "--unit 和 --why 缺一不可");
    if (takes == TAKES_TEAM && out->team == NULL)
        return command_misused(context, &command_followup, "缺少 --team");
    if (out->count == NULL || !bytes_to_int64(bytes_from_z(out->count), &out->number) ||
        out->number < 1)
        return command_misused(context, &command_followup, "--count 须为正整数");
    return EXIT_DONE;
}

static int parse(struct command_context *context, int argc, char **argv, enum takes takes,
                 struct step_arguments *out)
{
    const struct argument_option options[] = {
        {"round", &out->round},
        {"by", &out->by},
        {takes != TAKES_NOTHING ? "count" : NULL, &out->count},
        {takes == TAKES_UNIT ? "unit" : "team", takes == TAKES_UNIT ? &out->unit : &out->team},
        {takes == TAKES_UNIT ? "why" : NULL, &out->why},
        {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE && first != argc)
        status = command_misused(context, &command_followup, "多余的参数 %s", argv[first]);
    if (status == EXIT_DONE && out->round == NULL)
        status = command_misused(context, &command_followup, "缺少 --round");
    if (status == EXIT_DONE && takes != TAKES_NOTHING)
        status = check_count(context, takes, out);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_followup, "by", out->by);
    if (status == EXIT_DONE)
        status = arguments_check_text(context, &command_followup, "why", out->why);
    return status;
}

int followup_find_campaign(struct store *store, int64_t round_id, struct bytes round_name,
                           struct campaign_row *out, struct err *err)
{
    struct err look = {0};
    int rc = campaign_get_current(store, round_id, out, &look);
    if (rc == ERR_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND, "round \"" BYTES_FMT "\" is not phoned",
                       BYTES_ARG(round_name));
    if (rc != OK)
        *err = look;
    return rc;
}

static int fail(struct step *step, const char *action, const struct err *err)
{
    int status = command_fail(step->context, err);
    command_record_refused(step->context, &step->datadir, action, step->round.name, err);
    return status;
}

/* ---- open ---- */

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    int64_t *cases = context;
    (void)err;
    *cases += row->released;
    return OK;
}

static int open_campaign(struct step *step, int64_t *out_cases, struct err *err)
{
    struct casework *work = NULL;
    struct campaign_row campaign;
    int rc = casework_new(&step->datadir, NULL, &work, err);
    if (rc == OK)
        rc = casework_open(work, step->datadir.store, &step->round, &step->actor, &campaign, err);
    if (rc == OK)
        rc = campaign_units_each(step->datadir.store, campaign.id, on_unit, out_cases, err);
    casework_free(work);
    return rc;
}

int followup_open_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = NULL};
    struct step_arguments arguments = {.round = NULL};
    int64_t cases = 0;
    int status = parse(context, argc, argv, TAKES_NOTHING, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = open_campaign(&step, &cases, &err);
    if (rc == OK)
        rc = step_commit(&step, "campaign.open", "open", &err);
    if (rc == OK)
        command_say(context, "评价期 %s 开始电话测评，共 %" PRId64 " 个访问样本（同一人为一个）。",
                    arguments.round, cases);
    else
        status = fail(&step, "campaign.open", &err);
    step_end(&step);
    return status;
}

/* ---- pause and resume ---- */

static int put_paused(struct step *step, bool is_paused, struct err *err)
{
    struct campaign_row campaign;
    struct store *store = step->datadir.store;
    int rc = followup_find_campaign(store, step->round.id, step->round.name, &campaign, err);
    if (rc == OK && campaign.ended_utc != 0)
        return err_set(err, ERR_WRONG_STATE, "the phoning of round \"" BYTES_FMT "\" has ended",
                       BYTES_ARG(step->round.name));
    return rc == OK ? campaign_put_paused(store, campaign.id, is_paused, err) : rc;
}

static int run_pause(struct command_context *context, int argc, char **argv, bool is_paused)
{
    const char *action = is_paused ? "campaign.pause" : "campaign.resume";
    struct err err = {0};
    struct step step = {.context = NULL};
    struct step_arguments arguments = {.round = NULL};
    int status = parse(context, argc, argv, TAKES_NOTHING, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = put_paused(&step, is_paused, &err);
    if (rc == OK)
        rc = step_commit(&step, action, is_paused ? "pause" : "resume", &err);
    if (rc == OK)
        command_say(context,
                    is_paused ? "评价期 %s 的电话测评已暂停，不再派发样本。"
                              : "评价期 %s 的电话测评继续。",
                    arguments.round);
    else
        status = fail(&step, action, &err);
    step_end(&step);
    return status;
}

int followup_pause_run(struct command_context *context, int argc, char **argv)
{
    return run_pause(context, argc, argv, true);
}

int followup_resume_run(struct command_context *context, int argc, char **argv)
{
    return run_pause(context, argc, argv, false);
}

/* ---- release ---- */

static int release(struct step *step, const struct step_arguments *arguments, int64_t *out_cases,
                   struct err *err)
{
    struct campaign_row campaign;
    int rc = followup_find_campaign(step->datadir.store, step->round.id, step->round.name,
                                    &campaign, err);
    return rc == OK ? release_reserve(&step->datadir, &step->round, bytes_from_z(arguments->unit),
                                      arguments->number, bytes_from_z(arguments->why), &step->actor,
                                      out_cases, err)
                    : rc;
}

int followup_release_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = NULL};
    struct step_arguments arguments = {.round = NULL};
    int64_t cases = 0;
    int status = parse(context, argc, argv, TAKES_UNIT, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = release(&step, &arguments, &cases, &err);
    if (rc == OK)
        rc = step_commit(&step, "campaign.release", "release", &err);
    if (rc == OK)
        command_say(context,
                    "单位 %s 启用备用样本 %" PRId64 " 件，新增访问样本 %" PRId64
                    " 个（其余的人已在样本中）。",
                    arguments.unit, arguments.number, cases);
    else
        status = fail(&step, "campaign.release", &err);
    step_end(&step);
    return status;
}

/* ---- assign ---- */

/* Cases of a team are offered to its people alone, and the office's own callers those of no team. */
static int find_team(struct store *store, const char *name, int64_t *out_id, struct err *err)
{
    struct team_row team = {.id = 0};
    bool is_nobody = strcmp(name, "none") == 0;
    int rc = is_nobody ? OK : team_get(store, bytes_from_z(name), &team, err);
    if (rc == OK && !is_nobody && !bytes_equal(team.kind, BYTES_LIT("contractor")))
        rc = err_set(err, ERR_REFUSED, "team \"%s\" is not a contractor's", name);
    if (rc == OK)
        *out_id = team.id;
    return rc;
}

static int assign(struct step *step, const struct step_arguments *arguments, int64_t *out_cases,
                  struct err *err)
{
    struct casework *work = NULL;
    struct campaign_row campaign;
    struct store *store = step->datadir.store;
    int64_t team_id = 0;
    int rc = find_team(store, arguments->team, &team_id, err);
    if (rc == OK)
        rc = followup_find_campaign(store, step->round.id, step->round.name, &campaign, err);
    if (rc == OK)
        rc = casework_new(&step->datadir, NULL, &work, err);
    if (rc == OK)
        rc = casework_assign(work, store, campaign.id, team_id, arguments->number, &step->actor,
                             out_cases, err);
    casework_free(work);
    return rc;
}

int followup_assign_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct step step = {.context = NULL};
    struct step_arguments arguments = {.round = NULL};
    int64_t cases = 0;
    int status = parse(context, argc, argv, TAKES_TEAM, &arguments);
    if (status != EXIT_DONE)
        return status;
    int rc = step_begin(context, arguments.round, arguments.by, &step, &err);
    if (rc == OK)
        rc = assign(&step, &arguments, &cases, &err);
    if (rc == OK)
        rc = step_commit(&step, "campaign.assign", "assign", &err);
    if (rc == OK)
        command_say(context, "已把 %" PRId64 " 个未拨打的访问样本分给班组 %s。", cases,
                    arguments.team);
    else
        status = fail(&step, "campaign.assign", &err);
    step_end(&step);
    return status;
}
