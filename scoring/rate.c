#include "scoring/rate.h"

#include <math.h>

/* An interval wider than this says little, however many answered (after NCHS 2017, Series 2 no. 175). */
static const double width_max = 0.30;

struct confidence rate_confidence(const struct rules *rules)
{
    return (struct confidence){rules->interval.level, rules->interval.process};
}

int rate_tally_check(struct rate_tally tally, struct err *err)
{
    if (tally.favourable < 0 || tally.favourable > tally.valid || tally.valid > tally.frame)
        return err_set(err, ERR_FORMAT, "impossible tally: %jd favourable of %jd answers of %jd",
                       (intmax_t)tally.favourable, (intmax_t)tally.valid, (intmax_t)tally.frame);
    return OK;
}

void rate_flag(struct rate *rate, int64_t valid, const struct rules *rules)
{
    bool is_wide = rate->interval.high - rate->interval.low > width_max;
    rate->is_too_few = valid <= 0 || valid < rules->ranking.min_answers;
    rate->is_few = !rate->is_too_few && (valid < rules->ranking.few_answers || is_wide);
}

struct rate rate_estimate(struct rate_tally tally, const struct rules *rules)
{
    struct rate rate = {
        .point = tally.valid > 0 ? (double)tally.favourable / (double)tally.valid : NAN,
        .interval = interval_default((double)tally.favourable, tally.valid, tally.frame,
                                     rate_confidence(rules)),
    };
    rate_flag(&rate, tally.valid, rules);
    return rate;
}

void rate_tally_add(struct rate_tally *into, struct rate_tally other)
{
    into->valid += other.valid;
    into->favourable += other.favourable;
    into->frame += other.frame;
}
