#include "tests/sim/simulation.h"

#include <stdlib.h>

/* A campaign from its first day to its last: a small town as one of the tests; with SIM=city the reference case, 33
 * units, 4,130 cases out of 24,476 orders, ten callers, and then forty towns that differ by their seeds alone. In a
 * town a rule may have no occasion, which is told; in the city each must have one. */

static const int city_orders[] = {71,  71,  71,   72,   73,   75,   79,   85,   93,   105,  120,
                                  139, 164, 194,  231,  274,  326,  387,  457,  537,  629,  734,
                                  852, 984, 1131, 1295, 1475, 1674, 1893, 2132, 2393, 2676, 2984};
static const struct scale city = {33, city_orders, 4130, 25, 400, 20, 2024};

static const int town_orders[] = {40, 60, 90, 130, 200};
static const struct scale town = {5, town_orders, 260, 1, 30, 60, 7};

enum { TOWNS = 40 };

static void play(const struct scale *scale, bool is_brief, struct findings *out)
{
    struct simulation *simulation = mem_calloc(1, sizeof *simulation);
    assert_non_null(simulation);
    simulation_init(simulation, scale);
    simulation_run(simulation);
    results_check(simulation);
    checker_check(simulation);
    if (!is_brief)
        results_print(simulation);
    findings_print(simulation->findings, is_brief);
    (void)fflush(stdout);
    *out = *simulation->findings;
    simulation_deinit(simulation);
    mem_free(simulation);
}

static void casework__keeps_every_rule_to_the_end(void **state)
{
    struct findings findings;
    (void)state;
    play(&town, false, &findings);
    assert_int_equal(findings_count_broken(&findings), 0);
}

static void casework__keeps_every_rule_in_a_city(void **state)
{
    struct findings findings;
    (void)state;
    play(&city, false, &findings);
    assert_int_equal(findings_count_broken(&findings), 0);
    assert_int_equal(findings_count_idle(&findings), 0);
}

static void casework__keeps_every_rule_in_any_town(void **state)
{
    int broken = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= TOWNS; seed++) {
        struct findings findings;
        struct scale any = town;
        any.seed = seed;
        printf("# town %ju\n", (uintmax_t)seed);
        play(&any, true, &findings);
        broken += findings_count_broken(&findings);
    }
    assert_int_equal(broken, 0);
}

int main(void)
{
    const struct CMUnitTest small[] = {
        cmocka_unit_test(casework__keeps_every_rule_to_the_end),
    };
    const struct CMUnitTest large[] = {
        cmocka_unit_test(casework__keeps_every_rule_in_a_city),
        cmocka_unit_test(casework__keeps_every_rule_in_any_town),
    };
    const char *wish = getenv("SIM");
    return wish != NULL && strcmp(wish, "city") == 0 ? cmocka_run_group_tests(large, NULL, NULL)
                                                     : cmocka_run_group_tests(small, NULL, NULL);
}
