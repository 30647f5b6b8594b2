#include "service/api/call.h"
#include "service/api/handlers.h"

#include "base/civil.h"
#include "base/json_text.h"

#include "service/host/files.h"
#include "service/storage/remarks.h"
#include "service/storage/rounds.h"

/* Remarks on rounds (工作记录). Adding one is the service's small write: it looks the round up by its name, without its
 * rules, and inserts. */

enum { REMARK_MAX_CHARACTERS = 2000, REMARK_MAX_BYTES = 4 * REMARK_MAX_CHARACTERS, PAGE = 50 };

struct remark_input {
    struct bytes round, text;
    int64_t after;
};

static struct remark_input *input_of(struct call *call)
{
    struct remark_input *input = call_alloc(call, sizeof *input);
    if (input == NULL)
        return NULL;
    *input = (struct remark_input){.round = exchange_param(call->exchange, "id")};
    call->input = input;
    return input;
}

/* ---- add ---- */

/* By hand: building values and printing them took a quarter of the writer's time. */
static void append_added(struct buf *out, const struct remark_row *row)
{
    char at[TIME_TEXT_BYTES];
    time_format(row->at_utc, OFFICE_OFFSET_S, at);
    buf_append_z(out, "{\"id\":");
    buf_append_integer(out, row->id);
    buf_append_z(out, ",\"at\":\"");
    buf_append_z(out, at);
    buf_append_z(out, "\",\"who\":");
    json_append_text(out, row->who);
    buf_append_z(out, "}");
}

static int add(struct call *call, struct store *store, struct err *err)
{
    const struct remark_input *input = call->input;
    struct remark_row row = {
        .account_id = call->who.account_id,
        .who = call->who.name,
        .text = input->text,
        .at_utc = call->now_utc,
    };
    int rc = round_get_id(store, input->round, &row.round_id, err);
    if (rc == OK)
        rc = remark_put_new(store, &row, err);
    if (rc == OK)
        rc = call_audit(call, store, "round.remark", input->round, BYTES_NONE, err);
    if (rc != OK)
        return rc;
    call->status = 201;
    append_added(&call->answer, &row);
    return buf_status(&call->answer, err);
}

static size_t count_characters(struct bytes text)
{
    size_t characters = 0;
    for (size_t i = 0; i < text.len; i++)
        characters += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return characters;
}

void remarks_add(struct http_exchange *exchange)
{
    static const char *const names[] = {"text", NULL};
    struct call *call = call_of(exchange);
    struct remark_input *input = input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL || !call_text(call, object, "text", true, REMARK_MAX_BYTES, &input->text))
        return;
    if (input->text.len == 0 || count_characters(input->text) > REMARK_MAX_CHARACTERS)
        call_refuse_field(call, "text", "工作记录须为 1 至 2000 字。");
    else
        call_write(call, add, NULL);
}

/* ---- list ---- */

struct remark_page {
    json_t *remarks;
    int64_t last_id;
};

static int on_remark(void *context, const struct remark_row *row, struct err *err)
{
    struct remark_page *page = context;
    json_t *object =
        json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)row->id, "at", json_time(row->at_utc),
                  "who", json_bytes(row->who), "text", json_bytes(row->text));
    page->last_id = row->id;
    if (json_array_append_new(page->remarks, object) != 0)
        return err_set(err, ERR_NOMEM, "could not list remarks");
    return OK;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    const struct remark_input *input = call->input;
    struct remark_page page = {.remarks = json_array()};
    int64_t round_id = 0;
    int rc = round_get_id(store, input->round, &round_id, err);
    if (rc == OK)
        rc = remarks_each(store, round_id, input->after, PAGE, on_remark, &page, err);
    bool is_full = json_array_size(page.remarks) == PAGE;
    json_t *next = is_full ? json_integer(page.last_id) : json_null();
    if (rc == OK)
        rc =
            call_put_json(call, json_pack("{s:O, s:O}", "items", page.remarks, "after", next), err);
    json_decref(next);
    json_decref(page.remarks);
    return rc;
}

void remarks_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct remark_input *input = input_of(call);
    if (input != NULL && call_query_integer(call, "after", 1, INT64_MAX, &input->after))
        call_read(call, list, NULL);
}
