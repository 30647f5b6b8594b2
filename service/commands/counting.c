#include "service/commands/counting.h"

#include "service/commands/version.h"
#include "service/host/files.h"

#include <string.h>

enum { SCAN_THREADS = 2 };

int counting_run(const struct command_context *context, const char *round_name,
                 const char *rules_path, enum store_mode mode, struct counting *out,
                 struct err *err)
{
    memset(out, 0, sizeof *out);
    buf_init(&out->rules_text, RULES_TEXT_MAX_BYTES);
    int rc = rules_path != NULL ? files_read(rules_path, &out->rules_text, err) : OK;
    if (rc == OK)
        rc = command_open(context, mode, &out->datadir, err);
    struct composition_options options = {
        .round_name = bytes_from_z(round_name),
        .rules_text = rules_path != NULL ? buf_bytes(&out->rules_text) : BYTES_NONE,
        .now_utc = context->now_utc,
        .program_version = BYTES_LIT(PINGYI_VERSION),
        .threads = SCAN_THREADS,
    };
    if (rc == OK)
        rc = composition_make(&out->datadir, &options, &out->composition, err);
    if (rc != OK)
        counting_deinit(out);
    return rc;
}

void counting_deinit(struct counting *counting)
{
    composition_deinit(&counting->composition);
    datadir_close(&counting->datadir);
    buf_deinit(&counting->rules_text);
}

/* Where the orders are listed: those of an accumulated round in each of its parts. */
static void say_orders(const struct command_context *context, const struct counting *counting,
                       int64_t count, const char *what, const char *option)
{
    const struct round_row *round = &counting->composition.round;
    if (round->is_accumulated)
        command_say(context,
                    "%lld 件%s，未计入任何单位：在所含各期中查看，orders list --round ID %s",
                    (long long)count, what, option);
    else
        command_say(context, "%lld 件%s，未计入任何单位：orders list --round %s %s",
                    (long long)count, what, round->name.ptr, option);
}

int counting_warn(const struct command_context *context, const struct counting *counting)
{
    const struct evaluation *evaluation = &counting->composition.evaluation;
    if (counting->rules_text.len > 0)
        command_say(context, "试算：所用不是本期自己的规则，不保存任何结果。");
    else if (counting->composition.basis.is_trial)
        command_say(context, "试算：规则没有依据文件。");
    if (evaluation->unclear > 0)
        say_orders(context, counting, evaluation->unclear, "主办单位不明（无主办或有两个主办）",
                   "--unclear");
    if (evaluation->without_unit > 0)
        command_say(context, "%lld 件由热线直接答复，不属于任何承办单位。",
                    (long long)evaluation->without_unit);
    if (evaluation->unmatched == 0)
        return EXIT_DONE;
    say_orders(context, counting, evaluation->unmatched, "的单位名称未对应", "--unmatched");
    return EXIT_PARTLY;
}
