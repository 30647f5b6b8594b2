#include "scoring/judge.h"

#include "base/civil.h"

/* Most handlings of a round compare a few integers: instants are held against `from_utc`, `to_utc` and `as_of_utc`, and
 * the zone is asked only for bare days and for deadlines that have to be computed. */

void judge_init(struct judge *out_judge, const struct rules *rules, const struct calendar *calendar,
                const struct zone *zone, int64_t from_day, int64_t to_day, int64_t as_of_utc)
{
    *out_judge = (struct judge){
        .rules = rules,
        .calendar = calendar,
        .zone = zone,
        .from_day = from_day,
        .to_day = to_day,
        .as_of_utc = as_of_utc,
        .from_utc = zone_day_start(zone, from_day),
        .to_utc = zone_day_end(zone, to_day),
    };
}

/* ---- moments ---- */

static struct moment bare_day(int64_t day)
{
    return (struct moment){day * SECONDS_A_DAY, MOMENT_DAY};
}

/* a <= b; by their days as soon as one of them is bare. */
static bool is_not_after(struct moment a, struct moment b, const struct zone *zone)
{
    if (a.kind == b.kind)
        return a.seconds <= b.seconds;
    return zone_day(zone, a) <= zone_day(zone, b);
}

bool moment_in_time(struct moment end, struct moment deadline, enum rules_precision precision,
                    const struct zone *zone)
{
    if (precision == RULES_PRECISION_DAY)
        return zone_day(zone, end) <= zone_day(zone, deadline);
    return is_not_after(end, deadline, zone);
}

bool moment_has_passed(struct moment moment, int64_t now_utc, const struct zone *zone)
{
    if (moment.kind == MOMENT_NONE)
        return false;
    if (moment.kind == MOMENT_INSTANT)
        return moment.seconds < now_utc;
    return zone_day_end(zone, seconds_to_day(moment.seconds)) < now_utc;
}

/* Whether `moment` had come by `now_utc`: a bare day has with its first instant. */
static bool has_come(struct moment moment, int64_t now_utc, const struct zone *zone)
{
    if (moment.kind == MOMENT_NONE)
        return false;
    if (moment.kind == MOMENT_INSTANT)
        return moment.seconds <= now_utc;
    return zone_day_start(zone, seconds_to_day(moment.seconds)) <= now_utc;
}

static bool lies_in_days(const struct judge *judge, struct moment moment)
{
    if (moment.kind == MOMENT_INSTANT)
        return moment.seconds >= judge->from_utc && moment.seconds <= judge->to_utc;
    return moment.kind == MOMENT_DAY && moment.seconds >= judge->from_day * SECONDS_A_DAY &&
           moment.seconds <= judge->to_day * SECONDS_A_DAY;
}

/* ---- the end ---- */

struct ending {
    struct moment at; /* MOMENT_NONE while open as of the judge's time */
    bool undated;     /* closed, but not when */
};

static struct ending ending_of(const struct judge *judge, const struct fact *fact)
{
    struct moment named = fact->closed;
    if (judge->rules->on_time.closed_by == RULES_CLOSED_BY_SUBMITTED ||
        (judge->rules->on_time.closed_by == RULES_CLOSED_BY_SUBMITTED_ELSE_CLOSED &&
         fact->submitted.kind != MOMENT_NONE))
        named = fact->submitted;
    struct ending ending = {.at = {0}, .undated = false};
    if (named.kind == MOMENT_NONE)
        ending.undated = fact->closed.kind != MOMENT_NONE
                             ? has_come(fact->closed, judge->as_of_utc, judge->zone)
                             : fact->status == ORDER_STATUS_CLOSED;
    else if (has_come(named, judge->as_of_utc, judge->zone))
        ending.at = named;
    return ending;
}

/* ---- the deadline ---- */

static bool starts_at_receipt(const struct rules *rules, const struct fact *fact)
{
    return rules->deadline.from == RULES_FROM_RECEIVED || fact->dispatched.kind == MOMENT_NONE;
}

static int64_t hours_later(const struct judge *judge, struct moment start, int hours)
{
    int64_t from = start.kind == MOMENT_INSTANT
                       ? start.seconds
                       : zone_day_start(judge->zone, seconds_to_day(start.seconds) + 1);
    return from + (int64_t)hours * 3600;
}

static int compute_deadline(const struct judge *judge, const struct fact *fact,
                            struct moment *out_deadline, struct err *err)
{
    const struct rules *rules = judge->rules;
    struct rules_term term = (fact->marks & FACT_URGENT) != 0 ? rules->deadline.urgent
                                                              : rules->deadline.of_kind[fact->kind];
    struct moment start = starts_at_receipt(rules, fact) ? fact->received : fact->dispatched;
    if (term.unit == RULES_TERM_HOURS) {
        *out_deadline = (struct moment){hours_later(judge, start, term.count), MOMENT_INSTANT};
        return OK;
    }
    int64_t start_day = zone_day(judge->zone, start);
    int64_t day = start_day + term.count;
    if (term.unit == RULES_TERM_WORKDAYS) {
        int rc = calendar_add_workdays(judge->calendar, start_day, term.count, &day, err);
        if (rc != OK)
            return err_wrap(err, "could not compute a deadline");
    }
    if (rules->deadline.starts == RULES_STARTS_NEXT_WORKDAY || start.kind == MOMENT_DAY) {
        *out_deadline = bare_day(day);
        return OK;
    }
    int64_t local = start.seconds + zone_offset_s(judge->zone, start.seconds);
    int64_t later = local + (day - start_day) * SECONDS_A_DAY;
    *out_deadline = (struct moment){zone_to_utc(judge->zone, later), MOMENT_INSTANT};
    return OK;
}

static enum extension_verdict judge_extension(const struct judge *judge, const struct fact *fact,
                                              struct moment due)
{
    if (due.kind == MOMENT_NONE || is_not_after(fact->extended_due, due, judge->zone))
        return EXTENSION_NOT_LATER;
    if (fact->extension_asked.kind != MOMENT_NONE &&
        !is_not_after(fact->extension_asked, due, judge->zone))
        return EXTENSION_ASKED_LATE;
    /* A dump without a count says nothing against the extension. */
    return fact->extension_count > judge->rules->on_time.extensions ? EXTENSION_TOO_MANY
                                                                    : EXTENSION_COUNTS;
}

int judge_deadline(const struct judge *judge, const struct fact *fact, struct verdict *out_verdict,
                   struct err *err)
{
    const struct rules *rules = judge->rules;
    struct moment deadline = fact->due;
    enum deadline_source source = DEADLINE_GIVEN;
    enum extension_verdict extension = EXTENSION_ABSENT;
    if (deadline.kind == MOMENT_NONE) {
        source = DEADLINE_NONE;
        if (rules->on_time.no_deadline == RULES_NO_DEADLINE_BY_KIND) {
            int rc = compute_deadline(judge, fact, &deadline, err);
            if (rc != OK)
                return rc;
            source = DEADLINE_COMPUTED;
        }
    }
    if (fact->extended_due.kind != MOMENT_NONE) {
        extension = judge_extension(judge, fact, deadline);
        if (extension == EXTENSION_COUNTS) {
            deadline = fact->extended_due;
            source = DEADLINE_EXTENDED;
        }
    }
    if (rules->on_time.precision == RULES_PRECISION_DAY && deadline.kind == MOMENT_INSTANT)
        deadline = bare_day(zone_day(judge->zone, deadline));
    out_verdict->deadline = deadline;
    out_verdict->deadline_source = source;
    out_verdict->extension = extension;
    return OK;
}

/* ---- the judgement ---- */

static bool is_merged(const struct fact *fact, struct judge_context context)
{
    return context.merged_repeat ||
           (fact->status == ORDER_STATUS_MERGED && (fact->marks & FACT_HAS_REPEAT_OF) == 0);
}

/* What keeps a handling of the round's days out of the round or out of the rate; JUDGED_ON_TIME when nothing does. */
static enum judgement judge_standing(const struct rules *rules, const struct fact *fact,
                                     struct judge_context context, bool merged)
{
    bool returned = fact->status == ORDER_STATUS_RETURNED || (fact->marks & FACT_RETURNED) != 0;
    if (fact->part == HANDLING_PART_SUPPORT)
        return JUDGED_NOT_LEAD;
    if (fact->part == HANDLING_PART_UNCLEAR)
        return JUDGED_UNCLEAR;
    if (context.in_earlier_round && rules->on_time.judged_once)
        return JUDGED_IN_EARLIER_ROUND;
    if (fact->status == ORDER_STATUS_VOID && rules->exclude.void_order == RULES_EXCLUDE_YES)
        return JUDGED_VOID;
    if (fact->status == ORDER_STATUS_DIRECT && rules->exclude.direct == RULES_EXCLUDE_YES)
        return JUDGED_DIRECT;
    if (fact->kind == ORDER_KIND_PRAISE && rules->exclude.praise == RULES_EXCLUDE_YES)
        return JUDGED_PRAISE;
    if (merged && rules->exclude.merged == RULES_EXCLUDE_YES)
        return JUDGED_MERGED;
    if (returned && rules->exclude.returned_accepted)
        return JUDGED_RETURNED;
    if ((fact->marks & FACT_OPT_OUT) != 0 && rules->exclude.opt_out == RULES_EXCLUDE_YES)
        return JUDGED_OPT_OUT;
    if ((fact->marks & FACT_CONFIDENTIAL) != 0 && rules->exclude.confidential == RULES_EXCLUDE_YES)
        return JUDGED_CONFIDENTIAL;
    return context.request_approved ? JUDGED_REQUEST : JUDGED_ON_TIME;
}

static enum judgement judge_without_deadline(const struct rules *rules, bool closed)
{
    if (rules->on_time.no_deadline != RULES_NO_DEADLINE_ON_TIME)
        return JUDGED_NO_DEADLINE;
    if (!closed && rules->on_time.base == RULES_BASE_CLOSED)
        return JUDGED_OPEN;
    if (!closed && rules->on_time.base == RULES_BASE_DUE)
        return JUDGED_NOT_DUE_YET;
    return JUDGED_ON_TIME_NO_DEADLINE;
}

static enum judgement judge_by_dates(const struct judge *judge, const struct fact *fact,
                                     const struct verdict *verdict)
{
    const struct rules *rules = judge->rules;
    bool closed = verdict->is_closed;
    if (closed && verdict->end.kind == MOMENT_NONE)
        return JUDGED_CLOSED_UNDATED;
    if (verdict->deadline.kind == MOMENT_NONE)
        return judge_without_deadline(rules, closed);
    if (verdict->deadline_source == DEADLINE_COMPUTED && starts_at_receipt(rules, fact) &&
        (fact->marks & FACT_CLOSED_BEFORE_RECEIVED) != 0)
        return JUDGED_CONTRADICTION;
    if (closed)
        return moment_in_time(verdict->end, verdict->deadline, rules->on_time.precision,
                              judge->zone)
                   ? JUDGED_ON_TIME
                   : JUDGED_LATE;
    if (rules->on_time.base == RULES_BASE_CLOSED)
        return JUDGED_OPEN;
    if (moment_has_passed(verdict->deadline, judge->as_of_utc, judge->zone))
        return JUDGED_LATE_OPEN;
    return rules->on_time.base == RULES_BASE_ALL ? JUDGED_ON_TIME_OPEN : JUDGED_NOT_DUE_YET;
}

static enum judgement judge_by_flag(const struct rules *rules, const struct fact *fact, bool closed)
{
    if (fact->flag == OVERDUE_FLAG_NONE)
        return JUDGED_NO_FLAG;
    if (rules->on_time.base == RULES_BASE_CLOSED && !closed)
        return JUDGED_OPEN;
    return fact->flag == OVERDUE_FLAG_ON_TIME ? JUDGED_FLAG_ON_TIME : JUDGED_FLAG_OVERDUE;
}

static enum judgement judge_inside(const struct judge *judge, const struct fact *fact,
                                   struct judge_context context, const struct verdict *verdict)
{
    const struct rules *rules = judge->rules;
    enum judgement standing = judge_standing(rules, fact, context, verdict->is_merged);
    if (standing != JUDGED_ON_TIME)
        return standing;
    if (rules->on_time.source == RULES_SOURCE_FLAG ||
        (rules->on_time.source == RULES_SOURCE_FLAG_ELSE_DATES && fact->flag != OVERDUE_FLAG_NONE))
        return judge_by_flag(rules, fact, verdict->is_closed);
    return judge_by_dates(judge, fact, verdict);
}

/* A deadline is computed only for who needs it: that may fail for want of a calendar. */
static bool deadline_matters(const struct rules *rules, const struct fact *fact)
{
    return rules->on_time.period == RULES_PERIOD_DUE ||
           rules->on_time.source != RULES_SOURCE_FLAG || fact->due.kind != MOMENT_NONE;
}

int judge_fact(const struct judge *judge, const struct fact *fact, struct judge_context context,
               struct verdict *out_verdict, struct err *err)
{
    enum rules_period period = judge->rules->on_time.period;
    struct ending ending = ending_of(judge, fact);
    struct verdict verdict = {
        .judgement = JUDGED_OTHER_PERIOD,
        .end = ending.at,
        .is_closed = ending.undated || ending.at.kind != MOMENT_NONE,
        .is_merged = is_merged(fact, context),
    };
    if (!has_come(fact->received, judge->as_of_utc, judge->zone)) {
        verdict.judgement = JUDGED_RECEIVED_LATER;
        goto done;
    }
    if (period != RULES_PERIOD_DUE &&
        !lies_in_days(judge, period == RULES_PERIOD_RECEIVED ? fact->received : ending.at))
        goto done;
    if (deadline_matters(judge->rules, fact)) {
        int rc = judge_deadline(judge, fact, &verdict, err);
        if (rc != OK)
            return rc;
    }
    if (period == RULES_PERIOD_DUE && verdict.deadline.kind == MOMENT_NONE)
        verdict.judgement = JUDGED_NO_DEADLINE_NO_ROUND;
    else if (period != RULES_PERIOD_DUE || lies_in_days(judge, verdict.deadline))
        verdict.judgement = judge_inside(judge, fact, context, &verdict);
done:
    *out_verdict = verdict;
    return OK;
}

bool judgement_in_orders(enum judgement judgement)
{
    return judgement >= JUDGED_VOID;
}

bool judgement_is_excluded(enum judgement judgement)
{
    return judgement >= JUDGED_VOID && judgement < JUDGED_NOT_DUE_YET;
}

bool judgement_in_base(enum judgement judgement)
{
    return judgement >= JUDGED_ON_TIME;
}

bool judgement_is_on_time(enum judgement judgement)
{
    return judgement == JUDGED_ON_TIME || judgement == JUDGED_ON_TIME_OPEN ||
           judgement == JUDGED_FLAG_ON_TIME || judgement == JUDGED_ON_TIME_NO_DEADLINE;
}

bool judge_repeat_is_merged(const struct judge *judge, const struct fact *repeat,
                            const struct verdict *first_verdict, bool same_lead)
{
    if (!same_lead || judgement_is_excluded(first_verdict->judgement))
        return false;
    return first_verdict->end.kind == MOMENT_NONE ||
           !is_not_after(first_verdict->end, repeat->received, judge->zone);
}

/* ---- what a dump says against itself ---- */

static bool is_before(struct moment a, struct moment b, const struct zone *zone)
{
    return a.kind != MOMENT_NONE && b.kind != MOMENT_NONE && !is_not_after(b, a, zone);
}

uint32_t fact_contradictions(const struct fact *fact, const struct zone *zone)
{
    uint32_t marks = 0;
    if (is_before(fact->closed, fact->received, zone))
        marks |= FACT_CLOSED_BEFORE_RECEIVED;
    if (is_before(fact->due, fact->received, zone))
        marks |= FACT_DUE_BEFORE_RECEIVED;
    return marks;
}

bool fact_flag_disagrees(const struct fact *fact, int64_t as_of_utc, const struct zone *zone)
{
    struct moment end = fact->submitted.kind != MOMENT_NONE ? fact->submitted : fact->closed;
    struct moment deadline =
        is_before(fact->due, fact->extended_due, zone) ? fact->extended_due : fact->due;
    bool undated = end.kind == MOMENT_NONE && fact->status == ORDER_STATUS_CLOSED;
    if (fact->flag == OVERDUE_FLAG_NONE || deadline.kind == MOMENT_NONE || undated)
        return false;
    bool overdue = end.kind != MOMENT_NONE ? !is_not_after(end, deadline, zone)
                                           : moment_has_passed(deadline, as_of_utc, zone);
    return overdue != (fact->flag == OVERDUE_FLAG_OVERDUE);
}
