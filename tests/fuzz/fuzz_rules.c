#include "scoring/rules.h"

#include <stdlib.h>
#include <string.h>

/* Rules of a stranger: whatever is accepted prints as text that is accepted again and means the same. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TEXT_MAX_BYTES = 2 * RULES_TEXT_MAX_BYTES };
    struct rules first;
    struct rules second;
    struct err err = {0};
    if (rules_parse((struct bytes){(const char *)data, size}, &first, &err) != OK)
        return 0;
    struct buf text;
    struct buf again;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_init(&again, TEXT_MAX_BYTES);
    rules_format(&first, &text);
    if (buf_status(&text, &err) != OK || rules_parse(buf_bytes(&text), &second, &err) != OK)
        abort();
    rules_format(&second, &again);
    if (!bytes_equal(buf_bytes(&text), buf_bytes(&again)))
        abort();
    buf_deinit(&text);
    buf_deinit(&again);
    return 0;
}
