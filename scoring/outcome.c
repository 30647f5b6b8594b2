#include "scoring/outcome.h"

#include <math.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* [1-4](\.[0-9]{1,3})? */
static bool is_code(struct bytes code)
{
    if (code.len == 0 || code.ptr[0] < '1' || code.ptr[0] > '4')
        return false;
    if (code.len == 1)
        return true;
    if (code.ptr[1] != '.' || code.len < 3 || code.len > 5)
        return false;
    for (size_t i = 2; i < code.len; i++) {
        if (!is_digit(code.ptr[i]))
            return false;
    }
    return true;
}

bool outcome_group_of(struct bytes code, enum outcome_group *out_group)
{
    /* The first that fits holds. */
    static const struct {
        struct bytes prefix;
        enum outcome_group group;
    } prefixes[] = {
        {{"1.1", 3}, OUTCOME_COMPLETE},     {{"1.2", 3}, OUTCOME_PARTIAL},
        {{"2.1", 3}, OUTCOME_REFUSAL},      {{"2.2", 3}, OUTCOME_NONCONTACT},
        {{"2", 1}, OUTCOME_OTHER},          {{"3.1", 3}, OUTCOME_UNKNOWN_UNWORKED},
        {{"3", 1}, OUTCOME_UNKNOWN_PERSON}, {{"4", 1}, OUTCOME_INELIGIBLE},
    };
    if (!is_code(code))
        return false;
    if (bytes_equal(code, BYTES_LIT("1"))) {
        *out_group = OUTCOME_COMPLETE;
        return true;
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (bytes_starts_with(code, prefixes[i].prefix)) {
            *out_group = prefixes[i].group;
            return true;
        }
    }
    return false;
}

bool outcome_prevails(enum outcome_group later, enum outcome_group held)
{
    static const int says[OUTCOME_GROUPS] = {
        [OUTCOME_COMPLETE] = 8,       [OUTCOME_PARTIAL] = 7,
        [OUTCOME_INELIGIBLE] = 6,     [OUTCOME_REFUSAL] = 5,
        [OUTCOME_OTHER] = 4,          [OUTCOME_NONCONTACT] = 3,
        [OUTCOME_UNKNOWN_PERSON] = 2, [OUTCOME_UNKNOWN_UNWORKED] = 1,
    };
    bool is_answer = later == OUTCOME_COMPLETE || later == OUTCOME_PARTIAL;
    return says[later] > says[held] || (later == held && !is_answer);
}

void outcome_tally_add(struct outcome_tally *into, const struct outcome_tally *other)
{
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        into->of_group[i] += other->of_group[i];
}

int64_t outcome_tally_released(const struct outcome_tally *tally)
{
    int64_t sum = 0;
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        sum += tally->of_group[i];
    return sum;
}

void outcome_mass_add(struct outcome_mass *mass, const struct outcome_tally *tally, double weight)
{
    for (int i = 0; i < OUTCOME_GROUPS; i++)
        mass->of_group[i] += weight * (double)tally->of_group[i];
}

/* I + P + R + NC + O */
static double eligible(const struct outcome_mass *mass)
{
    return mass->of_group[OUTCOME_COMPLETE] + mass->of_group[OUTCOME_PARTIAL] +
           mass->of_group[OUTCOME_REFUSAL] + mass->of_group[OUTCOME_NONCONTACT] +
           mass->of_group[OUTCOME_OTHER];
}

double outcome_eligible_share(const struct outcome_mass *mass)
{
    double known = eligible(mass) + mass->of_group[OUTCOME_INELIGIBLE];
    return known > 0.0 ? eligible(mass) / known : 1.0;
}

static double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : NAN;
}

struct outcome_rates outcome_rates_of(const struct outcome_mass *mass, double e)
{
    double complete = mass->of_group[OUTCOME_COMPLETE];
    double answered = complete + mass->of_group[OUTCOME_PARTIAL];
    double refused = mass->of_group[OUTCOME_REFUSAL];
    double willing_known = answered + refused;
    double contacted = willing_known + mass->of_group[OUTCOME_OTHER];
    double unknown =
        mass->of_group[OUTCOME_UNKNOWN_UNWORKED] + mass->of_group[OUTCOME_UNKNOWN_PERSON];
    double least = eligible(mass);
    double estimated = least + e * unknown;
    double most = least + unknown;
    return (struct outcome_rates){
        .rr1 = ratio(complete, most),
        .rr2 = ratio(answered, most),
        .rr3 = ratio(complete, estimated),
        .rr4 = ratio(answered, estimated),
        .rr5 = ratio(complete, least),
        .rr6 = ratio(answered, least),
        .coop1 = ratio(complete, contacted),
        .coop2 = ratio(answered, contacted),
        .coop3 = ratio(complete, willing_known),
        .coop4 = ratio(answered, willing_known),
        .ref1 = ratio(refused, most),
        .ref2 = ratio(refused, estimated),
        .ref3 = ratio(refused, least),
        .con1 = ratio(contacted, most),
        .con2 = ratio(contacted, estimated),
        .con3 = ratio(contacted, least),
    };
}
