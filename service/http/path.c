#include "service/http/path.h"

#include "service/http/percent.h"

bool path_is_clean(struct arena *arena, struct bytes path)
{
    struct bytes rest;
    if (path.len == 0 || path.ptr[0] != '/' || !percent_decode(arena, path, PERCENT_PATH, &rest))
        return false;
    (void)bytes_cut(&rest, '/');
    while (rest.ptr != NULL) {
        struct bytes segment = bytes_cut(&rest, '/');
        /* Only the last segment may be empty: "/" and "/a/". */
        if (segment.len == 0 && rest.ptr != NULL)
            return false;
        if (bytes_equal(segment, BYTES_LIT(".")) || bytes_equal(segment, BYTES_LIT("..")))
            return false;
    }
    return true;
}
