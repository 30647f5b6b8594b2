#include "scoring/frame.h"

#include "base/civil.h"

const char *frame_reason_word(enum frame_reason reason)
{
    static const char *const words[FRAME_REASONS] = {
        [FRAME_IN] = "in",
        [FRAME_NOT_COUNTED] = "not_counted",
        [FRAME_EXCLUDED] = "excluded",
        [FRAME_OPT_OUT] = "opt_out",
        [FRAME_CONFIDENTIAL] = "confidential",
        [FRAME_REQUEST] = "request",
        [FRAME_OPEN] = "open",
        [FRAME_TOO_OLD] = "too_old",
    };
    return words[reason];
}

/* With `draw` it counts for the on-time rate all the same. */
static bool keeps_out(enum rules_exclude rule)
{
    return rule == RULES_EXCLUDE_YES || rule == RULES_EXCLUDE_DRAW;
}

/* What the judgement says only of orders that the rules take out of the on-time rate too. */
static bool is_excluded(const struct rules *rules, const struct fact *fact,
                        const struct verdict *verdict)
{
    return verdict->judgement == JUDGED_RETURNED ||
           (fact->status == ORDER_STATUS_VOID && keeps_out(rules->exclude.void_order)) ||
           (fact->status == ORDER_STATUS_DIRECT && keeps_out(rules->exclude.direct)) ||
           (fact->kind == ORDER_KIND_PRAISE && keeps_out(rules->exclude.praise)) ||
           (verdict->is_merged && keeps_out(rules->exclude.merged));
}

/* By the dump's own flag where the rate goes by it. */
static bool is_overdue(const struct judge *judge, const struct verdict *verdict)
{
    return verdict->judgement == JUDGED_FLAG_OVERDUE ||
           moment_has_passed(verdict->deadline, judge->as_of_utc, judge->zone);
}

static bool is_too_old(const struct judge *judge, const struct verdict *verdict)
{
    int days = judge->rules->frame.max_age_days;
    struct moment last = verdict->end;
    last.seconds += days * SECONDS_A_DAY;
    return days > 0 && moment_has_passed(last, judge->as_of_utc, judge->zone);
}

enum frame_reason frame_reason_of(const struct judge *judge, const struct fact *fact,
                                  const struct verdict *verdict, bool is_requested)
{
    const struct rules *rules = judge->rules;
    if (!judgement_in_orders(verdict->judgement))
        return FRAME_NOT_COUNTED;
    if (is_excluded(rules, fact, verdict))
        return FRAME_EXCLUDED;
    if ((fact->marks & FACT_OPT_OUT) != 0 && keeps_out(rules->exclude.opt_out))
        return FRAME_OPT_OUT;
    if ((fact->marks & FACT_CONFIDENTIAL) != 0 && keeps_out(rules->exclude.confidential))
        return FRAME_CONFIDENTIAL;
    if (is_requested)
        return FRAME_REQUEST;
    if (!verdict->is_closed && !(rules->frame.due && is_overdue(judge, verdict)))
        return FRAME_OPEN;
    return is_too_old(judge, verdict) ? FRAME_TOO_OLD : FRAME_IN;
}
