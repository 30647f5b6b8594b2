#include "service/http/query.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* The first byte chooses the kind. What comes out of a query or a form is valid UTF-8 without NUL; a cookie's value
 * holds nothing that could end it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct bytes text)
{
    if (!utf8_is_valid(text) || (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct query query;
    if (size < 1)
        return 0;
    struct bytes text = {(const char *)data + 1, size - 1};
    arena_init(&arena, 1 << 20);
    if (query_parse(&arena, text, data[0] % 2 == 0 ? PERCENT_QUERY : PERCENT_FORM, &query)) {
        for (size_t i = 0; i < query.count; i++) {
            check_text(query.pairs[i].name);
            check_text(query.pairs[i].value);
            if (query.pairs[i].value.ptr == NULL)
                abort();
        }
    }
    struct bytes cookie = cookie_find(text, "sid");
    for (size_t i = 0; i < cookie.len; i++)
        if (cookie.ptr[i] <= 0x20 || cookie.ptr[i] == ';' || cookie.ptr[i] == '"')
            abort();
    arena_deinit(&arena);
    return 0;
}
