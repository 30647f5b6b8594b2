#include "scoring/stratified.h"

#include "scoring/distribution.h"

#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { UNITS_MAX = 40, PATH_MAX_BYTES = 100 };

static const struct confidence usual = {0.95, false};

struct design {
    struct stratum strata[UNITS_MAX];
    size_t count;
};

/* The value of one released case for `variable`; false where it gives none. */
static bool value_of(const struct table_file *cases, size_t row, const char *variable,
                     double *out_value)
{
    bool is_resolved = bytes_starts_with(bytes_from_z(variable), BYTES_LIT("resolved"));
    const char *column = is_resolved ? "resolved" : "satisfied";
    struct bytes text = table_file_text(cases, row, column);
    if (text.len == 0)
        return false;
    bool half = bytes_equal(bytes_from_z(variable), BYTES_LIT("resolved_half"));
    if (is_resolved)
        *out_value = table_file_is(cases, row, column, "yes")              ? 1.0
                     : half && table_file_is(cases, row, column, "partly") ? 0.5
                                                                           : 0.0;
    else if (bytes_equal(bytes_from_z(variable), BYTES_LIT("satisfied_top2")))
        *out_value = table_file_count(cases, row, column) >= 4 ? 1.0 : 0.0;
    else
        *out_value = (double)table_file_count(cases, row, column);
    return true;
}

static struct design design_read(const char *name, const char *variable)
{
    char path[PATH_MAX_BYTES];
    (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_units.csv", name);
    struct table_file units = table_file_read(path);
    (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_sample.csv", name);
    struct table_file cases = table_file_read(path);
    struct design design = {.count = units.row_count};
    assert_true(design.count <= UNITS_MAX);
    for (size_t i = 0; i < units.row_count; i++)
        design.strata[i].frame = table_file_count(&units, i, "N");
    for (size_t row = 0; row < cases.row_count; row++) {
        size_t i = 0;
        while (
            !bytes_equal(table_file_text(&units, i, "unit"), table_file_text(&cases, row, "unit")))
            i++;
        design.strata[i].released++;
        double value = 0.0;
        if (value_of(&cases, row, variable, &value))
            stratum_add(&design.strata[i], value, 1);
    }
    table_file_free(&cases);
    table_file_free(&units);
    return design;
}

static void expect_row(const struct table_file *table, size_t row, struct stratified got)
{
    table_file_expect(table, row, "estimate", got.point);
    table_file_expect(table, row, "se", sqrt(got.variance));
    if (table_file_is(table, row, "ci_method", "none"))
        return;
    table_file_expect(table, row, "ci_lo", got.interval.low);
    table_file_expect(table, row, "ci_hi", got.interval.high);
}

/* Number of rows of `table` for the design, estimator and variable, checked against `got` where the method is ours. */
static int expect_rows(const struct table_file *table, const char *design, const char *estimator,
                       const char *variable, struct stratified got)
{
    int found = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        if (table_file_is(table, row, "design", design) &&
            table_file_is(table, row, "estimator", estimator) &&
            table_file_is(table, row, "variable", variable) &&
            (table_file_is(table, row, "ci_method", "wilson_neff") ||
             table_file_is(table, row, "ci_method", "z") ||
             table_file_is(table, row, "ci_method", "none")) &&
            table_file_is(table, row, "scope", "overall")) {
            expect_row(table, row, got);
            found++;
        }
    }
    return found;
}

static void stratified__equals_the_golden_designs(void **state)
{
    (void)state;
    static const char *const designs[] = {"D05", "D07", "D09", "D12"};
    static const struct {
        const char *variable;
        bool is_rate;
    } items[] = {{"resolved_strict", true},
                 {"satisfied_top2", true},
                 {"resolved_half", false},
                 {"satisfied_mean1to5", false}};
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++) {
        for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
            const char *variable = items[i].variable;
            struct design design = design_read(designs[d], variable);
            struct stratified got = (items[i].is_rate ? stratified_rate : stratified_mean)(
                design.strata, design.count, usual);
            assert_int_equal(expect_rows(&table, designs[d], "poststrat", variable, got), 1);
            struct stratified domain = stratified_domain(design.strata, design.count, 0.95);
            assert_int_equal(expect_rows(&table, designs[d], "domain_ratio", variable, domain), 1);
            char coverage[PATH_MAX_BYTES];
            (void)snprintf(coverage, sizeof coverage, "%s:frame_coverage", variable);
            struct stratified share = {.point = got.coverage, .variance = NAN};
            assert_int_equal(expect_rows(&table, designs[d], "poststrat", coverage, share), 1);
        }
    }
    table_file_free(&table);
}

/* apistrat: the schools of each type are a stratum, every one of them answered. */
static struct design schools_read(const char *variable, bool comp_imp_only)
{
    struct table_file schools = table_file_read("tests/data/golden/designs/D01_apistrat.csv");
    static const char *const types[] = {"E", "H", "M"};
    struct design design = {.count = 3};
    for (size_t row = 0; row < schools.row_count; row++) {
        size_t i = 0;
        while (!table_file_is(&schools, row, "stype", types[i]))
            i++;
        struct stratum *stratum = &design.strata[i];
        stratum->frame = table_file_count(&schools, row, "fpc");
        stratum->released++;
        if (comp_imp_only && !table_file_is(&schools, row, "comp.imp", "Yes"))
            continue;
        bool is_text = table_file_is(&schools, row, variable, "Yes") ||
                       table_file_is(&schools, row, variable, "No");
        stratum_add(stratum,
                    is_text ? (table_file_is(&schools, row, variable, "Yes") ? 1.0 : 0.0)
                            : table_file_number(&schools, row, variable),
                    1);
    }
    table_file_free(&schools);
    return design;
}

static void stratified__equals_survey_for_apistrat(void **state)
{
    (void)state;
    static const struct {
        const char *variable, *column;
        bool is_rate;
    } items[] = {{"api00", "api00", false}, {"api99", "api99", false}, {"enroll", "enroll", false},
                 {"meals", "meals", false}, {"sw", "sch.wide", true},  {"aw", "awards", true}};
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        struct design design = schools_read(items[i].column, false);
        struct stratified domain = stratified_domain(design.strata, 3, 0.95);
        assert_int_equal(expect_rows(&table, "D01", "mean", items[i].variable, domain), 1);
        struct stratified mean = stratified_mean(design.strata, 3, usual);
        assert_int_equal(expect_rows(&table, "D01", "mean", items[i].variable, mean), 1);
        if (items[i].is_rate) {
            struct stratified rate = stratified_rate(design.strata, 3, usual);
            assert_int_equal(expect_rows(&table, "D01", "poststrat", items[i].variable, rate), 1);
        }
    }
    struct design improved = schools_read("api00", true);
    struct stratified part = stratified_domain(improved.strata, 3, 0.95);
    assert_int_equal(expect_rows(&table, "D01", "domain_ratio", "api00|comp.imp=Yes", part), 1);
    improved = schools_read("awards", true);
    part = stratified_domain(improved.strata, 3, 0.95);
    assert_int_equal(expect_rows(&table, "D01", "domain_ratio", "aw|comp.imp=Yes", part), 1);
    table_file_free(&table);
}

/* The row of that scope and method. */
static void expect_row_of(const struct table_file *table, const char *design, const char *estimator,
                          const char *variable, const char *scope, const char *method,
                          struct stratified got)
{
    for (size_t row = 0; row < table->row_count; row++) {
        if (table_file_is(table, row, "design", design) &&
            table_file_is(table, row, "estimator", estimator) &&
            table_file_is(table, row, "variable", variable) &&
            table_file_is(table, row, "scope", scope) &&
            table_file_is(table, row, "ci_method", method)) {
            expect_row(table, row, got);
            return;
        }
    }
    fail_msg("no row %s %s %s", estimator, variable, scope);
}

/* R's t intervals, of our estimate and variance: t^2 / (df + t^2) has a beta distribution. */
static struct stratified with_t(struct stratified got, double df)
{
    double share = beta_quantile(0.95, 0.5, df / 2.0);
    double reach = sqrt(df * share / (1.0 - share) * got.variance);
    got.interval = (struct interval){got.point - reach, got.point + reach};
    return got;
}

static struct stratified times(struct stratified got, double factor)
{
    got.point *= factor;
    got.variance *= factor * factor;
    got.interval.low *= factor;
    got.interval.high *= factor;
    return got;
}

static void stratified__equals_survey_by_stratum_and_with_t(void **state)
{
    (void)state;
    static const char *const types[] = {"E", "H", "M"};
    static const char *const variables[][2] = {{"api00", "api00"}, {"sw", "sch.wide"}};
    static const char *const means[][2] = {{"api00", "api00"},   {"api99", "api99"},
                                           {"enroll", "enroll"}, {"meals", "meals"},
                                           {"sw", "sch.wide"},   {"aw", "awards"}};
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    for (size_t v = 0; v < sizeof variables / sizeof variables[0]; v++) {
        struct design design = schools_read(variables[v][1], false);
        for (size_t i = 0; i < 3; i++)
            expect_row_of(&table, "D01", "mean", variables[v][0], types[i], "none",
                          stratified_mean(&design.strata[i], 1, usual));
    }
    for (size_t v = 0; v < sizeof means / sizeof means[0]; v++) {
        struct design design = schools_read(means[v][1], false);
        double df =
            (double)(design.strata[0].valid + design.strata[1].valid + design.strata[2].valid - 3);
        expect_row_of(&table, "D01", "mean", means[v][0], "overall", "t_df",
                      with_t(stratified_mean(design.strata, 3, usual), df));
    }
    table_file_free(&table);
}

/* The residuals y - R x of a ratio of totals, whose mean is 0. */
static struct design residuals_read(double ratio)
{
    struct table_file schools = table_file_read("tests/data/golden/designs/D01_apistrat.csv");
    struct design design = schools_read("enroll", false);
    for (size_t i = 0; i < 3; i++)
        design.strata[i] = (struct stratum){.frame = design.strata[i].frame};
    for (size_t row = 0; row < schools.row_count; row++) {
        size_t i = table_file_is(&schools, row, "stype", "E")   ? 0
                   : table_file_is(&schools, row, "stype", "H") ? 1
                                                                : 2;
        stratum_add(&design.strata[i],
                    table_file_number(&schools, row, "api.stu") -
                        ratio * table_file_number(&schools, row, "enroll"),
                    1);
    }
    table_file_free(&schools);
    return design;
}

static void stratified__equals_survey_for_totals_and_their_ratio(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    struct design enrolled = schools_read("enroll", false);
    struct design tested = schools_read("api.stu", false);
    double frame = 0;
    for (size_t i = 0; i < 3; i++)
        frame += (double)enrolled.strata[i].frame;
    struct stratified x = stratified_mean(enrolled.strata, 3, usual);
    struct stratified y = stratified_mean(tested.strata, 3, usual);
    expect_row_of(&table, "D01", "total", "enroll", "overall", "z", times(x, frame));
    expect_row_of(&table, "D01", "total", "api.stu", "overall", "z", times(y, frame));

    double ratio = y.point / x.point;
    struct design residuals = residuals_read(ratio);
    struct stratified e = times(stratified_mean(residuals.strata, 3, usual), 1.0 / x.point);
    assert_true(fabs(e.point) < 1e-12);
    e.point += ratio;
    e.interval.low += ratio;
    e.interval.high += ratio;
    expect_row_of(&table, "D01", "ratio", "api.stu/enroll", "overall", "z", e);
    table_file_free(&table);
}

static void stratified__equals_stata_for_a_domain(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/stratified.csv");
    struct table_file cases = table_file_read("tests/data/golden/designs/D02_statafpc.csv");
    for (int above = 0; above < 2; above++) {
        struct stratum strata[2] = {{0}};
        for (size_t row = 0; row < cases.row_count; row++) {
            struct stratum *stratum = &strata[table_file_count(&cases, row, "stratid") - 1];
            double x = table_file_number(&cases, row, "x");
            stratum->frame = table_file_count(&cases, row, "Nh");
            stratum->released++;
            if (above == 0 || x > 4.0)
                stratum_add(stratum, x, 1);
        }
        struct stratified got = stratified_domain(strata, 2, 0.95);
        if (above == 1) {
            assert_int_equal(expect_rows(&table, "D02", "domain_ratio", "x|x>4", got), 1);
            /* Without a finite population: a frame so large that nothing is left of its correction. */
            strata[0].frame *= INT64_C(1000000000000);
            strata[1].frame *= INT64_C(1000000000000);
            expect_row_of(&table, "D02", "domain_ratio_nofpc", "x|x>4", "overall", "none",
                          stratified_domain(strata, 2, 0.95));
            continue;
        }
        expect_row_of(&table, "D02", "mean", "x", "overall", "t_df",
                      with_t(got, (double)cases.row_count - 2.0));
        double frame = (double)(strata[0].frame + strata[1].frame);
        struct stratified total = {.point = got.point * frame,
                                   .variance = got.variance * frame * frame};
        assert_int_equal(expect_rows(&table, "D02", "total", "x", total), 1);
    }
    table_file_free(&cases);
    table_file_free(&table);
}

static void stratum_variance__equals_the_golden_units(void **state)
{
    (void)state;
    static const char *const designs[] = {"D05", "D07", "D09", "D12"};
    for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++) {
        char path[PATH_MAX_BYTES];
        (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_expected_units.csv",
                       designs[d]);
        struct table_file table = table_file_read(path);
        struct design design = design_read(designs[d], "resolved_strict");
        for (size_t i = 0; i < design.count; i++)
            table_file_expect(&table, i, "res_se",
                              sqrt(stratum_variance(&design.strata[i], false)));
        table_file_free(&table);
    }
}

static struct stratum unit_of(int64_t favourable, int64_t valid, int64_t frame)
{
    struct stratum stratum = {.frame = frame, .released = valid};
    stratum_add(&stratum, 1.0, favourable);
    stratum_add(&stratum, 0.0, valid - favourable);
    return stratum;
}

static void stratified_rate__of_one_unit_is_near_its_own(void **state)
{
    (void)state;
    struct stratum unit = unit_of(112, 125, 800);
    struct stratified got = stratified_rate(&unit, 1, usual);
    struct interval own = interval_default(112.0, 125, 800, usual);
    assert_true(fabs(got.point - 112.0 / 125.0) < 1e-15 && got.coverage == 1.0);
    assert_true(fabs(got.interval.low - own.low) < 2e-3);
    assert_true(fabs(got.interval.high - own.high) < 2e-3);
}

/* Frames that are no sum of powers of two: weights alone would add up to a little less than 1. */
static void stratified_rate__holds_at_the_ends(void **state)
{
    (void)state;
    for (int favourable = 0; favourable <= 1; favourable++) {
        struct stratum units[] = {unit_of(favourable * 7, 7, 21), unit_of(favourable, 1, 10),
                                  unit_of(favourable * 3, 3, 3), unit_of(0, 0, 9)};
        struct stratified got = stratified_rate(units, 4, usual);
        assert_true(got.point == (double)favourable);
        double effective = 1.0 / (pow(21.0 / 34.0, 2.0) * 14.0 / (7.0 * 20.0) +
                                  pow(10.0 / 34.0, 2.0) * 9.0 / (1.0 * 9.0));
        assert_true(fabs(got.effective - effective) < 1e-9);
        assert_true(favourable == 1 ? got.interval.high == 1.0 && got.interval.low < 0.9
                                    : got.interval.low == 0.0 && got.interval.high > 0.1);
        assert_true(fabs(got.coverage - 34.0 / 43.0) < 1e-15);
    }
}

static void stratified_rate__is_a_point_for_a_census(void **state)
{
    (void)state;
    struct stratum units[] = {unit_of(3, 4, 4), unit_of(9, 9, 9)};
    struct stratified got = stratified_rate(units, 2, usual);
    assert_true(isinf(got.effective) && got.variance == 0.0);
    assert_true(got.point == 12.0 / 13.0);
    assert_true(got.interval.low == got.point && got.interval.high == got.point);
}

static void stratified__is_undefined_without_answers(void **state)
{
    (void)state;
    struct stratum units[] = {unit_of(0, 0, 40), unit_of(0, 0, 0)};
    for (size_t count = 0; count <= 2; count++) {
        struct stratified rate = stratified_rate(units, count, usual);
        struct stratified mean = stratified_mean(units, count, usual);
        struct stratified domain = stratified_domain(units, count, 0.95);
        assert_true(isnan(rate.point) && isnan(rate.interval.low) && isnan(rate.effective));
        assert_true(isnan(mean.point) && isnan(mean.interval.high) && isnan(mean.variance));
        assert_true(isnan(domain.point) && isnan(domain.interval.low) && isnan(domain.variance));
        assert_true(count == 0 ? isnan(rate.coverage) : rate.coverage == 0.0);
    }
}

static void stratified_rate__of_a_process_knows_no_frame(void **state)
{
    (void)state;
    struct confidence process = {0.95, true};
    struct stratum units[] = {unit_of(3, 4, 4), unit_of(30, 40, 50)};
    struct stratified got = stratified_rate(units, 2, process);
    struct stratified orders = stratified_rate(units, 2, usual);
    assert_true(got.point == orders.point && got.variance > orders.variance);
    assert_true(fabs(stratum_variance(&units[1], true) - 0.75 * 0.25 / 39.0) < 1e-15);
}

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Draws `valid` of `frame` without replacement, of which `marked` are favourable. */
static int64_t draw(uint64_t *random, int64_t frame, int64_t marked, int64_t valid)
{
    int64_t favourable = 0;
    for (int64_t i = 0; i < valid; i++) {
        if ((int64_t)(random_next(random) % (uint64_t)(frame - i)) < marked - favourable)
            favourable++;
    }
    return favourable;
}

static void stratified_rate__covers_the_truth(void **state)
{
    (void)state;
    static const struct {
        int64_t frame, marked, valid;
    } units[] = {{80, 70, 30}, {300, 240, 60}, {1200, 1140, 90}, {40, 40, 20}, {500, 300, 50}};
    enum { UNITS = sizeof units / sizeof units[0], ROUNDS = 4000 };
    uint64_t random = 20240501;
    int held = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct stratum strata[UNITS];
        double truth = 0.0, frame = 0.0;
        for (size_t i = 0; i < UNITS; i++) {
            strata[i] = unit_of(draw(&random, units[i].frame, units[i].marked, units[i].valid),
                                units[i].valid, units[i].frame);
            truth += (double)units[i].marked;
            frame += (double)units[i].frame;
        }
        struct stratified got = stratified_rate(strata, UNITS, usual);
        held += got.interval.low <= truth / frame && truth / frame <= got.interval.high ? 1 : 0;
    }
    assert_in_range(held, ROUNDS * 0.935, ROUNDS * 0.97);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stratified__equals_the_golden_designs),
        cmocka_unit_test(stratified__equals_survey_for_apistrat),
        cmocka_unit_test(stratified__equals_survey_by_stratum_and_with_t),
        cmocka_unit_test(stratified__equals_survey_for_totals_and_their_ratio),
        cmocka_unit_test(stratified__equals_stata_for_a_domain),
        cmocka_unit_test(stratum_variance__equals_the_golden_units),
        cmocka_unit_test(stratified_rate__of_one_unit_is_near_its_own),
        cmocka_unit_test(stratified_rate__holds_at_the_ends),
        cmocka_unit_test(stratified_rate__is_a_point_for_a_census),
        cmocka_unit_test(stratified__is_undefined_without_answers),
        cmocka_unit_test(stratified_rate__of_a_process_knows_no_frame),
        cmocka_unit_test(stratified_rate__covers_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
