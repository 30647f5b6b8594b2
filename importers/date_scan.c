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
    if (!scan_byte(&text, 'Z') && !scan_byte(&text, 'z') && !scan_word(&text, BYTES_LIT("utc")) &&
        !scan_word(&text, BYTES_LIT("gmt"))) {
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

bool scan_any(struct bytes *rest, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (scan_word(rest, bytes_from_z(words[i])))
            return true;
    }
    return false;
}

bool scan_month_name(struct bytes *rest, int *out_month)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int month = 0; month < 12; month++) {
        struct bytes name = bytes_from_z(names[month]);
        if (scan_word(rest, name) || scan_word(rest, (struct bytes){name.ptr, 3})) {
            *out_month = month + 1;
            return true;
        }
    }
    return false;
}

bool scan_weekday(struct bytes *rest)
{
    static const char *const weeks[] = {"星期", "礼拜", "周"};
    static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日", "天"};
    struct bytes text = *rest;
    bool bracket = scan_byte(&text, '(');
    if (!scan_any(&text, weeks, sizeof weeks / sizeof *weeks) ||
        !scan_any(&text, days, sizeof days / sizeof *days) || (bracket && !scan_byte(&text, ')')))
        return false;
    *rest = text;
    return true;
}

/* 夜里 and 半夜 are missing: 夜里 11 and 夜里 2 lie on two days. */
static const struct day_part day_parts[] = {
    {"am", 0, 11},    {"pm", 12, 23},   {"a.m.", 0, 11},  {"p.m.", 12, 23}, {"上午", 0, 11},
    {"下午", 12, 23}, {"凌晨", 0, 6},   {"清晨", 4, 9},   {"早晨", 4, 11},  {"早上", 4, 11},
    {"中午", 11, 14}, {"午后", 12, 18}, {"傍晚", 16, 20}, {"晚上", 17, 23}, {"晚间", 17, 23},
};

bool scan_day_part(struct bytes *rest, const struct day_part **out_part)
{
    for (size_t i = 0; i < sizeof day_parts / sizeof *day_parts; i++) {
        if (scan_word(rest, bytes_from_z(day_parts[i].word))) {
            *out_part = &day_parts[i];
            return true;
        }
    }
    return false;
}

bool day_part_hour(const struct day_part *part, int hour, int *out_hour)
{
    int early = hour == 12 ? 0 : hour;
    int late = hour == 0 || hour > 12 ? hour : early + 12;
    bool is_early = early >= part->from && early <= part->to;
    bool is_late = late >= part->from && late <= part->to;
    if (!is_early && !is_late)
        return false;
    *out_hour = is_early ? early : late;
    return true;
}
