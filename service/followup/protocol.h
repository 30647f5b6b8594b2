#ifndef PINGYI_SERVICE_FOLLOWUP_PROTOCOL_H
#define PINGYI_SERVICE_FOLLOWUP_PROTOCOL_H

#include "service/followup/hours.h"
#include "service/storage/cases.h"

/* What follows a dial (DESIGN.md 7.2, 7.3 [followup]): a pure function of a case's past, so that nothing has to be
 * counted twice or can go stale. Thread: any. */

/* One ended dial of the case, re-checks' left out. An interrupted one, of which nobody said what became of it, has the
 * code "": it is no attempt. */
struct dial_past {
    int64_t started_utc, ended_utc, day;
    enum day_part part; /* hours_part of its start */
    int64_t number_no;  /* from 1; one that case_past does not have counts as dead */
    char code[CASE_CODE_BYTES];
};

struct case_past {
    const struct dial_past *dials; /* oldest first */
    size_t dial_count;
    const bool *is_dead; /* of each number, in order: [0] is number 1 */
    size_t number_count;
    bool was_freed;          /* a supervisor released its refusal once */
    int64_t freed_utc;       /* when; 0: not */
    int64_t appointment_utc; /* agreed for then, not kept yet (nobody has dialled since); 0: none */
    int64_t now_utc;
};

/* What the case does next. The first line that fits holds.
 *
 *   1.1 1.2 2.113 2.31 2.32 2.36 on any dial          FINAL; 2.113: and on the do-not-call list
 *   2.111 2.112 on any dial                           FINAL, unless a supervisor has released it since
 *   2.12 2.34, each a second time                     FINAL; 2.12 as the line above
 *   never dialled                                     QUEUED; an appointment that was booked: APPOINTMENT
 *   no number is left that is not dead                FINAL
 *   the last dial 2.213 2.214 2.215                   NUMBER: the next one
 *   an appointment                                    APPOINTMENT, for an hour; one that was missed: the next open hour
 *   the protocol is done                              FINAL, exhausted
 *   a refusal was released, no attempt since          WAITING, from the day after the last dial on
 *   2.12 2.211 2.33 2.34                              WAITING for busy_retry; 2.33: for who speaks it
 *   2.20 2.21 2.212 2.221 3.20, interrupted           WAITING for no_answer_retry, in another day-part
 *
 * Where several dials say something of the case, the code of FINAL is that which prevails (scoring/outcome.h):
 * reaching the end of the protocol overwrites no refusal. A dial with 2.213, 2.214 or 2.215 makes its number dead,
 * whatever `is_dead` says. A number with 2.221 twice gives way to the next one.
 *
 * The protocol is done when the case has had `attempts`, on at least 3 days and in 3 day-parts, or when its window has
 * ended: no time is left on the `window` days that begin with its first attempt, or with the release of its refusal.
 * With fewer than 3 attempts in the rules, or fewer parts that have hours, as many days and parts as there can be are
 * enough. Once `attempts` are made, a further one must bring a missing day or part: where none can, the window has
 * ended too. A released refusal, and a 2.33 that came for the first time with the last attempt, are owed one more
 * attempt whatever their number.
 *
 * Each time of WAITING is chosen so that days and parts can still be reached: while no more attempts are left than
 * parts (days) are missing, in a part (on a day) without one, if there is any; then in another part than the last
 * dial, in the one tried least, and as early as can be. Days on which the number to be dialled has had its per_day of
 * this case's dials are passed over; those of other cases only the engine knows.
 *
 * The same past at a later `now` gives the time anew: a window that has passed costs nothing. */
enum next_step { NEXT_QUEUED, NEXT_NUMBER, NEXT_WAITING, NEXT_APPOINTMENT, NEXT_FINAL };
struct next {
    enum next_step step;
    /* Of WAITING, APPOINTMENT and NUMBER: one window of the hours, or a part of it. NUMBER: whoever holds the case
     * dials on until then; when nobody holds it, or now is before from_utc (the hours or the number's per_day are
     * over), it waits for it as with WAITING. */
    int64_t from_utc, until_utc;
    int64_t number_no;          /* proposed; 0: of FINAL, and QUEUED or APPOINTMENT without any */
    char code[CASE_CODE_BYTES]; /* of FINAL; 3.11 where nothing was ever attempted */
    bool is_exhausted;          /* FINAL by the protocol's end */
    bool goes_on_do_not_call;   /* 2.113 */
};
/* PROTOCOL_MIN_DAYS and _PARTS: DESIGN.md 7.3. */
enum { PROTOCOL_MIN_DAYS = 3, PROTOCOL_MIN_PARTS = 3, APPOINTMENT_S = 3600 };
/* ERR_NO_CALENDAR: no time can be found before a year that no layer covers; the engine proves before it opens a
 * campaign that its days are covered. ERR_NOT_FOUND: no hours for an appointment. ERR_CORRUPT: a dial's code is none
 * of disposition_offers. */
int protocol_next(const struct calling_hours *hours, const struct case_past *past, struct next *out,
                  struct err *err);

/* Whether an attempt made elsewhere, of which a file tells, ends a case whatever else is known of it: answers, refusals
 * of a person, and what says that nothing more can come. After all else the service goes on calling. Any AAPOR code. */
bool protocol_is_end(struct bytes code);

/* What the pages offer, in their order: what happens often first, so that it has the near keys. All that is offered is
 * what callers may give; 3.11 and 4.10 are not. */
enum disposition_asks { ASKS_NOTHING, ASKS_TIME, ASKS_LANGUAGE };
struct disposition_offer {
    const char *code; /* of outcome_dispositions, */
    const char *zh;   /* with its name there */
    enum disposition_asks may_ask;
    const char *then_zh; /* what will follow, in words: 换时段再拨 */
};
const struct disposition_offer *disposition_offers(size_t *out_count);

#endif
