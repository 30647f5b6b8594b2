#include "service/api/case_json.h"
#include "service/api/desk.h"
#include "service/api/followup_json.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/storage/outcomes.h"

#include <stdio.h>
#include <string.h>

/* One case whole: its numbers masked, every dial, every answer as it was given, and what scoring has of it, in all its
 * versions. That it is looked at stands in the audit log before it is read. A contractor's supervisors see what their
 * callers did: dials, notes, answers as they were keyed. Not whom they called about what: no name, no text of an
 * order, no unit, no order's number, nor the words that the person spoke. */

enum { ORIGINS_MAX = 1024 };

/* Where attempts came from. */
struct origin {
    int64_t id;
    struct bytes kind, why;
};

struct history {
    struct call *call;
    struct store *store;
    struct case_reader *reader;
    struct arena *arena;
    struct followup_case row;
    struct campaign_row campaign;
    struct case_shown shown;
    json_t *dials, *answers, *attempts;
    struct origin *origins;
    size_t origin_count;
    bool is_version;
};

static int out_of_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not show the history of a case");
}

/* ---- dials ---- */

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct history *history = context;
    bool has_ended = row->ended_utc != 0;
    struct bytes note;
    if (history->call->who.is_contractor && row->recheck_id != 0)
        return OK;
    int rc = case_reader_open_masked(history->reader, history->reader->notes, row->id, row->sealed,
                                     &note, err);
    if (rc != OK)
        return rc;
    json_t *dial = json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "id", (json_int_t)row->id,
        "number_no", (json_int_t)row->number_no, "caller", json_bytes(row->account_name),
        "started_at", json_time(row->started_utc), "ended_at", json_time(row->ended_utc), "code",
        json_text_or_null(row->code), "name",
        has_ended ? json_string(case_dial_zh(row->code, row->recheck_id != 0)) : json_null(),
        "note", json_bytes(note), "recording", json_text_or_null(row->recording), "is_recheck",
        row->recheck_id != 0);
    return json_array_append_new(history->dials, dial) == 0 ? OK : out_of_memory(err);
}

/* ---- answers ---- */

/* The choice's words, in whichever script has it. */
static const char *choice_zh(struct bytes item, struct bytes value)
{
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        for (int at = 0; at < items[i].choice_count; at++) {
            if (bytes_equal(item, bytes_from_z(items[i].name)) &&
                bytes_equal(value, bytes_from_z(items[i].choices[at].value)))
                return items[i].choices[at].zh;
        }
    }
    return "";
}

static int on_answer(void *context, const struct answer_row *row, struct err *err)
{
    struct history *history = context;
    struct bytes sealed = history->call->who.is_contractor ? BYTES_NONE : row->sealed;
    struct bytes words;
    int rc = case_reader_open_masked(history->reader, history->reader->answers, row->id, sealed,
                                     &words, err);
    if (rc != OK)
        return rc;
    json_t *answer =
        json_pack("{s:I, s:I, s:o, s:o, s:s, s:o, s:o, s:o}", "dial", (json_int_t)row->dial_id,
                  "order", (json_int_t)row->drawn_id, "item", json_bytes(row->item), "value",
                  json_bytes(row->value), "text", choice_zh(row->item, row->value), "words",
                  json_bytes(words), "at", json_time(row->at_utc), "spent_ms",
                  row->spent_ms >= 0 ? json_integer((json_int_t)row->spent_ms) : json_null());
    return json_array_append_new(history->answers, answer) == 0 ? OK : out_of_memory(err);
}

/* ---- what scoring has ---- */

static int on_origin(void *context, const struct outcome_file_row *row, struct err *err)
{
    struct history *history = context;
    if (history->origin_count == ORIGINS_MAX)
        return OK;
    struct origin *origin = &history->origins[history->origin_count++];
    origin->id = row->id;
    origin->kind = arena_copy(history->arena, row->kind);
    origin->why = arena_copy(history->arena, row->why);
    return origin->kind.ptr != NULL && origin->why.ptr != NULL ? OK : out_of_memory(err);
}

static const struct origin *origin_of(const struct history *history, int64_t id)
{
    static const struct origin none = {0, {"", 0}, {"", 0}};
    for (size_t i = 0; i < history->origin_count; i++) {
        if (history->origins[i].id == id)
            return &history->origins[i];
    }
    return &none;
}

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    static const char *const resolutions[] = {
        [RESOLUTION_MISSING] = "",
        [RESOLUTION_YES] = "yes",
        [RESOLUTION_PARTLY] = "partly",
        [RESOLUTION_NO] = "no",
    };
    struct history *history = context;
    const struct origin *origin = origin_of(history, row->file_id);
    const char *resolved = row->still_open ? "open" : resolutions[row->resolved];
    json_t *attempt = json_pack(
        "{s:I, s:o, s:o, s:s, s:o, s:o, s:b, s:o, s:o}", "no", (json_int_t)row->no, "at",
        row->called.kind == MOMENT_INSTANT ? json_time(row->called.seconds) : json_null(), "code",
        json_bytes(row->code), "name", case_disposition_zh(row->code), "resolved",
        resolved[0] != '\0' ? json_string(resolved) : json_null(), "satisfaction",
        row->satisfaction != SATISFACTION_MISSING ? json_integer(row->satisfaction) : json_null(),
        "is_former", history->is_version, "source", json_bytes(origin->kind), "why",
        json_text_or_null(history->call->who.is_contractor ? BYTES_NONE : origin->why));
    return json_array_append_new(history->attempts, attempt) == 0 ? OK : out_of_memory(err);
}

/* All attempts of an order, then the versions that corrections have replaced. */
static int put_attempts(struct history *history, int64_t drawn_id, json_t *order, struct err *err)
{
    history->attempts = json_array();
    history->is_version = false;
    int rc = attempts_each_of(history->store, drawn_id, on_attempt, history, err);
    history->is_version = true;
    if (rc == OK)
        rc = attempt_versions_each(history->store, drawn_id, on_attempt, history, err);
    if (rc == OK && json_object_set(order, "attempts", history->attempts) != 0)
        rc = out_of_memory(err);
    json_decref(history->attempts);
    return rc;
}

/* The number by which the office knows the order. */
static int on_order(void *context, const struct case_order *row, struct err *err)
{
    json_t *orders = context;
    json_t *order;
    size_t at;
    json_array_foreach(orders, at, order)
    {
        if (json_integer_value(json_object_get(order, "order")) == row->drawn_id &&
            json_object_set_new(order, "order_no", json_bytes(row->order_no)) != 0)
            return out_of_memory(err);
    }
    return OK;
}

static void leave_out_texts(json_t *order)
{
    static const char *const names[] = {"unit", "title", "content"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)json_object_del(order, names[i]);
}

static int put_orders(struct history *history, json_t *orders, struct err *err)
{
    const struct campaign_row *campaign = &history->campaign;
    bool is_contractor = history->call->who.is_contractor;
    int rc = is_contractor ? OK
                           : case_orders_each(history->store, campaign->round_id, campaign->draw_no,
                                              history->row.case_no, on_order, orders, err);
    for (size_t i = 0; i < json_array_size(orders) && rc == OK; i++) {
        json_t *order = json_array_get(orders, i);
        (void)json_object_del(order, "items");
        (void)json_object_del(order, "answers");
        if (is_contractor)
            leave_out_texts(order);
        rc = put_attempts(history, json_integer_value(json_object_get(order, "order")), order, err);
    }
    return rc;
}

/* ---- the whole ---- */

static int load(struct history *history, struct err *err)
{
    struct store *store = history->store;
    int64_t case_id = history->row.id;
    const struct case_ask ask = {
        .row = history->row, .now_utc = history->call->now_utc, .turn = "held"};
    history->origins = arena_alloc(history->arena, ORIGINS_MAX * sizeof *history->origins);
    if (history->origins == NULL)
        return out_of_memory(err);
    int rc = campaign_get(store, history->row.campaign_id, &history->campaign, err);
    history->campaign.round_name = history->campaign.opened_by = BYTES_NONE;
    if (rc == OK)
        rc = case_shown_load(history->reader, store, &ask, history->arena, &history->shown, err);
    if (rc == OK)
        rc = outcome_files_each(store, history->campaign.round_id, on_origin, history, err);
    if (rc == OK)
        rc = dials_each_of_case(store, case_id, on_dial, history, err);
    return rc == OK ? answers_each_of_case(store, case_id, on_answer, history, err) : rc;
}

/* The day's dials of a number tell a contractor of a checker's call. */
static json_t *numbers_to_json(const struct history *history)
{
    json_t *numbers = case_numbers_to_json(&history->shown);
    size_t count = history->call->who.is_contractor ? json_array_size(numbers) : 0;
    for (size_t i = 0; i < count; i++)
        (void)json_object_del(json_array_get(numbers, i), "tries_today");
    return numbers;
}

static json_t *whole_to_json(struct history *history, json_t *orders)
{
    const struct followup_case *row = &history->row;
    const struct case_shown *shown = &history->shown;
    struct bytes citizen = history->call->who.is_contractor ? BYTES_NONE : shown->citizen;
    bool is_waiting = row->state == CASE_WAITING && row->from_utc < CASEWORK_PARKED_UTC;
    return json_with(followup_case_to_json(row),
                     json_pack("{s:o, s:o, s:o, s:o, s:O, s:O, s:O}", "round",
                               json_bytes(shown->round), "citizen", json_bytes(citizen), "from",
                               json_time(is_waiting ? row->from_utc : 0), "numbers",
                               numbers_to_json(history), "dials", history->dials, "answers",
                               history->answers, "orders", orders));
}

static int render(struct history *history, struct err *err)
{
    static const char *const no_items[] = {NULL};
    const struct case_asker asker = desk_asker(history->call);
    history->dials = json_array();
    history->answers = json_array();
    json_t *orders = NULL;
    int rc = load(history, err);
    if (rc == OK) {
        orders =
            case_orders_to_json(&history->reader->parts, &history->shown, &asker, no_items, false);
        rc = orders != NULL ? put_orders(history, orders, err) : out_of_memory(err);
    }
    if (rc == OK)
        rc = call_put_json(history->call, whole_to_json(history, orders), err);
    json_decref(orders);
    json_decref(history->dials);
    json_decref(history->answers);
    return rc;
}

static int show(struct call *call, struct store *store, struct err *err)
{
    const int64_t *case_id = call->input;
    struct history history = {
        .call = call, .store = store, .arena = exchange_arena(call->exchange)};
    int rc = followup_case(call, store, *case_id, &history.row, err);
    if (rc == OK)
        rc = case_readers_take(call->service->case_readers, &history.reader, err);
    if (rc == OK)
        rc = render(&history, err);
    case_readers_give(call->service->case_readers, history.reader);
    return rc;
}

static int note_look(struct call *call, struct store *store, struct err *err)
{
    const int64_t *case_id = call->input;
    struct followup_case row;
    int rc = followup_case(call, store, *case_id, &row, err);
    return rc == OK ? call_audit_id(call, store, "case.show", *case_id, BYTES_NONE, err) : rc;
}

static void on_noted(struct call *call)
{
    call_read(call, show, NULL);
}

void followup_case_history(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    int64_t *case_id = call_alloc(call, sizeof *case_id);
    if (case_id == NULL || !call_param_id(call, "id", case_id))
        return;
    call->input = case_id;
    call_write_unkeyed(call, note_look, on_noted);
}
