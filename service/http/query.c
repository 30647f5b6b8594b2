#include "service/http/query.h"

#include <string.h>

static size_t count_pieces(struct bytes text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '&';
    return count;
}

bool query_parse(struct arena *arena, struct bytes text, enum percent_kind kind, struct query *out)
{
    struct query query = {0};
    if (text.len == 0) {
        *out = query;
        return true;
    }
    size_t pieces = count_pieces(text);
    if (pieces > QUERY_PAIRS_MAX)
        return false;
    query.pairs = arena_alloc(arena, pieces * sizeof *query.pairs);
    if (query.pairs == NULL)
        return false;
    struct bytes rest = text;
    while (rest.ptr != NULL) {
        struct bytes value = bytes_cut(&rest, '&');
        if (value.len == 0)
            continue;
        struct bytes name = bytes_cut(&value, '=');
        if (value.ptr == NULL)
            value = BYTES_LIT("");
        struct query_pair *pair = &query.pairs[query.count++];
        if (!percent_decode(arena, name, kind, &pair->name) ||
            !percent_decode(arena, value, kind, &pair->value))
            return false;
    }
    *out = query;
    return true;
}

struct bytes query_find(const struct query *query, const char *name)
{
    struct bytes wanted = bytes_from_z(name);
    for (size_t i = 0; i < query->count; i++)
        if (bytes_equal(query->pairs[i].name, wanted))
            return query->pairs[i].value;
    return BYTES_NONE;
}

static bool is_cookie_value(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.ptr[i];
        if (byte <= 0x20 || byte >= 0x7f || byte == '"' || byte == ',' || byte == ';' ||
            byte == '\\')
            return false;
    }
    return true;
}

struct bytes cookie_find(struct bytes header, const char *name)
{
    struct bytes wanted = bytes_from_z(name), found = BYTES_NONE, rest = header;
    while (rest.ptr != NULL) {
        struct bytes value = bytes_cut(&rest, ';');
        struct bytes key = bytes_trim(bytes_cut(&value, '='));
        if (value.ptr == NULL || !bytes_equal(key, wanted))
            continue;
        value = bytes_trim(value);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            value = (struct bytes){value.ptr + 1, value.len - 2};
        if (!is_cookie_value(value) || (found.ptr != NULL && !bytes_equal(found, value)))
            return BYTES_NONE;
        found = value;
    }
    return found;
}
