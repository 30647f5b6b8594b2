#include "reports/score_cell.h"

#include <math.h>

static struct score_cell text_cell(struct bytes text)
{
    return (struct score_cell){.type = SCORE_CELL_TEXT, .text = text};
}

static struct score_cell count_cell(int64_t count)
{
    return (struct score_cell){.type = SCORE_CELL_COUNT, .count = count};
}

/* Ranks are 0 where there is none. */
static struct score_cell rank_cell(int rank)
{
    return rank > 0 ? count_cell(rank) : (struct score_cell){.type = SCORE_CELL_EMPTY};
}

static struct score_cell rate_cell(double rate)
{
    return isnan(rate) ? (struct score_cell){.type = SCORE_CELL_EMPTY}
                       : (struct score_cell){.type = SCORE_CELL_RATE, .rate = rate};
}

static struct score_cell group_cell(const struct ranking_row *row, enum outcome_group group)
{
    return count_cell(row->sample.outcomes.of_group[group]);
}

static struct score_cell unknown_cell(const struct ranking_row *row)
{
    return count_cell(row->sample.outcomes.of_group[OUTCOME_UNKNOWN_UNWORKED] +
                      row->sample.outcomes.of_group[OUTCOME_UNKNOWN_PERSON]);
}

/* Column and what a row has in it: X always, S only of a row that has a sample. */
#define COLUMNS(X, S)                                                                              \
    X(unit_class, text_cell(row->unit_class))                                                      \
    X(rank, rank_cell(row->rank))                                                                  \
    X(rank_low, rank_cell(row->rank_low))                                                          \
    X(rank_high, rank_cell(row->rank_high))                                                        \
    X(ranked_of, rank_cell(row->ranked_of))                                                        \
    X(band, text_cell(bytes_from_z(row->band)))                                                    \
    X(unit_code, text_cell(row->unit_code))                                                        \
    X(unit_name, text_cell(row->unit_name))                                                        \
    X(orders, count_cell(row->orders))                                                             \
    X(excluded, count_cell(row->excluded))                                                         \
    X(on_time_base, count_cell(row->on_time_base))                                                 \
    X(on_time, count_cell(row->on_time))                                                           \
    X(on_time_rate, rate_cell(row->on_time_rate))                                                  \
    S(frame, count_cell(row->sample.frame))                                                        \
    S(drawn, count_cell(row->drawn))                                                               \
    S(complete, group_cell(row, OUTCOME_COMPLETE))                                                 \
    S(partial, group_cell(row, OUTCOME_PARTIAL))                                                   \
    S(refusal, group_cell(row, OUTCOME_REFUSAL))                                                   \
    S(noncontact, group_cell(row, OUTCOME_NONCONTACT))                                             \
    S(other, group_cell(row, OUTCOME_OTHER))                                                       \
    S(unknown, unknown_cell(row))                                                                  \
    S(ineligible, group_cell(row, OUTCOME_INELIGIBLE))                                             \
    S(rr1, rate_cell(row->rr1))                                                                    \
    S(resolution_base, count_cell(row->resolution.valid))                                          \
    S(resolved, count_cell(row->resolution.favourable))                                            \
    S(resolution_rate, rate_cell(row->resolution_rate.point))                                      \
    S(resolution_low, rate_cell(row->resolution_rate.interval.low))                                \
    S(resolution_high, rate_cell(row->resolution_rate.interval.high))                              \
    S(satisfaction_base, count_cell(row->satisfaction.valid))                                      \
    S(satisfied, count_cell(row->satisfaction.favourable))                                         \
    S(satisfaction_rate, rate_cell(row->satisfaction_rate.point))                                  \
    S(satisfaction_low, rate_cell(row->satisfaction_rate.interval.low))                            \
    S(satisfaction_high, rate_cell(row->satisfaction_rate.interval.high))                          \
    S(score, rate_cell(row->score.total.point))                                                    \
    S(score_low, rate_cell(row->score.total.low))                                                  \
    S(score_high, rate_cell(row->score.total.high))                                                \
    X(note, text_cell(bytes_from_z(ranking_note_word(row->note))))

static const struct score_cell nothing = {.type = SCORE_CELL_EMPTY};

enum column {
#define X(name, cell) COLUMN_##name,
    COLUMNS(X, X)
#undef X
};

const char *score_column_name(size_t column)
{
    static const char *const names[] = {
#define X(name, cell) #name,
        COLUMNS(X, X)
#undef X
    };
    return column < sizeof names / sizeof *names ? names[column] : NULL;
}

struct score_cell score_cell(const struct ranking_row *row, size_t column)
{
    switch ((enum column)column) {
#define X(name, cell)                                                                              \
    case COLUMN_##name:                                                                            \
        return cell;
#define S(name, cell)                                                                              \
    case COLUMN_##name:                                                                            \
        return row->has_sample ? cell : nothing;
        COLUMNS(X, S)
#undef X
#undef S
    }
    return nothing;
}
