#ifndef PINGYI_TESTS_SCORING_SCORING_FIXTURE_H
#define PINGYI_TESTS_SCORING_SCORING_FIXTURE_H

#include "scoring/rules.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What tests of scoring share. */

/* Rules that must be good. */
static inline struct rules rules_of(const char *text)
{
    struct rules rules;
    struct err err = {0};
    if (rules_parse(bytes_from_z(text), &rules, &err) != OK)
        fail_msg("%s", err.message);
    return rules;
}

/* NAN is near NAN alone. */
static inline void assert_near(double actual, double expected)
{
    if (isnan(expected) ? !isnan(actual)
                        : !(fabs(actual - expected) <= 1e-12 * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", actual, expected);
}

#endif
