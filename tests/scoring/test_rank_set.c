#include "scoring/rank_set.h"

#include "scoring/interval.h"
#include "tests/support/table_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { UNITS_MAX = 64 };

/* ---- golden ---- */

struct method_case {
    const char *name;
    enum rank_method method;
};

static enum rank_method method_of(struct bytes name)
{
    static const struct method_case cases[] = {{"kww_sidak", RANK_KWW},
                                               {"kww_sidak_rounded1", RANK_KWW},
                                               {"pair_joint", RANK_PAIR_JOINT},
                                               {"pair_marginal", RANK_PAIR_MARGINAL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (bytes_equal(name, bytes_from_z(cases[i].name)))
            return cases[i].method;
    }
    fail_msg("no method " BYTES_FMT, BYTES_ARG(name));
    return RANK_KWW;
}

/* Rows of one case and method stand together. */
static size_t group_end(const struct table_file *table, size_t first)
{
    size_t end = first + 1;
    while (
        end < table->row_count &&
        bytes_equal(table_file_text(table, end, "case"), table_file_text(table, first, "case")) &&
        bytes_equal(table_file_text(table, end, "method"), table_file_text(table, first, "method")))
        end++;
    return end;
}

/* The unit's value with limits from its counts where it has them; travel times are better when they are shorter. */
static struct rank_value value_of(const struct table_file *table, size_t row, double level)
{
    struct rank_value value = {table_file_number(table, row, "est"),
                               table_file_number(table, row, "lo"),
                               table_file_number(table, row, "hi")};
    if (!isnan(table_file_number(table, row, "n"))) {
        struct interval limits = interval_default(
            table_file_number(table, row, "x"), table_file_count(table, row, "n"),
            table_file_count(table, row, "N"), (struct confidence){.level = level});
        table_file_expect(table, row, "lo", limits.low);
        table_file_expect(table, row, "hi", limits.high);
        value.low = limits.low;
        value.high = limits.high;
    }
    if (table_file_is(table, row, "direction", "asc"))
        value = (struct rank_value){-value.point, -value.high, -value.low};
    return value;
}

static void check_group(const struct table_file *table, size_t first, size_t end)
{
    struct rank_value values[UNITS_MAX];
    struct rank_set sets[UNITS_MAX];
    size_t count = end - first;
    enum rank_method method = method_of(table_file_text(table, first, "method"));
    double level = rank_interval_level(method, 1 - table_file_number(table, first, "alpha"), count);
    assert_true(count <= UNITS_MAX);
    table_file_expect(table, first, "interval_level", level);
    for (size_t i = 0; i < count; i++)
        values[i] = value_of(table, first + i, level);
    rank_sets_find(method,
                   table_file_is(table, first, "compare", "le") ? RANK_TOUCHING : RANK_STRICT,
                   values, count, sets);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(sets[i].rank, table_file_count(table, first + i, "rank"));
        assert_int_equal(sets[i].low, table_file_count(table, first + i, "rank_lo"));
        assert_int_equal(sets[i].high, table_file_count(table, first + i, "rank_hi"));
    }
}

static void rank_sets_find__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/ranks.csv");
    size_t groups = 0;
    for (size_t first = 0; first < table.row_count; groups++) {
        size_t end = group_end(&table, first);
        check_group(&table, first, end);
        first = end;
    }
    assert_int_equal(groups, 32);
    assert_int_equal(table.row_count, 580);
    table_file_free(&table);
}

/* ---- edges ---- */

static void rank_interval_level__is_the_level_itself_without_a_rival(void **state)
{
    (void)state;
    for (enum rank_method method = RANK_KWW; method <= RANK_PAIR_MARGINAL; method++) {
        assert_true(rank_interval_level(method, 0.9, 0) == 0.9);
        assert_true(rank_interval_level(method, 0.9, 1) == 0.9);
        assert_true(fabs(rank_interval_level(method, 0.9, 2) -
                         (method == RANK_KWW ? sqrt(0.9) : 0.9)) < 1e-15);
    }
}

static void rank_sets_find__ties_equal_points_reached_by_other_sums(void **state)
{
    (void)state;
    double third = 0.1 + 0.2; /* not 0.3 */
    const struct rank_value values[] = {
        {0.3, 0.3, 0.3}, {third, third, third}, {0.9, 0.9, 0.9}, {0.3 - 1e-9, 0.2, 0.3}};
    struct rank_set sets[4];
    for (enum rank_method method = RANK_KWW; method <= RANK_PAIR_MARGINAL; method++) {
        rank_sets_find(method, RANK_STRICT, values, 4, sets);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(sets[i].rank, 2);
            assert_int_equal(sets[i].low, 2);
            assert_int_equal(sets[i].high, 4);
        }
        assert_int_equal(sets[2].high, 1);
        assert_int_equal(sets[3].rank, 4);
        assert_int_equal(sets[3].low, 2);
    }
    rank_sets_find(RANK_KWW, RANK_STRICT, values, 0, sets);
}

static void rank_sets_find__holds_the_point_rank(void **state)
{
    (void)state;
    uint64_t seed = 41;
    for (int trial = 0; trial < 200; trial++) {
        struct rank_value values[12];
        struct rank_set sets[12];
        for (int i = 0; i < 12; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double point = (double)(seed >> 59) / 32;
            double below = (double)(seed >> 40 & 7) / 50;
            double above = (double)(seed >> 44 & 7) / 50;
            values[i] = (struct rank_value){point, point - below, point + above};
        }
        for (enum rank_method method = RANK_KWW; method <= RANK_PAIR_MARGINAL; method++) {
            rank_sets_find(method, RANK_STRICT, values, 12, sets);
            for (int i = 0; i < 12; i++)
                assert_true(1 <= sets[i].low && sets[i].low <= sets[i].rank &&
                            sets[i].rank <= sets[i].high && sets[i].high <= 12);
        }
    }
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

/* How many of `drawn` orders are marked, drawn from a frame without replacement. */
static int64_t draw_marked(int64_t frame, int64_t marked, int64_t drawn, uint64_t *seed)
{
    int64_t found = 0;
    for (int64_t i = 0; i < drawn; i++)
        found += random_unit(seed) * (double)(frame - i) < (double)(marked - found);
    return found;
}

enum { COVERAGE_UNITS = 12, COVERAGE_TRIALS = 1500, FRAME = 300, DRAWN = 60 };

/* Draw a sample of each unit; whether every true rank lies in its set. True ties share all places they fill. */
static bool all_ranks_are_held(enum rank_method method, const int64_t *marked, double limits_level,
                               uint64_t *seed)
{
    struct rank_value values[COVERAGE_UNITS];
    struct rank_set sets[COVERAGE_UNITS];
    for (int i = 0; i < COVERAGE_UNITS; i++) {
        int64_t x = draw_marked(FRAME, marked[i], DRAWN, seed);
        struct interval limits =
            interval_default((double)x, DRAWN, FRAME, (struct confidence){.level = limits_level});
        values[i] = (struct rank_value){(double)x / DRAWN, limits.low, limits.high};
    }
    rank_sets_find(method, RANK_STRICT, values, COVERAGE_UNITS, sets);
    for (int k = 0; k < COVERAGE_UNITS; k++) {
        int first = 1;
        int last = COVERAGE_UNITS;
        for (int j = 0; j < COVERAGE_UNITS; j++) {
            first += marked[j] > marked[k];
            last -= marked[j] < marked[k];
        }
        if (sets[k].low > first || sets[k].high < last)
            return false;
    }
    return true;
}

static int trials_held(enum rank_method method, const int64_t *marked, double limits_level)
{
    uint64_t seed = 20240501;
    int held = 0;
    for (int trial = 0; trial < COVERAGE_TRIALS; trial++)
        held += all_ranks_are_held(method, marked, limits_level, &seed);
    return held;
}

static const int64_t worlds[][COVERAGE_UNITS] = {
    {180, 190, 200, 210, 220, 230, 240, 250, 260, 270, 280, 290},
    {240, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240},
    {150, 150, 150, 150, 270, 270, 270, 270, 299, 299, 300, 300},
};

static void rank_sets_find__hold_all_true_ranks_together_at_the_level(void **state)
{
    (void)state;
    for (enum rank_method method = RANK_KWW; method <= RANK_PAIR_JOINT; method++) {
        double limits_level = rank_interval_level(method, 0.9, COVERAGE_UNITS);
        for (size_t w = 0; w < sizeof worlds / sizeof worlds[0]; w++) {
            int held = trials_held(method, worlds[w], limits_level);
            if (held < COVERAGE_TRIALS * 0.9)
                fail_msg("method %d, world %zu: %d of %d", (int)method, w, held, COVERAGE_TRIALS);
        }
    }
}

/* What the level is for: with each unit's own 90 % interval a table of equal units is mostly wrong somewhere. */
static void rank_sets_find__do_not_hold_together_with_intervals_of_each_alone(void **state)
{
    (void)state;
    for (enum rank_method method = RANK_KWW; method <= RANK_PAIR_JOINT; method++)
        assert_true(trials_held(method, worlds[1], 0.9) < COVERAGE_TRIALS * 0.8);
}

/* ---- bands ---- */

static void rank_band_against__needs_the_whole_interval(void **state)
{
    (void)state;
    static const struct {
        struct rank_value value;
        double mark;
        const char *word;
    } cases[] = {
        {{0.9, 0.85, 0.95}, 0.84, "above"},
        {{0.9, 0.85, 0.95}, 0.85, "not_different"},
        {{0.9, 0.85, 0.95}, 0.95, "not_different"},
        {{0.9, 0.85, 0.95}, 0.96, "below"},
        {{0.3, 0.3, 0.3}, 0.1 + 0.2, "not_different"},
        {{0.9, 0.85, 0.95}, NAN, ""},
        {{NAN, NAN, NAN}, 0.5, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(rank_band_word(rank_band_against(&cases[i].value, cases[i].mark)),
                            cases[i].word);
}

static void rank_band_reached__finds_the_first_threshold(void **state)
{
    (void)state;
    struct rules rules;
    struct err err = {0};
    assert_int_equal(
        rules_parse(BYTES_LIT("[ranking]\nbands = one 0.95, two 0.3, three 0.1\n"), &rules, &err),
        OK);
    assert_int_equal(rank_band_reached(&rules, 0.95), 0);
    assert_int_equal(rank_band_reached(&rules, 0.9499999), 1);
    assert_int_equal(rank_band_reached(&rules, 0.1 + 0.2 - 1e-16), 1);
    assert_int_equal(rank_band_reached(&rules, 0.2), 2);
    assert_int_equal(rank_band_reached(&rules, 0.05), -1);
    assert_int_equal(rank_band_reached(&rules, NAN), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_sets_find__equals_the_golden_table),
        cmocka_unit_test(rank_interval_level__is_the_level_itself_without_a_rival),
        cmocka_unit_test(rank_sets_find__ties_equal_points_reached_by_other_sums),
        cmocka_unit_test(rank_sets_find__holds_the_point_rank),
        cmocka_unit_test(rank_sets_find__hold_all_true_ranks_together_at_the_level),
        cmocka_unit_test(rank_sets_find__do_not_hold_together_with_intervals_of_each_alone),
        cmocka_unit_test(rank_band_against__needs_the_whole_interval),
        cmocka_unit_test(rank_band_reached__finds_the_first_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
