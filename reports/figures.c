#include "reports/figures.h"

#include "reports/words.h"

#include <inttypes.h>
#include <math.h>

const char *item_name(enum item item)
{
    return item == ITEM_RESOLUTION ? "诉求解决率" : "处理满意率";
}

struct rate_tally item_tally(const struct ranking_row *row, enum item item)
{
    return item == ITEM_RESOLUTION ? row->resolution : row->satisfaction;
}

const struct rate *item_rate(const struct ranking_row *row, enum item item)
{
    return item == ITEM_RESOLUTION ? &row->resolution_rate : &row->satisfaction_rate;
}

double item_coverage(const struct ranking_row *row, enum item item)
{
    return item == ITEM_RESOLUTION ? row->resolution_coverage : row->satisfaction_coverage;
}

void percent_text(struct buf *out, double rate, int64_t base)
{
    if (isnan(rate)) {
        buf_append_z(out, "—");
        return;
    }
    int decimals = base < 100 ? 0 : base < 1000 ? 1 : 2;
    double scale = pow(10, 2 + decimals);
    double shown = floor(rate * scale + 0.5 + 1e-9); /* 0.575 * 100 is a little below 57.5 */
    if (shown >= scale && rate < 1)
        shown = scale - 1;
    if (shown <= 0 && rate > 0)
        shown = 1;
    buf_printf(out, "%.*f%%", decimals, shown * 100 / scale);
}

void interval_text(struct buf *out, struct interval interval, int64_t base)
{
    if (isnan(interval.low) || isnan(interval.high)) {
        buf_append_z(out, "—");
        return;
    }
    if (!(interval.low < interval.high)) {
        buf_append_z(out, "全数");
        return;
    }
    percent_text(out, interval.low, base);
    buf_append_z(out, "～");
    percent_text(out, interval.high, base);
}

static bool is_unit(const struct bulletin *bulletin, const struct ranking_row *row)
{
    return row < bulletin->ranking->rows + bulletin->ranking->unit_count;
}

void item_rate_text(struct buf *out, const struct bulletin *bulletin, const struct ranking_row *row,
                    enum item item)
{
    struct rate_tally tally = item_tally(row, item);
    if (is_unit(bulletin, row) && bulletin->part_count == 0)
        rate_text(out, tally.favourable, tally.valid);
    else
        percent_text(out, item_rate(row, item)->point, tally.valid);
}

void score_text(struct buf *out, double score, const struct rules *rules)
{
    if (isnan(score))
        buf_append_z(out, "—");
    else
        buf_printf(out, "%.2f", score * rules->score.full);
}

void score_interval_text(struct buf *out, const struct ranking_row *row, const struct rules *rules)
{
    score_text(out, row->score.total.low, rules);
    if (row->score.total.low < row->score.total.high) {
        buf_append_z(out, "～");
        score_text(out, row->score.total.high, rules);
    }
}

/* Units that share the row's rank, itself among them. */
static int tied_with(const struct bulletin *bulletin, const struct ranking_row *row)
{
    int tied = 0;
    for (size_t i = 0; i < bulletin->ranking->unit_count; i++) {
        const struct ranking_row *other = &bulletin->ranking->rows[i];
        bool same_group = !bulletin->rules->ranking.within_class ||
                          bytes_equal(other->unit_class, row->unit_class);
        tied += same_group && other->rank == row->rank ? 1 : 0;
    }
    return tied;
}

void rank_text(struct buf *out, const struct bulletin *bulletin, const struct ranking_row *row)
{
    if (row->rank <= 0)
        return;
    int tied = tied_with(bulletin, row);
    buf_printf(out, "%s第%d名", tied > 1 ? "并列" : "", row->rank);
    bool only_ties = row->rank_low == row->rank && row->rank_high == row->rank + tied - 1;
    if (!only_ties)
        buf_printf(out, "（考虑抽样误差，实际名次可能在第%d至第%d名之间）", row->rank_low,
                   row->rank_high);
}

void answer_counts_add(struct answer_counts *into, const struct answer_table *answers)
{
    for (size_t r = 0; r < RESOLUTION_ANSWERS; r++) {
        for (size_t s = 0; s < SATISFACTION_ANSWERS; s++) {
            into->resolution[r] += answers->people[r][s];
            into->satisfaction[s] += answers->people[r][s];
        }
    }
}

struct answer_counts sample_answer_counts(const struct unit_sample *sample)
{
    struct answer_counts counts = {{0}, {0}};
    struct answer_table answers = unit_sample_answers(sample);
    answer_counts_add(&counts, &answers);
    return counts;
}

struct nonresponse_trend sample_trend(const struct unit_sample *sample, enum item item,
                                      const struct rules *rules)
{
    struct nonresponse_trend trend = {{0}, {0}};
    for (size_t w = 0; w < NONRESPONSE_WAVES; w++) {
        struct score_unit unit = {.answers = sample->answers[w]};
        struct rate_tally tally = item == ITEM_RESOLUTION ? score_resolution_tally(rules, &unit)
                                                          : score_satisfaction_tally(rules, &unit);
        trend.valid[w] = tally.valid;
        trend.favourable[w] = tally.favourable;
    }
    return trend;
}

struct interval row_bounds(const struct ranking_row *row, enum item item)
{
    struct rate_tally tally = item_tally(row, item);
    return nonresponse_bounds(row->drawn, row->sample.outcomes.of_group[OUTCOME_INELIGIBLE],
                              tally.valid, tally.favourable);
}

int64_t row_eligible(const struct ranking_row *row)
{
    return row->drawn - row->sample.outcomes.of_group[OUTCOME_INELIGIBLE];
}

struct response_rates response_rates_of(const struct ranking *ranking, bool weighted)
{
    struct outcome_mass mass = {{0}};
    for (size_t i = 0; i < ranking->unit_count; i++) {
        const struct ranking_row *row = &ranking->rows[i];
        if (row->drawn > 0)
            outcome_mass_add(&mass, &row->sample.outcomes,
                             weighted ? (double)row->sample.frame / (double)row->drawn : 1);
    }
    double share = outcome_eligible_share(&mass);
    return (struct response_rates){share, outcome_rates_of(&mass, share)};
}

#define RATES(X)                                                                                   \
    X(rr1)                                                                                         \
    X(rr2)                                                                                         \
    X(rr3)                                                                                         \
    X(rr4)                                                                                         \
    X(rr5)                                                                                         \
    X(rr6) X(coop1) X(coop2) X(coop3) X(coop4) X(ref1) X(ref2) X(ref3) X(con1) X(con2) X(con3)

const char *response_rate_name(size_t index)
{
    static const char *const names[RESPONSE_RATES] = {
#define X(name) #name,
        RATES(X)
#undef X
    };
    return names[index];
}

double response_rate_at(const struct outcome_rates *rates, size_t index)
{
    const double values[RESPONSE_RATES] = {
#define X(name) rates->name,
        RATES(X)
#undef X
    };
    return values[index];
}

bool ranking_has_sample(const struct ranking *ranking)
{
    const struct ranking_row *all = ranking_over_all(ranking);
    return all != NULL && all->has_sample;
}

const struct ranking_row *ranking_over_all(const struct ranking *ranking)
{
    return ranking->row_count > 0 ? &ranking->rows[ranking->row_count - 1] : NULL;
}
