#include "service/commands/output.h"

#include "base/civil.h"

json_t *output_string(struct bytes text)
{
    return json_bytes(text.ptr != NULL ? text : BYTES_LIT(""));
}

void output_moment(struct buf *out, struct moment moment, const struct zone *zone)
{
    char text[TIME_TEXT_BYTES];
    if (moment.kind == MOMENT_NONE)
        return;
    if (moment.kind == MOMENT_DAY)
        day_format(seconds_to_day(moment.seconds), text);
    else
        time_format(moment.seconds, zone_offset_s(zone, moment.seconds), text);
    buf_append_z(out, text);
}

void output_in_one_line(struct buf *out, struct bytes cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        bool ends_line = cell.ptr[i] == '\n' || cell.ptr[i] == '\r' || cell.ptr[i] == '\t';
        buf_append_byte(out, ends_line ? ' ' : cell.ptr[i]);
    }
}

int output_finish(const struct command_context *context, const struct buf *out, struct err *err)
{
    int rc = buf_status(out, err);
    return rc == OK ? command_write(context, buf_bytes(out), err) : rc;
}
