#include "base/civil.h"

#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_json.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/storage/draws.h"

#include <string.h>

/* Cases for their supervisors: the list, and what is done with one beside the phone. A contractor's supervisors have
 * those of their team alone, and are not told of which unit they are. */

enum { PAGE = 100, CODE_MAX_BYTES = CASE_CODE_BYTES - 1, TIME_MAX_BYTES = 40 };

/* ---- one of them ---- */

static json_t *team_to_json(const struct followup_teams *teams, int64_t id)
{
    for (size_t i = 0; i < teams->count; i++) {
        if (teams->of[i].id == id)
            return json_bytes(teams->of[i].name);
    }
    return json_null();
}

/* Whoever holds it; an appointment's own caller. */
static json_t *holder_to_json(struct store *store, const struct followup_case *row)
{
    struct account_row account;
    struct err unused;
    bool has = row->account_id != 0 &&
               (row->state == CASE_LEASED || row->state == CASE_APPOINTMENT) &&
               account_get_by_id(store, row->account_id, &account, &unused) == OK;
    return has ? json_bytes(account.name) : json_null();
}

static json_t *case_row_to_json(struct store *store, const struct followup_case *row,
                                const struct followup_teams *teams)
{
    bool is_parked = row->state != CASE_FINAL && row->from_utc >= CASEWORK_PARKED_UTC;
    bool has_times = row->state != CASE_FINAL && row->state != CASE_QUEUED && !is_parked;
    return json_with(followup_case_to_json(row),
                     json_pack("{s:o, s:b, s:o, s:o, s:o}", "team",
                               team_to_json(teams, row->team_id), "is_parked", is_parked, "holder",
                               holder_to_json(store, row), "from",
                               json_time(has_times ? row->from_utc : 0), "until",
                               json_time(has_times ? row->until_utc : 0)));
}

static int put_case(struct call *call, struct store *store, int64_t case_id, struct err *err)
{
    struct followup_case row;
    struct followup_teams *teams = NULL;
    int rc = case_get(store, case_id, &row, err);
    if (rc == OK)
        rc = followup_teams_load(call, store, &teams, err);
    return rc == OK ? call_put_json(call, case_row_to_json(store, &row, teams), err) : rc;
}

/* ---- the list ---- */

struct case_page {
    struct bytes round, unit, team;
    struct case_filter filter;
    int64_t unit_no; /* -1: none has the code */
    struct followup_teams *teams;
    struct followup_case rows[PAGE];
    size_t count;
};

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct case_page *page = context;
    (void)err;
    page->rows[page->count++] = *row;
    return OK;
}

static int on_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct case_page *page = context;
    (void)err;
    if (bytes_equal(row->code, page->unit))
        page->unit_no = row->unit;
    return OK;
}

/* What the request names, by number. */
static int find_named(struct call *call, struct store *store, const struct campaign_row *campaign,
                      struct err *err)
{
    struct case_page *page = call->input;
    struct team_row team;
    int64_t own_team = 0;
    int64_t round_id = campaign->round_id;
    int64_t draw_no = campaign->draw_no;
    int rc = followup_team(call, store, &own_team, err);
    if (rc == OK)
        rc = followup_teams_load(call, store, &page->teams, err);
    if (rc == OK && own_team == 0 && page->team.len > 0) {
        rc = team_get(store, page->team, &team, err);
        page->filter.team_id = rc == OK ? team.id : 0;
    }
    if (own_team != 0)
        page->filter.team_id = own_team;
    if (rc == OK && page->unit.len > 0) {
        if (own_team != 0)
            return desk_refuse(call, 403, "forbidden", "受托方人员不能按单位查看样本。", err);
        rc = draw_units_each(store, round_id, draw_no, on_unit, page, err);
        page->filter.unit = page->unit_no;
    }
    if (rc == OK && page->unit.len > 0 && page->unit_no < 0)
        rc = err_set(err, ERR_NOT_FOUND, "no unit \"" BYTES_FMT "\" is in the draw",
                     BYTES_ARG(page->unit));
    return rc;
}

static int render_page(struct call *call, struct store *store, const struct campaign_row *campaign,
                       struct case_reader *reader, struct err *err)
{
    const struct case_page *page = call->input;
    json_t *items = json_array();
    int rc = OK;
    for (size_t i = 0; i < page->count && rc == OK; i++) {
        json_t *item = case_row_to_json(store, &page->rows[i], page->teams);
        struct bytes unit = BYTES_NONE;
        if (!call->who.is_contractor) {
            rc = case_reader_unit(reader, store, campaign->round_id, campaign->draw_no,
                                  page->rows[i].unit, &unit, err);
            if (rc == OK)
                (void)json_object_set_new(item, "unit", json_bytes(unit));
        }
        items = json_append(items, item);
    }
    json_t *after =
        page->count == PAGE ? json_integer((json_int_t)page->rows[PAGE - 1].id) : json_null();
    if (rc == OK)
        return call_put_json(call, list_to_json(items, after), err);
    json_decref(items);
    json_decref(after);
    return rc;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct case_page *page = call->input;
    struct round_row round;
    struct campaign_row campaign;
    struct case_reader *reader = NULL;
    int rc = followup_campaign(call, store, page->round, &round, &campaign, err);
    if (rc == OK)
        rc = find_named(call, store, &campaign, err);
    if (rc != OK)
        return rc;
    page->filter.campaign_id = campaign.id;
    page->filter.limit = PAGE;
    rc = cases_each(store, &page->filter, on_case, page, err);
    if (rc == OK)
        rc = case_readers_take(call->service->case_readers, &reader, err);
    if (rc == OK)
        rc = render_page(call, store, &campaign, reader, err);
    case_readers_give(call->service->case_readers, reader);
    return rc;
}

void followup_cases_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct case_page *page = call_alloc(call, sizeof *page);
    int64_t without_number = 0;
    enum case_state state = CASE_QUEUED;
    if (page == NULL)
        return;
    *page = (struct case_page){
        .round = exchange_param(exchange, "id"),
        .unit = exchange_query(exchange, "unit"),
        .team = exchange_query(exchange, "team"),
        .filter = {.unit = -1,
                   .state = -1,
                   .team_id = -1,
                   .code = exchange_query(exchange, "code")},
        .unit_no = -1,
    };
    call->input = page;
    struct bytes word = exchange_query(exchange, "state");
    if (word.len > 0 && !case_state_from_word(word, &state)) {
        call_refuse_field(call, "state", "没有这种状态。");
        return;
    }
    if (!call_query_integer(call, "after", 1, INT64_MAX, &page->filter.after_id) ||
        !call_query_integer(call, "without_number", 0, 1, &without_number))
        return;
    page->filter.state = word.len > 0 ? (int)state : -1;
    page->filter.without_number = without_number == 1;
    call_read(call, list, NULL);
}

/* ---- what is done with one ---- */

struct case_input {
    int64_t case_id, at_utc;
    struct bytes code, why;
};

static struct case_input *input_of(struct call *call)
{
    struct case_input *input = call_alloc(call, sizeof *input);
    if (input == NULL)
        return NULL;
    *input = (struct case_input){.case_id = 0};
    call->input = input;
    return call_param_id(call, "id", &input->case_id) ? input : NULL;
}

/* `act` was done with the case, or refused with `rc`: enter it, and answer with what the case is now. */
static int finish(struct call *call, struct store *store, const char *action, int rc,
                  struct err *err)
{
    const struct case_input *input = call->input;
    struct followup_case row;
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = case_get(store, input->case_id, &row, err);
    if (rc == OK)
        rc = followup_note_case(call, store, action, &row, input->why, err);
    return rc == OK ? put_case(call, store, input->case_id, err) : rc;
}

static int free_refusal(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct followup_case row;
    int rc = followup_case(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_free_refusal(call->service->casework, store, row.id, input->why, &actor, err);
    return finish(call, store, "case.free", rc, err);
}

void followup_case_free(struct http_exchange *exchange)
{
    static const char *const names[] = {"why", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && followup_take_why(call, object, &input->why))
        call_write(call, free_refusal, NULL);
}

static int settle(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct followup_case row;
    int rc = followup_case(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_settle(call->service->casework, store, row.id, input->code, input->why,
                             &actor, err);
    return finish(call, store, "case.settle", rc, err);
}

void followup_case_settle(struct http_exchange *exchange)
{
    static const char *const names[] = {"disposition", "why", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL &&
        call_text(call, object, "disposition", true, CODE_MAX_BYTES, &input->code) &&
        followup_take_why(call, object, &input->why))
        call_write(call, settle, NULL);
}

static int book(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct followup_case row;
    int rc = followup_case(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_book(call->service->casework, store, row.id, input->at_utc, &actor, err);
    return finish(call, store, "case.book", rc, err);
}

void followup_case_book(struct http_exchange *exchange)
{
    static const char *const names[] = {"at", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    struct bytes at;
    if (object == NULL || !call_text(call, object, "at", true, TIME_MAX_BYTES, &at))
        return;
    if (!time_parse(at, &input->at_utc))
        call_refuse_field(call, "at", "时间须为 2026-01-31T15:00:00+08:00 的形式。");
    else
        call_write(call, book, NULL);
}
