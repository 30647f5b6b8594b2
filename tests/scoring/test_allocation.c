#include "scoring/allocation.h"

#include "scoring/distribution.h"
#include "tests/support/chance.h"
#include "tests/support/fault.h"
#include "tests/support/table_file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_UNITS = 40, RANDOM_CASES = 2000 };

static const double z95 = 1.959963984540054;

static struct rules rules_with(enum rules_allocation method, double power, int64_t least,
                               int64_t cap)
{
    struct rules rules;
    rules_default(&rules);
    rules.allocation.method = method;
    rules.allocation.power = power;
    rules.allocation.min_per_unit = least;
    rules.allocation.cap = cap;
    return rules;
}

/* A problem to share out, with its answer. */
struct trial {
    struct rules rules;
    struct allocation_unit units[MAX_UNITS];
    size_t count;
    int64_t total;
    struct allocation_share shares[MAX_UNITS];
    bool is_short;
};

static void trial_run(struct trial *trial)
{
    struct err err = {0};
    if (allocation_compute(&trial->rules, trial->units, trial->count, trial->total, trial->shares,
                           &trial->is_short, &err) != OK)
        fail_msg("%s", err.message);
}

/* Any problem that can be met, of up to `max_units` units with up to `max_frame` orders. */
static struct trial trial_random(uint64_t *state, int64_t max_units, int64_t max_frame)
{
    struct trial trial = {.count = (size_t)(1 + random_below(state, max_units))};
    enum rules_allocation method = (enum rules_allocation)random_below(state, 4);
    int64_t cap = random_below(state, 2) == 0 ? 0 : 1 + random_below(state, max_frame);
    trial.rules = rules_with(method, (double)random_below(state, 11) / 10,
                             random_below(state, max_frame / 2 + 1), cap);
    for (size_t i = 0; i < trial.count; i++) {
        trial.units[i].frame = random_below(state, max_frame + 1);
        trial.units[i].plan_rate = (double)random_below(state, 101) / 100;
    }
    int64_t least;
    int64_t most;
    allocation_bounds(&trial.rules, trial.units, trial.count, &least, &most);
    trial.total = least + random_below(state, most - least + 3);
    return trial;
}

static int64_t most_of(const struct trial *trial, size_t i)
{
    int64_t cap = trial->rules.allocation.cap;
    return cap > 0 && cap < trial->units[i].frame ? cap : trial->units[i].frame;
}

static int64_t least_of(const struct trial *trial, size_t i)
{
    int64_t most = most_of(trial, i);
    int64_t least = trial->rules.allocation.min_per_unit;
    return least < most ? least : most;
}

static double size_of(const struct trial *trial, size_t i)
{
    double frame = (double)trial->units[i].frame;
    double rate = fmin(fmax(trial->units[i].plan_rate, 0.05), 0.95);
    const double sizes[] = {
        [RULES_ALLOCATE_PROPORTIONAL] = frame,
        [RULES_ALLOCATE_EQUAL] = 1,
        [RULES_ALLOCATE_POWER] = pow(frame, trial->rules.allocation.power),
        [RULES_ALLOCATE_NEYMAN] = frame * sqrt(rate * (1 - rate)),
    };
    return frame > 0 ? sizes[trial->rules.allocation.method] : 0;
}

/* ---- golden ---- */

static enum rules_allocation method_of(struct bytes word)
{
    static const char *const words[] = {
        [RULES_ALLOCATE_PROPORTIONAL] = "proportional",
        [RULES_ALLOCATE_EQUAL] = "equal",
        [RULES_ALLOCATE_POWER] = "power",
        [RULES_ALLOCATE_NEYMAN] = "neyman",
    };
    int i = 0;
    while (i < 3 && !bytes_equal(word, bytes_from_z(words[i])))
        i++;
    return (enum rules_allocation)i;
}

static void allocation_compute__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/allocation.csv");
    for (size_t first = 0; first < table.row_count;) {
        struct bytes name = table_file_text(&table, first, "case");
        struct trial trial = {.total = table_file_count(&table, first, "total")};
        enum rules_allocation method = method_of(table_file_text(&table, first, "method"));
        trial.rules = rules_with(method, table_file_number(&table, first, "q"),
                                 table_file_count(&table, first, "min_per_unit"),
                                 table_file_count(&table, first, "cap"));
        size_t end = first;
        for (; end < table.row_count && bytes_equal(table_file_text(&table, end, "case"), name);
             end++) {
            trial.units[trial.count++] = (struct allocation_unit){
                .frame = table_file_count(&table, end, "N"),
                .plan_rate = table_file_number(&table, end, "p_plan"),
            };
        }
        trial_run(&trial);
        assert_int_equal(trial.is_short, table_file_is(&table, first, "status", "all_taken_short"));
        for (size_t row = first; row < end; row++) {
            table_file_expect(&table, row, "real", trial.shares[row - first].exact);
            assert_int_equal(trial.shares[row - first].sample, table_file_count(&table, row, "n"));
        }
        first = end;
    }
    table_file_free(&table);
}

static void sample_size_for__equals_the_golden_table(void **state)
{
    (void)state;
    struct table_file table = table_file_read("tests/data/golden/sample_size.csv");
    for (size_t row = 0; row < table.row_count; row++) {
        struct plan plan = {
            .rate = table_file_number(&table, row, "p"),
            .response = table_file_number(&table, row, "rr"),
            .z = normal_quantile((1 + table_file_number(&table, row, "level")) / 2),
        };
        int64_t frame = table_file_count(&table, row, "N");
        struct sample_size size =
            sample_size_for(frame, table_file_number(&table, row, "d"), &plan);
        table_file_expect(&table, row, "n0", size.unlimited);
        assert_int_equal(size.answers, table_file_count(&table, row, "n_complete"));
        assert_int_equal(size.drawn, table_file_count(&table, row, "n_field"));
    }
    table_file_free(&table);
}

/* ---- named cases ---- */

static void allocation_compute__meets_minimum_and_cap_at_once(void **state)
{
    (void)state;
    /* Proportionally 72, 14, 4: the cap frees orders, and then the last needs no help by the minimum. */
    struct trial trial = {
        .rules = rules_with(RULES_ALLOCATE_PROPORTIONAL, 0, 10, 40),
        .units = {{1000, NAN}, {200, NAN}, {50, NAN}},
        .count = 3,
        .total = 90,
    };
    trial_run(&trial);
    assert_int_equal(trial.shares[0].sample, 40);
    assert_int_equal(trial.shares[1].sample, 40);
    assert_int_equal(trial.shares[2].sample, 10);

    trial.total = 75; /* 35 shared by 200 : 50 would leave the last below its minimum */
    trial_run(&trial);
    assert_int_equal(trial.shares[0].sample, 40);
    assert_int_equal(trial.shares[1].sample, 25);
    assert_int_equal(trial.shares[2].sample, 10);
}

static void allocation_compute__shares_the_edges(void **state)
{
    (void)state;
    struct trial trial = {
        .rules = rules_with(RULES_ALLOCATE_POWER, 0.5, 0, 0),
        .units = {{9, NAN}, {0, NAN}, {1, NAN}},
        .count = 3,
    };
    trial_run(&trial);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(trial.shares[i].sample, 0);

    trial.total = 10;
    trial_run(&trial);
    assert_false(trial.is_short);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(trial.shares[i].sample, trial.units[i].frame);

    trial.total = INT64_MAX;
    trial_run(&trial);
    assert_true(trial.is_short);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(trial.shares[i].sample, trial.units[i].frame);

    trial.count = 0;
    trial_run(&trial);
    assert_true(trial.is_short);
    trial.total = 0;
    trial_run(&trial);
    assert_false(trial.is_short);
}

static void allocation_compute__plans_an_unknown_rate_with_one_half(void **state)
{
    (void)state;
    struct trial trial = {
        .rules = rules_with(RULES_ALLOCATE_NEYMAN, 0, 0, 0),
        .units = {{100, NAN}, {100, 0.5}, {100, 0.8}, {100, 0}, {100, 0.05}},
        .count = 5,
        .total = 100,
    };
    trial_run(&trial);
    assert_true(trial.shares[0].exact == trial.shares[1].exact);
    assert_true(trial.shares[2].exact < trial.shares[1].exact);
    assert_true(trial.shares[3].exact == trial.shares[4].exact);
}

static void allocation_compute__refuses_a_total_below_the_minimums(void **state)
{
    (void)state;
    struct rules rules = rules_with(RULES_ALLOCATE_EQUAL, 0, 30, 0);
    const struct allocation_unit units[] = {{100, NAN}, {20, NAN}, {0, NAN}};
    struct allocation_share shares[3] = {{1, 1}, {2, 2}, {3, 3}};
    bool is_short = true;
    struct err err = {0};
    int64_t least;
    int64_t most;
    allocation_bounds(&rules, units, 3, &least, &most);
    assert_int_equal(least, 50);
    assert_int_equal(most, 120);
    assert_int_equal(allocation_compute(&rules, units, 3, 49, shares, &is_short, &err),
                     ERR_REFUSED);
    assert_int_equal(shares[2].sample, 3);
    assert_true(is_short);
    assert_int_equal(allocation_compute(&rules, units, 3, 50, shares, &is_short, &err), OK);
    assert_int_equal(shares[0].sample, 30);
    assert_int_equal(shares[1].sample, 20);
    assert_int_equal(shares[2].sample, 0);
}

/* ---- properties ---- */

static void allocation_compute__keeps_bounds_and_sum(void **state)
{
    (void)state;
    uint64_t random = 6;
    for (int n = 0; n < RANDOM_CASES; n++) {
        struct trial trial = trial_random(&random, MAX_UNITS, n % 2 == 0 ? 20 : 3000);
        int64_t least;
        int64_t most;
        int64_t sum = 0;
        double exact_sum = 0;
        trial_run(&trial);
        allocation_bounds(&trial.rules, trial.units, trial.count, &least, &most);
        for (size_t i = 0; i < trial.count; i++) {
            const struct allocation_share *share = &trial.shares[i];
            assert_true(share->sample >= least_of(&trial, i));
            assert_true(share->sample <= most_of(&trial, i));
            assert_true(fabs((double)share->sample - share->exact) < 1 + 1e-9);
            sum += share->sample;
            exact_sum += share->exact;
        }
        assert_int_equal(sum, trial.total < most ? trial.total : most);
        assert_true(fabs(exact_sum - (double)sum) <= 1e-9 * fmax(1, (double)sum));
        assert_int_equal(trial.is_short, trial.total > most);
    }
}

/* One t explains all exact shares: those strictly between their bounds have the same share / size, those at a bound
 * would break it with that t. That is the optimum of sum size^2 / share within the box (Kuhn and Tucker). */
static void allocation_compute__shares_by_size_between_the_bounds(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (int n = 0; n < RANDOM_CASES; n++) {
        struct trial trial = trial_random(&random, MAX_UNITS, 500);
        double low = 0;         /* t is at least that */
        double high = INFINITY; /* and at most that */
        trial_run(&trial);
        for (size_t i = 0; i < trial.count; i++) {
            double size = size_of(&trial, i);
            double exact = trial.shares[i].exact;
            if (size <= 0)
                continue;
            if (exact > (double)least_of(&trial, i))
                low = fmax(low, exact / size);
            if (exact < (double)most_of(&trial, i))
                high = fmin(high, exact / size);
        }
        assert_true(low <= high * (1 + 1e-9));
    }
}

/* The criterion of 6.2 by exhaustion: of all whole allocations within the bounds, that add up and where no unit is a
 * whole order from its exact share, largest remainder is the closest one to the exact shares in squares. */
struct search {
    const struct trial *trial;
    int64_t samples[MAX_UNITS];
    double best;
};

static void search_from(struct search *search, size_t unit, int64_t left, double distance)
{
    const struct trial *trial = search->trial;
    if (unit == trial->count) {
        if (left == 0)
            search->best = fmin(search->best, distance);
        return;
    }
    for (int64_t n = least_of(trial, unit); n <= most_of(trial, unit) && n <= left; n++) {
        double apart = (double)n - trial->shares[unit].exact;
        search_from(search, unit + 1, left - n, distance + apart * apart);
    }
}

static void allocation_compute__is_the_closest_whole_allocation(void **state)
{
    (void)state;
    uint64_t random = 8;
    for (int n = 0; n < RANDOM_CASES; n++) {
        struct trial trial = trial_random(&random, 5, 6);
        struct search search = {.trial = &trial, .best = INFINITY};
        double distance = 0;
        int64_t sum = 0;
        trial_run(&trial);
        for (size_t i = 0; i < trial.count; i++) {
            double apart = (double)trial.shares[i].sample - trial.shares[i].exact;
            distance += apart * apart;
            sum += trial.shares[i].sample;
        }
        search_from(&search, 0, sum, 0);
        assert_true(distance <= search.best + 1e-7);
    }
}

/* The exact shares by another way: t by bisection alone. */
static void allocation_compute__agrees_with_bisection(void **state)
{
    (void)state;
    uint64_t random = 9;
    for (int n = 0; n < RANDOM_CASES / 4; n++) {
        struct trial trial = trial_random(&random, MAX_UNITS, 2000);
        trial_run(&trial);
        double low = 0;
        double high = 1e7;
        for (int step = 0; step < 200; step++) {
            double middle = (low + high) / 2;
            double sum = 0;
            for (size_t i = 0; i < trial.count; i++)
                sum += fmin(fmax(middle * size_of(&trial, i), (double)least_of(&trial, i)),
                            (double)most_of(&trial, i));
            *(sum < (double)trial.total ? &low : &high) = middle;
        }
        for (size_t i = 0; i < trial.count; i++) {
            double expected = fmin(fmax(high * size_of(&trial, i), (double)least_of(&trial, i)),
                                   (double)most_of(&trial, i));
            assert_true(fabs(trial.shares[i].exact - expected) <= 1e-8 * fmax(1, expected));
        }
    }
}

/* Only the last tie, equal remainders and frames, is broken by the order of the units. */
static void allocation_compute__depends_on_order_in_ties_only(void **state)
{
    (void)state;
    uint64_t random = 10;
    for (int n = 0; n < RANDOM_CASES / 4; n++) {
        struct trial trial = trial_random(&random, MAX_UNITS, 700);
        struct trial backwards = trial;
        trial_run(&trial);
        for (size_t i = 0; i < trial.count; i++)
            backwards.units[i] = trial.units[trial.count - 1 - i];
        trial_run(&backwards);
        for (size_t i = 0; i < trial.count; i++) {
            const struct allocation_share *a = &trial.shares[i];
            const struct allocation_share *b = &backwards.shares[trial.count - 1 - i];
            bool tied = false;
            for (size_t j = 0; j < trial.count; j++)
                tied |= j != i && trial.units[j].frame == trial.units[i].frame;
            assert_true(fabs(a->exact - b->exact) <= 1e-9 * fmax(1, a->exact));
            assert_true(tied || a->sample == b->sample);
        }
    }
}

/* More orders to draw never take exact shares away from a unit. */
static void allocation_compute__grows_with_the_total(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int n = 0; n < RANDOM_CASES / 4; n++) {
        struct trial trial = trial_random(&random, MAX_UNITS, 300);
        struct trial larger = trial;
        larger.total += 1 + random_below(&random, 20);
        trial_run(&trial);
        trial_run(&larger);
        for (size_t i = 0; i < trial.count; i++)
            assert_true(larger.shares[i].exact >= trial.shares[i].exact - 1e-9);
    }
}

static void allocation_reserve__reaches_as_far_as_the_frame(void **state)
{
    (void)state;
    assert_int_equal(allocation_reserve(100, 30, 1), 30);
    assert_int_equal(allocation_reserve(100, 25, 0.28), 7); /* 7.000000000000001 is 7 */
    assert_int_equal(allocation_reserve(100, 26, 0.28), 8);
    assert_int_equal(allocation_reserve(50, 30, 1), 20);
    assert_int_equal(allocation_reserve(30, 30, 1), 0);
    assert_int_equal(allocation_reserve(30, 10, 0), 0);
    assert_int_equal(allocation_reserve(30, 10, 1e300), 20);
}

/* ---- what a size is worth ---- */

/* The size is the least whose margin is as wanted. */
static void sample_size_for__is_the_least_that_holds_the_margin(void **state)
{
    (void)state;
    static const double margins[] = {0.01, 0.03, 0.05, 0.1, 0.3};
    static const double rates[] = {0.5, 0.8, 0.9, 0.99};
    for (int64_t frame = 1; frame < 3000; frame += 1 + frame / 7) {
        for (size_t i = 0; i < sizeof margins / sizeof *margins; i++) {
            for (size_t j = 0; j < sizeof rates / sizeof *rates; j++) {
                struct plan plan = {.rate = rates[j], .response = 1, .z = z95};
                struct sample_size size = sample_size_for(frame, margins[i], &plan);
                double margin = expectation_of(frame, size.answers, &plan).margin;
                assert_true(size.answers >= 1 && size.answers <= frame);
                assert_int_equal(size.drawn, size.answers);
                assert_true(margin <= margins[i] * (1 + 1e-6));
                if (size.answers > 1)
                    assert_true(expectation_of(frame, size.answers - 1, &plan).margin > margins[i]);
            }
        }
    }
}

static void sample_size_for__needs_nothing_where_nothing_varies(void **state)
{
    (void)state;
    struct plan plan = {.rate = 0.5, .response = 0.6, .z = z95};
    struct sample_size size = sample_size_for(0, 0.05, &plan);
    assert_int_equal(size.answers, 0);
    assert_int_equal(size.drawn, 0);
    plan.rate = 1;
    size = sample_size_for(100, 0.05, &plan);
    assert_int_equal(size.answers, 0);
    assert_int_equal(size.drawn, 0);
    plan.rate = 0.5;
    size = sample_size_for(1, 1e-9, &plan);
    assert_int_equal(size.answers, 1);
    assert_int_equal(size.drawn, 1);
}

static void expectation_of__gives_answers_and_margin(void **state)
{
    (void)state;
    /* STATISTICS.md 6.4: 125 answers of 800 are worth about 5 points at 0.9. */
    struct plan plan = {.rate = 0.9, .response = 1, .z = z95};
    struct expectation expected = expectation_of(800, 125, &plan);
    assert_true(expected.answers == 125);
    assert_true(fabs(expected.margin - z95 * sqrt(0.09 / 125 * 675 / 799)) < 1e-15);
    assert_true(fabs(expected.margin - 0.05) < 0.005);

    plan.response = 0.5;
    expected = expectation_of(800, 125, &plan);
    assert_true(expected.answers == 62.5);
    assert_true(fabs(expected.margin - z95 * sqrt(0.09 / 62.5 * 737.5 / 799)) < 1e-15);

    plan.response = 1;
    assert_true(expectation_of(40, 40, &plan).margin == 0);
    assert_true(expectation_of(1, 1, &plan).margin == 0);
    assert_true(isnan(expectation_of(40, 0, &plan).margin));
    assert_true(expectation_of(40, 0, &plan).answers == 0);
    assert_true(isnan(expectation_of(0, 0, &plan).margin));
    plan.response = 0.5; /* a half of an answer may be expected of a single order */
    assert_true(fabs(expectation_of(1, 1, &plan).margin - z95 * 0.3) < 1e-15);
    plan.response = 0.1;
    assert_true(expectation_of(1, 1, &plan).margin == 1);
    plan.rate = 1;
    assert_true(expectation_of(40, 20, &plan).margin == 0);
}

static void expectation_of_all__adds_variances_by_squared_weight(void **state)
{
    (void)state;
    const struct allocation_unit units[] = {{800, NAN}, {200, NAN}, {0, NAN}, {500, NAN}};
    const struct allocation_share shares[] = {{125, 125}, {30, 30}, {0, 0}, {0, 0}};
    struct plan plan = {.rate = 0.9, .response = 1, .z = z95};
    struct expectation all = expectation_of_all(units, shares, 4, &plan);
    double first = expectation_of(800, 125, &plan).margin;
    double second = expectation_of(200, 30, &plan).margin;
    assert_true(all.answers == 155);
    assert_true(fabs(all.margin - hypot(0.8 * first, 0.2 * second)) < 1e-15);

    all = expectation_of_all(units, shares, 1, &plan);
    assert_true(fabs(all.margin - first) < 1e-15);
    all = expectation_of_all(units + 2, shares + 2, 2, &plan);
    assert_true(all.answers == 0);
    assert_true(isnan(all.margin));
}

/* ---- faults ---- */

static int compute_once(void *context, struct err *err)
{
    (void)context;
    struct rules rules = rules_with(RULES_ALLOCATE_POWER, 0.5, 5, 0);
    const struct allocation_unit units[] = {{100, NAN}, {400, NAN}};
    struct allocation_share shares[2] = {{-1, -1}, {-1, -1}};
    bool is_short = true;
    int rc = allocation_compute(&rules, units, 2, 30, shares, &is_short, err);
    assert_int_equal(shares[0].sample, rc == OK ? 10 : -1);
    assert_int_equal(shares[1].sample, rc == OK ? 20 : -1);
    assert_int_equal(is_short, rc != OK);
    return rc;
}

static void allocation_compute__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(compute_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocation_compute__equals_the_golden_table),
        cmocka_unit_test(sample_size_for__equals_the_golden_table),
        cmocka_unit_test(allocation_compute__meets_minimum_and_cap_at_once),
        cmocka_unit_test(allocation_compute__shares_the_edges),
        cmocka_unit_test(allocation_compute__plans_an_unknown_rate_with_one_half),
        cmocka_unit_test(allocation_compute__refuses_a_total_below_the_minimums),
        cmocka_unit_test(allocation_compute__keeps_bounds_and_sum),
        cmocka_unit_test(allocation_compute__shares_by_size_between_the_bounds),
        cmocka_unit_test(allocation_compute__is_the_closest_whole_allocation),
        cmocka_unit_test(allocation_compute__agrees_with_bisection),
        cmocka_unit_test(allocation_compute__depends_on_order_in_ties_only),
        cmocka_unit_test(allocation_compute__grows_with_the_total),
        cmocka_unit_test(allocation_reserve__reaches_as_far_as_the_frame),
        cmocka_unit_test(sample_size_for__is_the_least_that_holds_the_margin),
        cmocka_unit_test(sample_size_for__needs_nothing_where_nothing_varies),
        cmocka_unit_test(expectation_of__gives_answers_and_margin),
        cmocka_unit_test(expectation_of_all__adds_variances_by_squared_weight),
        cmocka_unit_test(allocation_compute__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
