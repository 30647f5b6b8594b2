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

/* Column and what a row has in it. Columns of the sample have nothing before a draw. */
#define COLUMNS(X)                                                                                 \
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
    X(frame, NOTHING)                                                                              \
    X(drawn, NOTHING)                                                                              \
    X(complete, NOTHING)                                                                           \
    X(partial, NOTHING)                                                                            \
    X(refusal, NOTHING)                                                                            \
    X(noncontact, NOTHING)                                                                         \
    X(other, NOTHING)                                                                              \
    X(unknown, NOTHING)                                                                            \
    X(ineligible, NOTHING)                                                                         \
    X(rr1, NOTHING)                                                                                \
    X(resolution_base, NOTHING)                                                                    \
    X(resolved, NOTHING)                                                                           \
    X(resolution_rate, NOTHING)                                                                    \
    X(resolution_low, NOTHING)                                                                     \
    X(resolution_high, NOTHING)                                                                    \
    X(satisfaction_base, NOTHING)                                                                  \
    X(satisfied, NOTHING)                                                                          \
    X(satisfaction_rate, NOTHING)                                                                  \
    X(satisfaction_low, NOTHING)                                                                   \
    X(satisfaction_high, NOTHING)                                                                  \
    X(score, NOTHING)                                                                              \
    X(score_low, NOTHING)                                                                          \
    X(score_high, NOTHING)                                                                         \
    X(note, text_cell(bytes_from_z(ranking_note_word(row->note))))

#define NOTHING ((struct score_cell){.type = SCORE_CELL_EMPTY})

enum column {
#define X(name, cell) COLUMN_##name,
    COLUMNS(X)
#undef X
};

const char *score_column_name(size_t column)
{
    static const char *const names[] = {
#define X(name, cell) #name,
        COLUMNS(X)
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
        COLUMNS(X)
#undef X
    }
    return NOTHING;
}
