#ifndef PINGYI_SERVICE_FOLLOWUP_PROTOCOL_H
#define PINGYI_SERVICE_FOLLOWUP_PROTOCOL_H

#include "service/followup/hours.h"
#include "service/storage/cases.h"

/* What follows a dial (DESIGN.md 7.2, 7.3 [followup]): a pure function of a case's past, so that nothing has to be
 * counted twice or can go stale. Thread: any. */

/* One ended dial of the case that was an attempt; of an interrupted one the code is "". */
struct dial_past {
    int64_t started_utc, ended_utc, day;
    enum day_part part;
    int64_t number_no;
    char code[CASE_CODE_BYTES];
};

struct case_past {
    const struct dial_past *dials; /* oldest first */
    size_t dial_count;
    const bool *is_dead; /* of each number, in order */
    size_t number_count;
    bool was_freed;          /* a supervisor released its refusal once */
    int64_t freed_utc;       /* when; 0: not */
    int64_t appointment_utc; /* agreed for then, not kept yet; 0: none */
    int64_t now_utc;
};

/* What the case does next.
 *
 *   never dialled                            QUEUED, an appointment that was booked: APPOINTMENT
 *   1.1 1.2                                  FINAL
 *   2.111 2.112                              FINAL; once released by a supervisor: WAITING on another day, then FINAL
 *   2.113                                    FINAL, and on the do-not-call list
 *   2.12 2.34                                WAITING for busy_retry; the second time FINAL
 *   2.20                                     APPOINTMENT when a time was named, else as no answer
 *   2.211                                    WAITING for busy_retry
 *   2.21 2.212 2.221 3.20                    WAITING for no_answer_retry, in another day-part
 *   2.221 twice on one number                as those, on the next number
 *   2.213 2.214 2.215                        NUMBER when another is left, else FINAL
 *   2.31 2.32 2.36                           FINAL
 *   2.33                                     WAITING for a caller who speaks the language
 *   interrupted                              as no answer, but it is no attempt
 *
 * The protocol is done, and the case FINAL as `exhausted` with the disposition that prevails (scoring/outcome.h), when it
 * has had `attempts` on at least 3 days and in 3 day-parts, or when `window` days have passed since its first attempt.
 * Before that each new time is chosen so that days and day-parts can still be reached: as long as parts are missing, in
 * one that has not been tried when no more attempts are left than parts are missing, else in the one tried least. */
enum next_step { NEXT_QUEUED, NEXT_NUMBER, NEXT_WAITING, NEXT_APPOINTMENT, NEXT_FINAL };
struct next {
    enum next_step step;
    int64_t from_utc,
        until_utc;     /* of WAITING and APPOINTMENT: one window of the hours, or a part of it */
    int64_t number_no; /* to be dialled; 0: there is none */
    char code[CASE_CODE_BYTES]; /* of FINAL */
    bool is_exhausted;          /* FINAL by the protocol's end */
    bool goes_on_do_not_call;   /* 2.113 */
};
/* PROTOCOL_MIN_DAYS and _PARTS: DESIGN.md 7.3. */
enum { PROTOCOL_MIN_DAYS = 3, PROTOCOL_MIN_PARTS = 3, APPOINTMENT_S = 3600 };
int protocol_next(const struct calling_hours *hours, const struct case_past *past, struct next *out,
                  struct err *err);

/* What the pages offer, in their order. */
enum disposition_asks { ASKS_NOTHING, ASKS_TIME, ASKS_LANGUAGE };
struct disposition_offer {
    const char *code; /* of outcome_dispositions */
    const char *zh;
    enum disposition_asks may_ask;
    const char *then_zh; /* what will follow, in words: 换时段再拨 */
};
const struct disposition_offer *disposition_offers(size_t *out_count);

#endif
