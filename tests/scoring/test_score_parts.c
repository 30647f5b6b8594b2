#include "scoring/score.h"

#include "tests/scoring/scoring_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Scores of accumulated rounds: a unit that answered in several parts. */

static void assert_same(const struct score *actual, const struct score *expected)
{
    assert_near(actual->total.point, expected->total.point);
    assert_near(actual->total.low, expected->total.low);
    assert_near(actual->total.high, expected->total.high);
    assert_near(actual->total.standard_error, expected->total.standard_error);
    assert_near(actual->parts.correlation, expected->parts.correlation);
    assert_near(actual->parts.covariance, expected->parts.covariance);
}

/* 100 people of 400 orders. */
static struct score_unit typical_unit(void)
{
    struct score_unit unit = {.on_time = 360, .on_time_base = 400, .frame = 400};
    unit.answers.people[RESOLUTION_YES][5] = 40;
    unit.answers.people[RESOLUTION_YES][4] = 24;
    unit.answers.people[RESOLUTION_PARTLY][3] = 14;
    unit.answers.people[RESOLUTION_NO][3] = 4;
    unit.answers.people[RESOLUTION_NO][1] = 18;
    return unit;
}

/* `unit` divided by `divisor`, which divides all its answers, without its on-time counts. */
static struct score_unit share_of(const struct score_unit *unit, int64_t divisor)
{
    struct score_unit share = {.frame = unit->frame / divisor};
    for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 0; b < SATISFACTION_ANSWERS; b++)
            share.answers.people[a][b] = unit->answers.people[a][b] / divisor;
    }
    return share;
}

static void score_estimate_parts__of_one_part_is_score_estimate(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "[interval]\npopulation = process\n", "[score]\nmissing = rescale\n",
        "[score]\non_time = 0.9, 0.02, 0, 0.2\nresolution = 0.8, 0.01, 0.1, 0.4\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct rules rules = rules_of(texts[i]);
        struct score_unit unit = typical_unit();
        struct score whole = score_estimate(&rules, &unit, NULL, 0.95);
        assert_true(whole.total.point > 0.5);
        /* Beside a part without orders, and one where nobody answered. */
        struct score_unit parts[3] = {
            {.on_time = 300, .on_time_base = 330}, unit, {.frame = 50, .on_time_base = 20}};
        parts[1].on_time -= 300;
        parts[1].on_time_base -= 350;
        struct score one = score_estimate_parts(&rules, parts, 3, NULL, 0.95);
        assert_same(&one, &whole);
        parts[1].answers = (struct answer_table){0};
        unit.answers = (struct answer_table){0};
        struct score empty = score_estimate(&rules, &unit, NULL, 0.95);
        one = score_estimate_parts(&rules, parts, 3, NULL, 0.95);
        assert_same(&one, &empty);
    }
}

/* Two halves that say the same: one degree of freedom is lost, nothing else. */
static void score_estimate_parts__of_like_halves_is_near_the_whole(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score_unit halves[2] = {share_of(&unit, 2), share_of(&unit, 2)};
    halves[1].on_time = unit.on_time;
    halves[1].on_time_base = unit.on_time_base;
    struct score whole = score_estimate(&rules, &unit, NULL, 0.95);
    struct score parts = score_estimate_parts(&rules, halves, 2, NULL, 0.95);
    assert_near(parts.total.point, whole.total.point);
    assert_near(parts.total.standard_error, whole.total.standard_error * sqrt(99.0 / 98.0));
    assert_near(parts.parts.covariance, whole.parts.covariance * 99 / 98);
    assert_true(fabs(parts.total.low - whole.total.low) < 0.003);
    assert_true(fabs(parts.total.high - whole.total.high) < 0.003);
}

/* A part with a tenth of the orders counts a tenth, however many of its people answered. */
static void score_estimate_parts__weighs_parts_as_their_frames(void **state)
{
    (void)state;
    struct rules rules = rules_of("[score]\non_time = 0\nresolution = 1\nsatisfaction = 0\n");
    struct score_unit parts[2] = {{.frame = 900}, {.frame = 100}};
    parts[0].answers.people[RESOLUTION_YES][0] = 20;
    parts[0].answers.people[RESOLUTION_NO][0] = 20;
    parts[1].answers.people[RESOLUTION_YES][0] = 100;
    struct composite total = score_estimate_parts(&rules, parts, 2, NULL, 0.95).total;
    assert_near(total.point, 0.9 * 0.5 + 0.1);
    /* All of the second part answered: only the first is uncertain. */
    assert_near(total.standard_error, 0.9 * sqrt((1.0 / 40 - 1.0 / 900) * 10 / 39));
    struct score_unit turned[2] = {parts[1], parts[0]};
    struct composite other = score_estimate_parts(&rules, turned, 2, NULL, 0.95).total;
    assert_near(other.low, total.low);
    assert_near(other.high, total.high);
}

static void score_estimate_parts__of_a_census_is_a_point(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score_unit parts[2] = {unit, share_of(&unit, 2)};
    parts[0].frame = 100;
    parts[1].frame = 50;
    struct composite total = score_estimate_parts(&rules, parts, 2, NULL, 0.95).total;
    assert_near(total.low, total.point);
    assert_near(total.high, total.point);
    assert_near(total.standard_error, 0);
}

/* Where everybody is content in every part, nothing varies, and yet the items go together. */
static void score_estimate_parts__keeps_a_correlation_where_answers_agree(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit part = {.on_time = 10, .on_time_base = 10, .frame = 100};
    part.answers.people[RESOLUTION_YES][5] = 10;
    struct score_unit parts[3] = {part, part, part};
    struct score alone = score_estimate(&rules, &part, NULL, 0.95);
    struct score score = score_estimate_parts(&rules, parts, 3, NULL, 0.95);
    assert_near(score.total.point, 1);
    assert_near(score.parts.correlation, alone.parts.correlation);
    assert_true(score.parts.correlation > 0.2);
    assert_true(score.total.low > alone.total.low && score.total.low < 0.97);
}

/* One item has answers in both parts, the other in one alone. */
static void score_estimate_parts__takes_each_item_where_it_is(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score_unit parts[2] = {unit, {.frame = 400}};
    parts[1].answers.people[RESOLUTION_MISSING][5] = 100;
    struct score whole = score_estimate(&rules, &unit, NULL, 0.95);
    struct score score = score_estimate_parts(&rules, parts, 2, NULL, 0.95);
    assert_near(score.parts.resolution.point, whole.parts.resolution.point);
    assert_near(score.parts.resolution.low, whole.parts.resolution.low);
    assert_near(score.parts.satisfaction.point, (whole.parts.satisfaction.point + 1) / 2);
    /* The second part has no say in what both have in common: its weight halves the covariance. */
    assert_near(score.parts.covariance, whole.parts.covariance / 2);
    assert_true(score.parts.correlation > 0 && score.parts.correlation <= 1);
}

static void score_pool_add_parts__is_complete_by_all_parts(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score_unit parts[2] = {share_of(&unit, 2), share_of(&unit, 2)};
    struct score_pool pool = {0};
    for (int b = 0; b < SATISFACTION_ANSWERS; b++) {
        for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
            parts[1].answers.people[RESOLUTION_MISSING][b] += parts[1].answers.people[a][b];
            parts[1].answers.people[a][b] = 0;
        }
    }
    score_pool_add_parts(&pool, &rules, parts, 2);
    assert_near(score_pool_estimate(&rules, &pool, 0.95).total.point, NAN);
    parts[1].on_time = 9;
    parts[1].on_time_base = 10;
    pool = (struct score_pool){0};
    score_pool_add_parts(&pool, &rules, parts, 2);
    struct composite pooled = score_pool_estimate(&rules, &pool, 0.95).total;
    struct composite own = score_estimate_parts(&rules, parts, 2, NULL, 0.95).total;
    assert_near(pooled.point, own.point);
    assert_near(pooled.standard_error, own.standard_error);
}

/* ---- coverage ---- */

/* splitmix64: a fixed sequence on every machine. */
static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    uint64_t z = *seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

enum { MONTHS = 3, TRIALS = 2000 };

/* Draw `asked` of the people of a frame without replacement; all of them answer. */
static void ask_people(const struct score_unit *frame, int64_t asked, uint64_t *seed,
                       struct score_unit *out_part)
{
    int64_t left = frame->frame;
    *out_part = *frame;
    out_part->answers = (struct answer_table){0};
    for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 1; b < SATISFACTION_ANSWERS; b++) {
            for (int64_t i = 0; i < frame->answers.people[a][b]; i++, left--) {
                if (random_unit(seed) * (double)left >= (double)asked)
                    continue;
                asked--;
                out_part->answers.people[a][b]++;
            }
        }
    }
}

/* Three months, of different size, share drawn and quality. */
static void score_estimate_parts__holds_the_score_of_the_frames_at_the_level(void **state)
{
    (void)state;
    static const int64_t asked[MONTHS] = {40, 30, 60};
    struct rules rules = rules_of("");
    struct score_unit unit = typical_unit();
    struct score_unit frames[MONTHS] = {unit, unit, unit};
    frames[0].frame = 100;
    frames[1].answers.people[RESOLUTION_YES][5] = 220;
    frames[1].frame = 280;
    frames[2].answers.people[RESOLUTION_NO][1] = 38;
    frames[2].frame = 120;
    double truth = score_estimate_parts(&rules, frames, MONTHS, NULL, 0.95).total.point;
    uint64_t seed = 77;
    int held = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        struct score_unit parts[MONTHS];
        for (int i = 0; i < MONTHS; i++)
            ask_people(&frames[i], asked[i], &seed, &parts[i]);
        struct composite total = score_estimate_parts(&rules, parts, MONTHS, NULL, 0.95).total;
        held += total.low <= truth && truth <= total.high;
    }
    if (held < TRIALS * 0.94 || held > TRIALS * 0.985)
        fail_msg("%d of %d", held, TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(score_estimate_parts__of_one_part_is_score_estimate),
        cmocka_unit_test(score_estimate_parts__of_like_halves_is_near_the_whole),
        cmocka_unit_test(score_estimate_parts__weighs_parts_as_their_frames),
        cmocka_unit_test(score_estimate_parts__of_a_census_is_a_point),
        cmocka_unit_test(score_estimate_parts__keeps_a_correlation_where_answers_agree),
        cmocka_unit_test(score_estimate_parts__takes_each_item_where_it_is),
        cmocka_unit_test(score_pool_add_parts__is_complete_by_all_parts),
        cmocka_unit_test(score_estimate_parts__holds_the_score_of_the_frames_at_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
