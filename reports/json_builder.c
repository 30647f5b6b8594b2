#include "reports/json_builder.h"

#include "reports/text.h"

#include <math.h>

void json_builder_init(struct json_builder *builder)
{
    *builder = (struct json_builder){.rc = OK};
    buf_init(&builder->text, JSON_TEXT_MAX_BYTES);
}

void json_builder_deinit(struct json_builder *builder)
{
    buf_deinit(&builder->text);
}

void json_put(struct json_builder *builder, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0 && builder->rc == OK)
        builder->rc = ERR_NOMEM;
}

void json_append_to(struct json_builder *builder, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0 && builder->rc == OK)
        builder->rc = ERR_NOMEM;
}

json_t *json_text(struct json_builder *builder, struct bytes text)
{
    buf_clear(&builder->text);
    text_valid(&builder->text, text);
    if (builder->text.rc != OK) {
        builder->rc = builder->rc == OK ? builder->text.rc : builder->rc;
        return NULL;
    }
    struct bytes valid = buf_bytes(&builder->text);
    return json_stringn(valid.len > 0 ? valid.ptr : "", valid.len);
}

void json_put_text(struct json_builder *builder, json_t *object, const char *key, struct bytes text)
{
    json_put(builder, object, key, json_text(builder, text));
}

void json_put_count(struct json_builder *builder, json_t *object, const char *key, int64_t count)
{
    json_put(builder, object, key, json_integer(count));
}

void json_put_rate(struct json_builder *builder, json_t *object, const char *key, double rate)
{
    json_put(builder, object, key, isnan(rate) ? json_null() : json_real(rate));
}
