#include "scoring/rank_set.h"

#include <math.h>

/* Sets are conservative by construction: a unit's low rank counts those surely above it, its high rank leaves out those
 * surely below. Both ask the same question of an ordered pair, so it is asked in one place. */

double rank_interval_level(enum rank_method method, double level, size_t count)
{
    double k = (double)count;
    if (count <= 1)
        return level;
    switch (method) {
    case RANK_KWW:
        return pow(level, 1 / k);
    case RANK_PAIR_JOINT:
        return 1 - 2 * (1 - level) / (k * (k - 1));
    case RANK_PAIR_MARGINAL:
        return 1 - (1 - level) / (k - 1);
    }
    return NAN; /* no method */
}

static bool is_better(const struct rank_value *a, const struct rank_value *b)
{
    return a->point > b->point + RANK_TIE;
}

/* By how much `a` must lead `b` to be surely above it, less the lead that it has; below 0 it is above. */
static double missing_lead(enum rank_method method, const struct rank_value *a,
                           const struct rank_value *b)
{
    if (method == RANK_KWW)
        return b->high - a->low;
    return hypot(a->point - a->low, b->high - b->point) - (a->point - b->point);
}

static bool is_surely_above(enum rank_method method, enum rank_compare compare,
                            const struct rank_value *a, const struct rank_value *b)
{
    double missing = missing_lead(method, a, b);
    return compare == RANK_TOUCHING ? missing <= RANK_TIE : missing < -RANK_TIE;
}

void rank_sets_find(enum rank_method method, enum rank_compare compare,
                    const struct rank_value *values, size_t count, struct rank_set *out_sets)
{
    for (size_t k = 0; k < count; k++) {
        struct rank_set set = {.rank = 1, .low = 1, .high = (int)count};
        for (size_t j = 0; j < count; j++) {
            if (j == k)
                continue;
            set.rank += is_better(&values[j], &values[k]);
            set.low += is_surely_above(method, compare, &values[j], &values[k]);
            set.high -= is_surely_above(method, compare, &values[k], &values[j]);
        }
        out_sets[k] = set;
    }
}

const char *rank_band_word(enum rank_band band)
{
    static const char *const words[] = {
        [RANK_BAND_NONE] = "",
        [RANK_BAND_ABOVE] = "above",
        [RANK_BAND_NOT_DIFFERENT] = "not_different",
        [RANK_BAND_BELOW] = "below",
    };
    return words[band];
}

enum rank_band rank_band_against(const struct rank_value *value, double mark)
{
    if (isnan(mark) || isnan(value->low) || isnan(value->high))
        return RANK_BAND_NONE;
    if (value->low > mark + RANK_TIE)
        return RANK_BAND_ABOVE;
    return value->high < mark - RANK_TIE ? RANK_BAND_BELOW : RANK_BAND_NOT_DIFFERENT;
}

int rank_band_reached(const struct rules *rules, double point)
{
    for (int i = 0; i < rules->ranking.band_count; i++) {
        if (point >= rules->ranking.bands[i].at_least - RANK_TIE)
            return i;
    }
    return -1;
}
