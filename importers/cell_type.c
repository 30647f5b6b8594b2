#include "importers/cell_type.h"

#include "importers/cell.h"
#include "importers/date_scan.h"

#include <string.h>

enum { MAX_TYPED_BYTES = 64, MAX_NAME_CHARACTERS = 40 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- Numbers ---- */

static size_t scan_digits(struct bytes *rest)
{
    size_t count = 0;
    while (count < rest->len && is_digit(rest->ptr[count]))
        count++;
    rest->ptr += count;
    rest->len -= count;
    return count;
}

/* Digits with groups of three (1,234,567 or 1.234.567 or 1'234) and a fraction behind either mark. */
static bool scan_figures(struct bytes *rest)
{
    size_t first = scan_digits(rest);
    size_t groups = 0;
    char mark = 0;
    while (rest->len > 1 && strchr(".,'", rest->ptr[0]) != NULL && rest->ptr[0] != '\0' &&
           is_digit(rest->ptr[1])) {
        struct bytes behind = {rest->ptr + 1, rest->len - 1};
        char own = rest->ptr[0];
        bool is_group = scan_digits(&behind) == 3 && first >= 1 && first <= 3;
        bool is_fraction = own != '\'' && (groups == 0 || own != mark);
        if (!(is_group && (mark == 0 || mark == own)) && !is_fraction)
            return false;
        bool ended = !is_group || (mark != 0 && mark != own);
        *rest = behind;
        mark = own;
        groups++;
        if (ended)
            return true;
    }
    if (first > 0 && rest->len > 0 && rest->ptr[0] == '.')
        (void)scan_byte(rest, '.');
    return first > 0 || groups > 0;
}

static bool is_number(struct bytes text)
{
    static const char *const currencies[] = {"$", "£", "€", "¥", "￥", "US$", "RMB", "CNY"};
    static const char *const units[] = {"%", "％", "元", "万元", "件", "次", "€"};
    bool in_brackets = scan_byte(&text, '(');
    if (!scan_byte(&text, '-'))
        (void)scan_byte(&text, '+');
    if (scan_any(&text, currencies, sizeof currencies / sizeof *currencies)) {
        scan_blanks(&text);
        (void)scan_byte(&text, '-');
    }
    if (!scan_figures(&text))
        return false;
    if (text.len > 1 && (text.ptr[0] == 'e' || text.ptr[0] == 'E')) {
        text = (struct bytes){text.ptr + 1, text.len - 1};
        if (!scan_byte(&text, '-'))
            (void)scan_byte(&text, '+');
        if (scan_digits(&text) == 0)
            return false;
    }
    scan_blanks(&text);
    (void)scan_any(&text, units, sizeof units / sizeof *units);
    if (in_brackets && !scan_byte(&text, ')'))
        return false;
    return text.len == 0;
}

/* ---- Dates ---- */

static bool scan_month(struct bytes *rest)
{
    int month = 0;
    if (!scan_month_name(rest, &month))
        return false;
    (void)scan_byte(rest, '.');
    return rest->len == 0 || !is_letter(rest->ptr[0]);
}

/* 5 January 2016, 14-Jan-2014, 14-Jan; the number before it has been taken. */
static bool scan_named_month(struct bytes *rest)
{
    int year = 0;
    if (!scan_byte(rest, '-') && !scan_byte(rest, '/'))
        scan_blanks(rest);
    if (!scan_month(rest))
        return false;
    struct bytes behind = *rest;
    (void)scan_byte(&behind, ',');
    if (!scan_byte(&behind, '-') && !scan_byte(&behind, '/'))
        scan_blanks(&behind);
    if (scan_number(&behind, 2, 4, &year) && (behind.len == 0 || behind.ptr[0] != ':'))
        *rest = behind;
    return true;
}

static bool is_year(int number)
{
    return number >= 1900 && number < 2200;
}

/* 2024年3月5日; the year has been taken. */
static bool scan_chinese_day(struct bytes *rest)
{
    static const char *const day_marks[] = {"日", "号"};
    int number = 0;
    if (!scan_word(rest, BYTES_LIT("年")) || !scan_number(rest, 1, 2, &number) ||
        !scan_word(rest, BYTES_LIT("月")))
        return false;
    return !scan_number(rest, 1, 2, &number) || scan_any(rest, day_marks, 2);
}

static bool scan_day(struct bytes *rest)
{
    int first = 0, second = 0, third = 0;
    if (rest->len > 0 && is_letter(rest->ptr[0])) {
        struct bytes name = *rest;
        if (!scan_month(&name))
            return false;
        if (!scan_byte(&name, '-'))
            scan_blanks(&name);
        if (!scan_number(&name, 1, 4, &first))
            return false;
        *rest = name;
        if (scan_byte(&name, ',')) {
            scan_blanks(&name);
            if (scan_number(&name, 4, 4, &second))
                *rest = name;
        }
        return true;
    }
    size_t before = rest->len;
    if (!scan_number(rest, 1, 4, &first))
        return false;
    size_t first_len = before - rest->len;
    struct bytes other = *rest;
    if (scan_chinese_day(&other) || (first_len <= 2 && scan_named_month(&other))) {
        *rest = other;
        return true;
    }
    if (first_len == 3 || rest->len == 0 || strchr("-/.", rest->ptr[0]) == NULL)
        return false;
    char mark = rest->ptr[0];
    if (!scan_byte(rest, mark) || !scan_number(rest, 1, 2, &second))
        return false;
    before = rest->len;
    if (!scan_byte(rest, mark))
        return first_len == 4 && is_year(first) && mark != '.' && second >= 1 && second <= 12;
    if (!scan_number(rest, 1, 4, &third))
        return false;
    size_t third_len = before - rest->len - 1;
    bool month_stands = first_len == 4
                            ? second <= 12 && third <= 31
                            : (first <= 12 && second <= 31) || (second <= 12 && first <= 31);
    return month_stands && (first_len == 4 ? third_len <= 2 : third_len == 2 || third_len == 4);
}

static bool scan_clock(struct bytes *rest)
{
    static const char *const hour_marks[] = {"时", "点"};
    int number = 0;
    const struct day_part *part = NULL;
    (void)scan_day_part(rest, &part);
    scan_blanks(rest);
    if (!scan_number(rest, 1, 2, &number))
        return false;
    if (scan_any(rest, hour_marks, 2)) {
        if (scan_number(rest, 1, 2, &number) && !scan_word(rest, BYTES_LIT("分")))
            return false;
        return !scan_number(rest, 1, 2, &number) || scan_word(rest, BYTES_LIT("秒"));
    }
    if (!scan_byte(rest, ':') || !scan_number(rest, 2, 2, &number))
        return false;
    if (scan_byte(rest, ':')) {
        if (!scan_number(rest, 2, 2, &number))
            return false;
        if (scan_byte(rest, '.') && scan_digits(rest) == 0)
            return false;
    }
    struct bytes behind = *rest;
    scan_blanks(&behind);
    if (scan_day_part(&behind, &part))
        *rest = behind;
    return true;
}

static bool is_packed_date(struct bytes text)
{
    int year = 0, month = 0, day = 0;
    if ((text.len != 8 && text.len != 14) || !scan_number(&text, 4, 4, &year) ||
        !scan_number(&text, 2, 2, &month) || !scan_number(&text, 2, 2, &day))
        return false;
    return is_year(year) && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           scan_digits(&text) % 6 == 0 && text.len == 0;
}

static bool is_date(struct bytes text)
{
    struct bytes rest = text;
    if (is_packed_date(text) || (scan_clock(&rest) && rest.len == 0))
        return true;
    rest = text;
    if (!scan_day(&rest))
        return false;
    if (!scan_byte(&rest, 'T') && !scan_byte(&rest, ','))
        scan_blanks(&rest);
    scan_blanks(&rest);
    struct bytes clock = rest;
    if (rest.len > 0 && scan_clock(&clock)) {
        int offset_s = 0;
        rest = clock;
        scan_blanks(&rest);
        (void)scan_offset(&rest, &offset_s);
    }
    return rest.len == 0;
}

/* ---- The rest ---- */

static bool is_nothing(struct bytes text)
{
    static const struct bytes words[] = {{"-", 1},   {"--", 2},  {"/", 1},   {"NULL", 4},
                                         {"N/A", 3}, {"n/a", 3}, {"NaN", 3}, {"NA", 2},
                                         {"无", 3},  {"null", 4}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bytes_equal(text, words[i]))
            return true;
    }
    return text.len == 0;
}

static bool has_white(struct bytes text)
{
    return memchr(text.ptr, ' ', text.len) != NULL || memchr(text.ptr, '\n', text.len) != NULL ||
           memchr(text.ptr, '\t', text.len) != NULL || memchr(text.ptr, '\r', text.len) != NULL;
}

static bool is_link(struct bytes text)
{
    if (has_white(text))
        return false;
    size_t scheme = bytes_find(text, BYTES_LIT("://"));
    if ((scheme > 0 && scheme < text.len) || bytes_starts_with(text, BYTES_LIT("www.")))
        return true;
    size_t at = bytes_find(text, BYTES_LIT("@"));
    if (at == 0 || at >= text.len)
        return false;
    struct bytes host = {text.ptr + at, text.len - at};
    return bytes_find(host, BYTES_LIT(".")) < host.len - 1;
}

static bool is_code(struct bytes text)
{
    size_t digits = 0, wide_bytes = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_digit(c))
            digits++;
        else if ((unsigned char)c >= 0x80)
            wide_bytes++;
        else if (!is_letter(c) && (c == '\0' || strchr("-_/.#:+*()[]", c) == NULL))
            return false;
    }
    bool begins_well = (unsigned char)text.ptr[0] >= 0x80 || is_digit(text.ptr[0]) ||
                       is_letter(text.ptr[0]) || text.ptr[0] == '#' || text.ptr[0] == '[';
    return digits > 0 && begins_well && wide_bytes <= 12 && digits * 3 >= wide_bytes;
}

static bool is_long_number(struct bytes text)
{
    struct bytes rest = text;
    bool all_digits = scan_digits(&rest) == text.len;
    return all_digits && (text.len >= 11 || (text.len > 1 && text.ptr[0] == '0'));
}

enum cell_type cell_type_of(struct bytes cell)
{
    struct bytes text = cell_trim(cell);
    if (text.len == 0)
        return CELL_EMPTY;
    if (text.len > MAX_TYPED_BYTES)
        return is_link(text) ? CELL_LINK : CELL_TEXT;
    if (is_nothing(text))
        return CELL_EMPTY;
    if (is_date(text))
        return CELL_DATE;
    if (is_number(text))
        return is_long_number(text) ? CELL_CODE : CELL_NUMBER;
    if (is_link(text))
        return CELL_LINK;
    return is_code(text) ? CELL_CODE : CELL_TEXT;
}

bool cell_is_name(struct bytes cell)
{
    struct bytes text = cell_trim(cell);
    enum cell_type type = cell_type_of(text);
    size_t characters = 0;
    for (size_t i = 0; i < text.len; i++)
        characters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    if ((type != CELL_TEXT && type != CELL_CODE) || characters > MAX_NAME_CHARACTERS)
        return false;
    return bytes_find(text, BYTES_LIT("：")) == text.len &&
           bytes_find(text, BYTES_LIT(": ")) == text.len &&
           bytes_find(text, BYTES_LIT("。")) == text.len && text.ptr[text.len - 1] != ':';
}
