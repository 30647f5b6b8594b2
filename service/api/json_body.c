#include "service/api/json_body.h"

#include <string.h>

static bool refuse(struct json_fault *fault, const char *field, const char *detail_zh)
{
    *fault = (struct json_fault){.field = field, .detail_zh = detail_zh};
    return false;
}

static bool is_among(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

bool json_body_parse(struct bytes body, const char *const *names, json_t **out,
                     struct json_fault *fault)
{
    json_error_t error;
    const char *name;
    json_t *value;
    if (body.len == 0)
        return refuse(fault, "", "请求没有内容。");
    json_t *object = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, &error);
    /* jansson has words for whatever is wrong with a text, and none for a lack of memory, unless that met a token: then
     * it takes the token for wrong. */
    if (object == NULL && error.text[0] == '\0')
        return refuse(fault, "", NULL);
    *out = object;
    if (!json_is_object(object))
        return refuse(fault, "", "请求内容不是完整的 JSON 对象。");
    json_object_foreach(object, name, value)
    {
        if (!is_among(name, names))
            return refuse(fault, name, "没有这一项。");
    }
    return true;
}

/* C0 and C1 controls and DEL; in a text of lines not their ends. */
static bool has_controls(struct bytes text, bool has_lines)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (has_lines && byte == '\n')
            continue;
        if (byte < 0x20 || byte == 0x7f)
            return true;
        if (byte == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0)
            return true;
    }
    return false;
}

/* A member that is there, or NULL. */
static json_t *member_of(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static bool read_text(json_t *object, const char *name, bool is_required, size_t max_bytes,
                      bool has_lines, struct bytes *out, struct json_fault *fault)
{
    json_t *value = member_of(object, name);
    struct bytes text = {"", 0};
    if (value != NULL && !json_is_string(value))
        return refuse(fault, name, "这一项须为文字。");
    if (value != NULL)
        text = (struct bytes){json_string_value(value), json_string_length(value)};
    if (is_required && text.len == 0)
        return refuse(fault, name, "请填写这一项。");
    if (text.len > max_bytes)
        return refuse(fault, name, "这一项太长。");
    if (has_controls(text, has_lines))
        return refuse(fault, name, "这一项含有控制字符。");
    *out = text;
    return true;
}

bool json_body_text(json_t *object, const char *name, bool is_required, size_t max_bytes,
                    struct bytes *out, struct json_fault *fault)
{
    return read_text(object, name, is_required, max_bytes, false, out, fault);
}

bool json_body_lines(json_t *object, const char *name, bool is_required, size_t max_bytes,
                     struct bytes *out, struct json_fault *fault)
{
    return read_text(object, name, is_required, max_bytes, true, out, fault);
}

bool json_body_integer(json_t *object, const char *name, bool is_required, int64_t min, int64_t max,
                       int64_t *out, struct json_fault *fault)
{
    json_t *value = member_of(object, name);
    if (value == NULL)
        return is_required ? refuse(fault, name, "请填写这一项。") : true;
    if (!json_is_integer(value) || json_integer_value(value) < min ||
        json_integer_value(value) > max)
        return refuse(fault, name, "这一项须为整数，且在允许的范围内。");
    *out = json_integer_value(value);
    return true;
}

bool json_body_boolean(json_t *object, const char *name, bool *out, struct json_fault *fault)
{
    json_t *value = member_of(object, name);
    if (value == NULL)
        return true;
    if (!json_is_boolean(value))
        return refuse(fault, name, "这一项须为 true 或 false。");
    *out = json_is_true(value);
    return true;
}
