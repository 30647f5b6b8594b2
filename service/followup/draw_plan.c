#include "service/followup/draw.h"

#include "base/alloc.h"

#include "scoring/distribution.h"

#include "service/followup/expected.h"

#include <math.h>

/* What a plan is computed in. */
struct planning {
    const struct rules *rules;
    struct allocation_unit *units;
    struct allocation_share *shares;
    struct draw_plan *plan;
};

/* Wish, else what the last scored round had, else the default. A response of 0 would ask for endless samples. */
static void choose_rates(const struct draw_wish *wish, const struct expected *expected,
                         const struct rules *rules, struct draw_plan *plan)
{
    double rate = isnan(wish->rate) ? expected->rate : wish->rate;
    double response = isnan(wish->response) ? expected->response : wish->response;
    bool knows_response = response > 0;
    plan->is_assumed = isnan(rate) || !knows_response;
    plan->with = (struct plan){
        .rate = isnan(rate) ? DRAW_PLAN_RATE : rate,
        .response = knows_response ? response : DRAW_PLAN_RESPONSE,
        .z = normal_quantile((1 + rules->interval.level) / 2),
    };
}

/* `planning` knows its rules and its plan, whose framing is loaded. */
static int prepare(struct planning *planning, const struct expected *expected, struct arena *arena,
                   struct err *err)
{
    struct draw_plan *plan = planning->plan;
    size_t count = plan->framing.unit_count;
    plan->units = arena_alloc(arena, size_multiply(count, sizeof *plan->units));
    planning->units = arena_alloc(arena, size_multiply(count, sizeof *planning->units));
    planning->shares = arena_alloc(arena, size_multiply(count, sizeof *planning->shares));
    if (plan->units == NULL || planning->units == NULL || planning->shares == NULL)
        return err_set(err, ERR_NOMEM, "could not plan for %zu units", count);
    for (size_t i = 0; i < count; i++) {
        const struct framing_unit *unit = &plan->framing.units[i];
        plan->units[i].unit = unit;
        planning->units[i] =
            (struct allocation_unit){.frame = unit->frame, .plan_rate = expected->unit_rates[i]};
    }
    allocation_bounds(planning->rules, planning->units, count, &plan->least, &plan->most);
    return OK;
}

static int share_total(const struct planning *planning, int64_t total, struct err *err)
{
    struct draw_plan *plan = planning->plan;
    return allocation_compute(planning->rules, planning->units, plan->framing.unit_count, total,
                              planning->shares, &plan->is_short, err);
}

static int64_t at_most(int64_t count, int64_t most)
{
    return count < most ? count : most;
}

static void share_by_margin(const struct planning *planning, double margin)
{
    const struct rules *rules = planning->rules;
    const struct draw_plan *plan = planning->plan;
    for (size_t i = 0; i < plan->framing.unit_count; i++) {
        int64_t frame = planning->units[i].frame;
        int64_t sample = sample_size_for(frame, margin, &plan->with).drawn;
        if (sample < rules->allocation.min_per_unit)
            sample = rules->allocation.min_per_unit;
        if (rules->allocation.cap > 0)
            sample = at_most(sample, rules->allocation.cap);
        sample = at_most(sample, frame);
        planning->shares[i] = (struct allocation_share){(double)sample, sample};
    }
}

static void sum_up(const struct planning *planning)
{
    struct draw_plan *plan = planning->plan;
    for (size_t i = 0; i < plan->framing.unit_count; i++) {
        struct draw_plan_unit *unit = &plan->units[i];
        int64_t frame = unit->unit->frame;
        unit->sample = planning->shares[i].sample;
        unit->reserve =
            allocation_reserve(frame, unit->sample, planning->rules->allocation.reserve);
        struct expectation expectation = expectation_of(frame, unit->sample, &plan->with);
        unit->expected_answers = expectation.answers;
        unit->expected_margin = expectation.margin;
        plan->sample += unit->sample;
        plan->reserve += unit->reserve;
    }
    struct expectation all = expectation_of_all(planning->units, planning->shares,
                                                plan->framing.unit_count, &plan->with);
    plan->expected_answers = all.answers;
    plan->expected_margin = all.margin;
}

int draw_plan_make(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, const struct draw_wish *wish,
                   struct arena *arena, struct draw_plan *out, struct err *err)
{
    struct draw_plan plan = {.sample = 0};
    struct planning planning = {.rules = &basis->rules, .plan = &plan};
    struct expected expected = {.unit_rates = NULL};
    int rc = framing_load(datadir, round, basis, arena, &plan.framing, err);
    if (rc == OK)
        rc = expected_load(datadir, round, &plan.framing, arena, &expected, err);
    if (rc == OK)
        rc = prepare(&planning, &expected, arena, err);
    if (rc != OK)
        return rc;
    choose_rates(wish, &expected, &basis->rules, &plan);
    if (wish->by == DRAW_SIZE_TOTAL)
        rc = share_total(&planning, wish->total, err);
    else if (wish->by == DRAW_SIZE_MARGIN)
        share_by_margin(&planning, wish->margin);
    if (rc != OK)
        return rc;
    sum_up(&planning);
    *out = plan;
    return OK;
}
