#include "service/api/case_reader.h"
#include "service/api/desk.h"
#include "service/api/followup_json.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/kept_texts.h"
#include "service/followup/release.h"

#include <stdio.h>

/* The phoning of a round as its supervisors see it, and what they do with it as a whole.
 *
 * All who may see the same are given the same text: it is counted when somebody asks, and kept for a second, in a large
 * campaign for longer, so that however many watch, counting takes the counting lane no more than a few percent. */

enum {
    OVERVIEW_MAX_BYTES = 256 * 1024 * 1024,
    CASES_A_SECOND = 10000, /* so many more cases keep it a second longer */
    CODE_MAX_BYTES = 64,
    NAME_MAX_BYTES = 256,
    RELEASE_MAX_ORDERS = 100000,
};

struct followup_input {
    struct bytes round, unit, team, why;
    int64_t count;
};

static struct followup_input *input_of(struct call *call)
{
    struct followup_input *input = call_alloc(call, sizeof *input);
    if (input == NULL)
        return NULL;
    *input = (struct followup_input){.round = exchange_param(call->exchange, "id")};
    call->input = input;
    return input;
}

/* ---- the overview ---- */

struct watched {
    struct round_row round;
    struct campaign_row campaign;
    int64_t team_id, cases;
};

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct watched *watched = context;
    (void)err;
    watched->cases += row->released;
    return OK;
}

static int render(struct call *call, struct store *store, const struct watched *watched,
                  int64_t fresh_for_s, struct err *err)
{
    struct overview overview;
    struct case_reader *reader = NULL;
    struct arena arena;
    struct datadir datadir = call->service->datadir;
    const struct overview_wish wish = {.team_id = watched->team_id, .now_utc = call->now_utc};
    datadir.store = store;
    arena_init(&arena, OVERVIEW_MAX_BYTES);
    int rc = case_readers_take(call->service->case_readers, &reader, err);
    if (rc == OK)
        rc = overview_load(&datadir, reader->work, &watched->round, &wish, &arena, &overview, err);
    if (rc == OK)
        rc = call_put_json(
            call, overview_to_json(&overview, watched->team_id == 0, call->now_utc, fresh_for_s),
            err);
    case_readers_give(call->service->case_readers, reader);
    arena_deinit(&arena);
    return rc;
}

/* What a pause or an end changes is to be seen at once. */
static int show_campaign(struct call *call, struct store *store, const struct watched *watched,
                         struct err *err)
{
    char part[96];
    struct kept_texts *boards = call->service->boards;
    int64_t fresh_for_s = 1 + watched->cases / CASES_A_SECOND;
    (void)snprintf(part, sizeof part, "%jd %jd %d %jd", (intmax_t)watched->campaign.id,
                   (intmax_t)watched->team_id, watched->campaign.is_paused,
                   (intmax_t)watched->campaign.ended_utc);
    const struct text_key key = {.what = "followup",
                                 .round = watched->round.name,
                                 .part = bytes_from_z(part),
                                 .minute = call->now_utc / fresh_for_s};
    struct bytes kept = kept_texts_find(boards, &key);
    if (kept.ptr != NULL) {
        buf_append(&call->answer, kept);
        return buf_status(&call->answer, err);
    }
    int rc = render(call, store, watched, fresh_for_s, err);
    if (rc == OK)
        kept_texts_put(boards, &key, buf_bytes(&call->answer));
    return rc;
}

static int show(struct call *call, struct store *store, struct err *err)
{
    const struct followup_input *input = call->input;
    struct watched watched = {.cases = 0};
    struct err none = {0};
    int rc = followup_campaign(call, store, input->round, &watched.round, NULL, err);
    if (rc == OK)
        rc = followup_team(call, store, &watched.team_id, err);
    if (rc != OK)
        return rc;
    rc = campaign_get_current(store, watched.round.id, &watched.campaign, &none);
    if (rc == ERR_NOT_FOUND)
        return call_put_json(
            call, json_pack("{s:n, s:o}", "campaign", "state", json_bytes(watched.round.state)),
            err);
    if (rc != OK)
        *err = none;
    if (rc == OK)
        rc = campaign_units_each(store, watched.campaign.id, on_unit, &watched, err);
    return rc == OK ? show_campaign(call, store, &watched, err) : rc;
}

void followup_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL)
        call_count(call, show, NULL);
}

/* ---- begin, pause, go on ---- */

/* Enter it in the audit log, with what the request names, and tell who watches. */
static int note(struct call *call, struct store *store, const char *action, int64_t campaign_id,
                struct err *err)
{
    const struct followup_input *input = call->input;
    struct bytes details = BYTES_NONE;
    bool says_more = input->team.len > 0 || input->why.len > 0;
    int rc =
        says_more ? followup_details(call, "team", input->team, input->why, &details, err) : OK;
    if (rc == OK)
        rc = call_audit(call, store, action, input->round, details, err);
    return rc == OK ? call_tell_followup(call, store, campaign_id, err) : rc;
}

static int answer_campaign(struct call *call, const struct campaign_row *row, struct err *err)
{
    return call_put_json(call,
                         json_pack("{s:I, s:o, s:b}", "id", (json_int_t)row->id, "opened_at",
                                   json_time(row->opened_utc), "is_paused", row->is_paused),
                         err);
}

static int open_campaign(struct call *call, struct store *store, struct err *err)
{
    const struct followup_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct round_row round;
    struct campaign_row campaign;
    int rc = followup_campaign(call, store, input->round, &round, NULL, err);
    if (rc == OK)
        rc = casework_open(call->service->casework, store, &round, &actor, &campaign, err);
    if (rc == OK)
        rc = note(call, store, "campaign.open", campaign.id, err);
    call->status = 201;
    return rc == OK ? answer_campaign(call, &campaign, err) : rc;
}

void followup_open(struct http_exchange *exchange)
{
    if (input_of(call_of(exchange)) != NULL)
        desk_write_empty(exchange, open_campaign);
}

static int put_paused(struct call *call, struct store *store, bool is_paused, struct err *err)
{
    const struct followup_input *input = call->input;
    struct round_row round;
    struct campaign_row campaign;
    int rc = followup_campaign(call, store, input->round, &round, &campaign, err);
    if (rc == OK && campaign.ended_utc != 0)
        return desk_refuse(call, 409, "ended", "本期电话测评已经结束。", err);
    int64_t id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = campaign_put_paused(store, id, is_paused, err);
    if (rc == OK)
        rc = note(call, store, is_paused ? "campaign.pause" : "campaign.resume", id, err);
    if (rc == OK)
        rc = campaign_get(store, id, &campaign, err);
    return rc == OK ? answer_campaign(call, &campaign, err) : rc;
}

static int put_pause(struct call *call, struct store *store, struct err *err)
{
    return put_paused(call, store, true, err);
}

static int put_resume(struct call *call, struct store *store, struct err *err)
{
    return put_paused(call, store, false, err);
}

void followup_pause(struct http_exchange *exchange)
{
    if (input_of(call_of(exchange)) != NULL)
        desk_write_empty(exchange, put_pause);
}

void followup_resume(struct http_exchange *exchange)
{
    if (input_of(call_of(exchange)) != NULL)
        desk_write_empty(exchange, put_resume);
}

/* ---- reserves ---- */

static int release(struct call *call, struct store *store, struct err *err)
{
    const struct followup_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct datadir datadir = call->service->datadir;
    struct round_row round;
    struct campaign_row campaign;
    int64_t cases = 0;
    datadir.store = store;
    int rc = followup_campaign(call, store, input->round, &round, &campaign, err);
    int64_t id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = desk_said(call,
                       release_reserve(&datadir, &round, input->unit, input->count, input->why,
                                       &actor, &cases, err),
                       err);
    if (rc == OK)
        rc = note(call, store, "campaign.release", id, err);
    if (rc != OK)
        return rc;
    return call_put_json(
        call,
        json_pack("{s:I, s:I}", "orders", (json_int_t)input->count, "cases", (json_int_t)cases),
        err);
}

void followup_release(struct http_exchange *exchange)
{
    static const char *const names[] = {"unit", "count", "why", NULL};
    struct call *call = call_of(exchange);
    struct followup_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, "unit", true, CODE_MAX_BYTES, &input->unit) ||
        !call_integer(call, object, "count", true, 1, RELEASE_MAX_ORDERS, &input->count) ||
        !followup_take_why(call, object, &input->why))
        return;
    call_write(call, release, NULL);
}

/* ---- contractors ---- */

/* "" gives them back to our own callers. */
static int team_of(struct call *call, struct store *store, int64_t *out_id, struct err *err)
{
    const struct followup_input *input = call->input;
    struct team_row team;
    *out_id = 0;
    if (input->team.len == 0)
        return OK;
    int rc = team_get(store, input->team, &team, err);
    if (rc == OK && !bytes_equal(team.kind, BYTES_LIT("contractor")))
        return desk_refuse(call, 409, "own_team",
                           "本机关班组的样本不分开，直接由话务员领取；只能分给外包机构的班组。",
                           err);
    if (rc == OK)
        *out_id = team.id;
    return rc;
}

static int assign(struct call *call, struct store *store, struct err *err)
{
    const struct followup_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct round_row round;
    struct campaign_row campaign;
    int64_t team_id = 0;
    int64_t cases = 0;
    int rc = team_of(call, store, &team_id, err);
    if (rc == OK)
        rc = followup_campaign(call, store, input->round, &round, &campaign, err);
    int64_t id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = casework_assign(call->service->casework, store, id, team_id, input->count, &actor,
                             &cases, err);
    if (rc == OK)
        rc = note(call, store, "campaign.assign", id, err);
    return rc == OK ? call_put_json(call, json_pack("{s:I}", "cases", (json_int_t)cases), err) : rc;
}

void followup_assign(struct http_exchange *exchange)
{
    static const char *const names[] = {"team", "count", NULL};
    struct call *call = call_of(exchange);
    struct followup_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, "team", false, NAME_MAX_BYTES, &input->team) ||
        !call_integer(call, object, "count", true, 1, RELEASE_MAX_ORDERS, &input->count))
        return;
    call_write(call, assign, NULL);
}
