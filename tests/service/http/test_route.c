#include "service/http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct http_route routes[] = {
    {METHOD_GET, "/", 0, HTTP_BODY_NONE, 0, NULL, "root"},
    {METHOD_GET, "/users/{id}", 0, HTTP_BODY_NONE, 0, NULL, "user"},
    {METHOD_GET, "/users/me", 0, HTTP_BODY_NONE, 0, NULL, "me"},
    {METHOD_DELETE, "/users/{id}", 0, HTTP_BODY_NONE, 0, NULL, "remove"},
    {METHOD_GET, "/{kind}/me", 0, HTTP_BODY_NONE, 0, NULL, "kind"},
    {METHOD_POST, "/a/{b}/{c}/d/{e}", 0, HTTP_BODY_NONE, 0, NULL, "deep"},
};

enum { G = 1 << METHOD_GET | 1 << METHOD_HEAD, D = 1 << METHOD_DELETE, P = 1 << METHOD_POST };

static const struct {
    enum http_method method;
    unsigned methods;
    const char *path, *operation; /* NULL: none */
    const char *params[ROUTE_PARAMS_MAX];
} cases[] = {
    {METHOD_GET, G, "/", "root", {0}},
    {METHOD_HEAD, G, "/", "root", {0}},
    {METHOD_POST, G, "/", NULL, {0}},
    {METHOD_GET, G | D, "/users/me", "me", {0}},
    {METHOD_GET, G | D, "/users/7", "user", {"7"}},
    {METHOD_DELETE, G | D, "/users/me", "remove", {"me"}},
    {METHOD_PUT, G | D, "/users/7", NULL, {0}},
    {METHOD_GET, G, "/units/me", "kind", {"units"}},
    {METHOD_GET, 0, "/users", NULL, {0}},
    {METHOD_GET, 0, "/users/", NULL, {0}},
    {METHOD_GET, 0, "/users/7/", NULL, {0}},
    {METHOD_GET, 0, "/users/7/8", NULL, {0}},
    {METHOD_GET, 0, "/Users/7", NULL, {0}},
    {METHOD_POST, P, "/a/1/2/d/3", "deep", {"1", "2", "3"}},
    {METHOD_POST, 0, "/a/1//d/3", NULL, {0}},
};

static void route_find__prefers_literals_and_knows_the_methods(void **state)
{
    (void)state;
    struct route_table table;
    route_table_init(&table, routes, sizeof routes / sizeof *routes);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_match match = route_find(&table, cases[i].method, bytes_from_z(cases[i].path));
        if (cases[i].operation == NULL)
            assert_null(match.route);
        else if (match.route == NULL)
            fail_msg("%s was not found", cases[i].path);
        else
            assert_string_equal(match.route->operation, cases[i].operation);
        assert_int_equal(match.methods, cases[i].methods);
        for (size_t p = 0; p < ROUTE_PARAMS_MAX; p++)
            assert_true(bytes_equal(match.params[p], bytes_from_z(cases[i].params[p])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route_find__prefers_literals_and_knows_the_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
