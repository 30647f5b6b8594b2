#ifndef PINGYI_TESTS_SERVICE_API_DESCRIBED_H
#define PINGYI_TESTS_SERVICE_API_DESCRIBED_H

#include "service/api/embedded.h"
#include "service/api/routes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Whether an answer is what openapi.json says of it: required members, types, items, whole by whole. */

static inline json_t *described_resolve(json_t *document, json_t *schema)
{
    const char *reference = json_string_value(json_object_get(schema, "$ref"));
    char copy[128];
    char *rest = copy;
    if (reference == NULL)
        return schema;
    (void)snprintf(copy, sizeof copy, "%s", reference + 2);
    json_t *at = document;
    for (char *part = strsep(&rest, "/"); part != NULL; part = strsep(&rest, "/"))
        at = json_object_get(at, part);
    return at;
}

static inline bool described_is_type(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type one, other;
    } types[] = {
        {"object", JSON_OBJECT, JSON_OBJECT}, {"array", JSON_ARRAY, JSON_ARRAY},
        {"string", JSON_STRING, JSON_STRING}, {"integer", JSON_INTEGER, JSON_INTEGER},
        {"number", JSON_REAL, JSON_INTEGER},  {"boolean", JSON_TRUE, JSON_FALSE},
        {"null", JSON_NULL, JSON_NULL},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, type) == 0)
            return json_typeof(value) == types[i].one || json_typeof(value) == types[i].other;
    }
    return false;
}

static inline bool described_has_type(const json_t *value, const json_t *type)
{
    size_t i;
    json_t *one;
    if (type == NULL || json_is_string(type))
        return type == NULL || described_is_type(value, json_string_value(type));
    json_array_foreach(type, i, one)
    {
        if (described_is_type(value, json_string_value(one)))
            return true;
    }
    return false;
}

static inline bool described_is_one_of(const json_t *value, const json_t *words)
{
    size_t i;
    json_t *word;
    json_array_foreach(words, i, word)
    {
        if (json_equal(value, word))
            return true;
    }
    return words == NULL;
}

/* Fails the test at the first member that is not as described; `where` is told then. */
static inline void described_check(json_t *document, json_t *schema, json_t *value,
                                   const char *where)
{
    size_t i;
    json_t *member;
    const char *key;
    schema = described_resolve(document, schema);
    json_array_foreach(json_object_get(schema, "allOf"), i, member)
    {
        described_check(document, member, value, where);
    }
    if (!described_has_type(value, json_object_get(schema, "type")) ||
        !described_is_one_of(value, json_object_get(schema, "enum")))
        fail_msg("%s is otherwise than described", where);
    json_array_foreach(json_object_get(schema, "required"), i, member)
    {
        if (json_object_get(value, json_string_value(member)) == NULL)
            fail_msg("%s has no %s", where, json_string_value(member));
    }
    json_object_foreach(json_object_get(schema, "properties"), key, member)
    {
        json_t *of_value = json_object_get(value, key);
        if (of_value != NULL)
            described_check(document, member, of_value, key);
    }
    json_t *items = json_object_get(schema, "items");
    json_array_foreach(value, i, member)
    {
        if (items != NULL)
            described_check(document, items, member, where);
    }
}

/* An answer of `operation` with `status`. */
static inline void described_check_answer(const char *operation, int status, struct bytes body)
{
    char code[8];
    json_t *document =
        json_loadb((const char *)embedded_api[0].bytes, embedded_api[0].len, 0, NULL);
    json_t *value = json_loadb(body.ptr, body.len, 0, NULL);
    (void)snprintf(code, sizeof code, "%d", status);
    json_t *schema = NULL;
    for (size_t i = 0; i < api_route_count; i++) {
        static const char *const methods[METHOD_COUNT] = {"get", "get", "post", "put", "delete"};
        const struct http_route *route = &api_routes[i];
        if (strcmp(route->operation, operation) != 0)
            continue;
        json_t *path = json_object_get(json_object_get(document, "paths"), route->path);
        json_t *found = json_object_get(path, methods[route->method]);
        json_t *answer = json_object_get(json_object_get(found, "responses"), code);
        json_t *content = json_object_get(described_resolve(document, answer), "content");
        const char *type = status < 400 ? "application/json" : "application/problem+json";
        schema = json_object_get(json_object_get(content, type), "schema");
    }
    if (schema == NULL)
        fail_msg("%s is not described to answer %d", operation, status);
    if (value == NULL)
        fail_msg("%s answers no JSON", operation);
    described_check(document, schema, value, operation);
    json_decref(value);
    json_decref(document);
}

#endif
