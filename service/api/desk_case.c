#include "service/api/desk.h"

#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"

/* What whoever holds a case does with it. An answer is the hot small write: it looks at the case and its dial, and
 * inserts. A number leaves the service in one place, desk_show_number, and only while its dial goes on. */

enum { WORD_MAX_BYTES = 32, DETAILS_BYTES = 96 };

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

static int show_number(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    struct followup_case row;
    struct dial_row dial = {.id = 0};
    struct err look = {0};
    int rc = desk_get_held(call, store, input->case_id, &row, err);
    if (rc == OK)
        rc = desk_looked(dial_get_open(store, input->case_id, &dial, &look), &look, err);
    return rc == OK ? desk_show_number(call, store, casework_number, dial.id, err) : rc;
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
    char details[DETAILS_BYTES];
    (void)snprintf(details, sizeof details, "{\"dial\":%jd,\"number_no\":%jd}", (intmax_t)dial->id,
                   (intmax_t)dial->number_no);
    return call_audit_id(call, store, "number.show", dial->case_id, bytes_from_z(details), err);
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
    return call_put_json(call,
                         json_pack("{s:o, s:o}", "dial", case_dial_to_json(&started), "lease_until",
                                   json_time(row.until_utc)),
                         err);
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
    return call_integer(call, object, "dial", true, 1, INT64_MAX, &input->dial_id) &&
           call_integer(call, object, "order", true, 0, INT64_MAX, &input->drawn_id) &&
           call_text(call, object, "item", true, WORD_MAX_BYTES, &input->item) &&
           call_text(call, object, "value", true, WORD_MAX_BYTES, &input->value) &&
           desk_take_words(call, object, "words", &input->words) &&
           call_integer(call, object, "spent_ms", false, 0, SPENT_MAX_MS, &input->spent_ms);
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
    return (call->who.access & supervisors) == 0
               ? desk_get_held(call, store, input->case_id, out, err)
               : followup_case(call, store, input->case_id, out, err);
}

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    int64_t *last_no = context;
    (void)err;
    *last_no = row->no;
    return OK;
}

/* The receipt holds which number it is; how it looks masked is made of the request. */
static int show_added(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    struct bytes masked = BYTES_NONE;
    int64_t no = 0;
    (void)store;
    if (!bytes_to_int64(call->reference, &no))
        return err_set(err, ERR_CORRUPT, "a receipt refers to no number");
    int rc = case_mask_number(input->number, exchange_arena(call->exchange), &masked, err);
    return rc == OK ? call_put_json(call,
                                    json_pack("{s:I, s:o}", "no", (json_int_t)no, "masked",
                                              json_bytes(masked)),
                                    err)
                    : rc;
}

static int add_number(struct call *call, struct store *store, struct err *err)
{
    const struct case_input *input = call->input;
    const struct actor actor = {call->who.name, call->now_utc};
    struct followup_case row;
    int64_t no = 0;
    int rc = get_to_add(call, store, &row, err);
    if (rc == OK)
        rc = casework_add_number(call->service->casework, store, input->case_id, input->number,
                                 &actor, err);
    if (rc == OK)
        rc = call_audit_id(call, store, "number.add", input->case_id, BYTES_NONE, err);
    if (rc == OK)
        rc = call_tell_followup(call, store, row.campaign_id, err);
    if (rc == OK)
        rc = case_numbers_each(store, input->case_id, on_number, &no, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    call->status = 201;
    buf_append_integer(&call->answer, no);
    return buf_status(&call->answer, err);
}

void desk_case_add_number(struct http_exchange *exchange)
{
    static const char *const names[] = {"number", NULL};
    struct call *call = call_of(exchange);
    struct case_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && followup_take_number(call, object, &input->number))
        call_write_shown(call, add_number, show_added, NULL);
}
