#include "reports/csv.h"

#include <string.h>

static bool needs_quotes(struct bytes text)
{
    if (text.len == 0)
        return false;
    if (text.ptr[0] == ' ' || text.ptr[0] == '\'' || text.ptr[text.len - 1] == ' ')
        return true;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ',' || text.ptr[i] == '"' || text.ptr[i] == '\r' || text.ptr[i] == '\n')
            return true;
    }
    return false;
}

static void append_cell(struct buf *out, const char *prefix, struct bytes text)
{
    bool quoted = prefix[0] != '\0' || needs_quotes(text);
    if (quoted)
        buf_append_byte(out, '"');
    buf_append_z(out, prefix);
    struct bytes rest = text;
    while (quoted && rest.ptr != NULL) {
        buf_append(out, bytes_cut(&rest, '"'));
        if (rest.ptr != NULL)
            buf_append_z(out, "\"\"");
    }
    if (quoted)
        buf_append_byte(out, '"');
    else
        buf_append(out, text);
}

void csv_cell(struct buf *out, struct bytes text)
{
    append_cell(out, "", text);
}

void csv_cell_for_people(struct buf *out, struct bytes text)
{
    bool is_formula =
        text.len > 0 && strchr("=+-@\t\r", text.ptr[0]) != NULL && text.ptr[0] != '\0';
    append_cell(out, is_formula ? "'" : "", text);
}
