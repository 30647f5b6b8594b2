#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/followup/rechecking.h"

/* Re-checks, the supervisor's side: both versions beside each other, how far each caller's agree, and what is to become
 * of a difference. A contractor's supervisors see those of their team once they are over, and no checker's note: who is
 * to be called again must not be told beforehand. */

enum { PAGE = 50, STATE_MAX_BYTES = 16 };

/* ---- the list ---- */

struct listed {
    int64_t id, case_id;
    bool is_checked; /* what a checker has ticked so far is not shown */
    json_t *object;
    struct bytes sealed; /* the arena's */
};

/* How far a caller's completes agree with their re-checks. */
struct agreement {
    struct agreement *next;
    struct bytes caller; /* the arena's */
    int64_t chosen, checked, compared, agreeing;
};

struct rechecks_ask {
    struct bytes round, state;
    int64_t after;
    bool is_contractor; /* who asks */
    struct arena *arena;
    struct case_reader *reader;
    struct listed page[PAGE];
    size_t count;
    struct agreement *agreements;
};

static bool is_checked(const struct recheck_row *row)
{
    return bytes_equal(row->state, BYTES_LIT("done")) ||
           bytes_equal(row->state, BYTES_LIT("settled"));
}

static json_t *row_to_json(const struct recheck_row *row)
{
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o}",
                     "id", (json_int_t)row->id, "case", (json_int_t)row->case_id, "caller",
                     json_bytes(row->caller_name), "checker", json_text_or_null(row->checker_name),
                     "reason", json_bytes(row->reason), "state", json_bytes(row->state), "tries",
                     (json_int_t)row->tries, "method", json_text_or_null(row->method), "done_at",
                     json_time(row->done_utc), "compared", (json_int_t)row->compared, "differing",
                     (json_int_t)row->differing, "verdict", json_text_or_null(row->verdict),
                     "settled_by", json_text_or_null(row->settled_by), "settled_at",
                     json_time(row->settled_utc), "settled_why",
                     json_text_or_null(row->settled_why));
}

static int on_row(void *context, const struct recheck_row *row, struct err *err)
{
    struct rechecks_ask *ask = context;
    struct listed *listed = &ask->page[ask->count];
    *listed =
        (struct listed){.id = row->id, .case_id = row->case_id, .is_checked = is_checked(row)};
    listed->sealed = arena_copy(ask->arena, row->sealed);
    listed->object = row_to_json(row);
    if (listed->object == NULL || listed->sealed.ptr == NULL) {
        json_decref(listed->object);
        return err_set(err, ERR_NOMEM, "could not list re-checks");
    }
    ask->count++;
    return OK;
}

static int on_any(void *context, const struct recheck_row *row, struct err *err)
{
    struct rechecks_ask *ask = context;
    struct agreement **link = &ask->agreements;
    while (*link != NULL && !bytes_equal((*link)->caller, row->caller_name))
        link = &(*link)->next;
    if (*link == NULL) {
        struct agreement *agreement = arena_alloc(ask->arena, sizeof *agreement);
        struct bytes caller = arena_copy(ask->arena, row->caller_name);
        if (agreement == NULL || caller.ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not compare re-checks");
        *agreement = (struct agreement){.caller = caller};
        *link = agreement;
    }
    (*link)->chosen++;
    (*link)->checked += is_checked(row);
    (*link)->compared += row->compared;
    (*link)->agreeing += row->compared - row->differing;
    return OK;
}

static int on_version(void *context, const struct recheck_version *version, struct err *err)
{
    json_t *object = json_pack(
        "{s:I, s:o, s:o, s:o, s:b, s:b}", "order", (json_int_t)version->drawn_id, "item",
        json_bytes(version->item), "given", json_text_or_null(version->given), "found",
        json_bytes(version->found), "is_compared", version->is_compared, "agrees", version->agrees);
    return json_array_append_new(context, object) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not compare a re-check");
}

static int add_note(const struct rechecks_ask *ask, const struct listed *listed, struct err *err)
{
    struct bytes note = BYTES_NONE;
    int rc = ask->is_contractor ? OK
                                : case_reader_open_masked(ask->reader, ask->reader->rechecks,
                                                          listed->id, listed->sealed, &note, err);
    if (rc == OK && json_object_set_new(listed->object, "note", json_text_or_empty(note)) != 0)
        rc = err_set(err, ERR_NOMEM, "could not show a re-check");
    return rc;
}

static int fill(struct store *store, const struct rechecks_ask *ask, const struct listed *listed,
                const struct rules *rules, struct err *err)
{
    json_t *versions = json_array();
    int rc = listed->is_checked
                 ? rechecking_versions_each(store, listed->id, listed->case_id,
                                            rules->rates.satisfied, on_version, versions, err)
                 : OK;
    if (rc == OK && json_object_set(listed->object, "versions", versions) != 0)
        rc = err_set(err, ERR_NOMEM, "could not show a re-check");
    json_decref(versions);
    return rc == OK ? add_note(ask, listed, err) : rc;
}

static json_t *agreements_to_json(const struct rechecks_ask *ask)
{
    json_t *array = json_array();
    for (const struct agreement *of = ask->agreements; of != NULL; of = of->next)
        array = json_append(array,
                            json_pack("{s:o, s:I, s:I, s:I, s:I}", "caller", json_bytes(of->caller),
                                      "chosen", (json_int_t)of->chosen, "checked",
                                      (json_int_t)of->checked, "compared", (json_int_t)of->compared,
                                      "agreeing", (json_int_t)of->agreeing));
    return array;
}

static int answer_list(struct call *call, struct rechecks_ask *ask, struct err *err)
{
    json_t *items = json_array();
    int rc = OK;
    for (size_t i = 0; i < ask->count && rc == OK; i++) {
        if (json_array_append(items, ask->page[i].object) != 0)
            rc = err_set(err, ERR_NOMEM, "could not list re-checks");
    }
    json_t *after =
        ask->count == PAGE ? json_integer((json_int_t)ask->page[PAGE - 1].id) : json_null();
    if (rc == OK)
        return call_put_json(call,
                             json_pack("{s:o, s:o, s:o}", "items", items, "after", after,
                                       "agreement", agreements_to_json(ask)),
                             err);
    json_decref(items);
    json_decref(after);
    return rc;
}

static int load_list(struct call *call, struct store *store, struct rechecks_ask *ask,
                     struct err *err)
{
    struct round_row round;
    struct campaign_row campaign;
    struct rules *rules = arena_alloc(ask->arena, sizeof *rules);
    int64_t team_id = 0;
    if (rules == NULL)
        return err_set(err, ERR_NOMEM, "could not list re-checks");
    int rc = followup_team(call, store, &team_id, err);
    if (rc == OK)
        rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    if (rc == OK)
        rc = rules_parse(round.rules, rules, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    int64_t team = team_id == 0 ? -1 : team_id;
    if (team_id != 0 && ask->state.len == 0)
        ask->state = BYTES_LIT(RECHECKS_OVER);
    bool is_hidden = team_id != 0 && (bytes_equal(ask->state, BYTES_LIT("queued")) ||
                                      bytes_equal(ask->state, BYTES_LIT("leased")));
    if (rc == OK)
        rc = rechecks_each(store, campaign_id, team_id != 0 ? BYTES_LIT(RECHECKS_OVER) : BYTES_NONE,
                           team, 0, INT64_MAX, on_any, ask, err);
    if (rc == OK && !is_hidden)
        rc =
            rechecks_each(store, campaign_id, ask->state, team, ask->after, PAGE, on_row, ask, err);
    for (size_t i = 0; i < ask->count && rc == OK; i++)
        rc = fill(store, ask, &ask->page[i], rules, err);
    return rc;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct rechecks_ask *ask = call->input;
    struct case_readers *readers = call->service->case_readers;
    ask->is_contractor = call->who.is_contractor;
    ask->arena = exchange_arena(call->exchange);
    int rc = case_readers_take(readers, &ask->reader, err);
    if (rc == OK)
        rc = load_list(call, store, ask, err);
    if (rc == OK)
        rc = answer_list(call, ask, err);
    case_readers_give(readers, ask->reader);
    for (size_t i = 0; i < ask->count; i++)
        json_decref(ask->page[i].object);
    return rc;
}

static bool is_state(struct bytes word)
{
    static const char *const states[] = {"", "queued", "leased", "done", "unreached", "settled"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (bytes_equal(word, bytes_from_z(states[i])))
            return true;
    }
    return false;
}

void rechecks_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct rechecks_ask *ask = call_alloc(call, sizeof *ask);
    if (ask == NULL)
        return;
    ask->round = exchange_param(exchange, "id");
    ask->state = exchange_query(exchange, "state");
    call->input = ask;
    if (!is_state(ask->state))
        call_refuse_field(call, "state", "状态只能是 queued、leased、done、unreached、settled。");
    else if (call_query_integer(call, "after", 1, INT64_MAX, &ask->after))
        call_read(call, list, NULL);
}

/* ---- settling ---- */

struct settle_input {
    int64_t id;
    struct recheck_verdict verdict;
};

static int settle(struct call *call, struct store *store, struct err *err)
{
    const struct settle_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct recheck_row row;
    struct bytes details = BYTES_NONE;
    int rc = recheck_get(store, input->id, &row, err);
    int64_t campaign_id = rc == OK ? row.campaign_id : 0;
    if (rc == OK)
        rc = rechecking_settle(call->service->casework, store, input->id, &input->verdict, &actor,
                               err);
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = followup_details(call, "verdict", input->verdict.verdict, input->verdict.why, &details,
                          err);
    if (rc == OK)
        rc = call_audit_id(call, store, "recheck.settle", input->id, details, err);
    if (rc == OK)
        rc = call_tell_followup(call, store, campaign_id, err);
    return rc == OK
               ? call_put_json(call,
                               json_pack("{s:I, s:s, s:o}", "id", (json_int_t)input->id, "state",
                                         "settled", "verdict", json_bytes(input->verdict.verdict)),
                               err)
               : rc;
}

void rechecks_settle(struct http_exchange *exchange)
{
    static const char *const names[] = {"verdict", "why", NULL};
    struct call *call = call_of(exchange);
    struct settle_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->id))
        return;
    input->verdict.account_id = call->who.account_id;
    call->input = input;
    json_t *object = call_json(call, names);
    if (object != NULL &&
        call_text(call, object, "verdict", true, STATE_MAX_BYTES, &input->verdict.verdict) &&
        followup_take_why(call, object, &input->verdict.why))
        call_write(call, settle, NULL);
}
