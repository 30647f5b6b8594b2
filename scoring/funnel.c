#include "scoring/funnel.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

/* Two-sided. */
static const double alert_level = 0.95;
static const double alarm_level = 0.998;
/* Beyond these points of their distribution z values are held back, lest a single outlier excuse itself. */
static const double low_point = 0.1;
static const double high_point = 0.9;

void funnel_caller_add(struct funnel_caller *caller, int64_t valid, int64_t favourable, double p)
{
    caller->valid += valid;
    caller->favourable += favourable;
    caller->expected += (double)valid * p;
    caller->variance += (double)valid * p * (1.0 - p);
}

static double caller_z(const struct funnel_caller *caller)
{
    if (!(caller->variance > 0.0))
        return NAN;
    return ((double)caller->favourable - caller->expected) / sqrt(caller->variance);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the two nearest of `count` > 0 sorted values, linearly (type 7 of R). */
static double quantile(const double *sorted, size_t count, double share)
{
    double place = (double)(count - 1) * share;
    size_t below = (size_t)place;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* `z` is sorted by this. */
static struct funnel measure_dispersion(double *z, size_t count)
{
    struct funnel funnel = {.dispersion = NAN};
    if (count == 0)
        return funnel;
    qsort(z, count, sizeof *z, compare_doubles);
    double low = quantile(z, count, low_point), high = quantile(z, count, high_point);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        double held = fmin(fmax(z[i], low), high);
        sum += held * held;
    }
    funnel.dispersion = sum / (double)count;
    funnel.is_overdispersed = funnel.dispersion > 1.0 + 2.0 * sqrt(2.0 / (double)count);
    return funnel;
}

static double widening(const struct funnel *funnel)
{
    return funnel->is_overdispersed ? sqrt(funnel->dispersion) : 1.0;
}

static enum funnel_flag flag_of(const struct funnel_caller *caller, double z)
{
    if (caller->valid < FUNNEL_ANSWERS_MIN || isnan(z))
        return FUNNEL_FEW;
    if (fabs(z) > interval_z(alarm_level))
        return FUNNEL_ALARM;
    return fabs(z) > interval_z(alert_level) ? FUNNEL_ALERT : FUNNEL_OK;
}

int funnel_judge(const struct funnel_caller *callers, size_t count, struct funnel *out_funnel,
                 struct funnel_point *out_points, struct err *err)
{
    double *sorted = mem_alloc(size_multiply(count, sizeof *sorted));
    if (sorted == NULL)
        return err_set(err, ERR_NOMEM, "no memory to compare %zu callers", count);
    size_t defined = 0;
    for (size_t i = 0; i < count; i++) {
        double z = caller_z(&callers[i]);
        if (!isnan(z))
            sorted[defined++] = z;
    }
    *out_funnel = measure_dispersion(sorted, defined);
    mem_free(sorted);
    for (size_t i = 0; i < count; i++) {
        double z = caller_z(&callers[i]), adjusted = z / widening(out_funnel);
        out_points[i] = (struct funnel_point){z, adjusted, flag_of(&callers[i], adjusted)};
    }
    return OK;
}

struct interval funnel_limits(const struct funnel *funnel, double p, int64_t valid, double level)
{
    double half = interval_z(level) * widening(funnel) * sqrt(p * (1.0 - p) / (double)valid);
    return (struct interval){p - half, p + half};
}
