#include "base/civil.h"

#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/followup/attendance.h"
#include "service/host/files.h"

#include <stdio.h>

/* Attendance, the supervisor's side: the shifts of some days, how many of their minutes count, and the list by which
 * fees are paid. A contractor's supervisors have their own team's shifts alone. */

enum { FILE_NAME_BYTES = 64, DETAILS_BYTES = 64 };

struct shifts_ask {
    int64_t from_day, to_day;
};

struct shift_input {
    int64_t id;
    struct attendance_verdict verdict;
};

/* ---- which days ---- */

static bool take_day(struct call *call, const char *name, int64_t *out)
{
    struct bytes text = exchange_query(call->exchange, name);
    if (text.ptr == NULL || day_parse(text, out))
        return true;
    call_refuse_field(call, name, "日期须为 2026-01-31 的形式。");
    return false;
}

static struct shifts_ask *take_ask(struct call *call)
{
    struct shifts_ask *ask = call_alloc(call, sizeof *ask);
    if (ask == NULL)
        return NULL;
    int64_t today = seconds_to_day(call->now_utc + OFFICE_OFFSET_S);
    *ask = (struct shifts_ask){.from_day = today, .to_day = today};
    call->input = ask;
    if (!take_day(call, "from", &ask->from_day) || !take_day(call, "to", &ask->to_day))
        return NULL;
    if (ask->to_day >= ask->from_day && ask->to_day - ask->from_day < ATTENDANCE_DAYS_MAX)
        return ask;
    call_refuse_field(call, "to", "一次最多查看92天，截止日期不得早于起始日期。");
    return NULL;
}

/* -1: our own people see all teams. */
static int team_of(const struct call *call, struct store *store, int64_t *out_team_id,
                   struct err *err)
{
    int rc = followup_team(call, store, out_team_id, err);
    if (rc == OK && *out_team_id == 0)
        *out_team_id = -1;
    return rc;
}

/* ---- the list ---- */

static json_t *attended_to_json(const struct attended *attended)
{
    const struct shift_row *row = attended->shift;
    char day[DAY_TEXT_BYTES];
    day_format(row->day, day);
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:b, s:o, s:o, s:o, s:I, "
        "s:I}",
        "id", (json_int_t)row->id, "name", json_bytes(row->account_name), "display_name",
        json_bytes(row->display_name), "team", json_text_or_null(row->team_name), "day", day,
        "since", json_time(row->started_utc), "ended", json_time(row->ended_utc), "ended_why",
        json_text_or_null(row->ended_why), "minutes_worked", (json_int_t)attended->minutes_worked,
        "late_minutes", (json_int_t)attended->late_minutes, "is_forgotten", attended->is_forgotten,
        "minutes", row->is_confirmed ? json_integer((json_int_t)row->minutes) : json_null(),
        "confirmed_by", row->is_confirmed ? json_bytes(row->confirmed_by) : json_null(), "note",
        json_text_or_empty(row->note), "dials", (json_int_t)row->dials, "completes",
        (json_int_t)row->completes);
}

static int on_attended(void *context, const struct attended *attended, struct err *err)
{
    return json_array_append_new(context, attended_to_json(attended)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list shifts");
}

static int on_campaign(void *context, const struct campaign_row *row, struct err *err)
{
    int64_t *id = context;
    (void)err;
    *id = row->id;
    return OK;
}

/* Those of the campaign that was opened last; without one nobody is late. */
static int load_hours(struct casework *work, struct store *store, const struct calling_hours **out,
                      struct err *err)
{
    int64_t campaign_id = 0;
    int rc = campaigns_each_open(store, on_campaign, &campaign_id, err);
    return rc == OK && campaign_id != 0 ? casework_hours(work, store, campaign_id, out, err) : rc;
}

static int list_with(struct call *call, struct store *store, struct case_reader *reader,
                     struct err *err)
{
    const struct shifts_ask *ask = call->input;
    struct attendance_wish wish = {
        .from_day = ask->from_day, .to_day = ask->to_day, .now_utc = call->now_utc};
    json_t *items = json_array();
    int rc = team_of(call, store, &wish.team_id, err);
    if (rc == OK)
        rc = load_hours(reader->work, store, &wish.hours, err);
    if (rc == OK)
        rc = attendance_each(store, &wish, on_attended, items, err);
    if (rc == OK)
        return call_put_json(call, list_to_json(items, NULL), err);
    json_decref(items);
    return rc;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct case_reader *reader = NULL;
    int rc = case_readers_take(readers, &reader, err);
    if (rc == OK)
        rc = list_with(call, store, reader, err);
    case_readers_give(readers, reader);
    return rc;
}

void shifts_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (take_ask(call) != NULL)
        call_read(call, list, NULL);
}

/* ---- confirming ---- */

static int confirm(struct call *call, struct store *store, struct err *err)
{
    struct shift_input *input = call->input;
    const struct actor actor = followup_actor(call);
    char details[DETAILS_BYTES];
    (void)snprintf(details, sizeof details, "{\"minutes\":%jd}", (intmax_t)input->verdict.minutes);
    int rc = team_of(call, store, &input->verdict.team_id, err);
    if (rc == OK)
        rc = attendance_confirm(store, input->id, &input->verdict, &actor, err);
    if (rc == OK)
        rc = call_audit_id(call, store, "shift.confirm", input->id, bytes_from_z(details), err);
    if (rc != OK)
        return desk_said(call, rc, err);
    return call_put_json(call,
                         json_pack("{s:I, s:I, s:o}", "id", (json_int_t)input->id, "minutes",
                                   (json_int_t)input->verdict.minutes, "confirmed_by",
                                   json_bytes(actor.who)),
                         err);
}

void shifts_confirm(struct http_exchange *exchange)
{
    static const char *const names[] = {"minutes", "note", NULL};
    struct call *call = call_of(exchange);
    struct shift_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->id))
        return;
    input->verdict.account_id = call->who.account_id;
    call->input = input;
    json_t *object = call_json(call, names);
    if (object == NULL ||
        !call_integer(call, object, "minutes", true, 0, ATTENDANCE_MINUTES_MAX,
                      &input->verdict.minutes) ||
        !call_text(call, object, "note", false, ATTENDANCE_NOTE_BYTES, &input->verdict.note))
        return;
    call_write(call, confirm, NULL);
}

/* ---- the list of fees: that it is taken stands in the audit log before it is read ---- */

static int note_export(struct call *call, struct store *store, struct err *err)
{
    const struct shifts_ask *ask = call->input;
    char from[DAY_TEXT_BYTES], to[DAY_TEXT_BYTES];
    char target[2 * DAY_TEXT_BYTES + 2];
    day_format(ask->from_day, from);
    day_format(ask->to_day, to);
    (void)snprintf(target, sizeof target, "%s..%s", from, to);
    return call_audit(call, store, "shift.export", bytes_from_z(target), BYTES_NONE, err);
}

static int render(struct call *call, struct store *store, struct err *err)
{
    const struct shifts_ask *ask = call->input;
    struct attendance_wish wish = {
        .from_day = ask->from_day, .to_day = ask->to_day, .now_utc = call->now_utc};
    int rc = team_of(call, store, &wish.team_id, err);
    return rc == OK ? attendance_render(store, &wish, &call->answer, err) : rc;
}

static void answer_sheet(struct call *call)
{
    const struct shifts_ask *ask = call->input;
    struct buf sheet = call->answer;
    char from[DAY_TEXT_BYTES], to[DAY_TEXT_BYTES];
    char disposition[FILE_NAME_BYTES + 2 * DAY_TEXT_BYTES];
    day_format(ask->from_day, from);
    day_format(ask->to_day, to);
    (void)snprintf(disposition, sizeof disposition, "attachment; filename=\"shifts-%s-%s.csv\"",
                   from, to);
    exchange_add_header(call->exchange, "Content-Disposition", bytes_from_z(disposition));
    call->answer = (struct buf){0};
    call_release(call);
    exchange_answer(call->exchange, 200, "text/csv; charset=utf-8", buf_bytes(&sheet));
    buf_deinit(&sheet);
}

static void on_noted(struct call *call)
{
    call_read(call, render, answer_sheet);
}

void shifts_export(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (take_ask(call) != NULL)
        call_write_unkeyed(call, note_export, on_noted);
}
