#include "service/api/handlers.h"

#include "base/civil.h"

#include "service/api/account_json.h"
#include "service/api/call.h"

/* Teams, and how long the sessions of each role may last. */

enum {
    KIND_MAX_BYTES = 16,
    ACCOUNTS_MAX = 10000,
    IDLE_MIN_S = 60,
    IDLE_MAX_S = 86400,
    ABSOLUTE_MIN_S = 300,
    ABSOLUTE_MAX_S = 604800
};

/* ---- teams ---- */

static json_t *team_to_json(const struct team_row *row)
{
    char until[DAY_TEXT_BYTES] = "";
    if (row->has_until)
        day_format(row->until_day, until);
    return json_pack("{s:o, s:o, s:o, s:I, s:o}", "name", json_bytes(row->name), "kind",
                     json_bytes(row->kind), "until",
                     row->has_until ? json_string(until) : json_null(), "max_accounts",
                     (json_int_t)row->max_accounts, "created_at", json_time(row->created_utc));
}

static int on_team(void *context, const struct team_row *row, struct err *err)
{
    json_t *items = context;
    return json_array_append_new(items, team_to_json(row)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list the teams");
}

static int list_teams(struct call *call, struct store *store, struct err *err)
{
    json_t *items = json_array();
    int rc = teams_each(store, on_team, items, err);
    if (rc == OK)
        return call_put_json(call, list_to_json(items, NULL), err);
    json_decref(items);
    return rc;
}

void teams_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list_teams, NULL);
}

static int put_team(struct call *call, struct store *store, struct err *err)
{
    struct team_row *team = call->input;
    struct account_office office = call_office(call, store);
    struct team_row row;
    int rc = team_put(&office, team, err);
    if (rc == OK)
        rc = team_get(store, team->name, &row, err);
    return rc == OK ? call_put_json(call, team_to_json(&row), err) : rc;
}

static bool take_until(struct call *call, json_t *object, struct team_row *team)
{
    struct bytes until;
    if (!call_text(call, object, "until", false, DAY_TEXT_BYTES, &until))
        return false;
    team->has_until = until.len > 0;
    if (team->has_until && !day_parse(until, &team->until_day)) {
        call_refuse_field(call, "until", "日期须为 2026-01-31 的形式。");
        return false;
    }
    return true;
}

void teams_put(struct http_exchange *exchange)
{
    static const char *const names[] = {"kind", "until", "max_accounts", NULL};
    struct call *call = call_of(exchange);
    struct team_row *team = call_alloc(call, sizeof *team);
    json_t *object = team != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, "kind", true, KIND_MAX_BYTES, &team->kind) ||
        !take_until(call, object, team) ||
        !call_integer(call, object, "max_accounts", false, 0, ACCOUNTS_MAX, &team->max_accounts))
        return;
    if (!bytes_equal(team->kind, BYTES_LIT("own")) &&
        !bytes_equal(team->kind, BYTES_LIT("contractor"))) {
        call_refuse_field(call, "kind", "性质须为 own（本机关）或 contractor（外包机构）。");
        return;
    }
    team->name = exchange_param(exchange, "name");
    team->created_utc = call->now_utc;
    call->input = team;
    call->touches_accounts = true;
    call_write(call, put_team, NULL);
}

/* ---- limits of roles ---- */

static json_t *limits_to_json(enum role role, int64_t idle_s, int64_t absolute_s)
{
    return json_pack("{s:s, s:s, s:b, s:I, s:I}", "role", role_word(role), "role_zh", role_zh(role),
                     "needs_totp", role_needs_totp(role), "idle_s", (json_int_t)idle_s,
                     "absolute_s", (json_int_t)absolute_s);
}

static int list_roles(struct call *call, struct store *store, struct err *err)
{
    json_t *items = json_array();
    int rc = OK;
    for (int i = 0; rc == OK && i < ROLE_COUNT; i++) {
        int64_t idle_s, absolute_s;
        rc = role_limits_load(store, (enum role)i, &idle_s, &absolute_s, err);
        if (rc == OK &&
            json_array_append_new(items, limits_to_json((enum role)i, idle_s, absolute_s)) != 0)
            rc = err_set(err, ERR_NOMEM, "could not list the roles");
    }
    if (rc == OK)
        return call_put_json(call, list_to_json(items, NULL), err);
    json_decref(items);
    return rc;
}

void roles_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list_roles, NULL);
}

struct limits_input {
    enum role role;
    int64_t idle_s, absolute_s;
};

static int put_limits(struct call *call, struct store *store, struct err *err)
{
    struct limits_input *limits = call->input;
    struct account_office office = call_office(call, store);
    int rc = role_limits_put(&office, limits->role, limits->idle_s, limits->absolute_s, err);
    if (rc != OK)
        return rc;
    return call_put_json(call, limits_to_json(limits->role, limits->idle_s, limits->absolute_s),
                         err);
}

void roles_put_limits(struct http_exchange *exchange)
{
    static const char *const names[] = {"idle_s", "absolute_s", NULL};
    struct call *call = call_of(exchange);
    struct limits_input *limits = call_alloc(call, sizeof *limits);
    json_t *object = limits != NULL ? call_json(call, names) : NULL;
    if (object == NULL ||
        !call_integer(call, object, "idle_s", true, IDLE_MIN_S, IDLE_MAX_S, &limits->idle_s) ||
        !call_integer(call, object, "absolute_s", true, ABSOLUTE_MIN_S, ABSOLUTE_MAX_S,
                      &limits->absolute_s))
        return;
    if (!role_from_word(exchange_param(exchange, "role"), &limits->role)) {
        call_refuse_field(call, "role", "没有这个角色。");
        return;
    }
    call->input = limits;
    call->touches_accounts = true;
    call_write(call, put_limits, NULL);
}
