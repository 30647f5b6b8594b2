#include "service/api/handlers.h"

#include "base/civil.h"

#include "service/api/account_json.h"
#include "service/api/call.h"

#include <string.h>

/* Tokens of other systems: shown once when made. */

enum { NAME_MAX_BYTES = 256, SCOPES_MAX_BYTES = 64, DAYS_MAX = 366, SECRET_BYTES = 65 };

static json_t *scopes_to_json(struct bytes scopes)
{
    json_t *array = json_array();
    struct bytes rest = scopes;
    while (rest.ptr != NULL) {
        struct bytes word = bytes_cut(&rest, ' ');
        if (word.len > 0)
            (void)json_array_append_new(array, json_bytes(word));
    }
    return array;
}

static json_t *token_to_json(const struct token_row *row)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)row->id, "name",
                     json_bytes(row->name), "scopes", scopes_to_json(row->scopes), "created_by",
                     json_bytes(row->created_by), "created_at", json_time(row->created_utc),
                     "expires_at", json_time(row->expires_utc), "revoked_at",
                     json_time(row->revoked_utc));
}

static int on_token(void *context, const struct token_row *row, struct err *err)
{
    json_t *items = context;
    return json_array_append_new(items, token_to_json(row)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list the tokens");
}

static int list(struct call *call, struct store *store, struct err *err)
{
    json_t *items = json_array();
    int rc = tokens_each(store, on_token, items, err);
    if (rc == OK)
        return call_put_json(call, list_to_json(items, NULL), err);
    json_decref(items);
    return rc;
}

void tokens_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list, NULL);
}

/* ---- making one ---- */

struct token_input {
    struct bytes name, scopes;
    int64_t expires_utc;
};

static int add(struct call *call, struct store *store, struct err *err)
{
    struct token_input *input = call->input;
    struct account_office office = call_office(call, store);
    char secret[SECRET_BYTES];
    int64_t id;
    int rc = token_add(&office, input->name, input->scopes, input->expires_utc, secret, &id, err);
    if (rc != OK)
        return rc;
    rc = call_put_json(call,
                       json_pack("{s:I, s:o, s:o, s:o, s:s}", "id", (json_int_t)id, "name",
                                 json_bytes(input->name), "scopes", scopes_to_json(input->scopes),
                                 "expires_at", json_time(input->expires_utc), "token", secret),
                       err);
    explicit_bzero(secret, sizeof secret);
    return rc;
}

/* ["read", "import"] as words with a blank between. */
static bool take_scopes(struct call *call, json_t *object, struct bytes *out)
{
    struct buf scopes;
    size_t i;
    json_t *word;
    json_t *array = json_object_get(object, "scopes");
    bool is_good = json_is_array(array) && json_array_size(array) > 0;
    buf_init(&scopes, SCOPES_MAX_BYTES);
    json_array_foreach(array, i, word)
    {
        struct bytes text = {json_string_value(word), json_string_length(word)};
        is_good = is_good && access_of_scope(text) != 0;
        buf_append_z(&scopes, i > 0 ? " " : "");
        buf_append(&scopes, text);
    }
    is_good = is_good && scopes.rc == OK;
    if (is_good)
        *out = arena_copy(exchange_arena(call->exchange), buf_bytes(&scopes));
    else
        call_refuse_field(call, "scopes", "权限须为 read、import、metrics 中的一项或几项。");
    buf_deinit(&scopes);
    return is_good;
}

void tokens_add(struct http_exchange *exchange)
{
    static const char *const names[] = {"name", "scopes", "days", NULL};
    struct call *call = call_of(exchange);
    struct token_input *input = call_alloc(call, sizeof *input);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    int64_t days = 0;
    if (object == NULL || !call_text(call, object, "name", true, NAME_MAX_BYTES, &input->name) ||
        !take_scopes(call, object, &input->scopes) ||
        !call_integer(call, object, "days", true, 1, DAYS_MAX, &days))
        return;
    input->expires_utc = call->now_utc + days * SECONDS_A_DAY;
    call->input = input;
    call->status = 201;
    call->has_secrets = true;
    call->touches_accounts = true;
    call_write(call, add, NULL);
}

/* ---- taking one back ---- */

static int take_back(struct call *call, struct store *store, struct err *err)
{
    struct account_office office = call_office(call, store);
    return token_revoke(&office, *(int64_t *)call->input, err);
}

void tokens_revoke(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    int64_t *id = call_alloc(call, sizeof *id);
    if (id == NULL || !call_param_id(call, "id", id))
        return;
    call->input = id;
    call->status = 204;
    call->touches_accounts = true;
    call_write(call, take_back, NULL);
}
