#include "service/api/followup_json.h"

#include "base/civil.h"

#include "service/api/case_json.h"
#include "service/api/json_value.h"
#include "service/host/files.h"

#include <math.h>

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *count(int64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *day(bool has, int64_t value)
{
    char text[DAY_TEXT_BYTES];
    if (!has)
        return json_null();
    day_format(value, text);
    return json_string(text);
}

/* ---- totals ---- */

static json_t *campaign_to_json(const struct overview *overview)
{
    const struct campaign_row *row = &overview->campaign;
    return json_pack("{s:I, s:o, s:o, s:b, s:o, s:I, s:I}", "id", (json_int_t)row->id, "round",
                     json_bytes(row->round_name), "opened_at", json_time(row->opened_utc),
                     "is_paused", row->is_paused, "ended_at", json_time(row->ended_utc), "day",
                     (json_int_t)overview->day, "window_days", (json_int_t)overview->window_days);
}

static json_t *waves_to_json(const struct overview *overview)
{
    json_t *array = json_array();
    for (int i = 0; i < OVERVIEW_WAVES; i++)
        array = json_append(array, count(overview->waves[i]));
    return array;
}

static json_t *outcomes_to_json(const struct overview_outcomes *outcomes)
{
    const int64_t *of_group = outcomes->orders.of_group;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "orders",
                     count(outcome_tally_released(&outcomes->orders)), "complete",
                     count(of_group[OUTCOME_COMPLETE]), "partial", count(of_group[OUTCOME_PARTIAL]),
                     "refusal", count(of_group[OUTCOME_REFUSAL]), "noncontact",
                     count(of_group[OUTCOME_NONCONTACT]), "other", count(of_group[OUTCOME_OTHER]),
                     "unknown",
                     count(of_group[OUTCOME_UNKNOWN_UNWORKED] + of_group[OUTCOME_UNKNOWN_PERSON]),
                     "ineligible", count(of_group[OUTCOME_INELIGIBLE]), "rr1",
                     number(outcomes->rates.rr1), "coop1", number(outcomes->rates.coop1), "ref1",
                     number(outcomes->rates.ref1), "con1", number(outcomes->rates.con1));
}

static json_t *states_to_json(const struct overview *overview)
{
    json_t *states = json_pack("{s:o}", "attempts", waves_to_json(overview));
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        states = json_with(states, json_pack("{s:o}", case_state_word((enum case_state)i),
                                             count(overview->of_state[i])));
    return states;
}

static json_t *totals_to_json(const struct overview *overview, bool for_whole)
{
    json_t *totals = json_pack(
        "{s:o, s:o, s:o}", "target", for_whole ? count(overview->target) : json_null(), "released",
        count(overview->released), "handed_over", count(overview->handed_over));
    totals = json_with(totals, outcomes_to_json(&overview->outcomes));
    return json_with(totals, states_to_json(overview));
}

/* ---- lists ---- */

static json_t *units_to_json(const struct overview *overview)
{
    json_t *array = json_array();
    for (size_t i = 0; i < overview->unit_count; i++) {
        const struct overview_unit *unit = &overview->units[i];
        array = json_append(
            array,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                      "code", json_bytes(unit->code), "name", json_bytes(unit->name), "target",
                      count(unit->target), "released", count(unit->released), "queued",
                      count(unit->queued), "final", count(unit->final), "complete",
                      count(unit->complete), "refusal", count(unit->refusal), "orders",
                      count(outcome_tally_released(&unit->outcomes.orders)), "complete_orders",
                      count(unit->outcomes.orders.of_group[OUTCOME_COMPLETE]), "ineligible_orders",
                      count(unit->outcomes.orders.of_group[OUTCOME_INELIGIBLE]), "rr1",
                      number(unit->outcomes.rates.rr1), "reserve", count(unit->reserve),
                      "reserve_left", count(unit->reserve_left), "proposal",
                      count(unit->proposal)));
    }
    return array;
}

static json_t *dispositions_to_json(const struct overview *overview)
{
    json_t *array = json_array();
    for (size_t i = 0; i < overview->disposition_count; i++) {
        const struct overview_disposition *disposition = &overview->dispositions[i];
        array = json_append(array, json_pack("{s:s, s:s, s:o}", "code", disposition->code, "name",
                                             case_disposition_zh(bytes_from_z(disposition->code)),
                                             "cases", count(disposition->cases)));
    }
    return array;
}

static json_t *caller_to_json(const struct overview_caller *caller)
{
    double hours = (double)caller->shift_s / 3600;
    return json_pack(
        "{s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        json_bytes(caller->name), "display_name", json_bytes(caller->display_name), "team",
        json_text_or_null(caller->team), "on_shift", caller->state != CALLER_OFF, "state",
        overview_caller_word(caller->state), "dials_today", count(caller->dials), "completes_today",
        count(caller->completes), "partials_today", count(caller->partials), "refusals_today",
        count(caller->refusals), "interrupted_today", count(caller->interrupted), "minutes_today",
        count(caller->shift_s / 60), "seconds_today", count(caller->seconds), "completes_per_hour",
        hours > 0 ? json_real((double)caller->completes / hours) : json_null(), "last_at",
        json_time(caller->last_utc));
}

static json_t *callers_to_json(const struct overview *overview)
{
    json_t *array = json_array();
    for (size_t i = 0; i < overview->caller_count; i++)
        array = json_append(array, caller_to_json(&overview->callers[i]));
    return array;
}

static json_t *languages_to_json(const struct overview *overview)
{
    json_t *array = json_array();
    for (size_t i = 0; i < overview->language_count; i++) {
        const struct overview_language *language = &overview->languages[i];
        array = json_append(array, json_pack("{s:s, s:o, s:o}", "language", language->language,
                                             "cases", count(language->cases), "speakers",
                                             count(language->speakers)));
    }
    return array;
}

static json_t *open_ends_to_json(const struct overview *overview, bool for_whole)
{
    const struct casework_open_ends *ends = &overview->open_ends;
    if (!for_whole)
        return json_pack("{s:o}", "languages", languages_to_json(overview));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "unworked", count(ends->unworked),
                     "without_number", count(ends->without_number), "unfinished",
                     count(ends->unfinished), "appointments", count(ends->appointments), "leased",
                     count(ends->leased), "rechecks", count(ends->rechecks), "languages",
                     languages_to_json(overview));
}

static json_t *alerts_to_json(const struct overview *overview, bool for_whole)
{
    json_t *array = json_array();
    for (size_t i = 0; i < overview->alert_count; i++) {
        const struct overview_alert *alert = &overview->alerts[i];
        json_t *cases = json_array();
        for (size_t at = 0; at < alert->case_count; at++)
            cases = json_append(cases, count(alert->cases[at]));
        json_t *object =
            json_pack("{s:s, s:b, s:o, s:o, s:o}", "kind", overview_alert_word(alert->kind),
                      "is_alarm", alert->is_alarm, "caller", json_bytes(alert->caller), "detail",
                      json_bytes(alert->detail), "cases", cases);
        if (for_whole)
            object = json_with(object, json_pack("{s:o}", "unit", json_text_or_empty(alert->unit)));
        array = json_append(array, object);
    }
    return array;
}

static json_t *forecast_to_json(const struct overview_forecast *forecast)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "last_day",
                     day(forecast->has_last_day, forecast->last_day), "per_day",
                     number(forecast->per_day), "left", count(forecast->left), "finished",
                     count(forecast->finished), "hours", json_real(forecast->hours));
}

json_t *overview_to_json(const struct overview *overview, bool for_whole, int64_t now_utc,
                         int64_t fresh_for_s)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "campaign", campaign_to_json(overview),
        "counted_at", json_time(now_utc), "fresh_for_s", count(fresh_for_s), "totals",
        totals_to_json(overview, for_whole), "dispositions", dispositions_to_json(overview),
        "callers", callers_to_json(overview), "forecast", forecast_to_json(&overview->forecast),
        "open_ends", open_ends_to_json(overview, for_whole), "alerts",
        alerts_to_json(overview, for_whole));
    return for_whole ? json_with(object, json_pack("{s:o, s:o}", "units", units_to_json(overview),
                                                   "response", number(overview->response)))
                     : object;
}

/* ---- a case ---- */

json_t *followup_case_to_json(const struct followup_case *row)
{
    struct bytes code = bytes_from_z(row->code);
    return json_pack("{s:I, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)row->id,
                     "state", case_state_word(row->state), "code", json_text_or_null(code), "name",
                     code.len > 0 ? json_string(case_disposition_zh(code)) : json_null(), "why",
                     row->why, "language", row->language, "appointment_at",
                     json_time(row->appointment_utc), "freed_at", json_time(row->freed_utc),
                     "final_at", json_time(row->final_utc));
}

json_t *package_to_json(const struct package_row *row, int64_t now_utc)
{
    char until[DAY_TEXT_BYTES];
    int64_t today = (now_utc + OFFICE_OFFSET_S) / SECONDS_A_DAY;
    day_format(row->until_day, until);
    return json_pack("{s:o, s:o, s:I, s:I, s:o, s:o, s:s, s:b}", "mark", json_bytes(row->mark),
                     "team", json_bytes(row->team_name), "cases", (json_int_t)row->cases, "out",
                     (json_int_t)row->out, "made_at", json_time(row->made_utc), "made_by",
                     json_bytes(row->made_by), "until", until, "is_over",
                     (int)(row->until_day < today));
}
