#include "service/api/call.h"

#include "service/api/json_body.h"

#include <string.h>

/* Always false. */
static bool answer_fault(struct call *call, const struct json_fault *fault)
{
    if (fault->detail_zh == NULL) {
        call->rc = err_set(&call->err, ERR_NOMEM, "could not read the body");
        call_fail(call);
        return false;
    }
    /* The field may be a name of the body, which goes before the answer is written. */
    struct bytes field = arena_copy(exchange_arena(call->exchange), bytes_from_z(fault->field));
    call_refuse_field(call, field.ptr != NULL ? field.ptr : "", fault->detail_zh);
    return false;
}

static bool is_json(struct bytes type)
{
    static const struct bytes json = {"application/json", 16};
    return bytes_starts_with(type, json) &&
           (type.len == json.len || type.ptr[json.len] == ';' || type.ptr[json.len] == ' ');
}

json_t *call_json(struct call *call, const char *const *names)
{
    struct json_fault fault;
    if (!is_json(exchange_header(call->exchange, "Content-Type"))) {
        struct http_problem problem = {
            .status = 415,
            .code = "not_json",
            .detail = BYTES_LIT("请求内容须为 JSON，请求头 Content-Type 须为 application/json。"),
        };
        call_answer_problem(call, &problem);
        return NULL;
    }
    if (json_body_parse(exchange_body(call->exchange), names, &call->json, &fault))
        return call->json;
    (void)answer_fault(call, &fault);
    return NULL;
}

/* In the arena. */
static bool take_text(struct call *call, const char *name, struct bytes text, struct bytes *out)
{
    struct bytes copy = arena_copy(exchange_arena(call->exchange), text);
    if (copy.ptr == NULL)
        return answer_fault(call, &(struct json_fault){.field = name});
    *out = copy;
    return true;
}

bool call_text(struct call *call, json_t *object, const char *name, bool is_required,
               size_t max_bytes, struct bytes *out)
{
    struct json_fault fault;
    struct bytes text;
    return json_body_text(object, name, is_required, max_bytes, &text, &fault)
               ? take_text(call, name, text, out)
               : answer_fault(call, &fault);
}

bool call_lines(struct call *call, json_t *object, const char *name, bool is_required,
                size_t max_bytes, struct bytes *out)
{
    struct json_fault fault;
    struct bytes text;
    return json_body_lines(object, name, is_required, max_bytes, &text, &fault)
               ? take_text(call, name, text, out)
               : answer_fault(call, &fault);
}

void call_wipe_text(struct bytes text)
{
    if (text.len > 0)
        explicit_bzero((char *)(uintptr_t)text.ptr, text.len);
}

void call_wipe_member(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    call_wipe_text((struct bytes){json_string_value(value), json_string_length(value)});
}

bool call_integer(struct call *call, json_t *object, const char *name, bool is_required,
                  int64_t min, int64_t max, int64_t *out)
{
    struct json_fault fault;
    return json_body_integer(object, name, is_required, min, max, out, &fault) ||
           answer_fault(call, &fault);
}

bool call_boolean(struct call *call, json_t *object, const char *name, bool *out)
{
    struct json_fault fault;
    return json_body_boolean(object, name, out, &fault) || answer_fault(call, &fault);
}

bool call_query_integer(struct call *call, const char *name, int64_t min, int64_t max, int64_t *out)
{
    struct bytes text = exchange_query(call->exchange, name);
    int64_t value;
    if (text.ptr == NULL)
        return true;
    if (!bytes_to_int64(text, &value) || value < min || value > max) {
        call_refuse_field(call, name, "这一项须为整数，且在允许的范围内。");
        return false;
    }
    *out = value;
    return true;
}

bool call_param_id(struct call *call, const char *name, int64_t *out)
{
    int64_t value;
    if (!bytes_to_int64(exchange_param(call->exchange, name), &value) || value < 1) {
        call->rc = err_set(&call->err, ERR_NOT_FOUND, "no such %s", name);
        call_fail(call);
        return false;
    }
    *out = value;
    return true;
}

void call_refuse_field(struct call *call, const char *field, const char *detail_zh)
{
    struct http_problem problem = {
        .status = 400,
        .code = "field",
        .detail = bytes_from_z(detail_zh),
        .field = bytes_from_z(field),
    };
    call_answer_problem(call, &problem);
}
