#include "service/api/desk.h"

#include "base/civil.h"

#include "service/api/followup_news.h"
#include "service/api/handlers.h"
#include "service/host/files.h"

/* Attendance, the caller's own side: signing in and out. */

static int begin_shift(struct call *call, struct store *store, struct err *err)
{
    struct shift_row row = {
        .account_id = call->who.account_id,
        .day = seconds_to_day(call->now_utc + OFFICE_OFFSET_S),
        .started_utc = call->now_utc,
    };
    int rc = shift_put_new(store, &row, err);
    if (rc == ERR_EXISTS)
        return desk_refuse(call, 409, "on_shift", "您已签到，不必重复签到。", err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(call, desk_shift_to_json(&row), err);
}

void desk_begin_shift(struct http_exchange *exchange)
{
    desk_write_empty(exchange, begin_shift);
}

/* What is held and not being dialled goes back to the others. */
static int let_go(struct call *call, struct store *store, struct err *err)
{
    struct followup_case row;
    struct dial_row dial;
    struct err look = {0};
    const struct caller caller = desk_caller(call);
    int rc = case_find_leased(store, caller.account_id, &row, &look);
    if (rc != OK)
        return desk_looked(rc, &look, err);
    rc = dial_get_open(store, row.id, &dial, &look);
    if (rc == OK)
        return desk_refuse(call, 409, "dialling", "正在拨打，请先记录本次结果，再签退。", err);
    rc = desk_looked(rc, &look, err);
    if (rc == OK)
        rc = desk_said(
            call, casework_give_back(call->service->casework, store, &caller, row.id, err), err);
    return rc == OK ? call_tell_followup(call, store, row.campaign_id, err) : rc;
}

static int end_shift(struct call *call, struct store *store, struct err *err)
{
    struct shift_row row;
    int rc = shift_get_open(store, call->who.account_id, &row, err);
    if (rc == ERR_NOT_FOUND)
        return desk_refuse(call, 409, "no_shift", "您还没有签到。", err);
    int64_t id = row.id, started_utc = row.started_utc;
    if (rc == OK)
        rc = let_go(call, store, err);
    if (rc == OK)
        rc = shift_put_end(store, id, call->now_utc, BYTES_LIT("signed_out"), err);
    if (rc != OK)
        return rc;
    return call_put_json(call,
                         json_pack("{s:I, s:o, s:o, s:I}", "id", (json_int_t)id, "since",
                                   json_time(started_utc), "ended", json_time(call->now_utc),
                                   "minutes", (json_int_t)((call->now_utc - started_utc) / 60)),
                         err);
}

void desk_end_shift(struct http_exchange *exchange)
{
    desk_write_empty(exchange, end_shift);
}
