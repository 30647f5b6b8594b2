#include "base/civil.h"

#include <stdlib.h>

/* Days from civil and back, by counting 400-year eras that begin on 1 March (Howard Hinnant's public algorithm). */
enum { DAYS_AN_ERA = 146097, DAYS_TO_1970 = 719468 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool civil_is_valid(struct civil date)
{
    static const int days_of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    int days = days_of[date.month - 1] + (date.month == 2 && is_leap(date.year) ? 1 : 0);
    return date.day <= days;
}

int64_t civil_to_day(struct civil date)
{
    int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_AN_ERA + day_of_era - DAYS_TO_1970;
}

struct civil day_to_civil(int64_t day)
{
    int64_t shifted = day + DAYS_TO_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_AN_ERA - 1)) / DAYS_AN_ERA;
    int64_t day_of_era = shifted - era * DAYS_AN_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return (struct civil){
        .year = (int)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

int day_weekday(int64_t day)
{
    int64_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(weekday >= 0 ? weekday : weekday + 7);
}

int64_t seconds_to_day(int64_t seconds)
{
    int64_t day = seconds / SECONDS_A_DAY;
    return day * SECONDS_A_DAY > seconds ? day - 1 : day;
}

/* Exactly `count` digits at the start of `*rest`, which moves behind them. */
static bool take_digits(struct bytes *rest, size_t count, int *out_value)
{
    if (rest->len < count)
        return false;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        char c = rest->ptr[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *rest = (struct bytes){rest->ptr + count, rest->len - count};
    *out_value = value;
    return true;
}

static bool take_byte(struct bytes *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
    return true;
}

static bool take_day(struct bytes *rest, int64_t *out_day)
{
    struct civil date = {0};
    if (!take_digits(rest, 4, &date.year) || !take_byte(rest, '-') ||
        !take_digits(rest, 2, &date.month) || !take_byte(rest, '-') ||
        !take_digits(rest, 2, &date.day) || !civil_is_valid(date))
        return false;
    *out_day = civil_to_day(date);
    return true;
}

bool day_parse(struct bytes text, int64_t *out_day)
{
    int64_t day = 0;
    if (!take_day(&text, &day) || text.len != 0)
        return false;
    *out_day = day;
    return true;
}

static bool take_offset(struct bytes *rest, int *out_offset_s)
{
    if (take_byte(rest, 'Z') || take_byte(rest, 'z')) {
        *out_offset_s = 0;
        return true;
    }
    int sign = take_byte(rest, '+') ? 1 : take_byte(rest, '-') ? -1 : 0;
    int hours = 0;
    int minutes = 0;
    if (sign == 0 || !take_digits(rest, 2, &hours) || !take_byte(rest, ':') ||
        !take_digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *out_offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool time_parse(struct bytes text, int64_t *out_utc)
{
    int64_t day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int offset_s = 0;
    if (!take_day(&text, &day) ||
        !(take_byte(&text, 'T') || take_byte(&text, 't') || take_byte(&text, ' ')) ||
        !take_digits(&text, 2, &hour) || !take_byte(&text, ':') ||
        !take_digits(&text, 2, &minute) || !take_byte(&text, ':') ||
        !take_digits(&text, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    if (take_byte(&text, '.')) {
        int digit = 0;
        if (!take_digits(&text, 1, &digit))
            return false;
        while (take_digits(&text, 1, &digit))
            continue;
    }
    if (!take_offset(&text, &offset_s) || text.len != 0)
        return false;
    *out_utc = day * SECONDS_A_DAY + hour * 3600 + minute * 60 + second - offset_s;
    return true;
}

/* The last `count` digits of `value` and `end`; where the text goes on. */
static char *put_digits(char *at, int value, int count, char end)
{
    for (int i = count; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    at[count] = end;
    return at + count + 1;
}

static char *put_day(char *at, int64_t day, char end)
{
    struct civil date = day_to_civil(day);
    at = put_digits(at, date.year, 4, '-');
    at = put_digits(at, date.month, 2, '-');
    return put_digits(at, date.day, 2, end);
}

void day_format(int64_t day, char out[DAY_TEXT_BYTES])
{
    (void)put_day(out, day, '\0');
}

void time_format(int64_t utc, int offset_s, char out[TIME_TEXT_BYTES])
{
    int64_t local = utc + offset_s;
    int64_t day = seconds_to_day(local);
    int of_day = (int)(local - day * SECONDS_A_DAY);
    int east = abs(offset_s);
    char *at = put_day(out, day, 'T');
    at = put_digits(at, of_day / 3600, 2, ':');
    at = put_digits(at, of_day / 60 % 60, 2, ':');
    at = put_digits(at, of_day % 60, 2, offset_s < 0 ? '-' : '+');
    at = put_digits(at, east / 3600, 2, ':');
    (void)put_digits(at, east / 60 % 60, 2, '\0');
}
