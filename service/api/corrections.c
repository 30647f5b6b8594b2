#include "service/api/desk.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"

/* A correction of what a dial brought: a new version, with a reason; what stood there is kept. */

enum { WORD_MAX_BYTES = 16 };

struct correction_input {
    int64_t case_id, dial_id;
    struct case_correction correction;
};

static int correct(struct call *call, struct store *store, struct err *err)
{
    const struct correction_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct followup_case row;
    int rc = followup_case(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_correct(call->service->casework, store, input->case_id, input->dial_id,
                              &input->correction, &actor, err);
    if (rc == OK)
        rc = case_get(store, input->case_id, &row, err);
    if (rc == OK)
        rc = followup_note_case(call, store, "case.correct", &row, input->correction.why, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    return call_put_json(call,
                         json_pack("{s:I, s:I, s:I, s:s}", "case", (json_int_t)row.id, "attempt",
                                   (json_int_t)input->dial_id, "order",
                                   (json_int_t)input->correction.drawn_id, "code", row.code),
                         err);
}

/* In the words of the script; a member that may be missing leaves things as they were. */
static bool take_answer(struct call *call, json_t *object, const char *name,
                        struct script_outcome *out, bool *out_is_given)
{
    struct script_answer answer = {.item = bytes_from_z(name)};
    if (!call_text(call, object, name, false, WORD_MAX_BYTES, &answer.value))
        return false;
    *out_is_given = answer.value.len > 0;
    if (*out_is_given && !script_takes(script_find(answer.item), answer.value)) {
        call_refuse_field(call, name, "没有这个回答。");
        return false;
    }
    script_read(&answer, 1, out);
    return true;
}

static bool take_answers(struct call *call, json_t *object, struct case_correction *correction)
{
    struct script_outcome outcome;
    bool is_given = false;
    correction->resolved = correction->satisfaction = -1;
    if (!take_answer(call, object, "resolved", &outcome, &is_given))
        return false;
    if (is_given) {
        correction->resolved = (int)outcome.resolved;
        correction->still_open = outcome.still_open;
    }
    if (!take_answer(call, object, "satisfaction", &outcome, &is_given))
        return false;
    if (is_given)
        correction->satisfaction = outcome.satisfaction;
    return true;
}

void corrections_put(struct http_exchange *exchange)
{
    static const char *const names[] = {"attempt",      "order", "disposition", "resolved",
                                        "satisfaction", "why",   NULL};
    struct call *call = call_of(exchange);
    struct correction_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->case_id))
        return;
    struct case_correction *correction = &input->correction;
    call->input = input;
    json_t *object = call_json(call, names);
    if (object == NULL ||
        !call_integer(call, object, "attempt", true, 1, INT64_MAX, &input->dial_id) ||
        !call_integer(call, object, "order", true, 1, INT64_MAX, &correction->drawn_id) ||
        !call_text(call, object, "disposition", false, CASE_CODE_BYTES - 1, &correction->code) ||
        !take_answers(call, object, correction) ||
        !followup_take_why(call, object, &correction->why))
        return;
    if (correction->code.len == 0 && correction->resolved < 0 && correction->satisfaction < 0)
        call_refuse_field(call, "disposition", "请给出要更正的结果或回答。");
    else
        call_write(call, correct, NULL);
}
