#ifndef PINGYI_SCORING_OUTCOME_H
#define PINGYI_SCORING_OUTCOME_H

#include "base/bytes.h"

/* What became of the released cases, and the rates that tell how far the answers can be trusted: AAPOR's Standard
 * Definitions (10th edition 2023), STATISTICS 5. Our frame is a list of known people: whoever is not reached is a
 * non-contact, and only an order that should not be in the frame is ineligible. Thread: any. */

/* AAPOR's groups. Stored; numbers are never changed. */
enum outcome_group {
    OUTCOME_COMPLETE = 0,         /* I: 1.1 */
    OUTCOME_PARTIAL = 1,          /* P: 1.2 */
    OUTCOME_REFUSAL = 2,          /* R: 2.1 */
    OUTCOME_NONCONTACT = 3,       /* NC: 2.2 */
    OUTCOME_OTHER = 4,            /* O: the rest of 2, eligible but neither reached nor refusing */
    OUTCOME_UNKNOWN_UNWORKED = 5, /* UH: 3.1, not attempted or nothing known of the number */
    OUTCOME_UNKNOWN_PERSON = 6,   /* UO: the rest of 3, reached but not whether it is the person */
    OUTCOME_INELIGIBLE = 7,       /* NE: 4 */
};
enum { OUTCOME_GROUPS = 8 };

/* The group of an AAPOR code: one digit 1 to 4, or that, a point and one to three digits. False for anything else, and
 * for codes of 1 that are neither 1.1 nor 1.2. 5.1. */
bool outcome_group_of(struct bytes code, enum outcome_group *out_group);

/* Whether the outcome of a later attempt takes the place of the one that the case has. An answer wins, on whatever
 * attempt, complete before partial, and the first of two stays; then that the order is none of the sample; then
 * refusal, other, non-contact, unknown person, unworked: what says most, not what came last; of two that say as much
 * the later. 5.6. A case without any attempt is OUTCOME_UNKNOWN_UNWORKED. */
bool outcome_prevails(enum outcome_group later, enum outcome_group held);

/* Released cases by group. */
struct outcome_tally {
    int64_t of_group[OUTCOME_GROUPS];
};

void outcome_tally_add(struct outcome_tally *into, const struct outcome_tally *other);
int64_t outcome_tally_released(const struct outcome_tally *tally);

/* Cases by group, each with its weight: 1, or the N/n of its unit for weighted rates. 5.5. */
struct outcome_mass {
    double of_group[OUTCOME_GROUPS];
};

/* Add the cases of one unit, each with weight `weight` (>= 0). */
void outcome_mass_add(struct outcome_mass *mass, const struct outcome_tally *tally, double weight);

/* e, the share of the cases of unknown eligibility that is taken to be eligible: as among the known ones, 1 where none
 * is known. 5.4. */
double outcome_eligible_share(const struct outcome_mass *mass);

/* AAPOR's names; all in [0,1], NaN where 0/0. */
struct outcome_rates {
    double rr1, rr2, rr3, rr4, rr5, rr6; /* response: complete (odd), with partial (even) */
    double coop1, coop2, coop3, coop4;   /* cooperation of those contacted */
    double ref1, ref2, ref3;             /* refusal */
    double con1, con2, con3;             /* contact */
};

/* The sixteen rates under `e` in [0,1], proportional or fixed by agreement. 5.3. */
struct outcome_rates outcome_rates_of(const struct outcome_mass *mass, double e);

#endif
