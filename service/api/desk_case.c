#include "service/api/desk.h"

#include "base/civil.h"
#include "base/utf8.h"

#include "importers/phone.h"

#include "service/api/followup_news.h"
#include "service/api/handlers.h"

#include <string.h>

/* What whoever holds a case does with it. An answer is the hot small write: it looks at the case and its dial, and
 * inserts. A number leaves the service in one place, show_number, and only while its dial goes on. */

enum {
    WORDS_MAX_CHARACTERS = 2000,
    WORDS_MAX_BYTES = 4 * WORDS_MAX_CHARACTERS,
    WORD_MAX_BYTES = 32,
    NUMBER_MAX_BYTES = 64,
    TARGET_BYTES = 32,
    DETAILS_BYTES = 96
};

struct case_input {
    int64_t case_id, number_no, dial_id, drawn_id, spent_ms;
    struct bytes item, value, words, number;
};

static struct case_input *input_of(struct call *call)
{
    struct case_input *input = call_alloc(call, sizeof *input);
    if (input == NULL || !call_param_id(call, "id", &input->case_id))
        return NULL;
    call->input = input;
    return input;
}

/* ---- look ---- */

static int show_case(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    struct followup_case row;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    return rc == OK ? desk_show_case(call, store, &row, "held", err) : rc;
}

void desk_case_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL)
        call_read(call, show_case, NULL);
}

/* The own dial that goes on. */
static int get_dial(struct call *call, struct store *store, struct dial_row *out, struct err *err)
{
    const struct case_input *input = call->input;
    struct followup_case row;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc != OK)
        return rc;
    rc = dial_get_open(store, input->case_id, out, err);
    if (rc == ERR_NOT_FOUND || (rc == OK && out->account_id != call->who.account_id))
        return desk_refuse(call, 409, "not_dialling", "请先点“拨打”，再看号码。", err);
    return rc;
}

/* By hand, and wiped: no copy of the number stays behind. */
static int show_number(struct call *call, struct store *store, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct case_reader *reader = NULL;
    struct dial_row dial = {.id = 0};
    const struct caller caller = desk_caller(call);
    call->has_secrets = true;
    int rc = get_dial(call, store, &dial, err);
    if (rc == OK)
        rc = case_readers_take(readers, &reader, err);
    buf_append_z(&call->answer, "{\"number\":\"");
    if (rc == OK)
        rc = casework_number(reader->work, store, &caller, dial.id, &call->answer, err);
    buf_append_z(&call->answer, "\"}");
    case_readers_give(readers, reader);
    return rc == OK ? buf_status(&call->answer, err) : rc;
}

void desk_case_number(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL)
        call_read(call, show_number, NULL);
}

/* ---- hold on, give back ---- */

static void write_held(struct http_exchange *exchange,
                       int (*run)(struct call *, struct store *, struct err *))
{
    static const char *const names[] = {NULL};
    struct call *call = call_of(exchange);
    if (input_of(call) != NULL && call_json(call, names) != NULL)
        call_write(call, run, NULL);
}

static int renew(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct caller caller = desk_caller(call);
    struct followup_case row;
    int64_t until_utc = 0;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_renew(call->service->casework, store, &caller, input->case_id, &until_utc,
                            err);
    return rc == OK ? desk_answer_lease(call, until_utc, err) : rc;
}

void desk_case_renew(struct http_exchange *exchange)
{
    write_held(exchange, renew);
}

static int give_back(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct caller caller = desk_caller(call);
    struct followup_case row;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_give_back(call->service->casework, store, &caller, input->case_id, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    call->status = 204;
    return call_tell_followup(call, store, row.campaign_id, err);
}

void desk_case_return(struct http_exchange *exchange)
{
    write_held(exchange, give_back);
}

/* ---- dial ---- */

static int audit_dial(struct call *call, struct store *store, const struct dial_row *dial,
                      struct err *err)
{
    char target[TARGET_BYTES], details[DETAILS_BYTES];
    (void)snprintf(target, sizeof target, "%jd", (intmax_t)dial->case_id);
    (void)snprintf(details, sizeof details, "{\"dial\":%jd,\"number_no\":%jd}", (intmax_t)dial->id,
                   (intmax_t)dial->number_no);
    return call_audit(call, store, "number.show", bytes_from_z(target), bytes_from_z(details), err);
}

static json_t *dial_to_json(const struct dial_row *dial, int64_t until_utc)
{
    json_t *shown =
        json_pack("{s:I, s:I, s:o}", "id", (json_int_t)dial->id, "number_no",
                  (json_int_t)dial->number_no, "started_at", json_time(dial->started_utc));
    return json_pack("{s:o, s:o}", "dial", shown, "lease_until", json_time(until_utc));
}

static int dial(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct caller caller = desk_caller(call);
    struct followup_case row;
    struct dial_row started;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = casework_dial(call->service->casework, store, &caller, input->case_id,
                           input->number_no, &started, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = case_get(store, input->case_id, &row, err);
    if (rc == OK)
        rc = audit_dial(call, store, &started, err);
    if (rc == OK)
        rc = call_tell_followup(call, store, row.campaign_id, err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(call, dial_to_json(&started, row.until_utc), err);
}

static void answer_dial(struct call *call)
{
    call->service->desk_counts.dials++;
    call_answer(call);
}

void desk_case_dial(struct http_exchange *exchange)
{
    static const char *const names[] = {"number_no", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL &&
        call_integer(call, object, "number_no", true, 1, CASE_NUMBERS_MAX, &input->number_no))
        call_write(call, dial, answer_dial);
}

/* ---- answers ---- */

static int put_answer(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct caller caller = desk_caller(call);
    struct followup_case row;
    struct dial_row open;
    struct err look = {0};
    int64_t until_utc = 0;
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc != OK)
        return rc;
    rc = dial_get_open(store, input->case_id, &open, &look);
    if (rc == ERR_NOT_FOUND || (rc == OK && open.id != input->dial_id))
        return desk_refuse(call, 409, "dial_ended", "这次拨打已经结束，不能再记录回答。", err);
    rc = desk_looked(rc, &look, err);
    if (rc == OK)
        rc = casework_answer(call->service->casework, store, &caller, input->dial_id,
                             input->drawn_id, input->item, input->value, input->words,
                             input->spent_ms, &until_utc, err);
    return rc == OK ? desk_answer_lease(call, until_utc, err) : desk_said(call, rc, err);
}

static bool parse_answer(struct call *call, json_t *object, struct case_input *input)
{
    enum { SPENT_MAX_MS = 24 * 3600 * 1000 };
    input->spent_ms = -1;
    input->words = BYTES_LIT("");
    if (!call_integer(call, object, "dial", true, 1, INT64_MAX, &input->dial_id) ||
        !call_integer(call, object, "order", true, 0, INT64_MAX, &input->drawn_id) ||
        !call_text(call, object, "item", true, WORD_MAX_BYTES, &input->item) ||
        !call_text(call, object, "value", true, WORD_MAX_BYTES, &input->value) ||
        !call_lines(call, object, "words", false, WORDS_MAX_BYTES, &input->words) ||
        !call_integer(call, object, "spent_ms", false, 0, SPENT_MAX_MS, &input->spent_ms))
        return false;
    if (utf8_count(input->words) <= WORDS_MAX_CHARACTERS)
        return true;
    call_refuse_field(call, "words", "原话最多2000字。");
    return false;
}

void desk_case_answer(struct http_exchange *exchange)
{
    static const char *const names[] = {"dial",  "order",    "item", "value",
                                        "words", "spent_ms", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && parse_answer(call, object, input))
        call_write(call, put_answer, NULL);
}

/* ---- another number ---- */

/* Whoever holds it; and supervisors, a contractor's of their own team's cases. */
static int get_to_add(struct call *call, struct store *store, struct followup_case *out,
                      struct err *err)
{
    const struct case_input *input = call->input;
    const uint32_t supervisors = ACCESS_OF(ROLE_SUPERVISOR) | ACCESS_OF(ROLE_OFFICE);
    struct account_row account;
    if ((call->who.access & supervisors) == 0)
        return desk_get_held(call, store, input->case_id, out, err);
    int rc = case_get(store, input->case_id, out, err);
    if (rc == OK && call->who.is_contractor) {
        int64_t team_id = out->team_id;
        rc = account_get_by_id(store, call->who.account_id, &account, err);
        if (rc == OK && account.team_id != team_id)
            rc = err_set(err, ERR_NOT_FOUND, "case %jd is of another team",
                         (intmax_t)input->case_id);
    }
    return rc;
}

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    int64_t *last_no = context;
    (void)err;
    *last_no = row->no;
    return OK;
}

static int answer_number(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    struct bytes masked = BYTES_NONE;
    int64_t no = 0;
    int rc = case_numbers_each(store, input->case_id, on_number, &no, err);
    if (rc == OK)
        rc = case_mask_number(input->number, exchange_arena(call->exchange), &masked, err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(
        call, json_pack("{s:I, s:o}", "no", (json_int_t)no, "masked", json_bytes(masked)), err);
}

static int add_number(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct actor actor = {call->who.name, call->now_utc};
    char target[TARGET_BYTES];
    struct followup_case row;
    (void)snprintf(target, sizeof target, "%jd", (intmax_t)input->case_id);
    int rc = get_to_add(call, store, &row, err);
    if (rc == OK)
        rc = casework_add_number(call->service->casework, store, input->case_id, input->number,
                                 &actor, err);
    if (rc == OK)
        rc = call_audit(call, store, "number.add", bytes_from_z(target), BYTES_NONE, err);
    if (rc == OK)
        rc = call_tell_followup(call, store, row.campaign_id, err);
    return rc == OK ? answer_number(call, store, err) : desk_said(call, rc, err);
}

void desk_case_add_number(struct http_exchange *exchange)
{
    static const char *const names[] = {"number", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    struct bytes cell;
    if (object == NULL || !call_text(call, object, "number", true, NUMBER_MAX_BYTES, &cell))
        return;
    char *digits = call_alloc(call, PHONE_MAX_BYTES);
    if (digits == NULL)
        return;
    input->number = phone_read(cell, digits);
    if (input->number.len == 0)
        call_refuse_field(call, "number", "请填写11位手机号，或带区号的固定电话号码。");
    else
        call_write(call, add_number, NULL);
}
