#include "scoring/score.h"

#include "scoring/interval.h"
#include "scoring/rank_set.h"
#include "tests/scoring/design_fixture.h"
#include "tests/scoring/scoring_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UNITS_MAX = 40 };

/* ---- golden: from released cases to scores and ranks ---- */

/* As the golden tables count: full credit or none, satisfied by 4 and 5. */
static const char golden_rules[] =
    "[points]\nresolution = yes 1, partly 0, no 0\nsatisfaction = 5 1, 4 1, 3 0, 2 0, 1 0\n"
    "[score]\non_time = 0.2\nresolution = 0.4\nsatisfaction = 0.4\n"
    "[interval]\nlevel = 0.95\n"
    "[ranking]\nmin_answers = 1\n";

static struct score_basis basis_of(const struct rules *rules, const struct score_unit *unit)
{
    return (struct score_basis){
        .orders = 1000,
        .on_time_base = unit->on_time_base,
        .resolution = rate_estimate(score_resolution_tally(rules, unit), rules),
        .satisfaction = rate_estimate(score_satisfaction_tally(rules, unit), rules),
        .response_rate = 0.6,
    };
}

struct design {
    struct table_file units, sample, expected;
    struct score_unit unit[UNITS_MAX];
    struct score score[UNITS_MAX];  /* at the rules' level */
    struct score ranked[UNITS_MAX]; /* at the level of the rank sets */
    size_t count;
};

static void count_answers(struct design *design)
{
    for (size_t row = 0; row < design->sample.row_count; row++) {
        struct bytes resolved = table_file_text(&design->sample, row, "resolved");
        struct bytes satisfied = table_file_text(&design->sample, row, "satisfied");
        struct bytes code = table_file_text(&design->sample, row, "unit");
        size_t unit = 0;
        while (!bytes_equal(code, table_file_text(&design->units, unit, "unit")))
            unit++;
        int level = satisfied.len > 0 ? satisfied.ptr[0] - '0' : SATISFACTION_MISSING;
        design->unit[unit].answers.people[resolution_of(resolved)][level]++;
    }
}

static void read_design(struct design *design, const char *name, char paths[3][DESIGN_PATH_BYTES])
{
    *design = (struct design){.count = 0};
    design->units = design_table(paths[0], name, "units");
    design->sample = design_table(paths[1], name, "sample");
    design->expected = design_table(paths[2], name, "expected_units");
    design->count = design->units.row_count;
    assert_true(design->count > 0 && design->count <= UNITS_MAX);
    assert_int_equal(design->expected.row_count, design->count);
    for (size_t i = 0; i < design->count; i++) {
        design->unit[i].frame = table_file_count(&design->units, i, "N");
        design->unit[i].on_time_base = table_file_count(&design->units, i, "closed");
        design->unit[i].on_time = table_file_count(&design->units, i, "on_time");
    }
    count_answers(design);
}

static void check_score(const struct design *design, size_t i)
{
    const struct table_file *expected = &design->expected;
    const struct composite_parts *parts = &design->score[i].parts;
    table_file_expect(expected, i, "on_time_rate", parts->on_time.point);
    if (table_file_is(expected, i, "m12", "NA"))
        return;
    table_file_expect(expected, i, "res_p", parts->resolution.point);
    table_file_expect(expected, i, "res_lo", parts->resolution.low);
    table_file_expect(expected, i, "res_hi", parts->resolution.high);
    table_file_expect(expected, i, "sat_p", parts->satisfaction.point);
    table_file_expect(expected, i, "sat_lo", parts->satisfaction.low);
    table_file_expect(expected, i, "sat_hi", parts->satisfaction.high);
    table_file_expect(expected, i, "cov12", parts->covariance);
    table_file_expect(expected, i, "r12", parts->correlation);
}

static void check_ranks(const struct rules *rules, struct design *design)
{
    struct rank_value values[UNITS_MAX];
    struct rank_set sets[UNITS_MAX];
    size_t row_of[UNITS_MAX];
    size_t ranked = 0;
    for (size_t i = 0; i < design->count; i++) {
        struct score_basis basis = basis_of(rules, &design->unit[i]);
        if (score_has_enough(rules, &basis))
            row_of[ranked++] = i;
        else
            assert_true(table_file_is(&design->expected, i, "rank", "NA"));
    }
    double level = rank_interval_level(RANK_KWW, rules->interval.level, ranked);
    for (size_t i = 0; i < ranked; i++) {
        struct score score = score_estimate(rules, &design->unit[row_of[i]], NULL, level);
        table_file_expect(&design->expected, row_of[i], "score_lo_sim", score.total.low);
        table_file_expect(&design->expected, row_of[i], "score_hi_sim", score.total.high);
        values[i] = (struct rank_value){score.total.point, score.total.low, score.total.high};
    }
    rank_sets_find(RANK_KWW, RANK_STRICT, values, ranked, sets);
    for (size_t i = 0; i < ranked; i++) {
        const struct table_file *expected = &design->expected;
        assert_int_equal(sets[i].rank, table_file_count(expected, row_of[i], "rank"));
        assert_int_equal(sets[i].low, table_file_count(expected, row_of[i], "rank_lo"));
        assert_int_equal(sets[i].high, table_file_count(expected, row_of[i], "rank_hi"));
    }
}

/* The golden interval is not cut where it leaves [0,1]. */
static void check_overall(const struct rules *rules, const struct design *design, const char *name)
{
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    struct score_pool pool = {0};
    size_t row = 0;
    for (size_t i = 0; i < design->count; i++)
        score_pool_add(&pool, rules, &design->unit[i]);
    struct composite total = score_pool_estimate(rules, &pool, 0.95).total;
    while (!table_file_is(&table, row, "design", name) ||
           !table_file_is(&table, row, "variable", "composite_0.2_0.4_0.4"))
        row++;
    table_file_expect(&table, row, "estimate", total.point);
    table_file_expect(&table, row, "se", total.standard_error);
    table_file_expect(&table, row, "ci_lo", total.low);
    if (table_file_number(&table, row, "ci_hi") > 1)
        assert_near(total.high, 1);
    else
        table_file_expect(&table, row, "ci_hi", total.high);
    table_file_free(&table);
}

static void score_estimate__equals_the_golden_designs(void **state)
{
    (void)state;
    static const char *const names[] = {"D05", "D07", "D09", "D12"};
    static struct design design;
    struct rules rules = rules_of(golden_rules);
    for (size_t d = 0; d < sizeof names / sizeof names[0]; d++) {
        char paths[3][DESIGN_PATH_BYTES];
        read_design(&design, names[d], paths);
        for (size_t i = 0; i < design.count; i++) {
            design.score[i] = score_estimate(&rules, &design.unit[i], NULL, rules.interval.level);
            check_score(&design, i);
            table_file_expect(&design.expected, i, "score", design.score[i].total.point);
            table_file_expect(&design.expected, i, "score_se",
                              design.score[i].total.standard_error);
            table_file_expect(&design.expected, i, "score_lo", design.score[i].total.low);
            table_file_expect(&design.expected, i, "score_hi", design.score[i].total.high);
        }
        check_ranks(&rules, &design);
        check_overall(&rules, &design, names[d]);
        table_file_free(&design.units);
        table_file_free(&design.sample);
        table_file_free(&design.expected);
    }
}

/* ---- lines ---- */

static struct score_unit unit_with_rates(int64_t on_time, int64_t satisfied, int64_t of)
{
    struct score_unit unit = {.on_time = on_time, .on_time_base = of, .frame = of};
    unit.answers.people[RESOLUTION_MISSING][4] = satisfied;
    unit.answers.people[RESOLUTION_MISSING][2] = of - satisfied;
    return unit;
}

/* Points that a city published, and the lines they follow (连云港). */
static void score_estimate__gives_the_points_a_city_published(void **state)
{
    (void)state;
    static const char on_time[] =
        "[score]\non_time = 0.95, 0.01, 0, 0.2\nresolution = 0\nsatisfaction = 0\nfull = 20\n";
    static const char february[] = "[score]\non_time = 0\nresolution = 0\nsatisfaction = 0.95, "
                                   "0.005, 0.125, 0.25\nfull = 25\n";
    static const char august[] = "[score]\non_time = 0\nresolution = 0\nsatisfaction = 0.98, "
                                 "0.005, 0.125, 0.25\nfull = 25\n";
    static const struct {
        const char *rules;
        int64_t count, of;
        int decimals;
        const char *points;
    } cases[] = {
        {on_time, 8, 10, 0, "5"},    {on_time, 4491, 5000, 2, "14.82"},
        {on_time, 2, 3, 0, "0"},     {on_time, 19, 20, 0, "20"},
        {on_time, 20, 20, 0, "20"},  {february, 12, 17, 1, "12.8"},
        {february, 2, 3, 1, "12.5"}, {february, 1, 2, 1, "12.5"},
        {august, 3, 4, 1, "13.5"},   {august, 5, 6, 2, "17.67"},
        {august, 7, 8, 2, "19.75"},  {august, 5, 7, 1, "12.5"},
        {august, 1, 2, 1, "12.5"},   {august, 0, 4, 1, "12.5"},
        {august, 4, 4, 0, "25"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rules rules = rules_of(cases[i].rules);
        struct score_unit unit = unit_with_rates(cases[i].count, cases[i].count, cases[i].of);
        struct score score = score_estimate(&rules, &unit, NULL, 0.95);
        char points[16];
        (void)snprintf(points, sizeof points, "%.*f", cases[i].decimals,
                       score.total.point * rules.score.full);
        assert_string_equal(points, cases[i].points);
        assert_near(score.total.low, score.total.point); /* all were asked: a census */
    }
}

/* The ends of the rate's interval become those of the component's. */
static void score_estimate__takes_the_interval_through_a_line(void **state)
{
    (void)state;
    struct rules rules =
        rules_of("[score]\non_time = 0\nresolution = 0\nsatisfaction = 0.9, 0.02, 0.2, 1\n");
    struct score_unit unit = unit_with_rates(0, 85, 100);
    unit.frame = 1000;
    struct interval rate = interval_default(85, 100, 1000, (struct confidence){.level = 0.95});
    struct composite total = score_estimate(&rules, &unit, NULL, 0.95).total;
    assert_true(rate.high > 0.9);
    assert_near(total.point, 1 - 2 * 0.05);
    assert_near(total.low, 1 - 2 * (0.9 - rate.low));
    assert_near(total.high, 1);
    assert_near(total.standard_error, 2 * sqrt((0.01 - 0.001) * 0.85 * 0.15 * 100 / 99));
    unit = unit_with_rates(0, 95, 100);
    unit.frame = 1000;
    assert_near(score_estimate(&rules, &unit, NULL, 0.95).total.standard_error, 0);
    unit = unit_with_rates(0, 30, 100);
    unit.frame = 1000;
    total = score_estimate(&rules, &unit, NULL, 0.95).total;
    assert_near(total.low, 0.2);
    assert_near(total.high, 0.2);
    assert_near(total.standard_error, 0);
}

/* Caps and weights are one scale: a line that reaches 0.6 counts three times a weight of 0.2. */
static void score_estimate__normalises_weights_and_caps_together(void **state)
{
    (void)state;
    struct rules rules =
        rules_of("[score]\non_time = 0.2\nresolution = 0\nsatisfaction = 0.9, 0.02, 0, 0.6\n");
    struct score_unit unit = unit_with_rates(50, 80, 100);
    struct score score = score_estimate(&rules, &unit, NULL, 0.95);
    assert_near(score.parts.on_time.weight, 0.25);
    assert_near(score.parts.resolution.weight, 0);
    assert_near(score.parts.satisfaction.weight, 0.75);
    assert_near(score.parts.satisfaction.point, (0.6 - 0.02 * 10) / 0.6);
    assert_near(score.total.point, (0.2 * 0.5 + 0.4) / 0.8);
}

/* ---- points ---- */

static struct score_unit typical_unit(void)
{
    struct score_unit unit = {.on_time = 180, .on_time_base = 200, .frame = 200};
    unit.answers.people[RESOLUTION_YES][5] = 20;
    unit.answers.people[RESOLUTION_PARTLY][3] = 10;
    unit.answers.people[RESOLUTION_NO][1] = 10;
    return unit;
}

static void score_estimate__gives_partial_credit_to_weights_but_not_to_lines(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score score = score_estimate(&rules, &unit, NULL, 0.95);
    assert_near(score.parts.resolution.point, 25.0 / 40);
    assert_near(score.parts.satisfaction.point, 28.0 / 40);
    assert_near(score.total.point, 0.3 * 0.9 + 0.35 * 0.625 + 0.35 * 0.7);
    rules = rules_of("[rates]\nsatisfied = 5 4\n[score]\non_time = 0\nresolution = 1, 0.01, 0, 1\n"
                     "satisfaction = 1, 0.01, 0, 1\n");
    score = score_estimate(&rules, &unit, NULL, 0.95);
    assert_near(score.parts.resolution.point, 0.5);
    assert_near(score.parts.satisfaction.point, 0.5);
}

/* ---- missing components ---- */

static void score_estimate__follows_the_rule_for_what_is_missing(void **state)
{
    (void)state;
    static const char base[] = "[score]\non_time = 0.2\nresolution = 0.4\nsatisfaction = 0.4\n";
    struct score_unit lacking = {.on_time = 90, .on_time_base = 100, .frame = 100};
    lacking.answers.people[RESOLUTION_YES][SATISFACTION_MISSING] = 30;
    lacking.answers.people[RESOLUTION_NO][SATISFACTION_MISSING] = 20;
    struct score_unit other = typical_unit();
    char text[160];
    (void)snprintf(text, sizeof text, "%smissing = refuse\n", base);
    struct rules rules = rules_of(text);
    struct score score = score_estimate(&rules, &lacking, NULL, 0.95);
    assert_near(score.total.point, NAN);
    assert_near(score.total.low, NAN);
    assert_near(score.total.standard_error, NAN);
    assert_near(score.parts.resolution.point, 0.6);
    (void)snprintf(text, sizeof text, "%smissing = rescale\n", base);
    rules = rules_of(text);
    score = score_estimate(&rules, &lacking, NULL, 0.95);
    assert_near(score.total.point, (0.2 * 0.9 + 0.4 * 0.6) / 0.6);
    assert_near(score.parts.satisfaction.weight, 0);
    assert_near(score.parts.satisfaction.point, NAN);
    assert_true(score.total.low < score.total.point && score.total.point < score.total.high);
    (void)snprintf(text, sizeof text, "%smissing = class_mean\n", base);
    rules = rules_of(text);
    struct score_pool pool = {0};
    assert_near(score_estimate(&rules, &lacking, NULL, 0.95).total.point, NAN);
    score_pool_add(&pool, &rules, &lacking);
    assert_near(score_estimate(&rules, &lacking, &pool, 0.95).total.point, NAN);
    score_pool_add(&pool, &rules, &other);
    score = score_estimate(&rules, &lacking, &pool, 0.95);
    assert_near(score.total.point, 0.2 * 0.9 + 0.4 * 0.6 + 0.4 * 0.7);
    assert_true(score.parts.satisfaction.low < 0.7 && score.parts.satisfaction.high > 0.7);
    assert_near(score.parts.correlation, 0);
    assert_near(score.total.standard_error,
                0.4 * sqrt(score.parts.resolution.variance + score.parts.satisfaction.variance));
}

/* A line must not read what is not there as its floor; what has no weight is never missing. */
static void score_estimate__takes_no_floor_for_a_missing_rate(void **state)
{
    (void)state;
    struct rules rules =
        rules_of("[score]\non_time = 0.9, 0.01, 0.1, 0.2\nresolution = 0\nsatisfaction = 0.05\n");
    struct score_unit unit = unit_with_rates(0, 10, 20);
    assert_near(score_estimate(&rules, &unit, NULL, 0.95).total.point, (0.1 + 0.05 * 0.5) / 0.25);
    unit.on_time_base = 0;
    assert_near(score_estimate(&rules, &unit, NULL, 0.95).total.point, NAN);
    rules =
        rules_of("[score]\non_time = 0.9, 0.01, 0.1, 0.2\nresolution = 0.95, 0.005, 0.125, 0.25\n"
                 "satisfaction = 0.05\nmissing = rescale\n");
    struct score_unit nothing = {.frame = 10};
    assert_near(score_estimate(&rules, &unit, NULL, 0.95).total.point, 0.5);
    assert_near(score_estimate(&rules, &nothing, NULL, 0.95).total.point, NAN);
}

/* ---- pools ---- */

static void score_pool_estimate__takes_complete_units_alone(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit whole = typical_unit();
    struct score_unit silent = {.on_time = 0, .on_time_base = 100, .frame = 100};
    struct score_pool pool = {0};
    assert_near(score_pool_estimate(&rules, &pool, 0.95).total.point, NAN);
    score_pool_add(&pool, &rules, &silent);
    assert_near(score_pool_estimate(&rules, &pool, 0.95).total.point, NAN);
    score_pool_add(&pool, &rules, &whole);
    struct score alone = score_estimate(&rules, &whole, NULL, 0.95);
    struct score pooled = score_pool_estimate(&rules, &pool, 0.95);
    assert_near(pooled.total.point, alone.total.point);
    assert_near(pooled.total.standard_error, alone.total.standard_error);
    assert_near(pooled.total.high - pooled.total.point,
                interval_z(0.95) * pooled.total.standard_error);
}

/* A normal interval may reach below 0; a line is not read there. */
static void score_pool_estimate__reads_a_line_between_0_and_1_alone(void **state)
{
    (void)state;
    struct rules rules =
        rules_of("[score]\non_time = 0\nresolution = 0\nsatisfaction = 0.9, 0.001, 0, 0.5\n");
    struct score_unit unit = unit_with_rates(0, 1, 4);
    struct score_pool pool = {0};
    unit.frame = 100;
    score_pool_add(&pool, &rules, &unit);
    assert_near(score_pool_estimate(&rules, &pool, 0.999).total.low, (0.5 - 0.09) / 0.5);
}

static void score_pool_estimate__is_the_same_in_any_order(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_pool forward = {0};
    struct score_pool backward = {0};
    for (int i = 0; i < 20; i++) {
        struct score_unit unit = typical_unit();
        unit.answers.people[RESOLUTION_YES][4] += i;
        score_pool_add(&forward, &rules, &unit);
        unit.answers.people[RESOLUTION_YES][4] += 19 - 2 * i;
        score_pool_add(&backward, &rules, &unit);
    }
    struct composite a = score_pool_estimate(&rules, &forward, 0.95).total;
    struct composite b = score_pool_estimate(&rules, &backward, 0.95).total;
    assert_near(a.point, b.point);
    assert_near(a.low, b.low);
    assert_near(a.high, b.high);
}

/* ---- the way of working ---- */

static void score_estimate__is_less_certain_of_a_way_of_working(void **state)
{
    (void)state;
    struct rules orders = rules_of("");
    struct rules process = rules_of("[interval]\npopulation = process\n");
    struct score_unit unit = typical_unit();
    struct score a = score_estimate(&orders, &unit, NULL, 0.95);
    struct score b = score_estimate(&process, &unit, NULL, 0.95);
    assert_near(a.total.point, b.total.point);
    assert_true(b.total.low < a.total.low && a.total.high < b.total.high);
    assert_near(a.parts.on_time.low, 0.9);
    assert_true(b.parts.on_time.low < 0.9 && b.parts.on_time.high > 0.9);
    unit.frame = 40; /* all were asked */
    a = score_estimate(&orders, &unit, NULL, 0.95);
    assert_near(a.total.low, a.total.point);
    assert_near(a.total.high, a.total.point);
    b = score_estimate(&process, &unit, NULL, 0.95);
    assert_true(b.total.low < b.total.point && b.total.point < b.total.high);
}

/* ---- coverage with partial credit ---- */

/* splitmix64: a fixed sequence on every machine. */
static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    uint64_t z = *seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

enum { FRAME = 400, ASKED = 100, TRIALS = 2000 };

/* Move the people of a whole frame to a random sample of `asked`; some keep one of their answers to themselves. */
static void ask_people(const struct answer_table *frame, int64_t asked, uint64_t *seed,
                       struct answer_table *out_sample)
{
    int64_t left = FRAME;
    for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 1; b < SATISFACTION_ANSWERS; b++) {
            for (int64_t person = 0; person < frame->people[a][b]; person++, left--) {
                if (random_unit(seed) * (double)left >= (double)asked)
                    continue;
                asked--;
                double shy = random_unit(seed);
                out_sample->people[shy < 0.1 ? 0 : a][shy > 0.9 ? 0 : b]++;
            }
        }
    }
}

static void score_estimate__holds_the_score_of_the_frame_at_the_level(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit frame = {.on_time = 360, .on_time_base = FRAME, .frame = FRAME};
    frame.answers.people[RESOLUTION_YES][5] = 180;
    frame.answers.people[RESOLUTION_YES][4] = 80;
    frame.answers.people[RESOLUTION_YES][2] = 20;
    frame.answers.people[RESOLUTION_PARTLY][3] = 50;
    frame.answers.people[RESOLUTION_PARTLY][1] = 10;
    frame.answers.people[RESOLUTION_NO][3] = 15;
    frame.answers.people[RESOLUTION_NO][1] = 45;
    double truth = score_estimate(&rules, &frame, NULL, 0.95).total.point;
    uint64_t seed = 12345;
    int held = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct score_unit unit = frame;
        unit.answers = (struct answer_table){0};
        ask_people(&frame.answers, ASKED, &seed, &unit.answers);
        struct composite total = score_estimate(&rules, &unit, NULL, 0.95).total;
        held += total.low <= truth && truth <= total.high;
    }
    if (held < TRIALS * 0.94 || held > TRIALS * 0.985)
        fail_msg("%d of %d", held, TRIALS);
}

/* ---- any rules, any answers ---- */

static struct rules_component random_component(uint64_t *seed)
{
    struct rules_component component = {.weight = random_unit(seed)};
    component.is_line = random_unit(seed) < 0.5;
    component.target = random_unit(seed);
    component.per_point = random_unit(seed) * random_unit(seed);
    component.floor = random_unit(seed) * 0.5;
    component.cap = component.floor + 0.01 + random_unit(seed) * 0.4;
    return component;
}

static void score_estimate__stays_ordered_inside_unit_interval(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (int trial = 0; trial < 3000; trial++) {
        struct rules rules = rules_of("");
        struct score_unit unit = {.frame = 1, .on_time_base = 1 + trial % 50};
        rules.score.on_time = random_component(&seed);
        rules.score.resolution = random_component(&seed);
        rules.score.satisfaction = random_component(&seed);
        rules.score.missing = (enum rules_missing)(trial % 3);
        rules.interval.process = random_unit(&seed) < 0.2;
        unit.on_time = (int64_t)(random_unit(&seed) * (double)(unit.on_time_base + 1));
        for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
            for (int b = 0; b < SATISFACTION_ANSWERS; b++) {
                unit.answers.people[a][b] = (int64_t)(random_unit(&seed) * (trial % 7));
                unit.frame += unit.answers.people[a][b] * (trial % 4 + 1);
            }
        }
        struct score_pool pool = {0};
        score_pool_add(&pool, &rules, &unit);
        struct composite total = score_estimate(&rules, &unit, &pool, 0.99).total;
        struct composite pooled = score_pool_estimate(&rules, &pool, 0.99).total;
        if (trial % 7 < 2) { /* nobody answered */
            assert_near(pooled.point, NAN);
            continue;
        }
        assert_true(0 <= total.low && total.low <= total.point + 1e-15);
        assert_true(total.point <= total.high + 1e-15 && total.high <= 1);
        assert_true(total.standard_error >= 0);
        assert_near(pooled.point, total.point);
        assert_true(0 <= pooled.low && pooled.low <= pooled.point + 1e-15);
        assert_true(pooled.point <= pooled.high + 1e-15 && pooled.high <= 1);
    }
}

/* ---- ranked or noted ---- */

static void score_has_enough__asks_for_what_the_rank_is_made_of(void **state)
{
    (void)state;
    static const struct {
        const char *rules;
        int64_t base, resolution, satisfaction;
        bool enough;
    } cases[] = {
        {"", 5, 30, 30, true},
        {"", 5, 30, 29, false},
        {"", 5, 29, 30, false},
        {"[score]\nsatisfaction = 0\n", 5, 30, 0, true},
        {"[score]\nresolution = 0\nsatisfaction = 0\n", 5, 0, 0, true},
        {"[ranking]\nby = resolution\n[score]\nsatisfaction = 0\n", 5, 30, 29, false},
        {"[ranking]\nby = satisfaction\n", 5, 30, 30, true},
        {"[ranking]\nby = on_time\n", 19, 30, 30, false},
        {"[ranking]\nby = on_time\n", 20, 0, 0, true},
        {"[ranking]\nmin_answers = 0\n", 20, 1, 1, true},
        {"[ranking]\nmin_answers = 0\n", 20, 1, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rules rules = rules_of(cases[i].rules);
        struct score_unit unit = {.on_time_base = cases[i].base, .frame = 100};
        unit.answers.people[RESOLUTION_YES][SATISFACTION_MISSING] = cases[i].resolution;
        unit.answers.people[RESOLUTION_MISSING][5] = cases[i].satisfaction;
        struct score_basis basis = basis_of(&rules, &unit);
        if (score_has_enough(&rules, &basis) != cases[i].enough)
            fail_msg("case %zu", i);
    }
}

static void score_note__says_the_gravest_alone(void **state)
{
    (void)state;
    static const struct {
        int64_t orders, base, yes, no;
        bool is_ranked;
        double response_rate;
        enum ranking_note note;
    } cases[] = {
        {0, 0, 0, 0, false, NAN, NOTE_NO_ORDERS}, {9, 0, 50, 0, false, 0.1, NOTE_NONE_DUE},
        {9, 9, 0, 0, false, NAN, NOTE_TOO_FEW},   {900, 900, 80, 19, true, 0.39, NOTE_LOW_RESPONSE},
        {900, 900, 80, 19, true, 0.4, NOTE_FEW},  {900, 900, 80, 20, true, 0.4, NOTE_NONE},
        {900, 900, 80, 20, true, NAN, NOTE_NONE},
    };
    struct rules rules = rules_of("");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct score_unit unit = {.on_time_base = cases[i].base, .frame = 1000};
        unit.answers.people[RESOLUTION_YES][5] = cases[i].yes;
        unit.answers.people[RESOLUTION_NO][1] = cases[i].no;
        struct score_basis basis = basis_of(&rules, &unit);
        basis.orders = cases[i].orders;
        basis.response_rate = cases[i].response_rate;
        enum ranking_note note = score_note(&rules, &basis, cases[i].is_ranked);
        if (note != cases[i].note)
            fail_msg("case %zu: %s", i, ranking_note_word(note));
    }
    rules = rules_of("[ranking]\nfew_answers = 5\nmin_answers = 5\n");
    struct score_unit wide = {.on_time_base = 9, .frame = 1000};
    wide.answers.people[RESOLUTION_YES][5] = 10;
    wide.answers.people[RESOLUTION_NO][1] = 10;
    struct score_basis basis = basis_of(&rules, &wide);
    assert_int_equal(score_note(&rules, &basis, true), NOTE_FEW);
}

static void score_tallies__count_people_by_the_rates(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    unit.answers.people[RESOLUTION_MISSING][4] = 3;
    unit.answers.people[RESOLUTION_YES][SATISFACTION_MISSING] = 2;
    struct rate_tally resolution = score_resolution_tally(&rules, &unit);
    struct rate_tally satisfaction = score_satisfaction_tally(&rules, &unit);
    assert_int_equal(resolution.valid, 42);
    assert_int_equal(resolution.favourable, 22);
    assert_int_equal(resolution.frame, 200);
    assert_int_equal(satisfaction.valid, 43);
    assert_int_equal(satisfaction.favourable, 33);
    rules = rules_of("[rates]\nresolved = yes partly\nsatisfied = 5\n");
    assert_int_equal(score_resolution_tally(&rules, &unit).favourable, 32);
    assert_int_equal(score_satisfaction_tally(&rules, &unit).favourable, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(score_estimate__equals_the_golden_designs),
        cmocka_unit_test(score_estimate__gives_the_points_a_city_published),
        cmocka_unit_test(score_estimate__takes_the_interval_through_a_line),
        cmocka_unit_test(score_estimate__normalises_weights_and_caps_together),
        cmocka_unit_test(score_estimate__gives_partial_credit_to_weights_but_not_to_lines),
        cmocka_unit_test(score_estimate__follows_the_rule_for_what_is_missing),
        cmocka_unit_test(score_estimate__takes_no_floor_for_a_missing_rate),
        cmocka_unit_test(score_pool_estimate__takes_complete_units_alone),
        cmocka_unit_test(score_pool_estimate__reads_a_line_between_0_and_1_alone),
        cmocka_unit_test(score_pool_estimate__is_the_same_in_any_order),
        cmocka_unit_test(score_estimate__is_less_certain_of_a_way_of_working),
        cmocka_unit_test(score_estimate__holds_the_score_of_the_frame_at_the_level),
        cmocka_unit_test(score_estimate__stays_ordered_inside_unit_interval),
        cmocka_unit_test(score_has_enough__asks_for_what_the_rank_is_made_of),
        cmocka_unit_test(score_note__says_the_gravest_alone),
        cmocka_unit_test(score_tallies__count_people_by_the_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
