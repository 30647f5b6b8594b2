#include "tests/sim/simulation.h"

#include <stdlib.h>

/* A campaign from its first day to its last. `make sim` runs the reference case: 33 units, 4,130 cases out of 24,476
 * orders, ten callers; otherwise a small city with the same people. */

static const int city_orders[] = {71,  71,  71,   72,   73,   75,   79,   85,   93,   105,  120,
                                  139, 164, 194,  231,  274,  326,  387,  457,  537,  629,  734,
                                  852, 984, 1131, 1295, 1475, 1674, 1893, 2132, 2393, 2676, 2984};
static const struct scale city = {33, city_orders, 4130, 25, 400, 2024};

static const int town_orders[] = {40, 60, 90, 130, 200};
static const struct scale town = {5, town_orders, 260, 1, 30, 7};

static void casework__keeps_every_rule_to_the_end(void **state)
{
    struct simulation *simulation = mem_calloc(1, sizeof *simulation);
    const char *wish = getenv("SIM");
    (void)state;
    assert_non_null(simulation);
    simulation_init(simulation, wish != NULL && strcmp(wish, "city") == 0 ? &city : &town);
    simulation_run(simulation);
    results_check(simulation);
    checker_check(simulation);
    results_print(simulation);
    int broken = findings_print(simulation->findings);
    (void)fflush(stdout);
    simulation_deinit(simulation);
    mem_free(simulation);
    assert_int_equal(broken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework__keeps_every_rule_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
