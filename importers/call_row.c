#include "importers/call_row.h"

#include "importers/date_scan.h"

/* ---- durations ---- */

enum { MINUTE_S = 60, HOUR_S = 3600, DURATION_DIGITS = 6 };

/* 1:02:03 or 2:03, behind its first number. */
static bool read_clock(struct bytes rest, int first, int64_t *out_seconds)
{
    int second = 0, third = 0;
    if (!scan_byte(&rest, ':') || !scan_number(&rest, 1, 2, &second) || second >= MINUTE_S)
        return false;
    if (rest.len == 0) {
        *out_seconds = (int64_t)first * MINUTE_S + second;
        return true;
    }
    if (!scan_byte(&rest, ':') || !scan_number(&rest, 1, 2, &third) || third >= MINUTE_S ||
        rest.len > 0)
        return false;
    *out_seconds = (int64_t)first * HOUR_S + (int64_t)second * MINUTE_S + third;
    return true;
}

/* 1时2分3秒: each at most once, in this order. */
static bool read_words(struct bytes rest, int64_t *out_seconds)
{
    static const char *const hours[] = {"小时", "时"};
    static const char *const minutes[] = {"分钟", "分"};
    static const char *const seconds[] = {"秒", "s"};
    const struct {
        const char *const *words;
        int worth;
    } parts[] = {{hours, HOUR_S}, {minutes, MINUTE_S}, {seconds, 1}};
    int64_t sum = 0;
    size_t at = 0;
    while (rest.len > 0) {
        int number = 0;
        if (!scan_number(&rest, 1, DURATION_DIGITS, &number))
            return false;
        while (at < sizeof parts / sizeof *parts && !scan_any(&rest, parts[at].words, 2))
            at++;
        if (at == sizeof parts / sizeof *parts)
            return false;
        sum += (int64_t)number * parts[at++].worth;
    }
    *out_seconds = sum;
    return true;
}

bool call_duration_read(struct bytes text, int64_t *out_seconds)
{
    struct bytes rest = text;
    int first = 0;
    int64_t seconds = 0;
    if (!scan_number(&rest, 1, DURATION_DIGITS, &first))
        return false;
    if (rest.len == 0)
        seconds = first;
    else if (rest.ptr[0] == ':' ? !read_clock(rest, first, &seconds) : !read_words(text, &seconds))
        return false;
    if (seconds > CALL_SECONDS_MAX)
        return false;
    *out_seconds = seconds;
    return true;
}

/* ---- the row ---- */

/* 013800138000, 9013800138000: a mobile number behind digits that only the exchange needed. */
static struct bytes without_prefix(struct bytes cell)
{
    enum { MOBILE_DIGITS = 11 };
    if (cell.len <= MOBILE_DIGITS)
        return cell;
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] < '0' || cell.ptr[i] > '9')
            return cell;
    }
    struct bytes tail = {cell.ptr + cell.len - MOBILE_DIGITS, MOBILE_DIGITS};
    return tail.ptr[0] == '1' && tail.ptr[1] >= '3' ? tail : cell;
}

/* Each returns REJECT_*, or -1; the guilty field goes to `*out_field`. */

static int read_number(struct row_reader *reader, const struct table_row *row,
                       struct call_record *call, enum field *out_field)
{
    struct bytes cell = row_value(reader, row, FIELD_CALLED_NUMBER);
    *out_field = FIELD_CALLED_NUMBER;
    call->number = phone_read(without_prefix(cell), reader->phone);
    return call->number.len == 0 ? REJECT_BAD_NUMBER : -1;
}

static int read_began(struct row_reader *reader, const struct table_row *row,
                      struct call_record *call, enum field *out_field)
{
    struct bytes cell = row_value(reader, row, FIELD_CALL_BEGAN_AT);
    struct moment began = {0, MOMENT_NONE};
    *out_field = FIELD_CALL_BEGAN_AT;
    if (cell.len == 0 || !dates_read(reader->dates, cell, &began) || began.kind != MOMENT_INSTANT)
        return REJECT_BAD_TIME;
    row_note_event(reader, began);
    call->began_utc = began.seconds;
    return -1;
}

static int read_duration(struct row_reader *reader, const struct table_row *row,
                         struct call_record *call, enum field *out_field)
{
    struct bytes cell = row_value(reader, row, FIELD_CALL_DURATION);
    *out_field = FIELD_CALL_DURATION;
    return cell.len == 0 || call_duration_read(cell, &call->seconds) ? -1 : REJECT_BAD_DURATION;
}

int call_row_read(struct row_reader *reader, const struct table_row *row,
                  struct call_record *out_call, bool *out_taken, enum reject_reason *out_reason,
                  enum field *out_field, struct err *err)
{
    struct call_record call = {.line = row->line};
    int reason = read_number(reader, row, &call, out_field);
    if (reason < 0)
        reason = read_began(reader, row, &call, out_field);
    if (reason < 0)
        reason = read_duration(reader, row, &call, out_field);
    *out_taken = reason < 0;
    if (reason >= 0)
        *out_reason = (enum reject_reason)reason;
    call.calling_line = row_value(reader, row, FIELD_CALLING_LINE);
    *out_call = call;
    return buf_status(&reader->fold, err);
}
