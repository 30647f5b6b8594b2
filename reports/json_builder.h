#ifndef PINGYI_REPORTS_JSON_BUILDER_H
#define PINGYI_REPORTS_JSON_BUILDER_H

#include "base/buf.h"

#include <jansson.h>

/* A tree of jansson is built freely and asked once: the first piece that memory fails for is remembered in `rc`, and
 * jansson takes NULL for a parent or a value without harm. Values handed over are the tree's. Thread: one owner. */
struct json_builder {
    int rc;
    struct buf text; /* scratch for texts made valid */
};

enum { JSON_TEXT_MAX_BYTES = 1024 * 1024 }; /* of one text; longer ones are ERR_LIMIT */

void json_builder_init(struct json_builder *builder);
void json_builder_deinit(struct json_builder *builder);

void json_put(struct json_builder *builder, json_t *object, const char *key, json_t *value);
void json_append_to(struct json_builder *builder, json_t *array, json_t *value);
/* A text of strangers, its wrong bytes as U+FFFD. */
json_t *json_text(struct json_builder *builder, struct bytes text);
void json_put_text(struct json_builder *builder, json_t *object, const char *key,
                   struct bytes text);
void json_put_count(struct json_builder *builder, json_t *object, const char *key, int64_t count);
/* null for NAN. */
void json_put_rate(struct json_builder *builder, json_t *object, const char *key, double rate);

#endif
