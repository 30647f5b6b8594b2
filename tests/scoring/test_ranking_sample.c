#include "scoring/rank_set.h"
#include "tests/scoring/ranking_fixture.h"
#include "tests/support/fault.h"

#include <string.h>

/* The table of sampled rounds. */

/* ---- ranks ---- */

/* Nothing is uncertain: only ties widen a rank. */
static void ranking_build__ranks_a_census_by_its_points(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"a", "县", 1, 8, 2, {{50, 50, 45, 5, 0}}, 1},
        {"b", "县", 1, 8, 2, {{20, 20, 10, 0, 10}}, 1},
        {"c", "县", 1, 4, 1, {{40, 40, 20, 0, 20}}, 1},
        {"d", "县", 1, 8, 2, {{10, 10, 1, 0, 9}}, 1},
        /* Of two parts, each answered as a whole. */
        {"e", "县", 1, 8, 2, {{30, 30, 20, 0, 10}, {10, 10, 10, 0, 0}}, 2},
    };
    static struct table table;
    table_begin(&table, SMALL, cases, COUNT(cases));
    expect_ranks(&table, "a", 1, 1, 1, 5);
    expect_ranks(&table, "e", 2, 2, 2, 5);
    expect_ranks(&table, "b", 3, 3, 4, 5);
    expect_ranks(&table, "c", 3, 3, 4, 5);
    expect_ranks(&table, "d", 5, 5, 5, 5);
    for (size_t i = 0; i < table.ranking.row_count; i++) {
        const struct ranking_row *row = &table.ranking.rows[i];
        assert_near(row->resolution_rate.interval.low, row->resolution_rate.point);
        assert_near(row->satisfaction_rate.interval.high, row->satisfaction_rate.point);
        assert_near(row->score.total.low, row->score.total.point);
        assert_near(row->score.total.high, row->score.total.point);
    }
    assert_string_equal(row_of(&table, "a")->band, "above");
    assert_string_equal(row_of(&table, "d")->band, "below");
    table_end(&table);
}

static const struct unit_case city[] = {
    {"c1", "县", 1, 95, 5, {{200, 80, 60, 6, 4}}, 1},
    {"c2", "县", 1, 80, 20, {{300, 80, 40, 10, 20}}, 1},
    {"c3", "县", 1, 90, 10, {{150, 80, 10, 10, 45}}, 1},
    {"c4", "县", 1, 99, 1, {{100, 60, 50, 1, 1}}, 1},
    {"c5", "县", 1, 50, 50, {{90, 20, 0, 0, 0}}, 1}, /* nobody answered */
    {"d1", "部门", 2, 60, 40, {{900, 80, 30, 5, 30}}, 1},
    {"d2", "部门", 2, 97, 3, {{80, 80, 60, 5, 5}}, 1},
};

/* The units whose codes begin with `prefix`, ranked by hand. */
static void expect_ranked_together(const struct table *table, const struct rules *rules,
                                   const char *prefix)
{
    struct rank_value values[UNITS_MAX];
    struct rank_set sets[UNITS_MAX];
    const struct ranking_row *rows[UNITS_MAX];
    enum rank_method method = rules->ranking.pair_joint ? RANK_PAIR_JOINT : RANK_KWW;
    size_t count = 0;
    for (size_t i = 0; i < table->ranking.unit_count; i++) {
        const struct ranking_row *row = &table->ranking.rows[i];
        if (bytes_starts_with(row->unit_code, bytes_from_z(prefix)) && row->resolution.valid > 0)
            rows[count++] = row;
    }
    double level = rank_interval_level(method, rules->interval.level, count);
    for (size_t i = 0; i < count; i++) {
        struct rate_tally tally = rows[i]->satisfaction;
        struct score_unit unit = {rows[i]->on_time, rows[i]->on_time_base, rows[i]->sample.frame,
                                  unit_sample_answers(&rows[i]->sample)};
        struct composite total = score_estimate(rules, &unit, NULL, level).total;
        struct interval limits = interval_default((double)tally.favourable, tally.valid,
                                                  tally.frame, (struct confidence){level, false});
        values[i] = (struct rank_value){total.point, total.low, total.high};
        if (rules->ranking.by == RULES_RANK_BY_SATISFACTION)
            values[i] = (struct rank_value){(double)tally.favourable / (double)tally.valid,
                                            limits.low, limits.high};
    }
    rank_sets_find(method, RANK_STRICT, values, count, sets);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i]->rank, sets[i].rank);
        assert_int_equal(rows[i]->rank_low, sets[i].low);
        assert_int_equal(rows[i]->rank_high, sets[i].high);
        assert_int_equal(rows[i]->ranked_of, count);
    }
}

static void ranking_build__takes_sets_at_the_level_of_those_ranked(void **state)
{
    (void)state;
    static const char *const texts[] = {
        SMALL,
        SMALL "within = all\n",
        SMALL "within = all\nmethod = pair_joint\n",
        SMALL "method = pair_joint\nby = satisfaction\n",
        SMALL "within = all\nby = satisfaction\n[interval]\nlevel = 0.8\n",
    };
    static struct table table;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct rules rules = rules_of(texts[i]);
        table_begin(&table, texts[i], city, COUNT(city));
        expect_ranked_together(&table, &rules, rules.ranking.within_class ? "c" : "");
        expect_ranked_together(&table, &rules, rules.ranking.within_class ? "d" : "");
        expect_ranks(&table, "c5", 0, 0, 0, 0);
        /* By class, rank and code; the unranked last. */
        assert_true(bytes_equal(table.ranking.rows[0].unit_code, BYTES_LIT("c4")));
        assert_true(bytes_equal(table.ranking.rows[4].unit_code, BYTES_LIT("c5")));
        assert_true(bytes_equal(table.ranking.rows[5].unit_code, BYTES_LIT("d2")));
        table_end(&table);
    }
}

static void ranking_build__stays_exact_by_on_time_after_a_draw(void **state)
{
    (void)state;
    static struct table table;
    table_begin(&table, SMALL "by = on_time\n", city, COUNT(city));
    expect_ranks(&table, "c4", 1, 1, 1, 5);
    expect_ranks(&table, "c3", 3, 3, 3, 5);
    expect_ranks(&table, "c5", 5, 5, 5, 5);
    assert_string_equal(row_of(&table, "c1")->band, "above");
    assert_string_equal(row_of(&table, "c2")->band, "below");
    assert_true(row_of(&table, "c1")->score.total.point > 0.8);
    table_end(&table);
}

/* ---- bands and notes ---- */

static void ranking_build__bands_by_the_whole_interval(void **state)
{
    (void)state;
    static struct table table;
    table_begin(&table, SMALL, city, COUNT(city));
    const struct ranking_row *counties = &table.ranking.rows[COUNT(city)];
    for (size_t i = 0; i < 4; i++) {
        const struct ranking_row *row = &table.ranking.rows[i];
        const char *band = row->score.total.low > counties->score.total.point    ? "above"
                           : row->score.total.high < counties->score.total.point ? "below"
                                                                                 : "not_different";
        assert_string_equal(row->band, band);
    }
    assert_string_equal(row_of(&table, "c4")->band, "above");
    assert_string_equal(row_of(&table, "c2")->band, "not_different");
    assert_string_equal(row_of(&table, "c3")->band, "below");
    assert_string_equal(row_of(&table, "c5")->band, "");
    table_end(&table);
    table_begin(&table, SMALL "by = resolution\nbands = 一档 0.9, 二档 0.7\n", city, COUNT(city));
    assert_string_equal(row_of(&table, "c4")->band, "一档");
    assert_string_equal(row_of(&table, "c2")->band, "二档");
    assert_string_equal(row_of(&table, "c3")->band, "");
    assert_string_equal(row_of(&table, "c5")->band, "");
    table_end(&table);
}

static void ranking_build__notes_what_figures_rest_on(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"good", "县", 1, 90, 10, {{400, 200, 140, 0, 10}}, 1},
        {"few", "县", 1, 90, 10, {{400, 80, 50, 0, 10}}, 1},
        {"low", "县", 1, 90, 10, {{900, 400, 140, 0, 10}}, 1},
        {"too_few", "县", 1, 90, 10, {{400, 80, 29, 0, 0}}, 1},
        {"no_orders", "县", 1, 0, 0, {{0, 0, 0, 0, 0}}, 0},
        {"none_due", "县", 1, 0, 0, {{400, 200, 140, 0, 10}}, 1},
    };
    static struct table table;
    table = (struct table){0};
    fill_inputs(cases, COUNT(cases), &table);
    table.inputs[COUNT(cases) - 1].tally.by_judgement[JUDGED_NOT_DUE_YET] = 7;
    table_build(&table, "", COUNT(cases));
    assert_int_equal(row_of(&table, "good")->note, NOTE_NONE);
    assert_int_equal(row_of(&table, "few")->note, NOTE_FEW);
    assert_int_equal(row_of(&table, "low")->note, NOTE_LOW_RESPONSE);
    assert_int_equal(row_of(&table, "too_few")->note, NOTE_TOO_FEW);
    assert_int_equal(row_of(&table, "no_orders")->note, NOTE_NO_ORDERS);
    assert_int_equal(row_of(&table, "none_due")->note, NOTE_NONE_DUE);
    expect_ranks(&table, "too_few", 0, 0, 0, 0);
    assert_int_equal(row_of(&table, "good")->ranked_of, 3);
    table_end(&table);
}

/* ---- units without samples ---- */

static void ranking_build__has_no_sample_before_the_draw(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {{"a", "县", 1, 8, 2, {{0, 0, 0, 0, 0}}, 0},
                                             {"b", "县", 1, 9, 1, {{0, 0, 0, 0, 0}}, 0}};
    static struct table table;
    table_begin(&table, SMALL, cases, COUNT(cases));
    expect_ranks(&table, "b", 1, 1, 1, 2);
    for (size_t i = 0; i < table.ranking.row_count; i++) {
        const struct ranking_row *row = &table.ranking.rows[i];
        assert_false(row->has_sample);
        assert_int_equal(row->drawn, 0);
        assert_near(row->rr1, NAN);
        assert_near(row->resolution_rate.point, NAN);
        assert_near(row->satisfaction_54.interval.low, NAN);
        assert_near(row->resolution_coverage, NAN);
        assert_near(row->score.total.point, NAN);
        assert_near(row->score.parts.on_time.point, NAN);
    }
    table_end(&table);
}

static void ranking_build__counts_an_empty_frame_among_sampled_units(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"a", "县", 1, 8, 2, {{100, 50, 30, 5, 5}}, 1},
        {"none", "县", 1, 9, 1, {{0, 0, 0, 0, 0}}, 0},
        {"zero", "县", 1, 9, 1, {{0, 0, 0, 0, 0}}, 1},
        {"silent", "县", 1, 9, 1, {{100, 20, 0, 0, 0}}, 1},
    };
    static struct table table;
    table_begin(&table, SMALL, cases, COUNT(cases));
    expect_ranks(&table, "a", 1, 1, 1, 1);
    static const char *const empty[] = {"none", "zero"};
    for (size_t i = 0; i < COUNT(empty); i++) {
        const struct ranking_row *row = row_of(&table, empty[i]);
        assert_true(row->has_sample);
        assert_int_equal(row->sample.frame, 0);
        assert_int_equal(row->note, NOTE_TOO_FEW);
        assert_near(row->rr1, NAN);
        assert_near(row->resolution_coverage, NAN);
        assert_near(row->resolution_rate.interval.high, NAN);
        assert_near(row->score.total.point, NAN);
        assert_near(row->score.parts.on_time.point, 0.9);
    }
    assert_near(row_of(&table, "silent")->rr1, 0);
    assert_near(row_of(&table, "silent")->resolution_coverage, 0);
    const struct ranking_row *all = row_over_all(&table);
    assert_near(all->resolution_coverage, 0.5);
    assert_near(all->resolution_rate.point, 35.0 / 40);
    assert_near(all->rr1, 40.0 / 70);
    assert_int_equal(all->sample.frame, 200);
    table_end(&table);
}

static void ranking_build__lets_the_class_mean_stand_in(void **state)
{
    (void)state;
    static struct table table;
    table_begin(&table, SMALL "[score]\nmissing = class_mean\n", city, COUNT(city));
    const struct score *score = &row_of(&table, "c5")->score;
    const struct ranking_row *counties = &table.ranking.rows[COUNT(city)];
    assert_near(score->parts.on_time.point, 0.5);
    assert_near(score->parts.resolution.point, counties->score.parts.resolution.point);
    assert_true(score->total.low < score->total.point && score->total.point < score->total.high);
    /* A score, but no rank: nobody answered. */
    expect_ranks(&table, "c5", 0, 0, 0, 0);
    assert_int_equal(row_of(&table, "c5")->note, NOTE_TOO_FEW);
    table_end(&table);
}

static void unit_sample_answers__adds_waves_up(void **state)
{
    (void)state;
    struct unit_sample sample = sample_of(&(struct part_case){100, 60, 30, 20, 5});
    struct unit_sample sum = {0};
    sample.answers[2].people[RESOLUTION_YES][5] = 4;
    sample.still_open = 3;
    unit_sample_add(&sum, &sample);
    unit_sample_add(&sum, &sample);
    struct answer_table answers = unit_sample_answers(&sum);
    assert_int_equal(answers.people[RESOLUTION_YES][5], 68);
    assert_int_equal(answers.people[RESOLUTION_YES][3], 40);
    assert_int_equal(answers.people[RESOLUTION_NO][1], 10);
    assert_int_equal(sum.answers[1].people[RESOLUTION_YES][3], 40);
    assert_int_equal(sum.frame, 200);
    assert_int_equal(sum.still_open, 6);
    assert_int_equal(outcome_tally_released(&sum.outcomes), 120);
}

/* ---- order, bad input, memory ---- */

static void ranking_build__of_samples_does_not_depend_on_the_order_of_units(void **state)
{
    (void)state;
    struct unit_case turned[COUNT(city)];
    static struct table forward;
    static struct table backward;
    for (size_t i = 0; i < COUNT(city); i++)
        turned[COUNT(city) - 1 - i] = city[i];
    table_begin(&forward, SMALL, city, COUNT(city));
    table_begin(&backward, SMALL, turned, COUNT(city));
    for (size_t i = 0; i < forward.ranking.row_count; i++) {
        const struct ranking_row *a = &forward.ranking.rows[i];
        const struct ranking_row *b = &backward.ranking.rows[i];
        assert_true(bytes_equal(a->unit_code, b->unit_code));
        assert_int_equal(a->rank_low, b->rank_low);
        /* To the last bit: an issued table is made again and compared. */
        assert_memory_equal(&a->score, &b->score, sizeof a->score);
        assert_memory_equal(&a->resolution_rate.interval, &b->resolution_rate.interval,
                            sizeof a->resolution_rate.interval);
    }
    table_end(&forward);
    table_end(&backward);
}

static void ranking_build__refuses_samples_that_cannot_be(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"u", "县", 1, 9, 1, {{50, 51, 30, 0, 0}}, 1},
        {"u", "县", 1, 9, 1, {{50, 40, 30, 21, 0}}, 1},
        {"u", "县", 1, 9, 1, {{50, 40, 30, 0, 0}, {50, 40, -1, 0, 5}}, 2},
    };
    struct rules rules = rules_of("");
    static struct table table;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {0};
        struct ranking ranking = {.row_count = 77};
        table = (struct table){0};
        fill_inputs(&cases[i], 1, &table);
        arena_init(&table.arena, ARENA_MAX_BYTES);
        assert_int_equal(ranking_build(&rules, table.inputs, 1, &table.arena, &ranking, &err),
                         ERR_FORMAT);
        assert_non_null(strstr(err.message, "unit u"));
        assert_int_equal(ranking.row_count, 77);
        table_end(&table);
    }
}

static int build_once(void *context, struct err *err)
{
    struct table *table = context;
    struct rules rules = rules_of(SMALL);
    struct ranking ranking;
    *table = (struct table){0};
    fill_inputs(city, COUNT(city), table);
    arena_init(&table->arena, ARENA_MAX_BYTES);
    int rc = ranking_build(&rules, table->inputs, COUNT(city), &table->arena, &ranking, err);
    arena_deinit(&table->arena);
    return rc;
}

static void ranking_build__of_samples_survives_failing_memory(void **state)
{
    (void)state;
    static struct table table;
    fault_loop(build_once, &table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranking_build__ranks_a_census_by_its_points),
        cmocka_unit_test(ranking_build__takes_sets_at_the_level_of_those_ranked),
        cmocka_unit_test(ranking_build__stays_exact_by_on_time_after_a_draw),
        cmocka_unit_test(ranking_build__bands_by_the_whole_interval),
        cmocka_unit_test(ranking_build__notes_what_figures_rest_on),
        cmocka_unit_test(ranking_build__has_no_sample_before_the_draw),
        cmocka_unit_test(ranking_build__counts_an_empty_frame_among_sampled_units),
        cmocka_unit_test(ranking_build__lets_the_class_mean_stand_in),
        cmocka_unit_test(unit_sample_answers__adds_waves_up),
        cmocka_unit_test(ranking_build__of_samples_does_not_depend_on_the_order_of_units),
        cmocka_unit_test(ranking_build__refuses_samples_that_cannot_be),
        cmocka_unit_test(ranking_build__of_samples_survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
