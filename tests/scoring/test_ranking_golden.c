#include "scoring/ranking.h"

#include "tests/scoring/design_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* From the released cases of whole designs to the published table, against R. */

enum { UNITS_MAX = 40, ARENA_MAX_BYTES = 1 << 22 };

static const char *const designs[] = {"D05", "D07", "D09", "D12"};
enum { DESIGN_COUNT = sizeof designs / sizeof designs[0] };

static const char golden_rules[] =
    "[on_time]\nperiod = received\nbase = closed\nmin_orders = 0\n"
    "[frame]\nmax_age = none\n"
    "[rates]\nresolved = yes\nsatisfied = 5 4\n"
    "[points]\nresolution = yes 1, partly 0, no 0\nsatisfaction = 5 1, 4 1, 3 0, 2 0, 1 0\n"
    "[score]\non_time = 0.2\nresolution = 0.4\nsatisfaction = 0.4\n"
    "[ranking]\nwithin = all\nby = score\nmin_answers = 1\nfew_answers = 1\n";

struct design {
    const char *name;
    struct table_file units, sample, expected;
    struct unit_sample samples[UNITS_MAX];
    struct ranked_unit_input inputs[UNITS_MAX];
    struct arena arena;
    struct ranking ranking;
};

static void count_case(struct design *design, size_t row)
{
    const struct table_file *cases = &design->sample;
    struct bytes satisfied = table_file_text(cases, row, "satisfied");
    struct bytes code = table_file_text(cases, row, "unit");
    enum outcome_group group;
    size_t i = 0;
    while (!bytes_equal(code, table_file_text(&design->units, i, "unit")))
        i++;
    assert_true(outcome_group_of(table_file_text(cases, row, "disposition"), &group));
    design->samples[i].outcomes.of_group[group]++;
    int64_t attempt = table_file_count(cases, row, "attempts");
    int64_t wave = attempt < NONRESPONSE_WAVES ? attempt - 1 : NONRESPONSE_WAVES - 1;
    int level = satisfied.len > 0 ? satisfied.ptr[0] - '0' : SATISFACTION_MISSING;
    enum resolution_answer resolved = resolution_of(table_file_text(cases, row, "resolved"));
    if (resolved != RESOLUTION_MISSING || level != SATISFACTION_MISSING)
        design->samples[i].answers[wave].people[resolved][level]++;
}

static void design_begin(struct design *design, const char *name, char paths[3][DESIGN_PATH_BYTES])
{
    struct rules rules;
    struct err err = {0};
    *design = (struct design){.name = name};
    design->units = design_table(paths[0], name, "units");
    design->sample = design_table(paths[1], name, "sample");
    design->expected = design_table(paths[2], name, "expected_units");
    assert_true(design->units.row_count > 0 && design->units.row_count <= UNITS_MAX);
    assert_int_equal(design->expected.row_count, design->units.row_count);
    for (size_t i = 0; i < design->units.row_count; i++) {
        int64_t on_time = table_file_count(&design->units, i, "on_time");
        design->samples[i].frame = table_file_count(&design->units, i, "N");
        design->inputs[i] = (struct ranked_unit_input){
            .code = table_file_text(&design->units, i, "unit"),
            .class_name = BYTES_LIT("县"),
            .samples = &design->samples[i],
            .sample_count = 1,
        };
        design->inputs[i].tally.by_judgement[JUDGED_ON_TIME] = on_time;
        design->inputs[i].tally.by_judgement[JUDGED_LATE] =
            table_file_count(&design->units, i, "closed") - on_time;
    }
    for (size_t row = 0; row < design->sample.row_count; row++)
        count_case(design, row);
    if (rules_parse(bytes_from_z(golden_rules), &rules, &err) != OK)
        fail_msg("%s", err.message);
    arena_init(&design->arena, ARENA_MAX_BYTES);
    if (ranking_build(&rules, design->inputs, design->units.row_count, &design->arena,
                      &design->ranking, &err) != OK)
        fail_msg("%s", err.message);
}

static void design_end(struct design *design)
{
    arena_deinit(&design->arena);
    table_file_free(&design->units);
    table_file_free(&design->sample);
    table_file_free(&design->expected);
}

/* ---- units ---- */

static void expect_count(const struct table_file *table, size_t line, const char *column,
                         int64_t actual)
{
    int64_t expected =
        table_file_is(table, line, column, "NA") ? 0 : table_file_count(table, line, column);
    if (actual != expected)
        fail_msg("%s, line %zu, %s: %jd", table->path, line, column, (intmax_t)actual);
}

static void expect_outcomes(const struct table_file *table, size_t line,
                            const struct ranking_row *row)
{
    static const char *const groups[OUTCOME_GROUPS] = {"I", "P", "R", "NC", "O", "UH", "UO", "NE"};
    struct outcome_mass mass = {0};
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        expect_count(table, line, groups[i], row->sample.outcomes.of_group[i]);
    outcome_mass_add(&mass, &row->sample.outcomes, 1);
    struct outcome_rates rates = outcome_rates_of(&mass, outcome_eligible_share(&mass));
    expect_count(table, line, "n_sampled", row->drawn);
    table_file_expect(table, line, "RR1", row->rr1);
    table_file_expect(table, line, "RR2", rates.rr2);
    table_file_expect(table, line, "RR3", rates.rr3);
    table_file_expect(table, line, "COOP1", rates.coop1);
    table_file_expect(table, line, "REF1", rates.ref1);
    table_file_expect(table, line, "CON1", rates.con1);
}

struct item_columns {
    const char *valid, *favourable, *point, *error, *low, *high;
};

static void expect_item(const struct table_file *table, size_t line,
                        const struct item_columns *columns, const struct rate_tally *tally,
                        const struct rate *rate, const struct composite_part *part)
{
    expect_count(table, line, columns->valid, tally->valid);
    expect_count(table, line, columns->favourable, tally->favourable);
    table_file_expect(table, line, columns->point, rate->point);
    table_file_expect(table, line, columns->low, rate->interval.low);
    table_file_expect(table, line, columns->high, rate->interval.high);
    table_file_expect(table, line, columns->error, sqrt(part->variance));
}

static int64_t pairs_of(const struct unit_sample *sample)
{
    struct answer_table answers = unit_sample_answers(sample);
    int64_t both = 0;
    for (int a = 1; a < RESOLUTION_ANSWERS; a++) {
        for (int b = 1; b < SATISFACTION_ANSWERS; b++)
            both += answers.people[a][b];
    }
    return both;
}

static void expect_score(const struct table_file *table, size_t line, const struct ranking_row *row)
{
    const struct composite *total = &row->score.total;
    expect_count(table, line, "m12", pairs_of(&row->sample));
    table_file_expect(table, line, "cov12", row->score.parts.covariance);
    if (!table_file_is(table, line, "r12", "NA"))
        table_file_expect(table, line, "r12", row->score.parts.correlation);
    table_file_expect(table, line, "score", total->point);
    table_file_expect(table, line, "score_se", total->standard_error);
    table_file_expect(table, line, "score_lo", total->low);
    table_file_expect(table, line, "score_hi", total->high);
    expect_count(table, line, "rank", row->rank);
    expect_count(table, line, "rank_lo", row->rank_low);
    expect_count(table, line, "rank_hi", row->rank_high);
}

static void ranking_build__equals_the_golden_units(void **state)
{
    (void)state;
    static const struct item_columns resolved = {"res_m",  "res_x",  "res_p",
                                                 "res_se", "res_lo", "res_hi"};
    static const struct item_columns satisfied = {"sat_m",  "sat_x",  "sat_p",
                                                  "sat_se", "sat_lo", "sat_hi"};
    static struct design design;
    for (size_t d = 0; d < DESIGN_COUNT; d++) {
        char paths[3][DESIGN_PATH_BYTES];
        design_begin(&design, designs[d], paths);
        assert_int_equal(design.ranking.unit_count, design.expected.row_count);
        for (size_t i = 0; i < design.ranking.unit_count; i++) {
            const struct ranking_row *row = &design.ranking.rows[i];
            size_t line = 0;
            while (!bytes_equal(row->unit_code, table_file_text(&design.expected, line, "unit")))
                line++;
            assert_true(row->has_sample);
            expect_count(&design.expected, line, "N", row->sample.frame);
            table_file_expect(&design.expected, line, "on_time_rate", row->on_time_rate);
            expect_outcomes(&design.expected, line, row);
            expect_item(&design.expected, line, &resolved, &row->resolution, &row->resolution_rate,
                        &row->score.parts.resolution);
            expect_item(&design.expected, line, &satisfied, &row->satisfaction,
                        &row->satisfaction_rate, &row->score.parts.satisfaction);
            expect_score(&design.expected, line, row);
        }
        design_end(&design);
    }
}

/* ---- the row over all ---- */

static size_t overall_line(const struct table_file *table, const char *design,
                           const char *estimator, const char *variable, const char *method)
{
    for (size_t line = 0; line < table->row_count; line++) {
        if (table_file_is(table, line, "design", design) &&
            table_file_is(table, line, "estimator", estimator) &&
            table_file_is(table, line, "variable", variable) &&
            table_file_is(table, line, "ci_method", method))
            return line;
    }
    fail_msg("no %s %s %s", design, estimator, variable);
    return 0;
}

static void expect_rate(const struct table_file *table, const char *design, const char *variable,
                        const struct rate *rate, double coverage)
{
    char share[DESIGN_PATH_BYTES];
    (void)snprintf(share, sizeof share, "%s:frame_coverage", variable);
    size_t line = overall_line(table, design, "poststrat", variable, "wilson_neff");
    table_file_expect(table, line, "estimate", rate->point);
    table_file_expect(table, line, "ci_lo", rate->interval.low);
    table_file_expect(table, line, "ci_hi", rate->interval.high);
    line = overall_line(table, design, "poststrat", share, "none");
    table_file_expect(table, line, "estimate", coverage);
}

/* The golden interval is not cut where it leaves [0,1]. */
static void expect_total(const struct table_file *table, const char *design,
                         const struct composite *total)
{
    size_t line = overall_line(table, design, "poststrat", "composite_0.2_0.4_0.4", "z");
    table_file_expect(table, line, "estimate", total->point);
    table_file_expect(table, line, "se", total->standard_error);
    table_file_expect(table, line, "ci_lo", total->low);
    if (table_file_number(table, line, "ci_hi") > 1)
        assert_true(total->high == 1);
    else
        table_file_expect(table, line, "ci_hi", total->high);
}

static void ranking_build__equals_the_golden_totals(void **state)
{
    (void)state;
    static struct design design;
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    for (size_t d = 0; d < DESIGN_COUNT; d++) {
        char paths[3][DESIGN_PATH_BYTES];
        design_begin(&design, designs[d], paths);
        /* One class: its row says the same as the row over all. */
        for (size_t i = design.ranking.unit_count; i < design.ranking.row_count; i++) {
            const struct ranking_row *row = &design.ranking.rows[i];
            assert_true(bytes_equal(row->unit_code, BYTES_LIT("*")) && row->rank == 0);
            assert_int_equal(row->drawn, design.sample.row_count);
            size_t line = overall_line(&table, designs[d], "census", "on_time", "none");
            table_file_expect(&table, line, "estimate", row->on_time_rate);
            line = overall_line(&table, designs[d], "aapor_unweighted", "RR1", "none");
            table_file_expect(&table, line, "estimate", row->rr1);
            expect_rate(&table, designs[d], "resolved_strict", &row->resolution_rate,
                        row->resolution_coverage);
            expect_rate(&table, designs[d], "satisfied_top2", &row->satisfaction_rate,
                        row->satisfaction_coverage);
            expect_rate(&table, designs[d], "satisfied_top2", &row->satisfaction_54,
                        row->satisfaction_coverage);
            expect_total(&table, designs[d], &row->score.total);
        }
        design_end(&design);
    }
    table_file_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranking_build__equals_the_golden_units),
        cmocka_unit_test(ranking_build__equals_the_golden_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
