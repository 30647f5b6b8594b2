#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/charts.h"
#include "reports/figures.h"
#include "reports/libraries.h"
#include "reports/words.h"

#include "tests/reports/rendering.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 8, CLASSES = 2, ROWS = UNITS + CLASSES + 1 };

/* What a unit's cases brought; pairs of answers as resolution and satisfaction. */
struct unit_spec {
    int class_position;
    const char *code, *name;
    int64_t on_time_base, on_time, frame, drawn;
    int64_t yes5, yes4, yes3, partly3, no2, no1, yes_alone;
    int64_t still_open, refusal, noncontact, other, unworked, ineligible;
};

static const char *const class_names[CLASSES] = {"县(区)", "市直 & <b>"};
static const char hostile_name[] =
    "<script>alert(\"x\")</script>,\x01 & 一个名称很长很长的被评价单位";

/* clang-format off */
static const struct unit_spec specs[UNITS] = {
    {0, "A1", "云岭县", 1200, 1190, 1100, 420, 150, 90, 30, 12, 10, 4, 3, 6, 30, 70, 8, 3, 4},
    {0, "A2", "=cmd|' /C calc'!A0", 900, 870, 820, 300, 80, 60, 25, 15, 12, 8, 2, 9, 22, 60, 6, 2, 2},
    {0, "A3", hostile_name, 640, 600, 600, 220, 40, 38, 22, 14, 12, 9, 1, 8, 18, 50, 8, 1, 3},
    {0, "A4", "青石区", 310, 280, 300, 200, 16, 18, 14, 9, 10, 9, 2, 9, 20, 98, 3, 0, 1},
    {0, "A5", "小镇", 14, 12, 14, 14, 4, 2, 1, 1, 1, 0, 0, 1, 1, 4, 0, 0, 0},
    {0, "A6", "无人应答区", 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 0, 0, 0},
    {1, "B1", "全数甲局", 60, 60, 60, 60, 40, 12, 4, 2, 1, 1, 0, 1, 0, 0, 0, 0, 0},
    {1, "B2", "全数乙局", 60, 60, 60, 60, 40, 12, 4, 2, 1, 1, 0, 1, 0, 0, 0, 0, 0},
};
/* clang-format on */

static struct rules rules;
static struct ranking_row rows[ROWS];
static struct ranking ranking;

/* Of each kind of answer, half came at the first attempt, a third of the rest at the second. */
static void spread(struct unit_sample *sample, int resolution, int satisfaction, int64_t people)
{
    const int64_t first = people / 2, second = (people - people / 2) / 3;
    sample->answers[0].people[resolution][satisfaction] += first;
    sample->answers[1].people[resolution][satisfaction] += second;
    sample->answers[2].people[resolution][satisfaction] += people - first - second;
}

static struct unit_sample sample_of(const struct unit_spec *spec)
{
    struct unit_sample sample = {.frame = spec->frame, .still_open = spec->still_open};
    int64_t *of = sample.outcomes.of_group;
    spread(&sample, RESOLUTION_YES, 5, spec->yes5);
    spread(&sample, RESOLUTION_YES, 4, spec->yes4);
    spread(&sample, RESOLUTION_YES, 3, spec->yes3);
    spread(&sample, RESOLUTION_PARTLY, 3, spec->partly3);
    spread(&sample, RESOLUTION_NO, 2, spec->no2);
    spread(&sample, RESOLUTION_NO, 1, spec->no1);
    spread(&sample, RESOLUTION_YES, SATISFACTION_MISSING, spec->yes_alone);
    of[OUTCOME_COMPLETE] =
        spec->yes5 + spec->yes4 + spec->yes3 + spec->partly3 + spec->no2 + spec->no1;
    of[OUTCOME_PARTIAL] = spec->yes_alone;
    of[OUTCOME_REFUSAL] = spec->refusal;
    of[OUTCOME_NONCONTACT] = spec->noncontact;
    of[OUTCOME_OTHER] = spec->other;
    of[OUTCOME_UNKNOWN_UNWORKED] = spec->unworked;
    of[OUTCOME_INELIGIBLE] = spec->ineligible;
    of[OUTCOME_UNKNOWN_PERSON] = spec->drawn - outcome_tally_released(&sample.outcomes);
    return sample;
}

static struct ranked_unit_input input_of(const struct unit_spec *spec,
                                         const struct unit_sample *sample)
{
    struct ranked_unit_input input = {
        .code = bytes_from_z(spec->code),
        .name = bytes_from_z(spec->name),
        .class_name = bytes_from_z(class_names[spec->class_position]),
        .class_position = spec->class_position,
        .samples = sample,
        .sample_count = sample != NULL ? 1 : 0,
    };
    input.tally.by_judgement[JUDGED_ON_TIME] = spec->on_time;
    input.tally.by_judgement[JUDGED_LATE] = spec->on_time_base - spec->on_time;
    input.tally.by_judgement[JUDGED_RETURNED] = 10;
    return input;
}

/* The table of `specs` under `rules`, in `rows`. */
static void rank(bool is_drawn)
{
    struct unit_sample samples[UNITS];
    struct ranked_unit_input inputs[UNITS];
    struct arena arena;
    struct err err = {0};
    for (size_t i = 0; i < UNITS; i++) {
        samples[i] = sample_of(&specs[i]);
        inputs[i] = input_of(&specs[i], is_drawn ? &samples[i] : NULL);
    }
    arena_init(&arena, OUT_MAX_BYTES);
    assert_int_equal(ranking_build(&rules, inputs, UNITS, &arena, &ranking, &err), OK);
    assert_int_equal(ranking.row_count, ROWS);
    memcpy(rows, ranking.rows, sizeof rows);
    ranking.rows = rows;
    arena_deinit(&arena);
}

static const char hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const struct bulletin_draw draw = {
    .frame_sha256 = {hash, sizeof hash - 1},
    .secret_sha256 = {hash, sizeof hash - 1},
    .frame = 2963,
    .left_out = {[FRAME_EXCLUDED] = 80,
                 [FRAME_OPT_OUT] = 21,
                 [FRAME_CONFIDENTIAL] = 9,
                 [FRAME_TOO_OLD] = 200},
    .frozen_at = BYTES_LIT("2024-06-01 09:00"),
    .is_drawn = true,
    .no = 1,
    .of = 1,
    .kind = BYTES_LIT("seed"),
    .public_half = BYTES_LIT("3 5 1 6 <b> 2024-06-02"),
    .public_sha256 = {hash, sizeof hash - 1},
    .drawn_at = BYTES_LIT("2024-06-02 10:00"),
    .sample = 1283,
    .reserve = 1100,
    .released = 1283,
};
static const struct bulletin_request requests[] = {{BYTES_LIT("legal"), 3, 1, 0},
                                                   {BYTES_LIT("uncooperative"), 0, 0, 2}};
static const struct bulletin_part parts[] = {
    {BYTES_LIT("2024-05"), BYTES_LIT("2024年5月评价期"), true, true},
    {BYTES_LIT("2024-06"), BYTES_LIT("2024年6月评价期"), false, false},
};

static struct bulletin sample(void)
{
    rules_default(&rules);
    rank(true);
    return (struct bulletin){
        .organ = BYTES_LIT("云岭市绩效考评办公室"),
        .title = BYTES_LIT("2024年5月12345热线工单办理情况评价通报"),
        .is_demonstration = true,
        .demonstration_notice = BYTES_LIT("演示数据：城市和单位均为虚构。"),
        .round_id = BYTES_LIT("2024-05"),
        .round_kind = BYTES_LIT("monthly"),
        .from_day = 19844,
        .to_day = 19874,
        .as_of = BYTES_LIT("2024-06-01 08:00"),
        .printed_at = BYTES_LIT("2024-06-20 08:00"),
        .program_version = BYTES_LIT("test"),
        .audit_id = 57,
        .audit_mac = BYTES_LIT("0123456789abcdef"),
        .ranking = &ranking,
        .rules = &rules,
        .rules_text = BYTES_LIT("[basis]\ndocument =\n"),
        .draw = &draw,
        .requests = requests,
        .request_count = 2,
        .issue = 1,
    };
}

static struct bulletin accumulated(void)
{
    struct bulletin bulletin = sample();
    bulletin.draw = NULL;
    bulletin.parts = parts;
    bulletin.part_count = 2;
    bulletin.issue = 2;
    return bulletin;
}

static void sampled__equals_golden_files(void **state)
{
    (void)state;
    static const char *const paths[RENDERERS] = {
        "tests/reports/golden/sampled_score.csv", "tests/reports/golden/sampled_score.json",
        "tests/reports/golden/sampled_score.txt", "tests/reports/golden/sampled_bulletin.json",
        "tests/reports/golden/sampled_bulletin.html"};
    struct bulletin bulletin = sample();
    assert_golden(&bulletin, paths);
}

static void sampled_html__says_of_an_accumulated_round_what_it_pools(void **state)
{
    (void)state;
    struct bulletin bulletin = accumulated();
    assert_true(page_has(&bulletin, "第2次印发（更正）"));
    assert_true(page_has(&bulletin, "2024年6月评价期"));
    assert_true(page_has(&bulletin, "未关闭，仍可能变动"));
    assert_false(page_has(&bulletin, "样本框和抽样"));
    assert_false(page_has(&bulletin, "次抽样（共"));
    assert_false(page_has(&bulletin, "凭种子"));
    assert_true(page_has(&bulletin, "只列不加权的"));
    assert_false(page_has(&bulletin, "哪些工单可能被抽到"));
}

static void sampled_html__names_who_is_not_in_a_sum(void **state)
{
    (void)state;
    struct bulletin bulletin = accumulated();
    assert_true(page_has(&bulletin, "没有有效回答而未计入的单位：无人应答区。"));
    assert_true(page_has(&bulletin, "没有有效回答的未计入，见各类单位的说明。"));
    for (size_t i = 0; i < UNITS; i++) {
        if (rows[i].resolution.valid == 0)
            rows[i].resolution.valid = rows[i].satisfaction.valid =
                1; /* in one part, not in another */
    }
    assert_false(page_has(&bulletin, "未计入的单位："));
    assert_true(page_has(&bulletin, "有的单位在个别评价期没有有效回答，该期未计入。"));
}

static void sampled_html__says_only_what_the_rules_do(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    assert_true(page_has(&bulletin, "非常满意、满意、基本满意的计为满意"));
    assert_true(page_has(&bulletin, "按时办结率占30分；诉求解决占35分；"));
    assert_true(page_has(&bulletin, "同类单位的全部名次范围同时正确"));
    rules.rates.satisfied[3] = false;
    rules.rates.resolved_partly = true;
    rules.frame.due = false;
    rules.frame.max_age_days = 0;
    rules.score.satisfaction =
        (struct rules_component){.is_line = true, .target = 0.95, .per_point = 0.01, .cap = 0.35};
    assert_true(page_has(&bulletin, "非常满意、满意的计为满意"));
    assert_true(page_has(&bulletin, "答已解决或部分解决的计为解决"));
    assert_true(page_has(&bulletin, "处理满意满35分：达到95%得满分，每低1个百分点减1分，最低0分"));
    assert_false(page_has(&bulletin, "逾期未办结）列入样本框"));
    assert_false(page_has(&bulletin, "天的不列入"));
    rules.ranking.by = RULES_RANK_BY_ON_TIME;
    assert_true(page_has(&bulletin, "名次按按时办结率排列"));
    assert_false(page_has(&bulletin, "全部名次范围同时正确"));
}

static void bulletin_html__shows_a_frame_before_its_draw(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct bulletin_draw frozen = draw;
    frozen.is_drawn = false;
    bulletin.draw = &frozen;
    rank(false);
    assert_true(page_has(&bulletin, "、样本框</h2>"));
    assert_true(page_has(&bulletin, "样本框于2024-06-01 09:00冻结，共2963件"));
    assert_false(page_has(&bulletin, "次抽样（共"));
    assert_false(page_has(&bulletin, "三项指标"));
}

static void sampled_html__says_who_chose_the_seed(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct bulletin_draw exact = draw;
    assert_true(page_has(&bulletin, "任何人不能挑选"));
    exact.kind = BYTES_LIT("exact");
    bulletin.draw = &exact;
    assert_false(page_has(&bulletin, "任何人不能挑选"));
    assert_true(page_has(&bulletin, "种子由抽样的人指定"));
}

static void sampled_html__says_no_minimum_of_nothing(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    rules.ranking.min_answers = 0;
    assert_false(page_has(&bulletin, "不足0件"));
    assert_true(page_has(&bulletin, "有效回答不足1件的单位"));
}

/* Of a process nothing is known of a frame: Clopper and Pearson, wider than the frame's exact limits. */
static void sampled_json__has_exact_limits_of_its_population(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct interval of_census = interval_clopper_pearson(56, 60, 0.95);
    char text[64];
    (void)snprintf(text, sizeof text, "\"low\": %.15g", of_census.low);
    assert_false(rendered_has(bulletin_json_render, &bulletin, text));
    rules.interval.process = true;
    assert_true(rendered_has(bulletin_json_render, &bulletin, text));
}

static void sampled_html__claims_no_draw_of_ours_for_an_adopted_sample(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct bulletin_draw adopted = draw;
    adopted.kind = BYTES_LIT("adopted");
    adopted.public_half = adopted.public_sha256 = BYTES_NONE;
    bulletin.draw = &adopted;
    assert_true(page_has(&bulletin, "采用外部样本"));
    assert_false(page_has(&bulletin, "凭种子"));
    assert_false(page_has(&bulletin, "sha256sum"));
}

static void rank_text__tells_ties_from_noise(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    static const struct {
        size_t row;
        const char *text;
    } table[] = {
        {1, "第2名（考虑抽样误差，实际名次可能在第1至第3名之间）"},
        {4, ""},
        {6, "并列第1名"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf out;
        buf_init(&out, 256);
        rank_text(&out, &bulletin, &rows[table[i].row]);
        assert_int_equal(out.len, strlen(table[i].text));
        assert_memory_equal(out.ptr != NULL ? out.ptr : "", table[i].text, out.len);
        buf_deinit(&out);
    }
}

static void percent_text__has_the_decimals_of_its_base(void **state)
{
    (void)state;
    static const struct {
        double rate;
        int64_t base;
        const char *text;
    } table[] = {
        {(double)NAN, 10, "—"},   {0.755, 99, "76%"},      {0.7549, 100, "75.5%"},
        {0.5, 1000, "50.00%"},    {0.99999, 500, "99.9%"}, {1, 500, "100.0%"},
        {0.00001, 2000, "0.01%"}, {0, 50, "0%"},           {23.0 / 40, 40, "58%"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf out;
        buf_init(&out, 64);
        percent_text(&out, table[i].rate, table[i].base);
        assert_int_equal(out.len, strlen(table[i].text));
        assert_memory_equal(out.ptr, table[i].text, out.len);
        buf_deinit(&out);
    }
}

static void words__name_every_number(void **state)
{
    (void)state;
    for (int i = 0; i < FRAME_REASONS; i++)
        assert_string_not_equal(frame_reason_name((enum frame_reason)i), "未知");
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        assert_string_not_equal(outcome_group_name((enum outcome_group)i), "未知");
    assert_true(bytes_equal(round_state_name(BYTES_LIT("calling")), BYTES_LIT("访问中")));
    assert_true(bytes_equal(draw_kind_name(BYTES_LIT("seed")), BYTES_LIT("公开摇号抽样")));
    assert_true(bytes_equal(request_reason_name(BYTES_LIT("legal")), BYTES_LIT("涉法涉诉")));
    assert_true(bytes_equal(request_reason_name(BYTES_LIT("other")), BYTES_LIT("other")));
}

static void sampled__survives_failing_memory(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    assert_survives_failing_memory(&bulletin);
}

/* ---- charts by themselves ---- */

static int on_chart(void *context, const struct chart *chart, struct err *err)
{
    struct buf *names = context;
    assert_true(chart->unit_class.len > 0);
    buf_printf(names, "%s-%d ", chart->draws, chart->class_place);
    return buf_status(names, err);
}

static void charts__stand_alone_without_styles(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct buf names, out;
    struct err err;
    buf_init(&names, OUT_MAX_BYTES);
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(charts_each(&bulletin, on_chart, &names, &err), OK);
    assert_true(
        bytes_starts_with(buf_bytes(&names), BYTES_LIT("on_time-1 resolution-1 satisfaction-1 ")));
    struct bytes rest = buf_bytes(&names);
    for (struct bytes name = bytes_cut(&rest, ' '); name.len > 0; name = bytes_cut(&rest, ' ')) {
        buf_clear(&out);
        assert_int_equal(chart_render(&bulletin, name, &out, &err), OK);
        assert_true(bytes_starts_with(buf_bytes(&out),
                                      BYTES_LIT("<svg xmlns=\"http://www.w3.org/2000/svg\"")));
        assert_true(
            bytes_equal(bytes_trim((struct bytes){out.ptr + out.len - 6, 6}), BYTES_LIT("</svg>")));
        assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("style=")), out.len);
    }
    assert_int_equal(chart_render(&bulletin, BYTES_LIT("on_time-0"), &out, &err), ERR_NOT_FOUND);
    assert_int_equal(chart_render(&bulletin, BYTES_LIT("on_time-99"), &out, &err), ERR_NOT_FOUND);
    buf_deinit(&names);
    buf_deinit(&out);
}

static int draw_chart(void *context, struct err *err)
{
    struct buf out;
    buf_init(&out, OUT_MAX_BYTES);
    int rc = chart_render(context, BYTES_LIT("resolution-1"), &out, err);
    buf_deinit(&out);
    return rc;
}

static void charts__survive_failing_memory(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    fault_loop(draw_chart, &bulletin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sampled__equals_golden_files),
        cmocka_unit_test(sampled_html__says_of_an_accumulated_round_what_it_pools),
        cmocka_unit_test(sampled_html__says_only_what_the_rules_do),
        cmocka_unit_test(sampled_html__names_who_is_not_in_a_sum),
        cmocka_unit_test(bulletin_html__shows_a_frame_before_its_draw),
        cmocka_unit_test(sampled_html__says_who_chose_the_seed),
        cmocka_unit_test(sampled_html__says_no_minimum_of_nothing),
        cmocka_unit_test(sampled_json__has_exact_limits_of_its_population),
        cmocka_unit_test(sampled_html__claims_no_draw_of_ours_for_an_adopted_sample),
        cmocka_unit_test(rank_text__tells_ties_from_noise),
        cmocka_unit_test(percent_text__has_the_decimals_of_its_base),
        cmocka_unit_test(words__name_every_number),
        cmocka_unit_test(sampled__survives_failing_memory),
        cmocka_unit_test(charts__stand_alone_without_styles),
        cmocka_unit_test(charts__survive_failing_memory),
    };
    if (!reports_use_allocator())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
