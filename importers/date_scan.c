#include "importers/date_scan.h"

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool scan_byte(struct bytes *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
    return true;
}

bool scan_word(struct bytes *rest, struct bytes word)
{
    if (rest->len < word.len)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (lower(rest->ptr[i]) != lower(word.ptr[i]))
            return false;
    }
    *rest = (struct bytes){rest->ptr + word.len, rest->len - word.len};
    return true;
}

void scan_blanks(struct bytes *rest)
{
    while (rest->len > 0 && (rest->ptr[0] == ' ' || (rest->ptr[0] >= '\t' && rest->ptr[0] <= '\r')))
        *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
}

bool scan_number(struct bytes *rest, size_t min, size_t max, int *out_value)
{
    int value = 0;
    size_t at = 0;
    for (; at < max && at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9'; at++)
        value = value * 10 + (rest->ptr[at] - '0');
    if (at < min)
        return false;
    *rest = (struct bytes){rest->ptr + at, rest->len - at};
    *out_value = value;
    return true;
}

bool scan_offset(struct bytes *rest, int *out_offset_s)
{
    struct bytes text = *rest;
    int hours = 0;
    int minutes = 0;
    if (!scan_byte(&text, 'Z') && !scan_byte(&text, 'z')) {
        int sign = scan_byte(&text, '+') ? 1 : scan_byte(&text, '-') ? -1 : 0;
        if (sign == 0 || !scan_number(&text, 2, 2, &hours))
            return false;
        bool colon = scan_byte(&text, ':');
        if (!scan_number(&text, 2, 2, &minutes) && colon)
            return false;
        if (hours > 14 || minutes > 59)
            return false;
        hours *= sign;
        minutes *= sign;
    }
    *out_offset_s = hours * 3600 + minutes * 60;
    *rest = text;
    return true;
}

bool scan_half(struct bytes *rest, bool *out_afternoon)
{
    if (scan_word(rest, BYTES_LIT("am")) || scan_word(rest, BYTES_LIT("a.m.")))
        *out_afternoon = false;
    else if (scan_word(rest, BYTES_LIT("pm")) || scan_word(rest, BYTES_LIT("p.m.")))
        *out_afternoon = true;
    else
        return false;
    return true;
}

bool hour_of_half(int hour, bool afternoon, int *out_hour)
{
    if (hour < 1 || hour > 12)
        return false;
    *out_hour = hour % 12 + (afternoon ? 12 : 0);
    return true;
}
