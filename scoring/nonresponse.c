#include "scoring/nonresponse.h"

#include <math.h>

struct interval nonresponse_bounds(int64_t released, int64_t ineligible, int64_t valid,
                                   int64_t favourable)
{
    int64_t eligible = released - ineligible;
    if (eligible <= 0)
        return (struct interval){NAN, NAN};
    return (struct interval){(double)favourable / (double)eligible,
                             (double)(favourable + eligible - valid) / (double)eligible};
}

int nonresponse_wave_of(int64_t attempt)
{
    return attempt < NONRESPONSE_WAVES ? (int)attempt - 1 : NONRESPONSE_WAVES - 1;
}

void nonresponse_trend_estimate(const struct nonresponse_trend *trend, double level,
                                struct nonresponse_wave out_waves[NONRESPONSE_WAVES])
{
    for (int i = 0; i < NONRESPONSE_WAVES; i++) {
        double valid = (double)trend->valid[i];
        double point = valid > 0.0 ? (double)trend->favourable[i] / valid : NAN;
        out_waves[i] = (struct nonresponse_wave){point, interval_wilson(point, valid, level)};
    }
}
