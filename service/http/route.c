#include "service/http/route.h"

/* Whether `path` is of the form `pattern`. *out_literals: one bit a segment that was met literally, the first the
 * highest, so that of two patterns the more literal one has the larger number. */
static bool path_matches(struct bytes pattern, struct bytes path,
                         struct bytes params[ROUTE_PARAMS_MAX], uint64_t *out_literals)
{
    uint64_t literals = 0;
    size_t count = 0;
    for (uint64_t bit = UINT64_C(1) << 63; pattern.ptr != NULL && path.ptr != NULL; bit >>= 1) {
        struct bytes wanted = bytes_cut(&pattern, '/'), segment = bytes_cut(&path, '/');
        if (wanted.len > 0 && wanted.ptr[0] == '{') {
            if (segment.len == 0 || count == ROUTE_PARAMS_MAX)
                return false;
            params[count++] = segment;
        } else if (bytes_equal(wanted, segment)) {
            literals |= bit;
        } else {
            return false;
        }
    }
    *out_literals = literals;
    return pattern.ptr == NULL && path.ptr == NULL;
}

struct route_match route_find(const struct http_route *routes, size_t count,
                              enum http_method method, struct bytes path)
{
    struct route_match match = {0};
    enum http_method wanted = method == METHOD_HEAD ? METHOD_GET : method;
    uint64_t best = 0;
    for (size_t i = 0; i < count; i++) {
        struct bytes params[ROUTE_PARAMS_MAX] = {{0}};
        uint64_t literals;
        if (!path_matches(bytes_from_z(routes[i].path), path, params, &literals))
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
