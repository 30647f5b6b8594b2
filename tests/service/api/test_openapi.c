#include "service/api/embedded.h"
#include "service/api/routes.h"
#include "service/auth/role.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/* The description against the table of routes, both ways. What answers really hold is asked by test_results.c. */

static json_t *load(void)
{
    json_error_t error;
    json_t *document = json_loadb((const char *)embedded_api[0].bytes, embedded_api[0].len,
                                  JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        fail_msg("openapi.json:%d: %s", error.line, error.text);
    return document;
}

static int set_up(void **state)
{
    *state = load();
    return 0;
}

static int tear_down(void **state)
{
    json_decref(*state);
    return 0;
}

static const char *method_key(enum http_method method)
{
    static const char *const keys[METHOD_COUNT] = {[METHOD_GET] = "get",
                                                   [METHOD_POST] = "post",
                                                   [METHOD_PUT] = "put",
                                                   [METHOD_DELETE] = "delete"};
    return keys[method];
}

static const json_t *operation_of(const json_t *document, const struct http_route *route)
{
    const json_t *path = json_object_get(json_object_get(document, "paths"), route->path);
    return json_object_get(path, method_key(route->method));
}

/* "#/components/schemas/Task"; NULL when it leads nowhere. */
static const json_t *resolve(const json_t *document, const char *reference)
{
    const json_t *at = document;
    char copy[128];
    char *rest = copy;
    if (strncmp(reference, "#/", 2) != 0 || strlen(reference) >= sizeof copy)
        return NULL;
    (void)snprintf(copy, sizeof copy, "%s", reference + 2);
    for (char *part = strsep(&rest, "/"); part != NULL; part = strsep(&rest, "/"))
        at = json_object_get(at, part);
    return at;
}

static void openapi__describes_every_route(void **state)
{
    for (size_t i = 0; i < api_route_count; i++) {
        const struct http_route *route = &api_routes[i];
        const json_t *operation = operation_of(*state, route);
        if (operation == NULL)
            fail_msg("%s %s is not described", method_key(route->method), route->path);
        assert_string_equal(json_string_value(json_object_get(operation, "operationId")),
                            route->operation);
        if ((json_object_get(operation, "requestBody") != NULL) != (route->body != HTTP_BODY_NONE))
            fail_msg("the body of %s is described otherwise", route->operation);
        assert_true(json_string_length(json_object_get(operation, "summary")) > 0);
        /* Nobody is asked who they are exactly where the description says so. */
        const json_t *security = json_object_get(operation, "security");
        assert_int_equal(security != NULL && json_array_size(security) == 0,
                         (route->access & ACCESS_PUBLIC) != 0);
    }
}

static void openapi__describes_nothing_else(void **state)
{
    size_t operations = 0;
    const char *path;
    json_t *methods;
    json_object_foreach(json_object_get(*state, "paths"), path, methods)
    {
        operations += json_object_size(methods);
    }
    assert_int_equal(operations, api_route_count);
}

static bool takes_from_path(const json_t *document, const json_t *operation, const char *name)
{
    size_t i;
    json_t *parameter;
    json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
    {
        const char *reference = json_string_value(json_object_get(parameter, "$ref"));
        const json_t *whole = reference != NULL ? resolve(document, reference) : parameter;
        const char *in = json_string_value(json_object_get(whole, "in"));
        assert_non_null(in);
        if (strcmp(in, "path") == 0 &&
            strcmp(json_string_value(json_object_get(whole, "name")), name) == 0)
            return json_is_true(json_object_get(whole, "required"));
    }
    return false;
}

static void openapi__names_the_parameters_of_each_path(void **state)
{
    for (size_t i = 0; i < api_route_count; i++) {
        struct bytes rest = bytes_from_z(api_routes[i].path);
        while (rest.ptr != NULL) {
            char name[64];
            struct bytes part = bytes_cut(&rest, '/');
            if (part.len < 3 || part.ptr[0] != '{')
                continue;
            (void)snprintf(name, sizeof name, "%.*s", (int)part.len - 2, part.ptr + 1);
            if (!takes_from_path(*state, operation_of(*state, &api_routes[i]), name))
                fail_msg("%s does not name {%s}", api_routes[i].operation, name);
        }
    }
}

/* Each reference leads somewhere, wherever it stands. */
static void check_references(const json_t *document, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    const char *reference = json_string_value(json_object_get(value, "$ref"));
    if (reference != NULL && resolve(document, reference) == NULL)
        fail_msg("%s leads nowhere", reference);
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member)
        {
            check_references(document, member);
        }
    }
    json_array_foreach(value, i, member)
    {
        check_references(document, member);
    }
}

static void openapi__has_no_reference_that_leads_nowhere(void **state)
{
    check_references(*state, *state);
    const json_t *key = resolve(*state, "#/components/parameters/IdempotencyKey");
    assert_true(json_is_true(json_object_get(key, "required")));
    assert_string_equal(json_string_value(json_object_get(*state, "openapi")), "3.1.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openapi__describes_every_route),
        cmocka_unit_test(openapi__describes_nothing_else),
        cmocka_unit_test(openapi__names_the_parameters_of_each_path),
        cmocka_unit_test(openapi__has_no_reference_that_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
