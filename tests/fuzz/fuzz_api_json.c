#include "service/api/json_body.h"

#include "base/utf8.h"

#include <stdlib.h>

/* A stranger's JSON body: what is taken holds to what the handlers count on. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TEXT_MAX_BYTES = 64, LEAST = -5, MOST = 1000 };
    static const char *const names[] = {"name", "password", "count", "flag", "scopes", NULL};
    json_t *object = NULL;
    struct json_fault fault = {.field = NULL};
    struct bytes text;
    int64_t count = 0;
    bool flag = false;
    if (json_body_parse((struct bytes){(const char *)data, size}, names, &object, &fault)) {
        if (json_object_size(object) > 5)
            abort();
        if (json_body_text(object, "name", true, TEXT_MAX_BYTES, &text, &fault)) {
            if (text.len == 0 || text.len > TEXT_MAX_BYTES || !utf8_is_valid(text))
                abort();
            for (size_t i = 0; i < text.len; i++) {
                if ((unsigned char)text.ptr[i] < 0x20)
                    abort();
            }
        }
        if (json_body_integer(object, "count", true, LEAST, MOST, &count, &fault) &&
            (count < LEAST || count > MOST))
            abort();
        (void)json_body_boolean(object, "flag", &flag, &fault);
    } else if (fault.field == NULL || fault.detail_zh == NULL) {
        abort();
    }
    json_decref(object);
    return 0;
}
