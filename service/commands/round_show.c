#include "service/commands/round_verbs.h"

#include "base/civil.h"

#include "reports/csv.h"
#include "reports/words.h"

#include "service/api/round_json.h"
#include "service/auth/digest.h"
#include "service/commands/arguments.h"
#include "service/commands/output.h"
#include "service/rounds/round_shown.h"

#include <inttypes.h>
#include <string.h>

/* ---- words ---- */

static struct bytes name_of(struct bytes word, const char *const (*names)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(word, bytes_from_z(names[i][0])))
            return bytes_from_z(names[i][1]);
    }
    return word;
}

struct bytes round_kind_name(struct bytes kind)
{
    static const char *const names[][2] = {{"monthly", "月度"},
                                           {"quarterly", "季度"},
                                           {"midyear", "半年"},
                                           {"yearend", "全年"},
                                           {"other", "其他"}};
    return name_of(kind, names, sizeof names / sizeof *names);
}

static struct bytes step_name(struct bytes step)
{
    static const char *const names[][2] = {{"create", "建立"},
                                           {"freeze", "冻结"},
                                           {"draw", "抽样"},
                                           {"top-up", "追加样本"},
                                           {"draw abandoned", "作废抽样"},
                                           {"calling", "开始访问"},
                                           {"close unfinished", "未做完即关闭"},
                                           {"close", "关闭"},
                                           {"reopen", "退回"},
                                           {"open", "开启核对"},
                                           {"score", "计分"}};
    return name_of(step, names, sizeof names / sizeof *names);
}

/* ---- show, for people ---- */

static void append_names(struct buf *out, const char *label, const struct bytes *names,
                         size_t count)
{
    if (count == 0)
        return;
    buf_append_z(out, label);
    for (size_t i = 0; i < count; i++) {
        buf_append_z(out, i > 0 ? "、" : "");
        buf_append(out, names[i]);
    }
    buf_append_byte(out, '\n');
}

static void append_digest(struct buf *out, const char *label, struct bytes digest)
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex((const unsigned char *)digest.ptr, hex);
    buf_printf(out, "%s：%s\n", label, hex);
}

static void append_time(struct buf *out, int64_t utc, int offset_s)
{
    char text[TIME_TEXT_BYTES];
    time_format(utc, offset_s, text);
    buf_append_z(out, text);
}

static void append_head(struct buf *out, const struct round_shown *shown)
{
    const struct round_row *row = &shown->row;
    struct bytes kind = round_kind_name(row->kind);
    struct bytes state = round_state_name(row->state);
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    day_format(row->from_day, from);
    day_format(row->to_day, to);
    buf_printf(out, "评价期：" BYTES_FMT "（" BYTES_FMT "%s）\n起止：%s 至 %s\n",
               BYTES_ARG(row->name), BYTES_ARG(kind), row->is_accumulated ? "，累计" : "", from,
               to);
    buf_printf(out, "状态：" BYTES_FMT "（" BYTES_FMT "）\n数据截至：", BYTES_ARG(state),
               BYTES_ARG(row->state));
    if (shown->as_of_utc != 0)
        append_time(out, shown->as_of_utc, shown->offset_s);
    else
        buf_append_z(out, "待定");
    buf_append_byte(out, '\n');
    append_names(out, "各期：", shown->parts, shown->part_count);
    append_names(out, "计入累计评价期：", shown->sums, shown->sum_count);
}

static void append_frame(struct buf *out, const struct round_shown *shown)
{
    buf_printf(out, "样本框：第%" PRId64 "次冻结，%" PRId64 "件\n", shown->frame.no,
               shown->frame.entries);
    for (int i = 0; i < FRAME_REASONS; i++) {
        if (shown->left_out[i] > 0)
            buf_printf(out, "  不在样本框：%s %" PRId64 "件\n", frame_reason_name(i),
                       shown->left_out[i]);
    }
    append_digest(out, "  样本框摘要（SHA-256）", shown->frame.listing_sha256);
    append_digest(out, "  规则摘要（SHA-256）", shown->frame.rules_sha256);
    append_digest(out, "  种子承诺（SHA-256）", shown->frame.secret_sha256);
}

static void append_draw(struct buf *out, const struct round_shown *shown)
{
    struct bytes kind = draw_kind_name(shown->draw.kind);
    buf_printf(out,
               "抽样：第%" PRId64 "次（共%" PRId64 "次），" BYTES_FMT "，样本%" PRId64
               "件，备用%" PRId64 "件，已放出%" PRId64 "件\n",
               shown->draw.no, shown->draw_count, BYTES_ARG(kind), shown->sample, shown->reserve,
               shown->released);
    if (bytes_equal(shown->draw.kind, BYTES_LIT("seed")))
        buf_printf(out, "  公开种子：" BYTES_FMT "\n", BYTES_ARG(shown->draw.seed));
    append_digest(out, "  公布文件摘要（SHA-256）", shown->draw.public_sha256);
}

static void append_steps(struct buf *out, const struct round_shown *shown)
{
    buf_append_z(out, "经过：\n");
    for (size_t i = 0; i < shown->step_count; i++) {
        const struct round_shown_step *step = &shown->steps[i];
        struct bytes name = step_name(step->step);
        buf_append_z(out, "  ");
        append_time(out, step->at_utc, OFFICE_OFFSET_S);
        buf_printf(out, "  " BYTES_FMT "  " BYTES_FMT, BYTES_ARG(name), BYTES_ARG(step->who));
        if (step->why.len > 0)
            buf_printf(out, "  " BYTES_FMT, BYTES_ARG(step->why));
        buf_append_byte(out, '\n');
    }
}

static void append_words(struct buf *out, const struct round_shown *shown)
{
    append_head(out, shown);
    if (shown->has_frame)
        append_frame(out, shown);
    if (shown->has_draw)
        append_draw(out, shown);
    else if (shown->draw_count > 0)
        buf_printf(out, "抽样：%" PRId64 "次，均已作废\n", shown->draw_count);
    if (shown->has_score) {
        buf_printf(out, "留存结果：第%" PRId64 "次，", shown->score.issue);
        append_time(out, shown->score.scored_utc, OFFICE_OFFSET_S);
        buf_printf(out, "，" BYTES_FMT "\n", BYTES_ARG(shown->score.who));
    }
    append_steps(out, shown);
    buf_append_z(out, "规则：\n");
    buf_append(out, shown->row.rules);
}

/* ---- the verbs ---- */

static int parse_format(struct command_context *context, int argc, char **argv, int wanted,
                        enum command_format *out_format, int *out_first)
{
    const char *format = NULL;
    const struct argument_option options[] = {{"format", &format}, {NULL, NULL}};
    int status = arguments_take(context, &command_round, argc, argv, options, out_first);
    if (status == EXIT_DONE)
        status = arguments_check_format(context, &command_round, format, out_format);
    if (status == EXIT_DONE && *out_first + wanted != argc)
        status = command_misused(context, &command_round,
                                 wanted == 0 ? "多余的参数" : "show 后面要有一个评价期");
    return status;
}

int round_show_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct round_shown shown = {0};
    struct buf out;
    enum command_format format = FORMAT_TABLE;
    int first = 0;
    int status = parse_format(context, argc, argv, 1, &format, &first);
    if (status == EXIT_DONE && format == FORMAT_CSV)
        status = command_misused(context, &command_round, "--format 只能是 table 或 json");
    if (status != EXIT_DONE)
        return status;
    buf_init(&out, OUTPUT_MAX_BYTES);
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = round_shown_load(datadir.store, bytes_from_z(argv[first]), context->now_utc, &shown,
                              &err);
    if (rc == OK && format == FORMAT_JSON)
        rc = json_print(&out, round_shown_to_json(&shown), &err);
    else if (rc == OK)
        append_words(&out, &shown);
    if (rc == OK)
        rc = output_finish(context, &out, &err);
    buf_deinit(&out);
    round_shown_deinit(&shown);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

struct listing {
    enum command_format format;
    struct buf text;
    json_t *array;
};

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct listing *listing = context;
    struct buf *out = &listing->text;
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    day_format(row->from_day, from);
    day_format(row->to_day, to);
    if (listing->format == FORMAT_JSON)
        return json_array_append_new(listing->array, round_row_to_json(row)) == 0
                   ? OK
                   : err_set(err, ERR_NOMEM, "could not list rounds");
    if (listing->format == FORMAT_CSV) {
        csv_cell(out, row->name);
        buf_printf(out, "," BYTES_FMT ",%s,%s," BYTES_FMT ",%s\n", BYTES_ARG(row->kind), from, to,
                   BYTES_ARG(row->state), row->is_accumulated ? "yes" : "no");
        return OK;
    }
    struct bytes kind = round_kind_name(row->kind);
    struct bytes state = round_state_name(row->state);
    buf_printf(out, BYTES_FMT "\t" BYTES_FMT "%s\t%s 至 %s\t" BYTES_FMT "\n", BYTES_ARG(row->name),
               BYTES_ARG(kind), row->is_accumulated ? "（累计）" : "", from, to, BYTES_ARG(state));
    return OK;
}

int round_list_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct listing listing = {.format = FORMAT_TABLE};
    int first = 0;
    int status = parse_format(context, argc, argv, 0, &listing.format, &first);
    if (status != EXIT_DONE)
        return status;
    listing.array = json_array();
    buf_init(&listing.text, OUTPUT_MAX_BYTES);
    if (listing.format == FORMAT_CSV)
        buf_append_z(&listing.text, "id,kind,from,to,state,accumulated\n");
    int rc = command_open(context, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = rounds_each(datadir.store, on_round, &listing, &err);
    if (rc == OK && listing.format == FORMAT_JSON)
        rc = json_print(&listing.text, json_incref(listing.array), &err);
    if (rc == OK)
        rc = output_finish(context, &listing.text, &err);
    json_decref(listing.array);
    buf_deinit(&listing.text);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}
