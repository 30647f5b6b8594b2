#ifndef PINGYI_SCORING_JUDGE_H
#define PINGYI_SCORING_JUDGE_H

#include "base/zone.h"

#include "scoring/calendar.h"
#include "scoring/rules.h"

/* How one handling counts in the on-time rate of a round, and why. Thread: any; a judge may be shared by threads. */

struct judge {
    const struct rules *rules; /* borrowed */
    const struct calendar
        *calendar;           /* borrowed; asked only where a deadline is computed in working days */
    const struct zone *zone; /* borrowed; of rules->basis.timezone */
    int64_t from_day, to_day; /* the round's days, inclusive */
    int64_t as_of_utc;        /* when "open" is judged */
    int64_t from_utc, to_utc; /* first and last instant of the days; judge_init fills them */
};

/* `to_day >= from_day`. */
void judge_init(struct judge *out_judge, const struct rules *rules, const struct calendar *calendar,
                const struct zone *zone, int64_t from_day, int64_t to_day, int64_t as_of_utc);

/* Outcomes in groups; JUDGED_* names say which. Stored with frozen rounds: numbers are never changed. */
#define JUDGEMENTS(X)                                                                              \
    /* not in the round: in no count */                                                            \
    X(JUDGED_OTHER_PERIOD, 0)         /* its deadline (receipt, closing) lies in another period */ \
    X(JUDGED_RECEIVED_LATER, 1)       /* received after as-of */                                   \
    X(JUDGED_NOT_LEAD, 2)             /* support */                                                \
    X(JUDGED_UNCLEAR, 3)              /* two leads, or several units without a role */             \
    X(JUDGED_IN_EARLIER_ROUND, 4)     /* judged_once */                                            \
    X(JUDGED_NO_DEADLINE_NO_ROUND, 5) /* period = due, no deadline */                              \
    /* in `orders` and in `excluded` */                                                            \
    X(JUDGED_VOID, 10)                                                                             \
    X(JUDGED_DIRECT, 11)                                                                           \
    X(JUDGED_PRAISE, 12)                                                                           \
    X(JUDGED_MERGED, 13)                                                                           \
    X(JUDGED_RETURNED, 14)                                                                         \
    X(JUDGED_NO_DEADLINE, 15)                                                                      \
    X(JUDGED_CLOSED_UNDATED, 16) /* closed by status, without a readable closing date */           \
    X(JUDGED_CONTRADICTION, 17)  /* its deadline had to be computed from a contradictory date */   \
    X(JUDGED_REQUEST, 18)        /* taken out by an approved request */                            \
    X(JUDGED_OPT_OUT, 19)                                                                          \
    X(JUDGED_CONFIDENTIAL, 20)                                                                     \
    /* in `orders`, neither excluded nor in the base */                                            \
    X(JUDGED_NOT_DUE_YET, 30) /* open, deadline not passed by as-of */                             \
    X(JUDGED_OPEN, 31)        /* base = closed: open, whatever the deadline */                     \
    X(JUDGED_NO_FLAG, 32)     /* source = flag: the dump has none */                               \
    /* in the base */                                                                              \
    X(JUDGED_ON_TIME, 40)                                                                          \
    X(JUDGED_LATE, 41)         /* closed after the deadline */                                     \
    X(JUDGED_LATE_OPEN, 42)    /* 逾期未办结 */                                               \
    X(JUDGED_ON_TIME_OPEN, 43) /* base = all: open, deadline not passed */                         \
    X(JUDGED_FLAG_ON_TIME, 44)                                                                     \
    X(JUDGED_FLAG_OVERDUE, 45)                                                                     \
    X(JUDGED_ON_TIME_NO_DEADLINE, 46) /* no_deadline = on_time */

enum judgement {
#define X(name, number) name = (number),
    JUDGEMENTS(X)
#undef X
};

/* Where the effective deadline came from. */
enum deadline_source {
    DEADLINE_NONE = 0,
    DEADLINE_GIVEN,
    DEADLINE_EXTENDED,
    DEADLINE_COMPUTED, /* by kind */
};

/* Whether an extension that the dump names counts. */
enum extension_verdict {
    EXTENSION_ABSENT = 0,
    EXTENSION_COUNTS,
    EXTENSION_NOT_LATER,  /* extended_due is not after due */
    EXTENSION_ASKED_LATE, /* asked after the deadline */
    EXTENSION_TOO_MANY,   /* more than rules allow */
};

struct verdict {
    enum judgement judgement;
    enum deadline_source deadline_source;
    enum extension_verdict extension;
    struct moment deadline; /* effective; MOMENT_NONE without one */
    struct moment end; /* what `closed_by` names; MOMENT_NONE while open or closed without a date */
    bool is_closed;    /* has an end, or is closed and nobody knows since when */
    bool is_merged;    /* a repeat merged into its first order, whatever the rules do with it */
};

bool judgement_in_orders(enum judgement judgement);
bool judgement_is_excluded(enum judgement judgement);
bool judgement_in_base(enum judgement judgement);
bool judgement_is_on_time(enum judgement judgement);

/* What the caller found about `fact` outside of it. */
struct judge_context {
    bool merged_repeat;    /* judge_repeat_is_merged said so */
    bool in_earlier_round; /* judged in a closed round of the same kind */
    bool request_approved; /* an approved exclusion by request */
};

/* Judge one handling. ERR_NO_CALENDAR when its deadline has to be computed in a year without a calendar. */
int judge_fact(const struct judge *judge, const struct fact *fact, struct judge_context context,
               struct verdict *out_verdict, struct err *err);

/* The effective deadline alone: fills `deadline`, `deadline_source` and `extension`, nothing else.
 *
 * Given: `due`, or `extended_due` where the extension counts. Computed: from the start, n working days or n natural
 * days later; with `starts = next_workday` to the end of that day, with `same_moment` to the same time of day.
 * Hours run at once under both, from a bare start from the end of its day. Under `precision = day` it is a bare
 * day. ERR_NO_CALENDAR. */
int judge_deadline(const struct judge *judge, const struct fact *fact, struct verdict *out_verdict,
                   struct err *err);

/* Whether a repeat is merged into its first order (并单): same lead, first not excluded itself and not ended when the
 * repeat was received. Otherwise the repeat stays (重办). `first_verdict` is of a judge over all days, because an order
 * of another period says nothing of its exclusion. */
bool judge_repeat_is_merged(const struct judge *judge, const struct fact *repeat,
                            const struct verdict *first_verdict, bool same_lead);

/* end <= deadline, the rule for bare days applied: a bare deadline counts to the end of its day, a bare end is in time
 * if its day is not after the deadline's. Neither may be MOMENT_NONE. */
bool moment_in_time(struct moment end, struct moment deadline, enum rules_precision precision,
                    const struct zone *zone);

/* Whether `moment` lies before `now_utc`; a bare day only when it is over. False for MOMENT_NONE. */
bool moment_has_passed(struct moment moment, int64_t now_utc, const struct zone *zone);

/* Bits FACT_CLOSED_BEFORE_RECEIVED and FACT_DUE_BEFORE_RECEIVED that `fact` deserves (bare days compare by day). */
uint32_t fact_contradictions(const struct fact *fact, const struct zone *zone);

/* Whether the dump's own flag disagrees with its dates, an open order being judged at `as_of_utc`. False where either
 * side says nothing. */
bool fact_flag_disagrees(const struct fact *fact, int64_t as_of_utc, const struct zone *zone);

#endif
