#include "service/api/draw_words.h"

#include "reports/csv.h"

#include "service/api/json_value.h"

#include <math.h>

/* ---- a plan ---- */

static void append_share(struct buf *out, double share)
{
    if (isnan(share))
        buf_printf(out, "  %8s", "-");
    else
        buf_printf(out, "  %7.1f%%", share * 100);
}

static void append_planned(struct buf *out, int64_t frame, int64_t sample, int64_t reserve,
                           double answers, double margin)
{
    buf_printf(out, "%8jd  %8jd  %8jd  %8.0f", (intmax_t)frame, (intmax_t)sample, (intmax_t)reserve,
               answers);
    append_share(out, margin);
}

static void append_basis(const struct draw_plan *plan, const struct rules *rules, struct buf *out)
{
    buf_printf(out, "按满意率 %.1f%%、有效率 %.1f%% 测算，置信水平 %.0f%%。%s\n",
               plan->with.rate * 100, plan->with.response * 100, rules->interval.level * 100,
               plan->is_assumed ? "其中有假定值：无往期结果可用时，满意率取 50%，有效率取 60%。"
                                : "");
}

void draw_words_plan(const struct draw_plan *plan, const struct rules *rules,
                     const struct draw_wish *wish, struct buf *out)
{
    buf_printf(out, "样本框共 %jd 件；按规则至少抽 %jd 件，至多抽 %jd 件。\n",
               (intmax_t)plan->framing.frame, (intmax_t)plan->least, (intmax_t)plan->most);
    if (wish->by == DRAW_SIZE_OPEN) {
        buf_append_z(out, "  样本框  单位\n");
        for (size_t i = 0; i < plan->framing.unit_count; i++) {
            const struct framing_unit *unit = plan->units[i].unit;
            buf_printf(out, "%8jd  " BYTES_FMT " " BYTES_FMT "\n", (intmax_t)unit->frame,
                       BYTES_ARG(unit->code), BYTES_ARG(unit->name));
        }
        return;
    }
    append_basis(plan, rules, out);
    if (plan->is_short)
        buf_append_z(out, "注意：要抽的多于可抽的，各单位全部抽出。\n");
    buf_append_z(out, "  样本框      样本      备用  预期有效  预期误差  单位\n");
    for (size_t i = 0; i < plan->framing.unit_count; i++) {
        const struct draw_plan_unit *unit = &plan->units[i];
        append_planned(out, unit->unit->frame, unit->sample, unit->reserve, unit->expected_answers,
                       unit->expected_margin);
        buf_printf(out, "  " BYTES_FMT " " BYTES_FMT "\n", BYTES_ARG(unit->unit->code),
                   BYTES_ARG(unit->unit->name));
    }
    append_planned(out, plan->framing.frame, plan->sample, plan->reserve, plan->expected_answers,
                   plan->expected_margin);
    buf_append_z(out, "  总计\n");
}

static void append_numbers(struct buf *out, int64_t frame, int64_t sample, int64_t reserve,
                           double answers, double margin)
{
    buf_printf(out, ",%jd,%jd,%jd,%.9f,", (intmax_t)frame, (intmax_t)sample, (intmax_t)reserve,
               answers);
    if (!isnan(margin))
        buf_printf(out, "%.9f", margin);
    buf_append_byte(out, '\n');
}

void draw_words_plan_csv(const struct draw_plan *plan, struct buf *out)
{
    buf_append_z(out,
                 "unit_code,unit_name,frame,sample,reserve,expected_answers,expected_margin\n");
    for (size_t i = 0; i < plan->framing.unit_count; i++) {
        const struct draw_plan_unit *unit = &plan->units[i];
        csv_cell(out, unit->unit->code);
        buf_append_byte(out, ',');
        csv_cell(out, unit->unit->name);
        append_numbers(out, unit->unit->frame, unit->sample, unit->reserve, unit->expected_answers,
                       unit->expected_margin);
    }
    buf_append_z(out, "*,");
    append_numbers(out, plan->framing.frame, plan->sample, plan->reserve, plan->expected_answers,
                   plan->expected_margin);
}

static json_t *json_rate(double rate)
{
    return isnan(rate) ? json_null() : json_real(rate);
}

int draw_words_plan_json(const struct draw_plan *plan, struct buf *out, struct err *err)
{
    json_t *units = json_array();
    for (size_t i = 0; i < plan->framing.unit_count; i++) {
        const struct draw_plan_unit *unit = &plan->units[i];
        (void)json_array_append_new(
            units,
            json_pack("{s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "unit_code",
                      json_bytes(unit->unit->code), "unit_name", json_bytes(unit->unit->name),
                      "frame", (json_int_t)unit->unit->frame, "sample", (json_int_t)unit->sample,
                      "reserve", (json_int_t)unit->reserve, "expected_answers",
                      json_rate(unit->expected_answers), "expected_margin",
                      json_rate(unit->expected_margin)));
    }
    return json_print(
        out,
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "frame",
                  (json_int_t)plan->framing.frame, "least", (json_int_t)plan->least, "most",
                  (json_int_t)plan->most, "sample", (json_int_t)plan->sample, "reserve",
                  (json_int_t)plan->reserve, "expected_answers", json_rate(plan->expected_answers),
                  "expected_margin", json_rate(plan->expected_margin), "rate",
                  json_rate(plan->with.rate), "response", json_rate(plan->with.response), "assumed",
                  (int)plan->is_assumed, "short", (int)plan->is_short, "units", units),
        err);
}

/* ---- a draw ---- */

static const char *kind_name(struct bytes kind)
{
    return bytes_equal(kind, BYTES_LIT("seed"))    ? "公开摇号"
           : bytes_equal(kind, BYTES_LIT("exact")) ? "指定种子"
                                                   : "外部样本";
}

static void append_drawn(struct buf *out, int64_t frame, int64_t sample, int64_t reserve,
                         int64_t released)
{
    buf_printf(out, "%8jd  %8jd  %8jd  %8jd", (intmax_t)frame, (intmax_t)sample, (intmax_t)reserve,
               (intmax_t)released);
}

void draw_words_overview(const struct draw_overview *overview, struct buf *out)
{
    buf_printf(out, "第 %jd 次抽样（共 %jd 次），%s。\n", (intmax_t)overview->no,
               (intmax_t)overview->count, kind_name(overview->kind));
    buf_append_z(out, "  样本框      样本      备用      放出  单位\n");
    for (size_t i = 0; i < overview->unit_count; i++) {
        const struct draw_overview_unit *unit = &overview->units[i];
        append_drawn(out, unit->frame, unit->sample, unit->reserve, unit->released);
        buf_printf(out, "  " BYTES_FMT "\n", BYTES_ARG(unit->code));
    }
    append_drawn(out, overview->frame, overview->sample, overview->reserve, overview->released);
    buf_append_z(out, "  总计\n");
    buf_printf(out, "放出样本 %jd 件，涉及 %jd 人。\n公布材料摘要（SHA-256）：%s\n",
               (intmax_t)overview->released, (intmax_t)overview->cases, overview->public_sha256);
}

int draw_words_overview_json(const struct draw_overview *overview, struct buf *out, struct err *err)
{
    json_t *units = json_array();
    for (size_t i = 0; i < overview->unit_count; i++) {
        const struct draw_overview_unit *unit = &overview->units[i];
        (void)json_array_append_new(
            units,
            json_pack("{s:o, s:I, s:I, s:I, s:I}", "unit_code", json_bytes(unit->code), "frame",
                      (json_int_t)unit->frame, "sample", (json_int_t)unit->sample, "reserve",
                      (json_int_t)unit->reserve, "released", (json_int_t)unit->released));
    }
    return json_print(
        out,
        json_pack("{s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:s, s:o}", "draw",
                  (json_int_t)overview->no, "draws", (json_int_t)overview->count, "kind",
                  json_bytes(overview->kind), "frame", (json_int_t)overview->frame, "sample",
                  (json_int_t)overview->sample, "reserve", (json_int_t)overview->reserve,
                  "released", (json_int_t)overview->released, "cases", (json_int_t)overview->cases,
                  "public_sha256", overview->public_sha256, "units", units),
        err);
}
