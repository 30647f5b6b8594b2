#include "scoring/rules_table.h"

#define AT(member) offsetof(struct rules, member)
#define EXCLUDE    "no|yes|draw|request"

enum { HOUR_S = 3600, DAY_S = 86400 };

/* clang-format off */
static const struct rules_key keys[] = {
    {"basis", "document", RULES_TYPE_TEXT, AT(basis.document), 0, NULL, 0, 0, ""},
    {"basis", "timezone", RULES_TYPE_ZONE, AT(basis.timezone), 0, NULL, 0, 0, "Asia/Shanghai"},

    {"calendar", "layers", RULES_TYPE_LAYERS, AT(calendar.layers), AT(calendar.layer_count), NULL, 0, 0, "national"},

    {"on_time", "period", RULES_TYPE_WORD, AT(on_time.period), 0, "due|received|closed", 0, 0, "due"},
    {"on_time", "source", RULES_TYPE_WORD, AT(on_time.source), 0, "dates|flag|flag_else_dates", 0, 0, "dates"},
    {"on_time", "base", RULES_TYPE_WORD, AT(on_time.base), 0, "due|closed|all", 0, 0, "due"},
    {"on_time", "closed_by", RULES_TYPE_WORD, AT(on_time.closed_by), 0, "submitted_else_closed|submitted|closed", 0, 0,
     "submitted_else_closed"},
    {"on_time", "precision", RULES_TYPE_WORD, AT(on_time.precision), 0, "auto|second|day", 0, 0, "auto"},
    {"on_time", "no_deadline", RULES_TYPE_WORD, AT(on_time.no_deadline), 0, "exclude|on_time|by_kind", 0, 0, "exclude"},
    {"on_time", "extensions", RULES_TYPE_INT, AT(on_time.extensions), 0, NULL, 0, 99, "1"},
    {"on_time", "judged_once", RULES_TYPE_BOOL, AT(on_time.judged_once), 0, "no|yes", 0, 0, "yes"},
    {"on_time", "min_orders", RULES_TYPE_COUNT, AT(on_time.min_orders), 0, NULL, 0, 1000000, "20"},

    {"deadline", "consult", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_CONSULT]), 0, NULL, 0, 0, "2w"},
    {"deadline", "help", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_HELP]), 0, NULL, 0, 0, "3w"},
    {"deadline", "complaint", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_COMPLAINT]), 0, NULL, 0, 0, "10w"},
    {"deadline", "report", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_REPORT]), 0, NULL, 0, 0, "10w"},
    {"deadline", "suggestion", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_SUGGESTION]), 0, NULL, 0, 0, "10w"},
    {"deadline", "urgent", RULES_TYPE_TERM, AT(deadline.urgent), 0, NULL, 0, 0, "24h"},
    {"deadline", "unknown", RULES_TYPE_TERM, AT(deadline.of_kind[ORDER_KIND_UNKNOWN]), 0, NULL, 0, 0, "10w"},
    {"deadline", "from", RULES_TYPE_WORD, AT(deadline.from), 0, "dispatched|received", 0, 0, "dispatched"},
    {"deadline", "starts", RULES_TYPE_WORD, AT(deadline.starts), 0, "next_workday|same_moment", 0, 0, "next_workday"},

    {"exclude", "void", RULES_TYPE_WORD, AT(exclude.void_order), 0, EXCLUDE, 0, 0, "yes"},
    {"exclude", "direct", RULES_TYPE_WORD, AT(exclude.direct), 0, EXCLUDE, 0, 0, "yes"},
    {"exclude", "praise", RULES_TYPE_WORD, AT(exclude.praise), 0, EXCLUDE, 0, 0, "yes"},
    {"exclude", "merged", RULES_TYPE_WORD, AT(exclude.merged), 0, EXCLUDE, 0, 0, "yes"},
    {"exclude", "returned", RULES_TYPE_BOOL, AT(exclude.returned_accepted), 0, "no|accepted", 0, 0, "accepted"},
    {"exclude", "opt_out", RULES_TYPE_WORD, AT(exclude.opt_out), 0, EXCLUDE, 0, 0, "draw"},
    {"exclude", "confidential", RULES_TYPE_WORD, AT(exclude.confidential), 0, EXCLUDE, 0, 0, "draw"},
    {"exclude", "legal", RULES_TYPE_WORD, AT(exclude.legal), 0, EXCLUDE, 0, 0, "request"},
    {"exclude", "beyond_duty", RULES_TYPE_WORD, AT(exclude.beyond_duty), 0, EXCLUDE, 0, 0, "request"},
    {"exclude", "uncooperative", RULES_TYPE_WORD, AT(exclude.uncooperative), 0, EXCLUDE, 0, 0, "request"},

    {"frame", "of", RULES_TYPE_BOOL, AT(frame.due), 0, "closed|due", 0, 0, "due"},
    {"frame", "max_age", RULES_TYPE_DAYS, AT(frame.max_age_days), 0, "none", 1, 3660, "60d"},
    {"frame", "one_per_person", RULES_TYPE_BOOL, AT(frame.one_per_person), 0, "no|yes", 0, 0, "yes"},

    {"allocation", "method", RULES_TYPE_WORD, AT(allocation.method), 0, "proportional|equal|power|neyman", 0, 0,
     "power"},
    {"allocation", "power", RULES_TYPE_NUMBER, AT(allocation.power), 0, NULL, 0, 1, "0.5"},
    {"allocation", "min_per_unit", RULES_TYPE_COUNT, AT(allocation.min_per_unit), 0, NULL, 0, 1000000, "30"},
    {"allocation", "cap", RULES_TYPE_COUNT, AT(allocation.cap), 0, "none", 1, 1000000, "none"},
    {"allocation", "reserve", RULES_TYPE_NUMBER, AT(allocation.reserve), 0, NULL, 0, 100, "1"},

    {"rates", "resolved", RULES_TYPE_BOOL, AT(rates.resolved_partly), 0, "yes|yes partly", 0, 0, "yes"},
    {"rates", "satisfied", RULES_TYPE_ANSWERS, AT(rates.satisfied), 0, NULL, 0, 0, "5 4 3"},
    {"rates", "labels", RULES_TYPE_LABELS, AT(rates.labels), 0, NULL, 0, 0, "none"},

    {"points", "resolution", RULES_TYPE_RESOLUTION_POINTS, AT(points.resolution_yes), 0, "yes|partly|no", 0, 1,
     "yes 1, partly 0.5, no 0"},
    {"points", "satisfaction", RULES_TYPE_SATISFACTION_POINTS, AT(points.satisfaction), 0, "5|4|3|2|1", 0, 1,
     "5 1, 4 1, 3 0.8, 2 0, 1 0"},

    {"score", "on_time", RULES_TYPE_COMPONENT, AT(score.on_time), 0, NULL, 0, 1000, "0.3"},
    {"score", "resolution", RULES_TYPE_COMPONENT, AT(score.resolution), 0, NULL, 0, 1000, "0.35"},
    {"score", "satisfaction", RULES_TYPE_COMPONENT, AT(score.satisfaction), 0, NULL, 0, 1000, "0.35"},
    {"score", "full", RULES_TYPE_NUMBER, AT(score.full), 0, NULL, 1, 10000, "100"},
    {"score", "missing", RULES_TYPE_WORD, AT(score.missing), 0, "refuse|rescale|class_mean", 0, 0, "refuse"},

    /* Numbers have 9 decimals: this is every number between 0 and 1, without them. */
    {"interval", "level", RULES_TYPE_NUMBER, AT(interval.level), 0, NULL, 0.000000001, 0.999999999, "0.95"},
    {"interval", "population", RULES_TYPE_BOOL, AT(interval.process), 0, "orders|process", 0, 0, "orders"},

    {"ranking", "within", RULES_TYPE_BOOL, AT(ranking.within_class), 0, "all|class", 0, 0, "class"},
    {"ranking", "by", RULES_TYPE_WORD, AT(ranking.by), 0, "score|on_time|resolution|satisfaction", 0, 0, "score"},
    {"ranking", "method", RULES_TYPE_BOOL, AT(ranking.pair_joint), 0, "kww|pair_joint", 0, 0, "kww"},
    {"ranking", "min_answers", RULES_TYPE_COUNT, AT(ranking.min_answers), 0, NULL, 0, 1000000, "30"},
    {"ranking", "few_answers", RULES_TYPE_COUNT, AT(ranking.few_answers), 0, NULL, 0, 1000000, "100"},
    {"ranking", "low_response", RULES_TYPE_NUMBER, AT(ranking.low_response), 0, NULL, 0, 1, "0.4"},
    {"ranking", "bands", RULES_TYPE_BANDS, AT(ranking.bands), 0, NULL, 0, 1, "class_mean"},

    {"followup", "weekday", RULES_TYPE_SPANS, AT(followup.weekday), AT(followup.weekday_count), NULL, 0, 0,
     "09:00-12:00 15:00-18:00 19:00-20:30"},
    {"followup", "weekend", RULES_TYPE_SPANS, AT(followup.weekend), AT(followup.weekend_count), NULL, 0, 0,
     "10:00-12:00 15:00-18:00 19:00-20:30"},
    {"followup", "attempts", RULES_TYPE_INT, AT(followup.attempts), 0, NULL, 1, 99, "5"},
    {"followup", "per_day", RULES_TYPE_INT, AT(followup.per_day), 0, NULL, 1, 99, "2"},
    {"followup", "window", RULES_TYPE_DAYS, AT(followup.window_days), 0, NULL, 1, 366, "15d"},
    {"followup", "busy_retry", RULES_TYPE_SECONDS, AT(followup.busy_retry_s), 0, NULL, 1, 30 * DAY_S, "30m"},
    {"followup", "no_answer_retry", RULES_TYPE_SECONDS, AT(followup.no_answer_retry_s), 0, NULL, 1, 30 * DAY_S, "3h"},
    {"followup", "lease", RULES_TYPE_SECONDS, AT(followup.lease_s), 0, NULL, 1, 24 * HOUR_S, "10m"},
    {"followup", "recheck", RULES_TYPE_NUMBER, AT(followup.recheck), 0, NULL, 0, 1, "0.05"},
};
/* clang-format on */

_Static_assert(sizeof keys / sizeof keys[0] <= RULES_KEY_MAX, "raise RULES_KEY_MAX");

const struct rules_key *rules_keys(size_t *out_count)
{
    *out_count = sizeof keys / sizeof keys[0];
    return keys;
}
