#ifndef PINGYI_TESTS_SCORING_RANKING_FIXTURE_H
#define PINGYI_TESTS_SCORING_RANKING_FIXTURE_H

#include "scoring/ranking.h"

#include "tests/scoring/scoring_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Tables of sampled rounds, made of a few numbers a unit. */

enum { ARENA_MAX_BYTES = 1 << 21, PARTS_MAX = 3, UNITS_MAX = 24 };

/* Some rules that rank small samples. */
#define SMALL                                                                                      \
    "[on_time]\nmin_orders = 0\n[ranking]\nmin_answers = 1\nfew_answers = 1\nlow_response = 0\n"

/* Answers of a part: yes and 5, yes and 3, no and 1. Who was released and did not answer was not reached. */
struct part_case {
    int64_t frame, released, content, fair, angry;
};

struct unit_case {
    const char *code, *class_name;
    int class_position;
    int64_t on_time, late;
    struct part_case parts[PARTS_MAX];
    size_t part_count;
};

/* Units with their samples, and the table made of them. */
struct table {
    struct ranked_unit_input inputs[UNITS_MAX];
    struct unit_sample samples[UNITS_MAX][PARTS_MAX];
    struct arena arena;
    struct ranking ranking;
};

static inline struct unit_sample sample_of(const struct part_case *c)
{
    int64_t people = c->content + c->fair + c->angry;
    struct unit_sample sample = {.frame = c->frame};
    sample.outcomes.of_group[OUTCOME_COMPLETE] = people;
    sample.outcomes.of_group[OUTCOME_NONCONTACT] = c->released - people;
    sample.answers[0].people[RESOLUTION_YES][5] = c->content;
    sample.answers[1].people[RESOLUTION_YES][3] = c->fair;
    sample.answers[2].people[RESOLUTION_NO][1] = c->angry;
    return sample;
}

static inline void fill_inputs(const struct unit_case *cases, size_t count, struct table *table)
{
    assert_true(count <= UNITS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct unit_case *c = &cases[i];
        for (size_t p = 0; p < c->part_count; p++)
            table->samples[i][p] = sample_of(&c->parts[p]);
        table->inputs[i] = (struct ranked_unit_input){
            .code = bytes_from_z(c->code),
            .name = bytes_from_z(c->code),
            .class_name = bytes_from_z(c->class_name),
            .class_position = c->class_position,
            .samples = c->part_count > 0 ? table->samples[i] : NULL,
            .sample_count = c->part_count,
        };
        table->inputs[i].tally.by_judgement[JUDGED_ON_TIME] = c->on_time;
        table->inputs[i].tally.by_judgement[JUDGED_LATE] = c->late;
    }
}

static inline void table_build(struct table *table, const char *rules_text, size_t count)
{
    struct rules rules = rules_of(rules_text);
    struct err err = {0};
    arena_init(&table->arena, ARENA_MAX_BYTES);
    if (ranking_build(&rules, table->inputs, count, &table->arena, &table->ranking, &err) != OK)
        fail_msg("%s", err.message);
}

static inline void table_begin(struct table *table, const char *rules_text,
                               const struct unit_case *cases, size_t count)
{
    *table = (struct table){0};
    fill_inputs(cases, count, table);
    table_build(table, rules_text, count);
}

static inline void table_end(struct table *table)
{
    arena_deinit(&table->arena);
}

static inline const struct ranking_row *row_of(const struct table *table, const char *code)
{
    for (size_t i = 0; i < table->ranking.unit_count; i++) {
        if (bytes_equal(table->ranking.rows[i].unit_code, bytes_from_z(code)))
            return &table->ranking.rows[i];
    }
    fail_msg("no unit %s", code);
    return NULL;
}

static inline const struct ranking_row *row_over_all(const struct table *table)
{
    return &table->ranking.rows[table->ranking.row_count - 1];
}

static inline void expect_ranks(const struct table *table, const char *code, int rank, int low,
                                int high, int of)
{
    const struct ranking_row *row = row_of(table, code);
    if (row->rank != rank || row->rank_low != low || row->rank_high != high || row->ranked_of != of)
        fail_msg("%s: %d, %d to %d of %d", code, row->rank, row->rank_low, row->rank_high,
                 row->ranked_of);
}

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

#endif
