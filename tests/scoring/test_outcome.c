#include "scoring/outcome.h"

#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PATH_MAX_BYTES = 100, UNITS_MAX = 40, RATES = 16 };

static const char *const group_names[OUTCOME_GROUPS] = {"I", "P", "R", "NC", "O", "UH", "UO", "NE"};
static const char *const rate_names[RATES] = {"RR1",   "RR2",   "RR3",   "RR4",   "RR5",  "RR6",
                                              "COOP1", "COOP2", "COOP3", "COOP4", "REF1", "REF2",
                                              "REF3",  "CON1",  "CON2",  "CON3"};

/* In the order of rate_names. */
static void rates_list(struct outcome_rates r, double out[RATES])
{
    const double list[RATES] = {r.rr1,   r.rr2,   r.rr3,  r.rr4,  r.rr5,  r.rr6,  r.coop1, r.coop2,
                                r.coop3, r.coop4, r.ref1, r.ref2, r.ref3, r.con1, r.con2,  r.con3};
    for (int i = 0; i < RATES; i++)
        out[i] = list[i];
}

static void outcome_group_of__equals_the_golden_codes(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/aapor_codes.csv");
    for (size_t i = 0; i < table.row_count; i++) {
        enum outcome_group group = OUTCOME_COMPLETE;
        assert_true(outcome_group_of(table_file_text(&table, i, "code"), &group));
        assert_true(table_file_is(&table, i, "group", group_names[group]));
    }
    table_file_free(&table);
}

static void outcome_group_of__refuses_what_is_no_code(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "0",     "5",        "5.1", "1.3",  "1.0",  "11",
                                        "1.",   "2.1x",  "2.1111",   "2,1", " 2.1", "2.1 ", "02.1",
                                        "2.-1", "1.1.1", "成功访问", "I",   "a.1",  "1.301"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum outcome_group group = OUTCOME_INELIGIBLE;
        if (outcome_group_of(bytes_from_z(texts[i]), &group) || group != OUTCOME_INELIGIBLE)
            fail_msg("\"%s\" was taken for a code", texts[i]);
    }
}

static void outcome_prevails__keeps_what_says_most(void **state)
{
    (void)state;
    static const enum outcome_group order[] = {
        OUTCOME_COMPLETE, OUTCOME_PARTIAL,    OUTCOME_INELIGIBLE,     OUTCOME_REFUSAL,
        OUTCOME_OTHER,    OUTCOME_NONCONTACT, OUTCOME_UNKNOWN_PERSON, OUTCOME_UNKNOWN_UNWORKED};
    for (int later = 0; later < OUTCOME_GROUPS; later++) {
        for (int held = 0; held < OUTCOME_GROUPS; held++) {
            bool expected = later < held || (later == held && later > 1);
            assert_int_equal(outcome_prevails(order[later], order[held]), expected);
        }
    }
}

static void outcome_rates__equal_the_golden_tallies(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/aapor.csv");
    for (size_t row = 0; row < table.row_count; row++) {
        struct outcome_tally tally;
        struct outcome_mass mass = {0};
        for (int i = 0; i < OUTCOME_GROUPS; i++)
            tally.of_group[i] = table_file_count(&table, row, group_names[i]);
        outcome_mass_add(&mass, &tally, 1.0);
        double e = outcome_eligible_share(&mass);
        if (table_file_is(&table, row, "e_mode", "proportional"))
            table_file_expect(&table, row, "e", e);
        else
            e = table_file_number(&table, row, "e");
        double rates[RATES];
        rates_list(outcome_rates_of(&mass, e), rates);
        for (int i = 0; i < RATES; i++)
            table_file_expect(&table, row, rate_names[i], rates[i]);
    }
    table_file_free(&table);
}

/* The row of stratified.csv for one overall rate; those that the table leaves out are passed over. */
static int expect_overall(const struct table_file *table, const char *design, const char *estimator,
                          const char *variable, double actual)
{
    int found = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        if (table_file_is(table, row, "design", design) &&
            table_file_is(table, row, "estimator", estimator) &&
            table_file_is(table, row, "variable", variable)) {
            table_file_expect(table, row, "estimate", actual);
            found++;
        }
    }
    return found;
}

static int expect_mass(const struct table_file *table, const char *design, const char *estimator,
                       const struct outcome_mass *mass)
{
    double e = outcome_eligible_share(mass), rates[RATES];
    int found = expect_overall(table, design, estimator, "e", e);
    rates_list(outcome_rates_of(mass, e), rates);
    for (int i = 0; i < RATES; i++)
        found += expect_overall(table, design, estimator, rate_names[i], rates[i]);
    return found;
}

static void count_cases(const struct table_file *units, const struct table_file *cases,
                        struct outcome_tally tallies[UNITS_MAX])
{
    for (size_t row = 0; row < cases->row_count; row++) {
        enum outcome_group group = OUTCOME_COMPLETE;
        assert_true(outcome_group_of(table_file_text(cases, row, "disposition"), &group));
        size_t i = 0;
        while (!bytes_equal(table_file_text(units, i, "unit"), table_file_text(cases, row, "unit")))
            i++;
        tallies[i].of_group[group]++;
    }
}

static void expect_unit(const struct table_file *table, size_t row,
                        const struct outcome_tally *tally)
{
    static const char *const published[] = {"RR1", "RR2", "RR3", "COOP1", "REF1", "CON1"};
    struct outcome_mass mass = {0};
    outcome_mass_add(&mass, tally, 1.0);
    struct outcome_rates r = outcome_rates_of(&mass, outcome_eligible_share(&mass));
    const double rates[] = {r.rr1, r.rr2, r.rr3, r.coop1, r.ref1, r.con1};
    assert_int_equal(outcome_tally_released(tally), table_file_count(table, row, "n_sampled"));
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        assert_int_equal(tally->of_group[i], table_file_count(table, row, group_names[i]));
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        table_file_expect(table, row, published[i], rates[i]);
}

static void check_design(const struct table_file *overall, const char *design)
{
    char path[PATH_MAX_BYTES];
    (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_expected_units.csv", design);
    struct table_file units = table_file_read(path);
    (void)snprintf(path, sizeof path, "tests/data/golden/designs/%s_sample.csv", design);
    struct table_file cases = table_file_read(path);
    struct outcome_tally tallies[UNITS_MAX] = {0}, all = {0};
    struct outcome_mass plain = {0}, weighted = {0};
    assert_true(units.row_count <= UNITS_MAX);
    count_cases(&units, &cases, tallies);
    for (size_t i = 0; i < units.row_count; i++) {
        expect_unit(&units, i, &tallies[i]);
        outcome_tally_add(&all, &tallies[i]);
        outcome_mass_add(&weighted, &tallies[i],
                         table_file_number(&units, i, "N") /
                             (double)outcome_tally_released(&tallies[i]));
    }
    outcome_mass_add(&plain, &all, 1.0);
    assert_int_equal(expect_mass(overall, design, "aapor_unweighted", &plain), RATES + 1);
    assert_int_equal(expect_mass(overall, design, "aapor_weighted", &weighted), 6);
    table_file_free(&cases);
    table_file_free(&units);
}

static void outcome__equals_the_golden_designs(void **state)
{
    (void)state;
    static const char *const designs[] = {"D05", "D07", "D09", "D12"};
    struct table_file overall = table_file_read("tests/data/golden/stratified.csv");
    for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++)
        check_design(&overall, designs[d]);
    table_file_free(&overall);
}

/* What is known less can only lower a rate: RR1 <= RR3 <= RR5 for every e. */
static void outcome_rates__stay_ordered(void **state)
{
    (void)state;
    const struct outcome_tally tally = {{40, 5, 8, 20, 3, 9, 6, 4}};
    struct outcome_mass mass = {0};
    outcome_mass_add(&mass, &tally, 2.5);
    for (double e = 0.0; e <= 1.0; e += 0.125) {
        struct outcome_rates r = outcome_rates_of(&mass, e);
        assert_true(r.rr1 <= r.rr3 && r.rr3 <= r.rr5 && r.rr1 <= r.rr2 && r.rr5 <= r.rr6);
        assert_true(r.con1 <= r.con2 && r.con2 <= r.con3 && r.ref1 <= r.ref2 && r.ref2 <= r.ref3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcome_group_of__equals_the_golden_codes),
        cmocka_unit_test(outcome_group_of__refuses_what_is_no_code),
        cmocka_unit_test(outcome_prevails__keeps_what_says_most),
        cmocka_unit_test(outcome_rates__equal_the_golden_tallies),
        cmocka_unit_test(outcome__equals_the_golden_designs),
        cmocka_unit_test(outcome_rates__stay_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
