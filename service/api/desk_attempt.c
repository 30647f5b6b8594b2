#include "service/api/desk.h"

#include "base/civil.h"

#include "service/api/followup_news.h"
#include "service/api/handlers.h"

/* The end of a dial: what became of it, and what follows. */

enum { RECORDING_MAX_BYTES = 200 };

struct attempt_input {
    int64_t case_id, dial_id;
    struct dial_end end;
};

/* ---- run ---- */

static json_t *finished_to_json(int64_t case_id, int64_t at_utc, const struct finished *finished)
{
    static const char *const steps[] = {
        [NEXT_QUEUED] = "waiting",          [NEXT_NUMBER] = "number", [NEXT_WAITING] = "waiting",
        [NEXT_APPOINTMENT] = "appointment", [NEXT_FINAL] = "final",
    };
    json_t *receipt =
        json_pack("{s:I, s:I, s:o, s:s}", "attempt", (json_int_t)finished->dial_id, "case",
                  (json_int_t)case_id, "at", json_time(at_utc), "disposition", finished->code);
    return json_pack("{s:o, s:s, s:o, s:I}", "receipt", receipt, "next", steps[finished->step],
                     "next_at", json_time(finished->from_utc), "number_no",
                     (json_int_t)finished->number_no);
}

/* Of the case, or it is none of the caller's business. */
static int check_dial(struct call *call, struct store *store, struct err *err)
{
    const struct attempt_input *input = call->input;
    struct dial_row dial;
    struct err look = {0};
    int rc = dial_get_open(store, input->case_id, &dial, &look);
    if (rc == ERR_NOT_FOUND || (rc == OK && dial.id != input->dial_id))
        return desk_refuse(call, 409, "dial_ended", "这次拨打已经结束，不必重复记录结果。", err);
    return desk_looked(rc, &look, err);
}

static int finish(struct call *call, struct store *store, struct err *err)
{
    const struct attempt_input *input = call->input;
    const struct caller caller = desk_caller(call);
    struct followup_case row;
    struct finished finished;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = check_dial(call, store, err);
    if (rc == OK)
        rc = casework_finish(call->service->casework, store, &caller, input->dial_id, &input->end,
                             &finished, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = call_tell_followup(call, store, row.campaign_id, err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(call, finished_to_json(input->case_id, call->now_utc, &finished), err);
}

static void answer_finish(struct call *call)
{
    call->service->desk_counts.finished++;
    call_answer(call);
}

/* ---- parse ---- */

static bool parse_appointment(struct call *call, json_t *object, struct dial_end *end)
{
    json_t *appointment = json_object_get(object, "appointment");
    struct bytes at;
    if (appointment == NULL || json_is_null(appointment))
        return true;
    if (!json_is_object(appointment)) {
        call_refuse_field(call, "appointment", "预约须为 {\"at\", \"is_own\"}。");
        return false;
    }
    if (!call_text(call, appointment, "at", true, TIME_TEXT_BYTES, &at) ||
        !call_boolean(call, appointment, "is_own", &end->appointment_is_own))
        return false;
    if (time_parse(at, &end->appointment_utc) && end->appointment_utc > 0)
        return true;
    call_refuse_field(call, "appointment", "预约时间须为 RFC 3339，如 2026-06-01T09:00:00+08:00。");
    return false;
}

static bool parse(struct call *call, json_t *object, struct attempt_input *input)
{
    struct dial_end *end = &input->end;
    return call_integer(call, object, "dial", true, 1, INT64_MAX, &input->dial_id) &&
           call_text(call, object, "disposition", true, CASE_CODE_BYTES - 1, &end->code) &&
           desk_take_words(call, object, "note", &end->note) &&
           call_text(call, object, "recording", false, RECORDING_MAX_BYTES, &end->recording) &&
           call_text(call, object, "language", false, CASE_LANGUAGE_BYTES - 1, &end->language) &&
           parse_appointment(call, object, end);
}

void desk_case_finish(struct http_exchange *exchange)
{
    static const char *const names[] = {"dial",     "disposition", "note", "recording",
                                        "language", "appointment", NULL};
    struct call *call = call_of(exchange);
    struct attempt_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->case_id))
        return;
    *input = (struct attempt_input){.case_id = input->case_id};
    json_t *object = call_json(call, names);
    call->input = input;
    if (object != NULL && parse(call, object, input))
        call_write(call, finish, answer_finish);
}
