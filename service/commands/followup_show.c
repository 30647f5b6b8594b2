#include "service/commands/followup_verbs.h"

#include "base/civil.h"

#include "service/api/closing_words.h"
#include "service/api/followup_json.h"
#include "service/commands/arguments.h"
#include "service/commands/grid.h"
#include "service/commands/output.h"
#include "service/followup/closing.h"

#include <inttypes.h>

/* How far the phoning of a round is, unit by unit: for the office alone. */

enum { SHOW_ARENA_MAX_BYTES = 4 * 1024 * 1024 };

struct progress {
    struct arena arena;
    struct grid grid;
    int64_t now_utc;
    json_t *units, *packages;
    struct buf packages_zh; /* a line each */
    struct campaign_unit_row all;
    struct closing_ends ends;
};

static int64_t worked_of(const struct campaign_unit_row *row)
{
    return row->released - row->queued;
}

static json_t *unit_to_json(const struct campaign_unit_row *row)
{
    return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "unit_code", json_bytes(row->code), "target",
                     (json_int_t)row->target, "released", (json_int_t)row->released, "worked",
                     (json_int_t)worked_of(row), "final", (json_int_t)row->final, "answered",
                     (json_int_t)row->complete);
}

static void fill_row(struct grid *grid, const struct campaign_unit_row *row)
{
    grid_text(grid, row->code);
    grid_count(grid, row->target);
    grid_count(grid, row->released);
    grid_count(grid, worked_of(row));
    grid_count(grid, row->final);
    grid_count(grid, row->complete);
}

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct progress *progress = context;
    struct campaign_unit_row *all = &progress->all;
    fill_row(&progress->grid, row);
    all->target += row->target;
    all->released += row->released;
    all->queued += row->queued;
    all->final += row->final;
    all->complete += row->complete;
    return json_array_append_new(progress->units, unit_to_json(row)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list units");
}

static int on_package(void *context, const struct package_row *row, struct err *err)
{
    struct progress *progress = context;
    char until[DAY_TEXT_BYTES];
    day_format(row->until_day, until);
    buf_printf(&progress->packages_zh,
               "样本包 " BYTES_FMT "：" BYTES_FMT "，%" PRId64 " 个样本中 %" PRId64
               " 个未交回，有效至 %s\n",
               BYTES_ARG(row->mark), BYTES_ARG(row->team_name), row->cases, row->out, until);
    return json_array_append_new(progress->packages, package_to_json(row, progress->now_utc)) == 0
               ? buf_status(&progress->packages_zh, err)
               : err_set(err, ERR_NOMEM, "could not list packages");
}

/* ---- printing ---- */

static const char *state_zh(const struct campaign_row *row)
{
    return row->ended_utc != 0 ? "已结束" : row->is_paused ? "已暂停" : "进行中";
}

static json_t *ends_to_json(const struct closing_ends *ends)
{
    const struct casework_open_ends *counts = &ends->counts;
    json_t *cases = json_array();
    for (size_t i = 0; i < ends->case_count; i++)
        (void)json_array_append_new(cases, json_integer((json_int_t)ends->cases[i]));
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "unworked", (json_int_t)counts->unworked,
        "without_number", (json_int_t)counts->without_number, "unfinished",
        (json_int_t)counts->unfinished, "appointments", (json_int_t)counts->appointments, "leased",
        (json_int_t)counts->leased, "rechecks", (json_int_t)counts->rechecks, "first_cases", cases);
}

static int print_json(struct progress *progress, const struct campaign_row *row, struct buf *out,
                      struct err *err)
{
    json_t *campaign =
        json_pack("{s:o, s:o, s:o, s:b, s:o}", "opened_at", json_time(row->opened_utc), "opened_by",
                  json_bytes(row->opened_by), "ended_at", json_time(row->ended_utc), "paused",
                  (int)row->is_paused, "round", json_bytes(row->round_name));
    return json_print(out,
                      json_pack("{s:o, s:O, s:o, s:O, s:o}", "campaign", campaign, "units",
                                progress->units, "totals", unit_to_json(&progress->all), "packages",
                                progress->packages, "open_ends", ends_to_json(&progress->ends)),
                      err);
}

static int print_table(struct progress *progress, const struct campaign_row *row, struct buf *out,
                       struct err *err)
{
    fill_row(&progress->grid, &progress->all);
    buf_printf(out, "评价期：" BYTES_FMT "，电话测评%s\n", BYTES_ARG(row->round_name),
               state_zh(row));
    int rc = grid_render(&progress->grid, FORMAT_TABLE, out, err);
    buf_append(out, buf_bytes(&progress->packages_zh));
    if (rc == OK && closing_is_held_up(&progress->ends)) {
        buf_append_z(out, "尚未做完：");
        closing_words(&progress->ends, out);
        buf_append_byte(out, '\n');
    }
    return rc;
}

/* ---- the command ---- */

static int keep_texts(struct arena *arena, struct campaign_row *row, struct err *err)
{
    row->round_name = arena_copy(arena, row->round_name);
    row->opened_by = arena_copy(arena, row->opened_by);
    return row->round_name.ptr != NULL && row->opened_by.ptr != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "could not show a campaign");
}

static int show(struct store *store, struct bytes round_name, enum command_format format,
                struct progress *progress, struct buf *out, struct err *err)
{
    static const struct grid_column columns[] = {{"unit_code", "单位"},  {"target", "样本"},
                                                 {"released", "已启用"}, {"worked", "已拨打"},
                                                 {"final", "已完结"},    {"answered", "已答"}};
    struct round_row round;
    struct campaign_row campaign;
    grid_init(&progress->grid, columns, sizeof columns / sizeof *columns, &progress->arena);
    progress->all.code = BYTES_LIT("*");
    int rc = round_get_kept(store, round_name, &progress->arena, &round, err);
    if (rc == OK)
        rc = followup_find_campaign(store, round.id, round_name, &campaign, err);
    if (rc == OK)
        rc = keep_texts(&progress->arena, &campaign, err);
    if (rc == OK)
        rc = campaign_units_each(store, campaign.id, on_unit, progress, err);
    if (rc == OK)
        rc = packages_each(store, campaign.id, on_package, progress, err);
    if (rc == OK)
        rc = closing_ends_load(store, round.id, &progress->ends, err);
    if (rc != OK)
        return rc;
    return format == FORMAT_JSON ? print_json(progress, &campaign, out, err)
                                 : print_table(progress, &campaign, out, err);
}

static int parse(struct command_context *context, int argc, char **argv, const char **out_round,
                 enum command_format *out_format)
{
    const char *format = NULL;
    const struct argument_option options[] = {
        {"round", out_round}, {"format", &format}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_followup, argc, argv, options, &first);
    if (status == EXIT_DONE && (first != argc || *out_round == NULL))
        status = command_misused(context, &command_followup, "缺少 --round，或有多余的参数");
    if (status == EXIT_DONE)
        status = arguments_check_format(context, &command_followup, format, out_format);
    if (status == EXIT_DONE && *out_format == FORMAT_CSV)
        status = command_misused(context, &command_followup, "--format 只能是 table 或 json");
    return status;
}

int followup_show_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct progress progress = {.units = NULL};
    struct buf out;
    const char *round = NULL;
    enum command_format format = FORMAT_TABLE;
    int status = parse(context, argc, argv, &round, &format);
    if (status != EXIT_DONE)
        return status;
    arena_init(&progress.arena, SHOW_ARENA_MAX_BYTES);
    buf_init(&out, OUTPUT_MAX_BYTES);
    buf_init(&progress.packages_zh, OUTPUT_MAX_BYTES);
    progress.units = json_array();
    progress.packages = json_array();
    progress.now_utc = context->now_utc;
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = show(datadir.store, bytes_from_z(round), format, &progress, &out, &err);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    if (rc != OK)
        status = command_fail(context, &err);
    json_decref(progress.units);
    json_decref(progress.packages);
    buf_deinit(&progress.packages_zh);
    buf_deinit(&out);
    arena_deinit(&progress.arena);
    datadir_close(&datadir);
    return status;
}
