#include "service/api/call.h"

#include <string.h>

json_t *call_json(struct call *call, const char *const *names)
{
    static const struct bytes json_type = {"application/json", 16};
    struct bytes type = exchange_header(call->exchange, "Content-Type");
    struct bytes body = exchange_body(call->exchange);
    if (!bytes_starts_with(type, json_type) ||
        (type.len > json_type.len && type.ptr[json_type.len] != ';' &&
         type.ptr[json_type.len] != ' ')) {
        struct http_problem problem = {
            .status = 415,
            .code = "not_json",
            .detail = BYTES_LIT("请求内容须为 JSON，请求头 Content-Type 须为 application/json。"),
        };
        call_answer_problem(call, &problem);
        return NULL;
    }
    json_t *object =
        body.len > 0 ? json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    json_decref(call->json);
    call->json = object;
    if (!json_is_object(object)) {
        call_refuse_field(call, "", "请求内容不是完整的 JSON 对象。");
        return NULL;
    }
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], name) != 0)
            i++;
        if (names[i] == NULL) {
            struct bytes field = arena_copy(exchange_arena(call->exchange), bytes_from_z(name));
            call_refuse_field(call, field.ptr, "没有这一项。");
            return NULL;
        }
    }
    return object;
}

/* C0 and C1 controls and DEL. */
static bool has_controls(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte == 0x7f)
            return true;
        if (byte == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0)
            return true;
    }
    return false;
}

bool call_text(struct call *call, json_t *object, const char *name, bool is_required,
               size_t max_bytes, struct bytes *out)
{
    json_t *value = json_object_get(object, name);
    struct bytes text = {"", 0};
    if (json_is_string(value)) {
        text = (struct bytes){json_string_value(value), json_string_length(value)};
    } else if (value != NULL && !json_is_null(value)) {
        call_refuse_field(call, name, "这一项须为文字。");
        return false;
    }
    const char *fault = NULL;
    if (is_required && text.len == 0)
        fault = "请填写这一项。";
    else if (text.len > max_bytes)
        fault = "这一项太长。";
    else if (has_controls(text))
        fault = "这一项含有控制字符。";
    if (fault != NULL) {
        call_refuse_field(call, name, fault);
        return false;
    }
    struct bytes copy = arena_copy(exchange_arena(call->exchange), text);
    if (copy.ptr == NULL) {
        call->rc = err_set(&call->err, ERR_NOMEM, "could not keep \"%s\"", name);
        call_fail(call);
        return false;
    }
    *out = copy;
    return true;
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
    json_t *value = json_object_get(object, name);
    if (value == NULL || json_is_null(value)) {
        if (is_required)
            call_refuse_field(call, name, "请填写这一项。");
        return !is_required;
    }
    if (!json_is_integer(value) || json_integer_value(value) < min ||
        json_integer_value(value) > max) {
        call_refuse_field(call, name, "这一项须为整数，且在允许的范围内。");
        return false;
    }
    *out = json_integer_value(value);
    return true;
}

bool call_boolean(struct call *call, json_t *object, const char *name, bool *out)
{
    json_t *value = json_object_get(object, name);
    if (value != NULL && !json_is_boolean(value)) {
        call_refuse_field(call, name, "这一项须为 true 或 false。");
        return false;
    }
    if (value != NULL)
        *out = json_is_true(value);
    return true;
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
