#include "service/commands/step.h"

#include "service/commands/arguments.h"
#include "service/commands/command_record.h"
#include "service/commands/output.h"

enum { STEP_ARENA_MAX_BYTES = 1024 * 1024 };

int step_begin(const struct command_context *context, const char *round, const char *by,
               struct step *out, struct err *err)
{
    *out = (struct step){.context = context,
                         .actor = {arguments_actor(context, by), context->now_utc}};
    arena_init(&out->arena, STEP_ARENA_MAX_BYTES);
    int rc = command_open(context, STORE_READWRITE, &out->datadir, err);
    return rc == OK ? round_get_kept(out->datadir.store, bytes_from_z(round), &out->arena,
                                     &out->round, err)
                    : rc;
}

void step_end(struct step *step)
{
    datadir_close(&step->datadir);
    arena_deinit(&step->arena);
}

int step_commit(struct step *step, const char *action, const char *what, struct err *err)
{
    json_t *details = json_pack("{s:s, s:o}", "step", what, "by", output_string(step->actor.who));
    int rc = command_record(step->context, &step->datadir, action, step->round.name, details, err);
    return rc == OK ? store_commit(step->datadir.store, err) : rc;
}

/* What stands between the round and what was asked of it, and the command that leads on. */
struct way_on {
    const char *why, *verb, *rest;
};

static struct way_on find_way_on(const struct round_row *round)
{
    if (bytes_equal(round->state, BYTES_LIT("draft")))
        return (struct way_on){"尚未冻结，先冻结", "round freeze", ""};
    const char *why = bytes_equal(round->state, BYTES_LIT("frozen"))
                          ? "已冻结、尚未抽样（抽样用 draw），要改样本框的先退回"
                      : round_is_closed(round) ? "已关闭，要更正的先退回"
                                               : "已抽样，要重新抽样的先退回，作废原来的抽样";
    return (struct way_on){why, "round reopen", " --why 理由"};
}

int step_fail(const struct command_context *context, const struct datadir *datadir,
              const struct round_row *round, const char *action, const struct err *err)
{
    int status = command_fail(context, err);
    command_record_refused(context, datadir, action, round->name, err);
    if (err->code == ERR_WRONG_STATE && round->name.len > 0 && !round->is_accumulated) {
        struct way_on on = find_way_on(round);
        command_say(context, "评价期 " BYTES_FMT " %s：%s " BYTES_FMT "%s", BYTES_ARG(round->name),
                    on.why, on.verb, BYTES_ARG(round->name), on.rest);
    }
    return status;
}

int step_show(const struct command_context *context, const struct buf *out)
{
    struct err err = {.code = OK};
    if (output_finish(context, out, &err) == OK)
        return EXIT_DONE;
    command_say(context, "已完成并记录，但结果未能显示（%s）", err.message);
    return EXIT_PARTLY;
}
