#include "tests/scoring/ranking_fixture.h"

#include <string.h>

/* The table of accumulated rounds: units that were sampled in several parts. */

/* A round in two like parts says what it says as a whole, but for a degree of freedom. */
static void ranking_build__agrees_with_the_whole_over_like_parts(void **state)
{
    (void)state;
    static const struct unit_case whole[] = {{"a", "县", 1, 90, 10, {{400, 200, 80, 40, 40}}, 1},
                                             {"b", "县", 1, 70, 30, {{600, 200, 120, 20, 20}}, 1}};
    static const struct unit_case parts[] = {
        {"a", "县", 1, 90, 10, {{100, 50, 20, 10, 10}, {300, 150, 60, 30, 30}}, 2},
        {"b",
         "县",
         1,
         70,
         30,
         {{300, 100, 60, 10, 10}, {0, 0, 0, 0, 0}, {300, 100, 60, 10, 10}},
         3}};
    static struct table one;
    static struct table many;
    table_begin(&one, SMALL, whole, COUNT(whole));
    table_begin(&many, SMALL, parts, COUNT(parts));
    assert_int_equal(one.ranking.row_count, many.ranking.row_count);
    for (size_t i = 0; i < one.ranking.row_count; i++) {
        const struct ranking_row *a = &one.ranking.rows[i];
        const struct ranking_row *b = &many.ranking.rows[i];
        assert_memory_equal(&a->sample, &b->sample, sizeof a->sample);
        assert_memory_equal(&a->resolution, &b->resolution, sizeof a->resolution);
        assert_int_equal(a->drawn, b->drawn);
        assert_int_equal(a->rank, b->rank);
        assert_int_equal(a->rank_high, b->rank_high);
        assert_near(a->rr1, b->rr1);
        assert_near(a->resolution_rate.point, b->resolution_rate.point);
        assert_near(a->satisfaction_54.point, b->satisfaction_54.point);
        assert_near(a->satisfaction_coverage, b->satisfaction_coverage);
        assert_near(a->score.total.point, b->score.total.point);
        assert_true(fabs(a->resolution_rate.interval.low - b->resolution_rate.interval.low) <
                    0.004);
        assert_true(fabs(a->score.total.low - b->score.total.low) < 0.004);
        assert_true(fabs(a->score.total.high - b->score.total.high) < 0.004);
    }
    table_end(&one);
    table_end(&many);
}

/* Parts weigh as their frames; adding their answers up would say something else. */
static void ranking_build__post_stratifies_over_parts_and_units(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"a", "县", 1, 90, 10, {{900, 40, 20, 0, 20}, {100, 100, 60, 40, 0}}, 2},
        {"b", "县", 1, 90, 10, {{500, 60, 0, 0, 60}}, 1},
    };
    static struct table table;
    table_begin(&table, SMALL, cases, COUNT(cases));
    const struct ranking_row *row = row_of(&table, "a");
    assert_near(row->resolution_rate.point, 0.9 * 0.5 + 0.1);
    assert_near(row->satisfaction_54.point, 0.9 * 0.5 + 0.1 * 0.6);
    assert_near(row->score.parts.resolution.point, row->resolution_rate.point);
    assert_int_equal(row->resolution.valid, 140);
    assert_int_equal(row->resolution.favourable, 120);
    const struct ranking_row *all = row_over_all(&table);
    assert_near(all->resolution_rate.point, (0.9 * 0.5 + 0.1) * 1000 / 1500);
    assert_near(all->score.parts.resolution.point, all->resolution_rate.point);
    assert_int_equal(all->resolution.favourable, 120);
    assert_int_equal(all->resolution.frame, 1500);
    table_end(&table);
}

/* ---- what the table claims ---- */

/* splitmix64: a fixed sequence on every machine. */
static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    uint64_t z = *seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Draw `asked` orders of `whole`, a frame of which everybody would answer. */
static struct part_case draw_part(const struct part_case *whole, int64_t asked, uint64_t *seed)
{
    struct part_case part = {.frame = whole->frame, .released = asked};
    int64_t left[3] = {whole->content, whole->fair, whole->angry};
    int64_t *drawn[3] = {&part.content, &part.fair, &part.angry};
    for (int64_t i = 0; i < asked; i++) {
        double at = random_unit(seed) * (double)(whole->frame - i);
        int answer = at < (double)left[0] ? 0 : at < (double)(left[0] + left[1]) ? 1 : 2;
        left[answer]--;
        ++*drawn[answer];
    }
    return part;
}

/* Whether the ranges of `sample` hold the ranks of `truth`, of which ties share all places they fill. */
static bool holds_ranks(const struct table *sample, const struct table *truth, int *out_places)
{
    bool holds = true;
    for (size_t i = 0; i < truth->ranking.unit_count; i++) {
        const struct ranking_row *row = &sample->ranking.rows[i];
        for (size_t k = 0; k < truth->ranking.unit_count; k++) {
            const struct ranking_row *real = &truth->ranking.rows[k];
            if (bytes_equal(row->unit_code, real->unit_code))
                holds = holds && row->rank_low <= real->rank && real->rank_high <= row->rank_high;
        }
        *out_places += 1 + row->rank_high - row->rank_low;
    }
    return holds;
}

/* A round of two months, of which unlike shares are drawn: all true ranks lie in their ranges at once. */
static void ranking_build__holds_all_ranks_of_accumulated_rounds(void **state)
{
    (void)state;
    enum { UNITS = 6, TRIALS = 300 };
    static const struct unit_case frames[UNITS] = {
        {"a", "县", 1, 9, 1, {{100, 100, 90, 5, 5}, {300, 300, 280, 10, 10}}, 2},
        {"b", "县", 1, 9, 1, {{100, 100, 80, 10, 10}, {200, 200, 150, 30, 20}}, 2},
        {"c", "县", 1, 9, 1, {{100, 100, 80, 10, 10}, {200, 200, 150, 30, 20}}, 2},
        {"d", "县", 1, 9, 1, {{200, 200, 20, 60, 120}, {80, 80, 70, 5, 5}}, 2},
        {"e", "县", 1, 9, 1, {{150, 150, 60, 30, 60}, {150, 150, 50, 20, 80}}, 2},
        {"f", "县", 1, 9, 1, {{150, 150, 100, 10, 40}, {150, 150, 110, 5, 35}}, 2},
    };
    static const char rules[] = SMALL "[interval]\nlevel = 0.9\n";
    static struct table truth;
    static struct table sample;
    uint64_t seed = 20240501;
    int held = 0;
    int places = 0;
    table_begin(&truth, rules, frames, UNITS);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct unit_case drawn[UNITS];
        for (int i = 0; i < UNITS; i++) {
            drawn[i] = frames[i];
            drawn[i].parts[0] = draw_part(&frames[i].parts[0], 60, &seed);
            drawn[i].parts[1] = draw_part(&frames[i].parts[1], 40, &seed);
        }
        table_begin(&sample, rules, drawn, UNITS);
        held += holds_ranks(&sample, &truth, &places);
        table_end(&sample);
    }
    table_end(&truth);
    if (held < TRIALS * 0.9 || places > TRIALS * UNITS * 4)
        fail_msg("%d of %d, %.2f places a unit", held, TRIALS, (double)places / TRIALS / UNITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranking_build__agrees_with_the_whole_over_like_parts),
        cmocka_unit_test(ranking_build__post_stratifies_over_parts_and_units),
        cmocka_unit_test(ranking_build__holds_all_ranks_of_accumulated_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
