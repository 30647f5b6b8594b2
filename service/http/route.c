#include "service/http/route.h"

#include <assert.h>
#include <string.h>

static size_t count_slashes(struct bytes path)
{
    size_t slashes = 0;
    for (size_t i = 0; i < path.len; i++)
        slashes += path.ptr[i] == '/';
    return slashes;
}

void route_table_init(struct route_table *table, const struct http_route *routes, size_t count)
{
    assert(count <= ROUTES_MAX);
    table->routes = routes;
    table->count = count;
    for (size_t i = 0; i < count; i++) {
        const char *last = strrchr(routes[i].path, '}');
        table->keys[i].slashes = count_slashes(bytes_from_z(routes[i].path));
        table->keys[i].head = strcspn(routes[i].path, "{");
        table->keys[i].tail = bytes_from_z(last != NULL ? last + 1 : "");
    }
}

static bool has_ends(const struct route_table *table, size_t at, struct bytes path)
{
    size_t head = table->keys[at].head;
    struct bytes tail = table->keys[at].tail;
    return head + tail.len <= path.len && memcmp(table->routes[at].path, path.ptr, head) == 0 &&
           memcmp(tail.ptr, path.ptr + path.len - tail.len, tail.len) == 0;
}

/* Whether `path` is of the form `pattern`. *out_literals: one bit a segment that was met literally, the first the
 * highest, so that of two patterns the more literal one has the larger number. */
static bool path_matches(const char *pattern, struct bytes path,
                         struct bytes params[ROUTE_PARAMS_MAX], uint64_t *out_literals)
{
    uint64_t literals = 0, bit = UINT64_C(1) << 63;
    size_t count = 0, at = 0;
    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t begin = at;
            while (at < path.len && path.ptr[at] != '/')
                at++;
            if (at == begin || count == ROUTE_PARAMS_MAX)
                return false;
            params[count++] = (struct bytes){path.ptr + begin, at - begin};
            literals &= ~bit;
            pattern += strcspn(pattern, "/");
            continue;
        }
        if (at == path.len || path.ptr[at] != *pattern)
            return false;
        if (*pattern == '/') {
            bit >>= 1;
            literals |= bit;
        }
        at++;
        pattern++;
    }
    *out_literals = literals;
    return at == path.len;
}

struct route_match route_find(const struct route_table *table, enum http_method method,
                              struct bytes path)
{
    struct route_match match = {0};
    enum http_method wanted = method == METHOD_HEAD ? METHOD_GET : method;
    const struct http_route *routes = table->routes;
    size_t slashes = count_slashes(path);
    uint64_t best = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (table->keys[i].slashes != slashes || !has_ends(table, i, path))
            continue;
        struct bytes params[ROUTE_PARAMS_MAX] = {{0}};
        uint64_t literals;
        if (!path_matches(routes[i].path, path, params, &literals))
            continue;
        match.methods |= 1u << routes[i].method;
        if (routes[i].method == METHOD_GET)
            match.methods |= 1u << METHOD_HEAD;
        if (routes[i].method != wanted || (match.route != NULL && literals <= best))
            continue;
        match.route = &routes[i];
        best = literals;
        for (size_t p = 0; p < ROUTE_PARAMS_MAX; p++)
            match.params[p] = params[p];
    }
    return match;
}
