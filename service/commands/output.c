#include "service/commands/output.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "reports/text.h"

json_t *output_string(struct bytes text)
{
    struct buf valid;
    buf_init(&valid, OUTPUT_MAX_BYTES);
    text_valid(&valid, text);
    json_t *string = NULL;
    if (valid.rc == OK)
        string = json_stringn(valid.len > 0 ? valid.ptr : "", valid.len);
    buf_deinit(&valid);
    return string;
}

json_t *output_time(int64_t utc)
{
    char text[TIME_TEXT_BYTES];
    if (utc == 0)
        return json_null();
    time_format(utc, OFFICE_OFFSET_S, text);
    return json_string(text);
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

int output_json(struct buf *out, json_t *root, struct err *err)
{
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "could not print JSON");
    buf_append_z(out, text);
    buf_append_byte(out, '\n');
    mem_free(text);
    return OK;
}

int output_finish(const struct command_context *context, const struct buf *out, struct err *err)
{
    int rc = buf_status(out, err);
    return rc == OK ? command_write(context, buf_bytes(out), err) : rc;
}
