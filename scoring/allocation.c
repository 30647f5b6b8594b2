#include "scoring/allocation.h"

#include "base/alloc.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* The exact shares clamp(t size, least, most) add up to a non-decreasing, piecewise linear function of t, whose corners
 * are the t at which some unit leaves its minimum or reaches its maximum. The corners are sorted, the piece that holds
 * the wanted total is found by bisection, and within it t is a quotient. Meeting minimum and cap one after the other
 * instead would go wrong wherever meeting the one breaks the other. */

static const double slack = 1e-9;     /* of rounding: what is that close to a whole number is one */
static const double remainders = 1e9; /* of one whole */

/* One unit while it is shared out. */
struct piece {
    double size;
    double least, most; /* whole numbers */
    double exact;
    int64_t frame;
    int64_t whole;     /* of `exact`, rounded down */
    int64_t remainder; /* of `exact`, in parts of `remainders` */
    size_t index;
};

static int64_t most_of(const struct rules *rules, const struct allocation_unit *unit)
{
    int64_t cap = rules->allocation.cap;
    return cap > 0 && cap < unit->frame ? cap : unit->frame;
}

static int64_t least_of(const struct rules *rules, const struct allocation_unit *unit)
{
    int64_t most = most_of(rules, unit);
    return rules->allocation.min_per_unit < most ? rules->allocation.min_per_unit : most;
}

void allocation_bounds(const struct rules *rules, const struct allocation_unit *units,
                       size_t unit_count, int64_t *out_least, int64_t *out_most)
{
    int64_t least = 0;
    int64_t most = 0;
    for (size_t i = 0; i < unit_count; i++) {
        least += least_of(rules, &units[i]);
        most += most_of(rules, &units[i]);
    }
    *out_least = least;
    *out_most = most;
}

static double size_of(const struct rules *rules, const struct allocation_unit *unit)
{
    double frame = (double)unit->frame;
    if (unit->frame == 0)
        return 0;
    switch (rules->allocation.method) {
    case RULES_ALLOCATE_PROPORTIONAL:
        return frame;
    case RULES_ALLOCATE_EQUAL:
        return 1;
    case RULES_ALLOCATE_POWER:
        return pow(frame, rules->allocation.power);
    case RULES_ALLOCATE_NEYMAN:
        break;
    }
    double rate = isnan(unit->plan_rate) ? 0.5 : fmin(fmax(unit->plan_rate, 0.05), 0.95);
    return frame * sqrt(rate * (1 - rate));
}

static int compare_doubles(const void *a_ptr, const void *b_ptr)
{
    double a = *(const double *)a_ptr;
    double b = *(const double *)b_ptr;
    return (a > b) - (a < b);
}

/* Larger remainder, larger frame, earlier unit. */
static int compare_claims(const void *a_ptr, const void *b_ptr)
{
    const struct piece *a = a_ptr;
    const struct piece *b = b_ptr;
    if (a->remainder != b->remainder)
        return a->remainder > b->remainder ? -1 : 1;
    if (a->frame != b->frame)
        return a->frame > b->frame ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* The shares at `t` in sum. */
static double shares_at(const struct piece *pieces, size_t count, double t)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += fmin(fmax(t * pieces[i].size, pieces[i].least), pieces[i].most);
    return sum;
}

/* Set every unit's `exact` so that they add up to `total`, which lies between the sums of the bounds. `corners` has
 * room for two a unit. */
static void share_out(struct piece *pieces, size_t count, double total, double *corners)
{
    size_t corner_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].size > 0) {
            corners[corner_count++] = pieces[i].least / pieces[i].size;
            corners[corner_count++] = pieces[i].most / pieces[i].size;
        }
    }
    qsort(corners, corner_count, sizeof *corners, compare_doubles);
    size_t low = 0;
    size_t high =
        corner_count; /* the first corner whose shares reach the total lies in [low, high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (shares_at(pieces, count, corners[middle]) < total)
            low = middle + 1;
        else
            high = middle;
    }
    double from = low > 0 ? corners[low - 1] : -INFINITY;
    double to = low < corner_count ? corners[low] : INFINITY;

    /* Bounded shares are whole numbers, so their sum is exact however many there are. */
    double bounded = 0;
    double moving = 0;
    for (size_t i = 0; i < count; i++) {
        struct piece *piece = &pieces[i];
        bool at_least = piece->size <= 0 || piece->least / piece->size >= to;
        bool at_most = !at_least && piece->most / piece->size <= from;
        piece->exact = at_least ? piece->least : at_most ? piece->most : NAN;
        bounded += at_least || at_most ? piece->exact : 0;
        moving += at_least || at_most ? 0 : piece->size;
    }
    for (size_t i = 0; i < count; i++) {
        struct piece *piece = &pieces[i];
        if (isnan(piece->exact))
            piece->exact =
                fmin(fmax((total - bounded) * (piece->size / moving), piece->least), piece->most);
    }
}

/* Largest remainder; leaves the pieces in the order of their claims. */
static void round_shares(struct piece *pieces, size_t count, int64_t total)
{
    int64_t left = total;
    for (size_t i = 0; i < count; i++) {
        struct piece *piece = &pieces[i];
        piece->whole = (int64_t)floor(piece->exact + slack);
        piece->remainder = llround((piece->exact - (double)piece->whole) * remainders);
        left -= piece->whole;
    }
    qsort(pieces, count, sizeof *pieces, compare_claims);
    for (size_t i = 0; i < count && left > 0; i++) {
        if ((double)pieces[i].whole < pieces[i].most) {
            pieces[i].whole++;
            left--;
        }
    }
    assert(
        left ==
        0); /* fewer are left than there are units with a remainder, and those are below their bound */
}

int allocation_compute(const struct rules *rules, const struct allocation_unit *units,
                       size_t unit_count, int64_t total, struct allocation_share *out_shares,
                       bool *out_is_short, struct err *err)
{
    int64_t least;
    int64_t most;
    allocation_bounds(rules, units, unit_count, &least, &most);
    if (total < least)
        return err_set(err, ERR_REFUSED,
                       "a sample of %" PRId64
                       " cannot give %zu units their minimum: that takes %" PRId64,
                       total, unit_count, least);
    struct piece *pieces = mem_calloc(unit_count, sizeof *pieces);
    double *corners = mem_calloc(unit_count, 2 * sizeof *corners);
    if (pieces == NULL || corners == NULL) {
        mem_free(pieces);
        mem_free(corners);
        return err_set(err, ERR_NOMEM, "could not allocate a sample to %zu units", unit_count);
    }
    for (size_t i = 0; i < unit_count; i++) {
        pieces[i] = (struct piece){
            .size = size_of(rules, &units[i]),
            .least = (double)least_of(rules, &units[i]),
            .most = (double)most_of(rules, &units[i]),
            .frame = units[i].frame,
            .index = i,
        };
    }
    int64_t shared = total < most ? total : most;
    share_out(pieces, unit_count, (double)shared, corners);
    round_shares(pieces, unit_count, shared);
    for (size_t i = 0; i < unit_count; i++)
        out_shares[pieces[i].index] =
            (struct allocation_share){.exact = pieces[i].exact, .sample = pieces[i].whole};
    *out_is_short = total > most;
    mem_free(pieces);
    mem_free(corners);
    return OK;
}

/* The least whole number not below `value`, as far as `most` reaches. */
static int64_t round_up(double value, int64_t most)
{
    double up = ceil(value - slack);
    return up < (double)most ? (int64_t)up : most;
}

int64_t allocation_reserve(int64_t frame, int64_t sample, double times)
{
    return round_up((double)sample * times, frame - sample);
}

/* ---- what a size is worth ---- */

struct sample_size sample_size_for(int64_t frame, double margin, const struct plan *plan)
{
    double z = plan->z / margin;
    struct sample_size size = {.unlimited = z * z * plan->rate * (1 - plan->rate)};
    if (frame == 0 || size.unlimited <= 0)
        return size;
    double answers = size.unlimited / (1 + (size.unlimited - 1) / (double)frame);
    size.answers = round_up(answers, frame);
    size.drawn = round_up((double)size.answers / plan->response, frame);
    return size;
}

/* Variance of the rate that `answers` of `frame` orders give, expected answers being no whole number. */
static double variance_of(double frame, double answers, double rate)
{
    if (answers >= frame)
        return 0;
    return rate * (1 - rate) / answers * (frame - answers) / fmax(frame - 1, 1);
}

struct expectation expectation_of(int64_t frame, int64_t drawn, const struct plan *plan)
{
    struct expectation expected = {.answers = (double)drawn * plan->response, .margin = NAN};
    if (expected.answers > 0) {
        double variance = variance_of((double)frame, expected.answers, plan->rate);
        expected.margin = fmin(plan->z * sqrt(variance), 1);
    }
    return expected;
}

struct expectation expectation_of_all(const struct allocation_unit *units,
                                      const struct allocation_share *shares, size_t unit_count,
                                      const struct plan *plan)
{
    struct expectation expected = {.margin = NAN};
    double covered = 0; /* orders of the units in the figure */
    double variance = 0;
    for (size_t i = 0; i < unit_count; i++) {
        double frame = (double)units[i].frame;
        double answers = (double)shares[i].sample * plan->response;
        if (answers > 0) {
            covered += frame;
            variance += frame * frame * variance_of(frame, answers, plan->rate);
            expected.answers += answers;
        }
    }
    if (covered > 0)
        expected.margin = fmin(plan->z * sqrt(variance) / covered, 1);
    return expected;
}
