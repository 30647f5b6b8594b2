#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/libraries.h"
#include "reports/words.h"

#include "tests/reports/rendering.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OF_CLASS(name) .unit_class = {name, sizeof(name) - 1}
#define CALLED(c, n)   .unit_code = {c, sizeof(c) - 1}, .unit_name = {n, sizeof(n) - 1}

static struct ranking_row rows[] = {
    {OF_CLASS("县(区)"), CALLED("A1", "云岭县"), .rank = 1, .rank_low = 1, .rank_high = 2,
     .ranked_of = 3, .band = "above", .orders = 1210, .excluded = 10, .on_time_base = 1200,
     .on_time = 1199},
    {OF_CLASS("县(区)"), CALLED("A2", "=cmd|' /C calc'!A0"), .rank = 1, .rank_low = 1,
     .rank_high = 2, .ranked_of = 3, .band = "above", .orders = 1200, .on_time_base = 1200,
     .on_time = 1199},
    {OF_CLASS("县(区)"),
     CALLED("A3", "<script>alert(\"x\")</script>,\x01 & 一个名称很长很长的被评价单位"), .rank = 3,
     .rank_low = 3, .rank_high = 3, .ranked_of = 3, .band = "below", .orders = 130, .excluded = 5,
     .on_time_base = 120, .on_time = 100},
    {OF_CLASS("县(区)"), CALLED("A4", "小镇"), .orders = 12, .on_time_base = 12, .on_time = 12,
     .note = NOTE_TOO_FEW},
    {OF_CLASS("市直 & <b>"), CALLED("B1", "无单局"), .note = NOTE_NO_ORDERS},
    {OF_CLASS("市直 & <b>"), CALLED("B2", "未到期局"), .orders = 3, .note = NOTE_NONE_DUE},
    {OF_CLASS("县(区)"), CALLED("*", ""), .orders = 2552, .excluded = 15, .on_time_base = 2532,
     .on_time = 2510},
    {OF_CLASS("市直 & <b>"), CALLED("*", ""), .orders = 3},
    {OF_CLASS("*"), CALLED("*", ""), .orders = 2555, .excluded = 15, .on_time_base = 2532,
     .on_time = 2510},
};
static const struct ranking ranking = {
    .rows = rows, .row_count = 9, .unit_count = 6, .class_count = 2};
static struct ranking_row before_row = {OF_CLASS("*"), CALLED("*", ""), .orders = 2400,
                                        .on_time_base = 2300, .on_time = 2250};
static const struct ranking before = {.rows = &before_row, .row_count = 1};
static const struct bulletin_import imports[] = {
    {7, BYTES_LIT("五月<1>.csv"), BYTES_LIT("2024-06-01 09:00"), 2600, 2560, 10, 20, 10, 3, 2, 1},
};
static const struct bulletin_unmatched unmatched[] = {{BYTES_LIT("某某\xFF局"), 4}};
static struct rules rules = {.on_time = {.extensions = 1, .judged_once = true, .min_orders = 20},
                             .ranking = {.within_class = true, .bands_by_class_mean = true}};
static const struct bulletin_previous previous = {BYTES_LIT("2024-04"),
                                                  BYTES_LIT("2024年4月评价期"), &before, &rules};

static struct bulletin sample(void)
{
    for (size_t i = 0; i < ranking.row_count; i++)
        rows[i].on_time_rate = rows[i].on_time_base > 0
                                   ? (double)rows[i].on_time / (double)rows[i].on_time_base
                                   : (double)NAN;
    before_row.on_time_rate = 2250.0 / 2300.0;
    rows[0].tally.by_judgement[JUDGED_RETURNED] = 10;
    rows[2].tally.by_judgement[JUDGED_MERGED] = 5;
    rows[6].tally.by_judgement[JUDGED_RETURNED] = rows[8].tally.by_judgement[JUDGED_RETURNED] = 10;
    rows[6].tally.by_judgement[JUDGED_MERGED] = rows[8].tally.by_judgement[JUDGED_MERGED] = 5;
    return (struct bulletin){
        .organ = BYTES_LIT("云岭市绩效考评办公室"),
        .title = BYTES_LIT("2024年5月12345热线工单按时办结情况通报"),
        .is_demonstration = true,
        .demonstration_notice = BYTES_LIT("演示数据：城市和单位均为虚构。"),
        .round_id = BYTES_LIT("2024-05"),
        .round_kind = BYTES_LIT("monthly"),
        .from_day = 19844,
        .to_day = 19874,
        .as_of = BYTES_LIT("2024-06-01 08:00"),
        .printed_at = BYTES_LIT("2024-06-02 08:00"),
        .program_version = BYTES_LIT("test"),
        .ranking = &ranking,
        .previous = &previous,
        .rules = &rules,
        .rules_text = BYTES_LIT("[basis]\ndocument =\n"),
        .imports = imports,
        .import_count = 1,
        .unmatched_names = unmatched,
        .unmatched_name_count = 1,
        .unmatched = 4,
        .unclear = 2,
    };
}

static void bulletin__equals_golden_files(void **state)
{
    (void)state;
    static const char *const paths[RENDERERS] = {
        "tests/reports/golden/score.csv", "tests/reports/golden/score.json",
        "tests/reports/golden/score.txt", "tests/reports/golden/bulletin.json",
        "tests/reports/golden/bulletin.html"};
    struct bulletin bulletin = sample();
    assert_golden(&bulletin, paths);
}

static void bulletin_html__says_nothing_of_an_absent_previous_round(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct buf out;
    struct err err;
    bulletin.previous = NULL;
    bulletin.document = BYTES_LIT("绩办发〔2024〕3号");
    bulletin.is_demonstration = false;
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(bulletin_html_render(&bulletin, &out, &err), OK);
    assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("上期")), out.len);
    assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("试算")), out.len);
    assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("演示数据")), out.len);
    buf_deinit(&out);
}

static void bulletin_html__names_the_previous_base_and_compares_only_the_same(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct rules closed = rules;
    struct bulletin_previous other = previous;
    struct buf out;
    struct err err;
    closed.on_time.base = RULES_BASE_CLOSED;
    other.rules = &closed;
    bulletin.previous = &other;
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(bulletin_html_render(&bulletin, &out, &err), OK);
    assert_true(bytes_find(buf_bytes(&out), BYTES_LIT("已办结2300件")) < out.len);
    assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("个百分点")), out.len);
    buf_deinit(&out);
}

static void bulletin_html__shows_thresholds_by_their_names(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    struct rules thresholds = rules;
    struct buf out;
    struct err err;
    thresholds.ranking.bands_by_class_mean = false;
    thresholds.ranking.bands[0] = (struct rules_band){"above", 0.29};
    thresholds.ranking.band_count = 1;
    bulletin.rules = &thresholds;
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(bulletin_html_render(&bulletin, &out, &err), OK);
    assert_true(bytes_find(buf_bytes(&out), BYTES_LIT("<td class=\"band\">above</td>")) < out.len);
    assert_true(bytes_find(buf_bytes(&out), BYTES_LIT("above：按时办结率不低于29%。")) < out.len);
    assert_int_equal(bytes_find(buf_bytes(&out), BYTES_LIT("类别平均")), out.len);
    buf_deinit(&out);
}

static void bulletin__survives_failing_memory(void **state)
{
    (void)state;
    struct bulletin bulletin = sample();
    assert_survives_failing_memory(&bulletin);
}

static void rate_text__never_hides_the_base(void **state)
{
    (void)state;
    static const struct {
        int64_t part, base;
        const char *text;
    } table[] = {
        {0, 0, "—"},          {12, 12, "12件中12件"}, {99, 99, "99件中99件"},
        {100, 100, "100.0%"}, {998, 999, "99.9%"},    {1000, 1000, "100.00%"},
        {1, 3000, "0.03%"},   {1, 1000000, "0.01%"},  {999999, 1000000, "99.99%"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf out;
        buf_init(&out, 64);
        rate_text(&out, table[i].part, table[i].base);
        assert_int_equal(out.len, strlen(table[i].text));
        assert_memory_equal(out.ptr, table[i].text, out.len);
        buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bulletin__equals_golden_files),
        cmocka_unit_test(bulletin_html__says_nothing_of_an_absent_previous_round),
        cmocka_unit_test(bulletin_html__names_the_previous_base_and_compares_only_the_same),
        cmocka_unit_test(bulletin_html__shows_thresholds_by_their_names),
        cmocka_unit_test(bulletin__survives_failing_memory),
        cmocka_unit_test(rate_text__never_hides_the_base),
    };
    if (!reports_use_allocator())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
