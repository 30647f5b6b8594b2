#include "service/api/json_value.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "reports/text.h"

#include "service/host/files.h"

enum { JSON_STRING_MAX_BYTES = 256 * 1024 * 1024 };

static json_t *mended(struct bytes text)
{
    struct buf valid;
    buf_init(&valid, JSON_STRING_MAX_BYTES);
    text_valid(&valid, text);
    json_t *string = NULL;
    if (valid.rc == OK)
        string = json_stringn(valid.len > 0 ? valid.ptr : "", valid.len);
    buf_deinit(&valid);
    return string;
}

json_t *json_bytes(struct bytes text)
{
    if (text.ptr == NULL && text.len == 0)
        return json_null();
    json_t *string = json_stringn(text.ptr, text.len);
    return string != NULL ? string : mended(text);
}

json_t *json_text_or_null(struct bytes text)
{
    return json_bytes(text.len > 0 ? text : BYTES_NONE);
}

json_t *json_text_or_empty(struct bytes text)
{
    return json_bytes(text.len > 0 ? text : BYTES_LIT(""));
}

json_t *json_time(int64_t utc)
{
    char text[TIME_TEXT_BYTES];
    if (utc == 0)
        return json_null();
    time_format(utc, OFFICE_OFFSET_S, text);
    return json_string(text);
}

json_t *json_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0)
        return array;
    json_decref(array);
    return NULL;
}

json_t *json_with(json_t *object, json_t *more)
{
    bool is_whole = object != NULL && more != NULL && json_object_update(object, more) == 0;
    json_decref(more);
    if (is_whole)
        return object;
    json_decref(object);
    return NULL;
}

static int on_json(const char *ptr, size_t len, void *context)
{
    struct buf *out = context;
    buf_append(out, (struct bytes){ptr, len});
    return out->rc == OK ? 0 : -1;
}

int json_write(struct buf *out, const json_t *value, struct err *err)
{
    int dumped = value != NULL ? json_dump_callback(value, on_json, out, JSON_COMPACT) : -1;
    int rc = buf_status(out, err);
    return rc == OK && dumped != 0 ? err_set(err, ERR_NOMEM, "could not write JSON") : rc;
}

int json_print(struct buf *out, json_t *root, struct err *err)
{
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "could not print JSON");
    buf_append_z(out, text);
    buf_append_byte(out, '\n');
    mem_free(text);
    return OK;
}
