#include "service/http/accept.h"

#include "service/http/head.h"

/* "0.8" as 800; what is malformed counts as 0. */
static int parse_weight(struct bytes text)
{
    double value;
    if (text.len > 5 || !bytes_to_double(text, &value) || value < 0 || value > 1)
        return 0;
    return (int)(value * 1000 + 0.5);
}

int accept_weight(struct bytes list, const char *word)
{
    struct bytes wanted = bytes_from_z(word);
    while (list.ptr != NULL) {
        struct bytes rest = bytes_cut(&list, ',');
        if (!bytes_equal_nocase(bytes_trim(bytes_cut(&rest, ';')), wanted))
            continue;
        while (rest.ptr != NULL) {
            struct bytes parameter = bytes_trim(bytes_cut(&rest, ';'));
            if (bytes_starts_with(parameter, BYTES_LIT("q=")))
                return parse_weight((struct bytes){parameter.ptr + 2, parameter.len - 2});
        }
        return 1000;
    }
    return -1;
}

bool accept_has_etag(struct bytes list, const char *etag)
{
    while (list.ptr != NULL) {
        struct bytes tag = bytes_trim(bytes_cut(&list, ','));
        if (bytes_equal(tag, BYTES_LIT("*")))
            return true;
        if (bytes_starts_with(tag, BYTES_LIT("W/")))
            tag = (struct bytes){tag.ptr + 2, tag.len - 2};
        if (bytes_equal(tag, bytes_from_z(etag)))
            return true;
    }
    return false;
}
