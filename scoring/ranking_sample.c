#include "scoring/ranking_sample.h"

#include <math.h>

/* ---- samples ---- */

struct answer_table unit_sample_answers(const struct unit_sample *sample)
{
    struct answer_table sum = {0};
    for (int wave = 0; wave < NONRESPONSE_WAVES; wave++) {
        for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
            for (int b = 0; b < SATISFACTION_ANSWERS; b++)
                sum.people[a][b] += sample->answers[wave].people[a][b];
        }
    }
    return sum;
}

void unit_sample_add(struct unit_sample *into, const struct unit_sample *other)
{
    into->frame += other->frame;
    outcome_tally_add(&into->outcomes, &other->outcomes);
    for (int wave = 0; wave < NONRESPONSE_WAVES; wave++) {
        for (int a = 0; a < RESOLUTION_ANSWERS; a++) {
            for (int b = 0; b < SATISFACTION_ANSWERS; b++)
                into->answers[wave].people[a][b] += other->answers[wave].people[a][b];
        }
    }
    into->still_open += other->still_open;
}

static struct score_unit part_of(const struct unit_sample *sample)
{
    return (struct score_unit){.frame = sample->frame, .answers = unit_sample_answers(sample)};
}

int sample_check(const struct rules *rules, const struct ranked_unit_input *unit, struct err *err)
{
    for (size_t i = 0; i < unit->sample_count; i++) {
        struct score_unit part = part_of(&unit->samples[i]);
        int64_t released = outcome_tally_released(&unit->samples[i].outcomes);
        int rc = OK;
        if (released > part.frame)
            rc = err_set(err, ERR_FORMAT, "impossible sample: %jd released of %jd",
                         (intmax_t)released, (intmax_t)part.frame);
        if (rc == OK)
            rc = rate_tally_check(score_resolution_tally(rules, &part), err);
        if (rc == OK)
            rc = rate_tally_check(score_satisfaction_tally(rules, &part), err);
        if (rc != OK)
            return err_wrap(err, "unit " BYTES_FMT, BYTES_ARG(unit->code));
    }
    return OK;
}

size_t sample_part_count(const struct ranked_unit_input *unit)
{
    return unit->sample_count > 0 ? unit->sample_count : 1;
}

void sample_parts_fill(const struct ranked_unit_input *unit, struct score_unit *out_parts)
{
    out_parts[0] = (struct score_unit){0};
    for (size_t i = 0; i < unit->sample_count; i++)
        out_parts[i] = part_of(&unit->samples[i]);
    out_parts[0].on_time = tally_on_time(&unit->tally);
    out_parts[0].on_time_base = tally_base(&unit->tally);
}

/* ---- sums ---- */

static void rate_sum_add(struct rate_sum *sum, const struct rules *rules, struct rate_tally tally)
{
    struct stratum stratum = {.frame = tally.frame};
    stratum_add(&stratum, 1.0, tally.favourable);
    stratum_add(&stratum, 0.0, tally.valid - tally.favourable);
    rate_tally_add(&sum->tally, tally);
    stratified_sum_add(&sum->strata, &stratum, rules->interval.process);
    if (tally.valid == 0)
        return;
    sum->answered++;
    sum->last = rate_estimate(tally, rules);
}

/* 5 and 4 are 非常满意 and 满意, whatever else the rules count. */
static struct rules rules_of_54(const struct rules *rules)
{
    struct rules strict = *rules;
    for (int i = 0; i < SATISFACTION_ANSWERS; i++)
        strict.rates.satisfied[i] = i >= 4;
    return strict;
}

void sample_sum_add(struct sample_sum *sum, const struct rules *rules,
                    const struct sampled_unit *unit)
{
    struct rules strict = rules_of_54(rules);
    for (size_t i = 0; i < unit->unit->sample_count; i++)
        unit_sample_add(&sum->sample, &unit->unit->samples[i]);
    for (size_t i = 0; i < unit->part_count; i++) {
        const struct score_unit *part = &unit->parts[i];
        rate_sum_add(&sum->resolution, rules, score_resolution_tally(rules, part));
        rate_sum_add(&sum->satisfaction, rules, score_satisfaction_tally(rules, part));
        rate_sum_add(&sum->satisfaction_54, rules, score_satisfaction_tally(&strict, part));
    }
    score_pool_add_parts(&sum->pool, rules, unit->parts, unit->part_count);
}

/* ---- rows ---- */

static struct rate rate_of_sum(const struct rules *rules, const struct rate_sum *sum)
{
    struct stratified all = stratified_sum_rate(&sum->strata, rules->interval.level);
    struct rate rate = {.point = all.point, .interval = all.interval};
    rate_flag(&rate, sum->tally.valid, rules);
    return rate;
}

/* What one part alone answered is the rate of a unit, and keeps its interval. */
static struct rate rate_of_unit(const struct rules *rules, const struct rate_sum *sum)
{
    return sum->answered == 1 ? sum->last : rate_of_sum(rules, sum);
}

static double coverage_of(const struct rate_sum *sum)
{
    return sum->strata.frame_answered / sum->strata.frame;
}

static double response_rate_of(const struct outcome_tally *outcomes)
{
    struct outcome_mass mass = {0};
    outcome_mass_add(&mass, outcomes, 1.0);
    return outcome_rates_of(&mass, 1.0).rr1;
}

static void fill_row(const struct rules *rules, const struct sample_sum *sum,
                     struct rate (*rate_of)(const struct rules *rules, const struct rate_sum *sum),
                     struct ranking_row *row)
{
    row->has_sample = true;
    row->sample = sum->sample;
    row->drawn = outcome_tally_released(&sum->sample.outcomes);
    row->rr1 = response_rate_of(&sum->sample.outcomes);
    row->resolution = sum->resolution.tally;
    row->satisfaction = sum->satisfaction.tally;
    row->resolution_rate = rate_of(rules, &sum->resolution);
    row->satisfaction_rate = rate_of(rules, &sum->satisfaction);
    row->resolution_coverage = coverage_of(&sum->resolution);
    row->satisfaction_coverage = coverage_of(&sum->satisfaction);
    row->satisfaction_54 = rate_of(rules, &sum->satisfaction_54);
}

void sample_row_of_sum(const struct rules *rules, const struct sample_sum *sum,
                       struct ranking_row *row)
{
    fill_row(rules, sum, rate_of_sum, row);
    row->score = score_pool_estimate(rules, &sum->pool, rules->interval.level);
}

void sample_row_of_unit(const struct rules *rules, const struct sampled_unit *unit,
                        const struct sample_sum *class_sum, struct ranking_row *row)
{
    struct sample_sum own = {0};
    sample_sum_add(&own, rules, unit);
    fill_row(rules, &own, rate_of_unit, row);
    row->score = score_estimate_parts(rules, unit->parts, unit->part_count, &class_sum->pool,
                                      rules->interval.level);
}

void sample_row_clear(struct ranking_row *row)
{
    static const struct rate no_rate = {NAN, {NAN, NAN}, false, false};
    static const struct composite_part no_part = {0, NAN, NAN, NAN, NAN};
    row->rr1 = NAN;
    row->resolution_rate = no_rate;
    row->satisfaction_rate = no_rate;
    row->satisfaction_54 = no_rate;
    row->resolution_coverage = NAN;
    row->satisfaction_coverage = NAN;
    row->score = (struct score){{NAN, NAN, NAN, NAN}, {no_part, no_part, no_part, NAN, 0}};
}

static struct rank_value value_of(const struct rate *rate)
{
    return (struct rank_value){rate->point, rate->interval.low, rate->interval.high};
}

struct rank_value sample_figure(const struct rules *rules, const struct ranking_row *row)
{
    if (rules->ranking.by == RULES_RANK_BY_RESOLUTION)
        return value_of(&row->resolution_rate);
    if (rules->ranking.by == RULES_RANK_BY_SATISFACTION)
        return value_of(&row->satisfaction_rate);
    const struct composite *total = &row->score.total;
    return (struct rank_value){total->point, total->low, total->high};
}
