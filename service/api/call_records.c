#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/import_view.h"
#include "service/api/json_value.h"
#include "service/api/task_files.h"
#include "service/followup/acceptance.h"
#include "service/followup/call_list.h"

#include <stdio.h>

/* The telephone company's list of calls, what it does not match, and what a contractor's team has done. */

enum { UNMATCHED_SHOWN = 500, DETAILS_BYTES = 160 };

struct calls_ask {
    struct bytes round, name, team;
};

static struct calls_ask *ask_of(struct call *call)
{
    struct calls_ask *ask = call_alloc(call, sizeof *ask);
    if (ask != NULL)
        ask->round = exchange_param(call->exchange, "id");
    call->input = ask;
    return ask;
}

/* ---- load ---- */

/* Line and reason of the first ones; what stands in them is told to nobody. */
static json_t *rejects_to_json(const struct call_list_result *result)
{
    json_t *array = json_array();
    for (int i = 0; i < result->named_count; i++) {
        struct bytes reason = bytes_from_z(reject_reason_word(result->named[i].reason));
        array = json_append(
            array, json_pack("{s:I, s:o, s:s}", "line", (json_int_t)result->named[i].line, "reason",
                             json_bytes(reason), "sentence", import_problem_sentence(reason)));
    }
    return array;
}

static int note_load(struct call *call, struct store *store, const struct call_list_result *result,
                     struct err *err)
{
    const struct calls_ask *ask = call->input;
    const struct call_record_file_row *counts = &result->counts;
    char details[DETAILS_BYTES];
    (void)snprintf(details, sizeof details,
                   "{\"file\":%jd,\"rows\":%jd,\"matched\":%jd,\"unmatched\":%jd,\"rejected\":%jd}",
                   (intmax_t)counts->id, (intmax_t)counts->rows, (intmax_t)counts->matched,
                   (intmax_t)counts->unmatched, (intmax_t)counts->rejected);
    return call_audit(call, store, "calls.import", ask->round, bytes_from_z(details), err);
}

static int answer_load(struct call *call, const struct call_list_result *result, struct err *err)
{
    const struct call_record_file_row *counts = &result->counts;
    call->status = 201;
    return call_put_json(
        call,
        json_pack("{s:I, s:b, s:I, s:I, s:I, s:I, s:o}", "file", (json_int_t)counts->id,
                  "is_already_loaded", result->is_already_loaded, "rows", (json_int_t)counts->rows,
                  "matched", (json_int_t)counts->matched, "unmatched",
                  (json_int_t)counts->unmatched, "rejected", (json_int_t)counts->rejected,
                  "rejects", rejects_to_json(result)),
        err);
}

static int load(struct call *call, struct store *store, struct err *err)
{
    const struct calls_ask *ask = call->input;
    const struct actor actor = followup_actor(call);
    struct round_row round;
    struct campaign_row campaign;
    struct call_list_result result = {.refusal = REFUSAL_NONE};
    int rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = call_list_load(&call->service->datadir, store, exchange_body_path(call->exchange),
                            ask->name, &actor, &result, err);
    if (rc == ERR_REFUSED)
        return desk_refuse(call, 400, "not_a_call_list", import_refusal_sentence(result.refusal),
                           err);
    if (rc == OK && !result.is_already_loaded)
        rc = note_load(call, store, &result, err);
    if (rc == OK)
        rc = call_tell_followup(call, store, campaign_id, err);
    return rc == OK ? answer_load(call, &result, err) : rc;
}

static void start_load(struct call *call)
{
    call_write(call, load, NULL);
}

void call_records_load(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct calls_ask *ask = ask_of(call);
    if (ask == NULL)
        return;
    ask->name = exchange_query(exchange, "name");
    if (task_files_is_name(ask->name))
        call_hash_body(call, start_load);
    else
        call_refuse_field(call, "name", "请用参数 name 给出文件名（不含目录，不超过 200 字节）。");
}

/* ---- what does not match ---- */

struct unmatched {
    struct case_reader *reader;
    json_t *records, *dials;
    int64_t record_count, dial_count;
};

static int on_record(void *context, const struct call_record_row *row, struct err *err)
{
    struct unmatched *unmatched = context;
    struct bytes masked;
    int rc = case_reader_open_masked(unmatched->reader, unmatched->reader->calls, row->id,
                                     row->sealed, &masked, err);
    if (rc != OK)
        return rc;
    json_t *object = json_pack("{s:I, s:I, s:o, s:o, s:I, s:o}", "id", (json_int_t)row->id, "line",
                               (json_int_t)row->line, "masked", json_bytes(masked), "at",
                               json_time(row->started_utc), "seconds", (json_int_t)row->seconds,
                               "line_name", json_text_or_empty(row->line_name));
    return json_array_append_new(unmatched->records, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list calls");
}

static int on_dial(void *context, const struct unmatched_dial *dial, struct err *err)
{
    struct unmatched *unmatched = context;
    bool is_recheck = dial->recheck_id != 0;
    if (unmatched->dial_count++ >= UNMATCHED_SHOWN)
        return OK;
    json_t *object =
        json_pack("{s:I, s:I, s:o, s:b, s:o, s:s, s:o, s:I}", "id", (json_int_t)dial->dial_id,
                  "case", (json_int_t)dial->case_id, "caller", json_bytes(dial->account_name),
                  "is_recheck", is_recheck, "disposition", json_text_or_empty(dial->code), "name",
                  case_dial_zh(dial->code, is_recheck), "at", json_time(dial->started_utc),
                  "seconds", (json_int_t)(dial->ended_utc - dial->started_utc));
    return json_array_append_new(unmatched->dials, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list dials");
}

static int load_unmatched(struct call *call, struct store *store, struct unmatched *unmatched,
                          struct err *err)
{
    const struct calls_ask *ask = call->input;
    struct round_row round;
    struct campaign_row campaign;
    int rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = call_records_count_unmatched(store, &unmatched->record_count, err);
    if (rc == OK)
        rc = call_records_each_unmatched_newest(store, UNMATCHED_SHOWN, on_record, unmatched, err);
    return rc == OK ? call_list_dials_each(store, campaign_id, on_dial, unmatched, err) : rc;
}

static int list_unmatched(struct call *call, struct store *store, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct unmatched unmatched = {NULL, json_array(), json_array(), 0, 0};
    int rc = case_readers_take(readers, &unmatched.reader, err);
    if (rc == OK)
        rc = load_unmatched(call, store, &unmatched, err);
    case_readers_give(readers, unmatched.reader);
    if (rc == OK)
        return call_put_json(call,
                             json_pack("{s:o, s:I, s:o, s:I}", "records", unmatched.records,
                                       "records_total", (json_int_t)unmatched.record_count, "dials",
                                       unmatched.dials, "dials_total",
                                       (json_int_t)unmatched.dial_count),
                             err);
    json_decref(unmatched.records);
    json_decref(unmatched.dials);
    return rc;
}

void call_records_unmatched(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_read(call, list_unmatched, NULL);
}

/* ---- acceptance ---- */

static json_t *share_to_json(int64_t part, int64_t whole)
{
    return whole > 0 ? json_real((double)part / (double)whole) : json_null();
}

static json_t *acceptance_to_json(struct bytes team, const struct acceptance *of)
{
    return json_pack(
        "{s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:I}", "team",
        json_bytes(team), "cases", (json_int_t)of->cases, "final", (json_int_t)of->final,
        "completes", (json_int_t)of->completes, "rechecks", (json_int_t)of->rechecks, "checked",
        (json_int_t)of->checked, "checked_share",
        share_to_json(of->checked, of->completes + of->voided), "voided", (json_int_t)of->voided,
        "compared", (json_int_t)of->compared, "agreeing", (json_int_t)of->agreeing, "agreement",
        share_to_json(of->agreeing, of->compared), "dials", (json_int_t)of->dials, "listed_dials",
        (json_int_t)of->listed_dials, "unmatched_dials", (json_int_t)of->unmatched_dials,
        "unmatched_share", share_to_json(of->unmatched_dials, of->listed_dials), "short_dials",
        (json_int_t)of->short_dials);
}

static int append_team(struct store *store, int64_t campaign_id, int64_t team_id, struct bytes name,
                       json_t *items, struct err *err)
{
    struct acceptance of;
    int rc = acceptance_load(store, campaign_id, team_id, &of, err);
    if (rc != OK || of.cases == 0)
        return rc;
    return json_array_append_new(items, acceptance_to_json(name, &of)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not show an acceptance");
}

static bool is_asked_for(const struct calls_ask *ask, struct bytes team)
{
    return ask->team.len == 0 || bytes_equal(ask->team, team);
}

static int show_acceptance(struct call *call, struct store *store, struct err *err)
{
    const struct calls_ask *ask = call->input;
    struct followup_teams *teams = NULL;
    struct round_row round;
    struct campaign_row campaign;
    int rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = followup_teams_load(call, store, &teams, err);
    if (rc != OK)
        return rc;
    json_t *items = json_array();
    for (size_t i = 0; i < teams->count && rc == OK; i++) {
        if (teams->of[i].is_contractor && is_asked_for(ask, teams->of[i].name))
            rc = append_team(store, campaign_id, teams->of[i].id, teams->of[i].name, items, err);
    }
    if (rc == OK)
        return call_put_json(call, list_to_json(items, NULL), err);
    json_decref(items);
    return rc;
}

void acceptance_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct calls_ask *ask = ask_of(call);
    if (ask == NULL)
        return;
    ask->team = exchange_query(exchange, "team");
    call_count(call, show_acceptance, NULL);
}
