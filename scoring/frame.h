#ifndef PINGYI_SCORING_FRAME_H
#define PINGYI_SCORING_FRAME_H

#include "scoring/judge.h"

/* Which of a round's orders may be drawn and called: the frame (样本框). Thread: any. */

/* Stored with frozen rounds: numbers are never changed. */
enum frame_reason {
    FRAME_IN = 0,
    FRAME_NOT_COUNTED = 1, /* not in the unit's `orders` of the round */
    FRAME_EXCLUDED = 2, /* taken out of the round by rule: void, direct, praise, merged, returned */
    FRAME_OPT_OUT = 3,  /* asked not to be called */
    FRAME_CONFIDENTIAL = 4, /* asked for secrecy */
    FRAME_REQUEST = 5,      /* by an approved request */
    FRAME_OPEN = 6,         /* open; under `of = due` open and its deadline not passed */
    FRAME_TOO_OLD = 7,      /* ended more than `max_age` before as-of */
};
enum { FRAME_REASONS = 8 };

/* in, not_counted, excluded, opt_out, confidential, request, open, too_old: the words of JSON. Static. */
const char *frame_reason_word(enum frame_reason reason);

/* Whether a handling that a round counts belongs to its frame, and why not: the first reason in the order above.
 *
 * verdict        what judge_fact said with `request_approved` false: a request that leaves the on-time rate alone does
 *                not keep an order out of the frame
 * is_requested   an approved request takes it out of the draw
 *
 * Handlings that only the on-time rate cannot judge (no deadline, closed without a date, a contradictory date)
 * are in the frame once they are closed: their citizens can be asked. Orders without a number are in it. */
enum frame_reason frame_reason_of(const struct judge *judge, const struct fact *fact,
                                  const struct verdict *verdict, bool is_requested);

#endif
