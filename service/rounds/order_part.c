#include "service/rounds/order_part.h"

#include <math.h>

/* ---- what one answer is worth ---- */

/* The answer alone, counted as a unit's answers are. */
static struct score_unit unit_of(const struct final_outcome *outcome)
{
    struct score_unit unit = {.frame = 1};
    unit.answers.people[outcome->resolved][outcome->satisfaction] = 1;
    return unit;
}

static struct order_answer answer_of(struct rate_tally tally, double points)
{
    return (struct order_answer){
        .is_valid = tally.valid > 0,
        .is_favourable = tally.favourable > 0,
        .points = tally.valid > 0 ? points : NAN,
    };
}

static double resolution_points(const struct rules *rules, enum resolution_answer answer)
{
    return answer == RESOLUTION_YES      ? rules->points.resolution_yes
           : answer == RESOLUTION_PARTLY ? rules->points.resolution_partly
                                         : rules->points.resolution_no;
}

static void set_answers(const struct rules *rules, struct order_part *part)
{
    const struct final_outcome *outcome = &part->outcome;
    struct score_unit unit = unit_of(outcome);
    part->resolution = answer_of(score_resolution_tally(rules, &unit),
                                 resolution_points(rules, outcome->resolved));
    part->satisfaction = answer_of(score_satisfaction_tally(rules, &unit),
                                   rules->points.satisfaction[outcome->satisfaction]);
}

/* ---- where it stands in the draw ---- */

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    (void)err;
    final_outcome_add(context, row);
    return OK;
}

struct drawn_unit {
    int64_t unit;
    int64_t sample;
};

static int on_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    (void)err;
    struct drawn_unit *unit = context;
    if (row->unit == unit->unit)
        unit->sample = row->sample;
    return OK;
}

static int describe_drawn(struct store *store, const struct round_row *round,
                          const struct rules *rules, const struct drawn_row *row,
                          struct order_part *part, struct err *err)
{
    struct drawn_unit unit = {.unit = row->unit};
    int64_t drawn_id = row->id;
    part->position = row->position;
    part->is_released = row->is_released;
    int rc = draw_units_each(store, round->id, part->draw_no, on_unit, &unit, err);
    part->is_sample = part->position <= unit.sample;
    if (rc != OK || !part->is_released)
        return rc;
    part->outcome.group = OUTCOME_UNKNOWN_UNWORKED;
    rc = attempts_each_of(store, drawn_id, on_attempt, &part->outcome, err);
    if (rc == OK)
        set_answers(rules, part);
    return rc;
}

/* Another handling of the same order may be the one that was drawn. */
static int find_drawn(struct store *store, const struct round_row *round, const struct rules *rules,
                      int64_t handling_id, struct bytes order_no, struct order_part *part,
                      struct err *err)
{
    struct draw_row draw;
    struct drawn_row drawn;
    int rc = draw_get_current(store, round->id, &draw, err);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    part->draw_no = draw.no;
    rc = drawn_get(store, round->id, part->draw_no, order_no, &drawn, err);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    return drawn.handling_id == handling_id ? describe_drawn(store, round, rules, &drawn, part, err)
                                            : OK;
}

int order_part_get(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, const struct fact_row *row,
                   struct bytes order_no, struct order_part *out, struct err *err)
{
    struct order_part part = {.resolution.points = NAN, .satisfaction.points = NAN};
    int rc = evaluation_explain(datadir, round, basis, row, &part.verdict, &part.reason, err);
    if (rc == OK)
        rc = find_drawn(datadir->store, round, &basis->rules, row->handling_id, order_no, &part,
                        err);
    if (rc == OK)
        *out = part;
    return rc;
}
