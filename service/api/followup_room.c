#include "service/api/followup_room.h"

#include "base/json_text.h"
#include "base/utf8.h"

#include "importers/phone.h"

#include "service/api/followup_news.h"
#include "service/intake/mask.h"

enum { WHY_MAX_CHARACTERS = 200, WHY_MAX_BYTES = 4 * WHY_MAX_CHARACTERS, NUMBER_MAX_BYTES = 64 };

int followup_team(const struct call *call, struct store *store, int64_t *out_team_id,
                  struct err *err)
{
    struct account_row account;
    if (!call->who.is_contractor) {
        *out_team_id = 0;
        return OK;
    }
    int rc = account_get_by_id(store, call->who.account_id, &account, err);
    if (rc == OK && account.team_id == 0)
        rc = err_set(err, ERR_NOT_FOUND, "account %jd has left its team", (intmax_t)account.id);
    if (rc == OK)
        *out_team_id = account.team_id;
    return rc;
}

static int on_team(void *context, const struct team_row *row, struct err *err)
{
    struct followup_teams *teams = context;
    if (teams->count == FOLLOWUP_TEAMS_MAX)
        return OK;
    teams->of[teams->count].id = row->id;
    teams->of[teams->count].is_contractor = bytes_equal(row->kind, BYTES_LIT("contractor"));
    teams->of[teams->count].name = arena_copy(teams->arena, row->name);
    return teams->of[teams->count++].name.ptr != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "no memory for the teams");
}

int followup_teams_load(const struct call *call, struct store *store, struct followup_teams **out,
                        struct err *err)
{
    struct arena *arena = exchange_arena(call->exchange);
    struct followup_teams *teams = arena_alloc(arena, sizeof *teams);
    if (teams == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the teams");
    teams->arena = arena;
    teams->count = 0;
    int rc = teams_each(store, on_team, teams, err);
    if (rc == OK)
        *out = teams;
    return rc;
}

int followup_campaign(struct call *call, struct store *store, struct bytes round_name,
                      struct round_row *out_round, struct campaign_row *out, struct err *err)
{
    int rc = round_get_kept(store, round_name, exchange_arena(call->exchange), out_round, err);
    return rc == OK && out != NULL ? campaign_get_current(store, out_round->id, out, err) : rc;
}

int followup_case(const struct call *call, struct store *store, int64_t case_id,
                  struct followup_case *out, struct err *err)
{
    struct followup_case row;
    int64_t team_id = 0;
    int rc = followup_team(call, store, &team_id, err);
    if (rc == OK)
        rc = case_get(store, case_id, &row, err);
    if (rc == OK && team_id != 0 && row.team_id != team_id)
        rc = err_set(err, ERR_NOT_FOUND, "there is no case %jd", (intmax_t)case_id);
    if (rc == OK)
        *out = row;
    return rc;
}

/* In the arena; ptr NULL: no memory. */
static struct bytes mask_why(struct call *call, struct bytes why)
{
    struct buf masked;
    struct bytes kept = BYTES_NONE;
    buf_init(&masked, WHY_MAX_BYTES);
    mask_numbers(why, &masked);
    if (masked.rc == OK)
        kept = arena_copy(exchange_arena(call->exchange), buf_bytes(&masked));
    buf_deinit(&masked);
    return kept;
}

bool followup_take_why(struct call *call, json_t *object, struct bytes *out)
{
    struct bytes why;
    if (!call_text(call, object, "why", true, WHY_MAX_BYTES, &why))
        return false;
    why = bytes_trim(why);
    if (why.len == 0 || utf8_count(why) > WHY_MAX_CHARACTERS) {
        call_refuse_field(call, "why", "请填写理由，1 至 200 字。");
        return false;
    }
    *out = mask_why(call, why);
    if (out->ptr != NULL)
        return true;
    call->rc = err_set(&call->err, ERR_NOMEM, "no memory for a reason");
    call_fail(call);
    return false;
}

bool followup_take_number(struct call *call, json_t *object, struct bytes *out)
{
    struct bytes cell;
    if (!call_text(call, object, "number", true, NUMBER_MAX_BYTES, &cell))
        return false;
    char *digits = call_alloc(call, PHONE_MAX_BYTES);
    if (digits == NULL)
        return false;
    struct bytes number = phone_read(cell, digits);
    if (number.len == 0) {
        call_refuse_field(call, "number", "请填写11位手机号，或带区号的固定电话号码。");
        return false;
    }
    *out = number;
    return true;
}

struct actor followup_actor(const struct call *call)
{
    return (struct actor){call->actor.who, call->now_utc};
}

int followup_details(struct call *call, const char *name, struct bytes value, struct bytes why,
                     struct bytes *out, struct err *err)
{
    enum { DETAILS_MAX_BYTES = 16 * 1024 };
    struct buf text;
    buf_init(&text, DETAILS_MAX_BYTES);
    buf_append_byte(&text, '{');
    if (value.len > 0) {
        json_append_text(&text, bytes_from_z(name));
        buf_append_byte(&text, ':');
        json_append_text(&text, value);
    }
    if (why.len > 0) {
        buf_append_z(&text, value.len > 0 ? ",\"why\":" : "\"why\":");
        json_append_text(&text, why);
    }
    buf_append_byte(&text, '}');
    int rc = buf_status(&text, err);
    struct bytes kept = BYTES_NONE;
    if (rc == OK)
        kept = arena_copy(exchange_arena(call->exchange), buf_bytes(&text));
    buf_deinit(&text);
    if (rc == OK && kept.ptr == NULL)
        rc = err_set(err, ERR_NOMEM, "no memory for an entry of the audit log");
    if (rc == OK)
        *out = kept;
    return rc;
}

int followup_note_case(struct call *call, struct store *store, const char *action,
                       const struct followup_case *row, struct bytes why, struct err *err)
{
    struct bytes details = BYTES_NONE;
    int rc = followup_details(call, "code", bytes_from_z(row->code), why, &details, err);
    if (rc == OK)
        rc = call_audit_id(call, store, action, row->id, details, err);
    return rc == OK ? call_tell_followup(call, store, row->campaign_id, err) : rc;
}
