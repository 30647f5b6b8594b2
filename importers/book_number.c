#include "importers/book_number.h"

#include "base/civil.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most numbers are decimals of 15 digits or fewer, which any double keeps: they are only laid out anew. A double
 * is made where digits must be rounded or a date is meant. Nothing here depends on the locale's decimal point:
 * texts for strtod have none, and digits are picked out of what snprintf writes. */
enum {
    MAX_DIGITS = 40,       /* read; those behind it change no 15 digits */
    EXACT_DIGITS = 15,     /* kept by every double, and shown by Excel */
    MAX_POINT = 100000,    /* far beyond any double */
    LAST_SERIAL = 2958465, /* 9999-12-31 */
    FALSE_LEAP_DAY = 60,   /* 1900-02-29, which Excel counts */
};

/* 0.DIGITS * 10^point; no digits: zero. The first and the last digit are not 0. */
struct decimal {
    bool negative;
    int count;
    int point;
    char digits[MAX_DIGITS];
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* [+-]digits after the E, into *out clamped; false when it is anything else. */
static bool parse_exponent(const char *at, const char *end, int *out)
{
    bool negative = at < end && *at == '-';
    int value = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        value = value < MAX_POINT ? value * 10 + (*at - '0') : value;
    }
    *out = negative ? -value : value;
    return true;
}

static void trim_zeros(struct decimal *decimal)
{
    while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0')
        decimal->count--;
    if (decimal->count == 0)
        decimal->negative = false;
}

static bool parse_decimal(struct bytes text, struct decimal *out)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    struct decimal decimal = {.negative = text.len > 0 && *at == '-'};
    bool digits = false, fraction = false;
    int exponent = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end && (is_digit(*at) || (*at == '.' && !fraction)); at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        digits = true;
        bool leading = decimal.count == 0 && *at == '0';
        if (!leading && decimal.count < MAX_DIGITS)
            decimal.digits[decimal.count++] = *at;
        if (decimal.point < -MAX_POINT || decimal.point > MAX_POINT)
            return false;
        decimal.point += !leading && !fraction ? 1 : leading && fraction ? -1 : 0;
    }
    if (!digits)
        return false;
    if (at < end && ((*at != 'E' && *at != 'e') || !parse_exponent(at + 1, end, &exponent)))
        return false;
    decimal.point += exponent;
    trim_zeros(&decimal);
    *out = decimal;
    return true;
}

/* False beyond the range of a double. */
static bool to_double(const struct decimal *decimal, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    enum { LAST_POWER = sizeof powers / sizeof *powers - 1 };
    int exponent = decimal->point - decimal->count;
    double value = 0;
    if (decimal->count <= EXACT_DIGITS && exponent >= -LAST_POWER && exponent <= LAST_POWER) {
        /* Both are exact in a double, so one operation rounds rightly. */
        int64_t whole = 0;
        for (int i = 0; i < decimal->count; i++)
            whole = whole * 10 + (decimal->digits[i] - '0');
        value = exponent < 0 ? (double)whole / powers[-exponent] : (double)whole * powers[exponent];
    } else {
        char text[MAX_DIGITS + 16];
        (void)snprintf(text, sizeof text, "%.*sE%d", decimal->count, decimal->digits, exponent);
        value = strtod(text, NULL);
    }
    *out = decimal->negative ? -value : value;
    return value <= DBL_MAX && (value > 0 || decimal->count == 0);
}

/* Round to what a double keeps; false beyond its range. */
static bool round_decimal(struct decimal *decimal)
{
    char text[MAX_DIGITS];
    double value = 0;
    if (decimal->count <= EXACT_DIGITS && abs(decimal->point) < 300)
        return true;
    if (!to_double(decimal, &value))
        return false;
    (void)snprintf(text, sizeof text, "%.*e", EXACT_DIGITS - 1, decimal->negative ? -value : value);
    const char *mark = strchr(text, 'e');
    decimal->count = 0;
    for (const char *at = text; at < mark; at++) {
        if (is_digit(*at))
            decimal->digits[decimal->count++] = *at;
    }
    int exponent = 0;
    (void)parse_exponent(mark + 1, text + strlen(text), &exponent);
    decimal->point = exponent + 1;
    trim_zeros(decimal);
    return true;
}

static size_t write_scientific(const struct decimal *decimal, char *out)
{
    int len = snprintf(out, BOOK_NUMBER_BYTES, "%s%c%s%.*sE%+03d", decimal->negative ? "-" : "",
                       decimal->digits[0], decimal->count > 1 ? "." : "", decimal->count - 1,
                       decimal->digits + 1, decimal->point - 1);
    return (size_t)len;
}

static size_t write_plain(const struct decimal *decimal, char *out)
{
    char *at = out;
    if (decimal->negative)
        *at++ = '-';
    if (decimal->point <= 0)
        *at++ = '0';
    for (int i = 0; i < decimal->point; i++)
        *at++ = i < decimal->count ? decimal->digits[i] : '0';
    if (decimal->count > decimal->point && decimal->count > 0)
        *at++ = '.';
    for (int i = decimal->point; i < decimal->count; i++)
        *at++ = i < 0 ? '0' : decimal->digits[i];
    return (size_t)(at - out);
}

static size_t write_number(struct decimal decimal, char *out)
{
    if (!round_decimal(&decimal))
        return 0;
    if (decimal.count == 0) {
        out[0] = '0';
        return 1;
    }
    bool plain = decimal.point <= EXACT_DIGITS && decimal.point >= -4;
    return plain ? write_plain(&decimal, out) : write_scientific(&decimal, out);
}

static size_t write_time(int64_t seconds, char *out)
{
    int len = snprintf(out, 32, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                       (int)(seconds % 60));
    return (size_t)len;
}

static size_t write_date(int64_t day, int64_t seconds, bool with_time, char *out)
{
    day_format(day, out);
    size_t len = strlen(out);
    if (with_time) {
        out[len++] = ' ';
        len += write_time(seconds, out + len);
    }
    return len;
}

/* The day since 1970 that a serial means; false when it means none. */
static bool serial_day(int64_t serial, bool from_1904, int64_t *out_day)
{
    enum { DAY_BEFORE_1900 = -25568, DAY_1904 = -24107 };
    if (from_1904) {
        *out_day = DAY_1904 + serial;
        return serial <= LAST_SERIAL - (DAY_1904 - DAY_BEFORE_1900) - 1;
    }
    *out_day = DAY_BEFORE_1900 + serial - (serial > FALSE_LEAP_DAY ? 1 : 0);
    return serial > 0 && serial != FALSE_LEAP_DAY && serial <= LAST_SERIAL;
}

static size_t write_serial(double serial, enum book_look look, bool from_1904, char *out)
{
    if (!(serial >= 0 && serial < LAST_SERIAL + 1))
        return 0;
    int64_t seconds = (int64_t)(serial * SECONDS_A_DAY + 0.5);
    int64_t day = 0;
    if (look == LOOK_ELAPSED)
        return write_time(seconds, out);
    /* Without a day it is a time alone, unless the workbook's day 0 is a day. */
    if (serial < 1 && (look == LOOK_TIME || (!from_1904 && serial > 0)))
        return write_time(seconds % SECONDS_A_DAY, out);
    if (!serial_day(seconds / SECONDS_A_DAY, from_1904, &day))
        return 0;
    seconds %= SECONDS_A_DAY;
    return write_date(day, seconds, look != LOOK_DATE || seconds != 0, out);
}

size_t book_number_write(struct bytes value, enum book_look look, bool from_1904,
                         char out[BOOK_NUMBER_BYTES])
{
    struct decimal decimal;
    double serial = 0;
    if (!parse_decimal(bytes_trim(value), &decimal))
        return 0;
    size_t len = look != LOOK_NUMBER && to_double(&decimal, &serial)
                     ? write_serial(serial, look, from_1904, out)
                     : 0;
    return len > 0 ? len : write_number(decimal, out);
}

/* Two digits below `limit`, or -1. */
static int two_digits(const char *at, int limit)
{
    int value = is_digit(at[0]) && is_digit(at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : limit;
    return value < limit ? value : -1;
}

/* hh:mm[:ss[.fraction]] of a day, in seconds, rounded; -1 when it is anything else. */
static int64_t parse_time(struct bytes text)
{
    if (text.len < 5 || text.ptr[2] != ':')
        return -1;
    int hour = two_digits(text.ptr, 24), minute = two_digits(text.ptr + 3, 60), second = 0;
    if (text.len > 5)
        second = text.len >= 8 && text.ptr[5] == ':' ? two_digits(text.ptr + 6, 60) : -1;
    if (hour < 0 || minute < 0 || second < 0)
        return -1;
    if (text.len > 8 && (text.ptr[8] != '.' || text.len == 9))
        return -1;
    for (size_t i = 9; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return -1;
    }
    bool up = text.len > 9 && text.ptr[9] >= '5';
    return hour * 3600 + minute * 60 + second + (up ? 1 : 0);
}

size_t book_iso_write(struct bytes value, enum book_look look, char out[BOOK_NUMBER_BYTES])
{
    enum { DATE_LEN = 10, LAST_DAY = 2932896 };
    struct bytes text = bytes_trim(value);
    int64_t day = 0;
    if (text.len < DATE_LEN || !day_parse((struct bytes){text.ptr, DATE_LEN}, &day))
        return 0;
    if (text.len == DATE_LEN)
        return write_date(day, 0, false, out);
    if (text.ptr[DATE_LEN] != 'T' && text.ptr[DATE_LEN] != ' ')
        return 0;
    struct bytes time = {text.ptr + DATE_LEN + 1, text.len - DATE_LEN - 1};
    if (time.len > 0 && time.ptr[time.len - 1] == 'Z')
        time.len--;
    int64_t seconds = parse_time(time);
    day += seconds == SECONDS_A_DAY ? 1 : 0;
    if (seconds < 0 || day > LAST_DAY)
        return 0;
    seconds %= SECONDS_A_DAY;
    return write_date(day, seconds, look != LOOK_DATE || seconds != 0, out);
}
