#include "scoring/rate.h"

#include <math.h>

/* An interval wider than this says little, however many answered (after NCHS 2017, Series 2 no. 175). */
static const double width_max = 0.30;

struct confidence rate_confidence(const struct rules *rules)
{
    return (struct confidence){rules->interval.level, rules->interval.process};
}

struct rate rate_estimate(struct rate_tally tally, const struct rules *rules)
{
    struct rate rate = {
        .point = tally.valid > 0 ? (double)tally.favourable / (double)tally.valid : NAN,
        .interval = interval_default((double)tally.favourable, tally.valid, tally.frame,
                                     rate_confidence(rules)),
        .is_too_few = tally.valid <= 0 || tally.valid < rules->ranking.min_answers,
    };
    bool is_wide = rate.interval.high - rate.interval.low > width_max;
    rate.is_few = !rate.is_too_few && (tally.valid < rules->ranking.few_answers || is_wide);
    return rate;
}

void rate_tally_add(struct rate_tally *into, struct rate_tally other)
{
    into->valid += other.valid;
    into->favourable += other.favourable;
    into->frame += other.frame;
}
