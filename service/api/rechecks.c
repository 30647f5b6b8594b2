#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/followup/rechecking.h"

#include <stdio.h>

/* Re-checks, the checker's side. What is shown is the case without what was answered; the receipt of the next one holds
 * its number alone. */

enum {
    WORD_MAX_BYTES = 32,
    METHOD_MAX_BYTES = 16,
    DETAILS_BYTES = 96,
    SHOWN_MAX_BYTES = 8 * 1024 * 1024
};

struct recheck_input {
    int64_t id, number_no;
    struct recheck_answer answer;
    struct recheck_result result;
};

static struct recheck_input *input_of(struct call *call)
{
    struct recheck_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->id))
        return NULL;
    call->input = input;
    return input;
}

/* Everybody but the holder is told 404, as of one that does not exist. */
static int get_held(struct call *call, struct store *store, int64_t id, struct recheck_row *out,
                    struct err *err)
{
    const struct caller checker = desk_caller(call);
    int rc = rechecking_get_held(store, &checker, id, out, err);
    return rc == ERR_WRONG_STATE
               ? desk_refuse(call, 404, "not_held",
                             "这件复核不在您手中：可能已超时收回，请重新领取。", err)
               : rc;
}

/* ---- look ---- */

static json_t *choices_to_json(void)
{
    static const char *const choices[][2] = {
        {"yes", "接受过"}, {"no", "没有接受过"}, {"unsure", "记不清"}};
    json_t *array = json_array();
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        array = json_append(array,
                            json_pack("{s:s, s:s}", "value", choices[i][0], "text", choices[i][1]));
    return array;
}

/* What is asked before the orders, as an item of the script. */
static json_t *opening_to_json(void)
{
    return json_pack("[{s:s, s:s, s:o, s:b, s:b, s:n, s:n}]", "name", RECHECK_INTERVIEWED, "text",
                     "您好，我们前几天就您反映的事情打过电话。请问您接受过这次电话访问吗？",
                     "choices", choices_to_json(), "takes_words", 0, "is_required", 1, "if",
                     "ends");
}

struct recheck_shown {
    struct recheck_row row;
    struct bytes reason, recording; /* the arena's */
    struct dial_row dial; /* the checker's that goes on; id 0: none. Its texts are not read */
    struct case_shown of_case;
    json_t *answers; /* the checker's so far */
};

static json_t *recheck_to_json(struct case_parts *parts, const struct call *call,
                               const struct recheck_shown *shown)
{
    const struct case_asker asker = desk_asker(call);
    const char *const items[RECHECK_ITEMS + 1] = {recheck_items()[0], recheck_items()[1],
                                                  recheck_items()[2], NULL};
    return json_pack("{s:I, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:O, s:o, s:I}", "id",
                     (json_int_t)shown->row.id, "case", (json_int_t)shown->row.case_id, "round",
                     json_bytes(shown->of_case.round), "reason", json_bytes(shown->reason), "tries",
                     (json_int_t)shown->row.tries, "citizen", json_bytes(shown->of_case.citizen),
                     "numbers", case_numbers_to_json(&shown->of_case), "dial",
                     case_dial_to_json(&shown->dial), "opening", opening_to_json(), "orders",
                     case_orders_to_json(parts, &shown->of_case, &asker, items, false), "answers",
                     shown->answers, "recording", json_bytes(shown->recording), "lease_seconds",
                     (json_int_t)RECHECK_LEASE_S);
}

static int on_answer(void *context, const struct recheck_answer_row *row, struct err *err)
{
    json_t *answer = json_pack("{s:I, s:o, s:o}", "order", (json_int_t)row->drawn_id, "item",
                               json_bytes(row->item), "value", json_bytes(row->value));
    return json_array_append_new(context, answer) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "no memory for a re-check");
}

/* The complete's recording, and the dial that goes on now. */
static int load_dials(struct call *call, struct store *store, struct recheck_shown *shown,
                      struct err *err)
{
    struct arena *arena = exchange_arena(call->exchange);
    struct dial_row dial;
    struct err look = {0};
    int rc = dial_get(store, shown->row.dial_id, &dial, err);
    if (rc != OK)
        return rc;
    shown->recording = arena_copy(arena, dial.recording);
    if (shown->recording.ptr == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a re-check");
    rc = dial_get_open(store, shown->row.case_id, &dial, &look);
    if (rc == OK && dial.recheck_id == shown->row.id)
        shown->dial = dial;
    return desk_looked(rc, &look, err);
}

static int load_shown(struct call *call, struct store *store, struct case_reader *reader,
                      struct arena *arena, struct recheck_shown *shown, struct err *err)
{
    struct case_ask ask = {
        .account_id = call->who.account_id, .now_utc = call->now_utc, .turn = "recheck"};
    int rc = load_dials(call, store, shown, err);
    ask.is_dialling = shown->dial.id != 0;
    if (rc == OK)
        rc = recheck_answers_each(store, shown->row.id, on_answer, shown->answers, err);
    if (rc == OK)
        rc = case_get(store, shown->row.case_id, &ask.row, err);
    return rc == OK ? case_shown_load(reader, store, &ask, arena, &shown->of_case, err) : rc;
}

static int show_with(struct call *call, struct store *store, int64_t id, struct case_reader *reader,
                     struct err *err)
{
    struct recheck_shown shown = {.answers = json_array()};
    struct arena arena;
    arena_init(&arena, SHOWN_MAX_BYTES);
    int rc = get_held(call, store, id, &shown.row, err);
    if (rc == OK)
        shown.reason = arena_copy(&arena, shown.row.reason);
    if (rc == OK)
        rc = load_shown(call, store, reader, &arena, &shown, err);
    if (rc == OK)
        rc = call_put_json(call, recheck_to_json(&reader->parts, call, &shown), err);
    json_decref(shown.answers);
    arena_deinit(&arena);
    return rc;
}

static int show_id(struct call *call, struct store *store, int64_t id, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct case_reader *reader = NULL;
    int rc = case_readers_take(readers, &reader, err);
    if (rc == OK)
        rc = show_with(call, store, id, reader, err);
    case_readers_give(readers, reader);
    return rc;
}

static int show(struct call *call, struct store *store, struct err *err)
{
    const struct recheck_input *input = call->input;
    return show_id(call, store, input->id, err);
}

void rechecks_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL)
        call_read(call, show, NULL);
}

/* ---- next ---- */

static int take_next(struct call *call, struct store *store, struct err *err)
{
    struct caller checker;
    struct err look = {0};
    int64_t id = 0;
    int rc = desk_load_caller(call, store, &checker, err);
    if (rc != OK)
        return rc;
    rc = rechecking_next(call->service->casework, store, &checker, &id, &look);
    call->status = rc == OK ? 200 : 204;
    buf_append_integer(&call->answer, id);
    rc = desk_looked(rc, &look, err);
    return rc == OK ? buf_status(&call->answer, err) : rc;
}

static int show_next(struct call *call, struct store *store, struct err *err)
{
    int64_t id = 0;
    if (call->status == 204)
        return OK;
    if (!bytes_to_int64(call->reference, &id))
        return err_set(err, ERR_CORRUPT, "a receipt refers to no re-check");
    return show_id(call, store, id, err);
}

void rechecks_next(struct http_exchange *exchange)
{
    static const char *const names[] = {NULL};
    struct call *call = call_of(exchange);
    if (call_json(call, names) != NULL)
        call_write_shown(call, take_next, show_next, NULL);
}

/* ---- dial ---- */

static int dial(struct call *call, struct store *store, struct err *err)
{
    const struct recheck_input *input = call->input;
    const struct caller checker = desk_caller(call);
    struct recheck_row row;
    struct dial_row started;
    char details[DETAILS_BYTES];
    int rc = get_held(call, store, input->id, &row, err);
    if (rc == OK)
        rc = rechecking_dial(call->service->casework, store, &checker, input->id, input->number_no,
                             &started, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    (void)snprintf(details, sizeof details, "{\"recheck\":%jd,\"dial\":%jd,\"number_no\":%jd}",
                   (intmax_t)input->id, (intmax_t)started.id, (intmax_t)started.number_no);
    rc = call_audit_id(call, store, "number.show", started.case_id, bytes_from_z(details), err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(call, json_pack("{s:o}", "dial", case_dial_to_json(&started)), err);
}

void rechecks_dial(struct http_exchange *exchange)
{
    static const char *const names[] = {"number_no", NULL};
    struct call *call = call_of(exchange);
    struct recheck_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL &&
        call_integer(call, object, "number_no", true, 1, CASE_NUMBERS_MAX, &input->number_no))
        call_write(call, dial, NULL);
}

static int show_number(struct call *call, struct store *store, struct err *err)
{
    const struct recheck_input *input = call->input;
    struct recheck_row row;
    int rc = get_held(call, store, input->id, &row, err);
    return rc == OK ? desk_show_number(call, store, rechecking_number, input->id, err) : rc;
}

void rechecks_number(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL)
        call_read(call, show_number, NULL);
}

/* ---- answers, as they are given ---- */

static bool parse_answer(struct call *call, json_t *object, struct recheck_answer *out)
{
    return call_integer(call, object, "order", true, 0, INT64_MAX, &out->drawn_id) &&
           call_text(call, object, "item", true, WORD_MAX_BYTES, &out->item) &&
           call_text(call, object, "value", true, WORD_MAX_BYTES, &out->value);
}

static int put_answer(struct call *call, struct store *store, struct err *err)
{
    const struct recheck_input *input = call->input;
    const struct caller checker = desk_caller(call);
    struct recheck_row row;
    int64_t until_utc = 0;
    int rc = get_held(call, store, input->id, &row, err);
    if (rc == OK)
        rc = rechecking_answer(call->service->casework, store, &checker, input->id, &input->answer,
                               &until_utc, err);
    return rc == OK ? desk_answer_lease(call, until_utc, err) : rc;
}

void rechecks_answer(struct http_exchange *exchange)
{
    static const char *const names[] = {"order", "item", "value", NULL};
    struct call *call = call_of(exchange);
    struct recheck_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && parse_answer(call, object, &input->answer))
        call_write(call, put_answer, NULL);
}

/* ---- the result ---- */

static int put_result(struct call *call, struct store *store, struct err *err)
{
    const struct recheck_input *input = call->input;
    const struct caller checker = desk_caller(call);
    struct recheck_row row;
    struct bytes state = BYTES_NONE;
    int rc = get_held(call, store, input->id, &row, err);
    int64_t campaign_id = rc == OK ? row.campaign_id : 0;
    if (rc == OK)
        rc = rechecking_finish(call->service->casework, store, &checker, input->id, &input->result,
                               &state, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = call_tell_followup(call, store, campaign_id, err);
    return rc == OK ? call_put_json(call,
                                    json_pack("{s:I, s:o}", "id", (json_int_t)input->id, "state",
                                              json_bytes(state)),
                                    err)
                    : rc;
}

static bool refuse_answers(struct call *call)
{
    call_refuse_field(call, "answers", "回答须为 {\"order\", \"item\", \"value\"} 的列表。");
    return false;
}

static bool parse_answers(struct call *call, json_t *object, struct recheck_result *result)
{
    json_t *array = json_object_get(object, "answers");
    size_t count = json_array_size(array);
    if (array == NULL || json_is_null(array))
        return true;
    if (!json_is_array(array) || count > RECHECK_ANSWERS_MAX)
        return refuse_answers(call);
    struct recheck_answer *answers = call_alloc(call, (count + 1) * sizeof *answers);
    if (answers == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        json_t *answer = json_array_get(array, i);
        if (!json_is_object(answer))
            return refuse_answers(call);
        if (!parse_answer(call, answer, &answers[i]))
            return false;
    }
    result->answers = answers;
    result->answer_count = count;
    return true;
}

void rechecks_finish(struct http_exchange *exchange)
{
    static const char *const names[] = {"method", "reached", "answers", "note", NULL};
    struct call *call = call_of(exchange);
    struct recheck_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL)
        return;
    struct recheck_result *result = &input->result;
    if (json_object_get(object, "reached") == NULL)
        call_refuse_field(call, "reached", "请说明是否联系到本人（或录音是否可听）。");
    else if (call_text(call, object, "method", true, METHOD_MAX_BYTES, &result->method) &&
             call_boolean(call, object, "reached", &result->reached) &&
             desk_take_words(call, object, "note", &result->note) &&
             parse_answers(call, object, result))
        call_write(call, put_result, NULL);
}
