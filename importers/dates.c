#include "importers/dates.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "importers/date_scan.h"

#include <string.h>

/* A dump repeats a few days a million times, so what a day means in the zone is kept: a day without a change of
 * offset (`plain`) turns a time of day into an instant by one addition. The key holds month and day in its low nine
 * bits, so that the days of one year never push each other out. */
enum { DAY_SLOTS = 512, TEXT_MAX_BYTES = 128 };

struct day_slot {
    int32_t key; /* 0 is empty: there is no month 0 */
    bool plain;
    int64_t day;
    int64_t start_utc;
};

struct dates {
    const struct zone *zone;
    const struct bytes *formats;
    size_t format_count;
    bool iso_first; /* no format reads 2001-02-03 04:05:06 in another way than the built-in form */
    struct day_slot slots[DAY_SLOTS];
};

/* The slot of a date, filled; NULL when the date does not exist. */
static const struct day_slot *day_slot(struct dates *dates, int year, int month, int day)
{
    if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31)
        return NULL;
    int32_t key = year * DAY_SLOTS + month * 32 + day;
    struct day_slot *slot = &dates->slots[key % DAY_SLOTS];
    if (slot->key == key)
        return slot;
    struct civil civil = {year, month, day};
    if (!civil_is_valid(civil))
        return NULL;
    slot->key = key;
    slot->day = civil_to_day(civil);
    slot->start_utc = zone_day_start(dates->zone, slot->day);
    int64_t end_utc = zone_day_end(dates->zone, slot->day);
    slot->plain =
        end_utc - slot->start_utc == SECONDS_A_DAY - 1 &&
        zone_offset_s(dates->zone, slot->start_utc) == zone_offset_s(dates->zone, end_utc);
    return slot;
}

static bool parts_to_moment(struct dates *dates, const struct date_parts *parts,
                            struct moment *out_moment)
{
    const struct day_slot *slot = day_slot(dates, parts->year, parts->month, parts->day);
    if (slot == NULL)
        return false;
    if (!parts->has_time) {
        *out_moment = (struct moment){slot->day * SECONDS_A_DAY, MOMENT_DAY};
        return true;
    }
    bool ends_day = parts->hour == 24 && parts->minute == 0 && parts->second == 0;
    if ((parts->hour > 23 && !ends_day) || parts->minute > 59 || parts->second > 59)
        return false;
    int of_day = parts->hour * 3600 + parts->minute * 60 + parts->second;
    int64_t local = slot->day * SECONDS_A_DAY + of_day;
    int64_t utc = parts->has_offset ? local - parts->offset_s
                  : slot->plain     ? slot->start_utc + of_day
                                    : zone_to_utc(dates->zone, local);
    *out_moment = (struct moment){utc, MOMENT_INSTANT};
    return true;
}

/* Two digits, or a number above 99. */
static int two_digits(const char *at)
{
    unsigned high = (unsigned)(at[0] - '0');
    unsigned low = (unsigned)(at[1] - '0');
    return high <= 9 && low <= 9 ? (int)(high * 10 + low) : 1000;
}

/* The fast path: exactly 2024-04-02 18:16:58. */
static bool read_iso(struct bytes text, struct date_parts *out_parts)
{
    const char *at = text.ptr;
    if (text.len != 19 || at[4] != '-' || at[7] != '-' || (at[10] != ' ' && at[10] != 'T') ||
        at[13] != ':' || at[16] != ':')
        return false;
    int century = two_digits(at);
    int year = two_digits(at + 2);
    *out_parts = (struct date_parts){
        .year = century * 100 + year,
        .month = two_digits(at + 5),
        .day = two_digits(at + 8),
        .hour = two_digits(at + 11),
        .minute = two_digits(at + 14),
        .second = two_digits(at + 17),
        .has_time = true,
    };
    return century < 100 && year < 100;
}

/* Days since 1899-12-30 with a fraction: 25569 is 1970-01-01. */
static bool read_serial(struct dates *dates, struct bytes text, struct moment *out_moment)
{
    enum { EPOCH = 25569, MAX_DIGITS = 12 };
    int days = 0;
    if (!scan_number(&text, 5, 5, &days) || days < 20000 || days > 80000)
        return false;
    int64_t fraction = 0;
    int64_t scale = 1;
    if (text.len > 0) {
        if (!scan_byte(&text, '.') || text.len == 0)
            return false;
        for (size_t i = 0; i < text.len; i++) {
            if (text.ptr[i] < '0' || text.ptr[i] > '9')
                return false;
            if (i < MAX_DIGITS) {
                fraction = fraction * 10 + (text.ptr[i] - '0');
                scale *= 10;
            }
        }
    }
    int64_t local = (int64_t)(days - EPOCH) * SECONDS_A_DAY;
    if (fraction == 0) {
        *out_moment = (struct moment){local, MOMENT_DAY};
        return true;
    }
    local += (fraction * SECONDS_A_DAY + scale / 2) / scale;
    *out_moment = (struct moment){zone_to_utc(dates->zone, local), MOMENT_INSTANT};
    return true;
}

/* 202403051816, 20240305181658, 20240305181658123 (a fraction, dropped). */
static bool read_compact(struct bytes text, struct date_parts *out_parts)
{
    struct date_parts parts = {.has_time = true};
    size_t len = text.len;
    int dropped = 0;
    if ((len != 12 && len != 14 && len != 17) || !scan_number(&text, 4, 4, &parts.year) ||
        !scan_number(&text, 2, 2, &parts.month) || !scan_number(&text, 2, 2, &parts.day) ||
        !scan_number(&text, 2, 2, &parts.hour) || !scan_number(&text, 2, 2, &parts.minute))
        return false;
    if (len > 12 && !scan_number(&text, 2, 2, &parts.second))
        return false;
    if (len > 14 && !scan_number(&text, 3, 3, &dropped))
        return false;
    *out_parts = parts;
    return true;
}

/* 2024-4-2, 2024/4/2, 2024.4.2, 20240402, 2024年4月2日 (号, or neither). */
static bool scan_date(struct bytes *text, struct date_parts *parts)
{
    if (!scan_number(text, 4, 4, &parts->year) || text->len == 0)
        return false;
    char separator = text->ptr[0];
    if (scan_word(text, BYTES_LIT("年"))) {
        if (!scan_number(text, 1, 2, &parts->month) || !scan_word(text, BYTES_LIT("月")) ||
            !scan_number(text, 1, 2, &parts->day))
            return false;
        (void)(scan_word(text, BYTES_LIT("日")) || scan_word(text, BYTES_LIT("号")));
        return true;
    }
    if (separator == '-' || separator == '/' || separator == '.')
        return scan_byte(text, separator) && scan_number(text, 1, 2, &parts->month) &&
               scan_byte(text, separator) && scan_number(text, 1, 2, &parts->day);
    return scan_number(text, 2, 2, &parts->month) && scan_number(text, 2, 2, &parts->day);
}

/* 9:07, 9:07:03, 9:7:3, 9:07:03.123, 9时7分3秒, 9点. */
static bool scan_clock(struct bytes *text, struct date_parts *parts, bool *out_seconds)
{
    int dropped = 0;
    *out_seconds = false;
    if (!scan_number(text, 1, 2, &parts->hour))
        return false;
    if (scan_word(text, BYTES_LIT("时")) || scan_word(text, BYTES_LIT("点"))) {
        if (!scan_number(text, 1, 2, &parts->minute))
            return true;
        if (!scan_word(text, BYTES_LIT("分")))
            return false;
        return !scan_number(text, 1, 2, &parts->second) || scan_word(text, BYTES_LIT("秒"));
    }
    if (!scan_byte(text, ':') || !scan_number(text, 1, 2, &parts->minute))
        return false;
    if (!scan_byte(text, ':'))
        return true;
    *out_seconds = scan_number(text, 1, 2, &parts->second);
    if (!*out_seconds)
        return false;
    bool fraction = scan_byte(text, '.') || scan_byte(text, ',');
    return !fraction || scan_number(text, 1, 9, &dropped);
}

/* The time behind a date, to the end of the text; `iso` when a T stood before it. */
static bool read_time(struct bytes text, bool iso, struct date_parts *parts)
{
    const struct day_part *day_part = NULL;
    bool seconds = false;
    bool spoken = scan_day_part(&text, &day_part);
    scan_blanks(&text);
    if (!scan_clock(&text, parts, &seconds))
        return false;
    scan_blanks(&text);
    spoken = spoken || scan_day_part(&text, &day_part);
    if (spoken && !day_part_hour(day_part, parts->hour, &parts->hour))
        return false;
    scan_blanks(&text);
    parts->has_time = true;
    if (text.len == 0)
        return true;
    /* 9:00-11:00 is a span of time, and 11:00 no offset. */
    if (text.ptr[0] == '-' && !seconds && !iso)
        return false;
    parts->has_offset = scan_offset(&text, &parts->offset_s);
    return parts->has_offset && text.len == 0;
}

static bool is_chinese(char byte)
{
    return (byte & 0x80) != 0;
}

/* A date, and perhaps a weekday and a time behind it. */
static bool read_written(struct bytes text, struct date_parts *out_parts)
{
    struct date_parts parts = {0};
    if (!scan_date(&text, &parts))
        return false;
    /* A time follows white space, T or a weekday, or stands directly at a Chinese word. */
    bool iso = scan_byte(&text, 'T');
    size_t left = text.len;
    bool apart = iso || left == 0 || is_chinese(text.ptr[0]) || is_chinese(text.ptr[-1]);
    scan_blanks(&text);
    bool weekday = !iso && scan_weekday(&text);
    apart = apart || weekday || text.len < left;
    scan_blanks(&text);
    if (!apart || ((text.len > 0 || iso) && !read_time(text, iso, &parts)))
        return false;
    *out_parts = parts;
    return true;
}

static bool is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] & 0x80) != 0)
            return false;
    }
    return true;
}

/* Whether a character has no width and no meaning: desks copy such marks along with a date. */
static bool is_invisible(uint32_t c)
{
    return (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF;
}

static bool is_odd_space(uint32_t c)
{
    return c == 0x3000 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F;
}

/* Full-width digits and signs as ASCII, odd spaces as spaces; empty when the text is no date for its length. */
static struct bytes narrow(struct bytes text, char out[TEXT_MAX_BYTES])
{
    struct buf buf = {.ptr = out, .capacity = TEXT_MAX_BYTES, .max_bytes = TEXT_MAX_BYTES};
    while (text.len > 0) {
        uint32_t c = utf8_take(&text);
        if (is_invisible(c))
            continue;
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : is_odd_space(c) ? ' ' : c;
        utf8_append(&buf, c);
    }
    return buf.rc == OK ? buf_bytes(&buf) : BYTES_NONE;
}

bool dates_read(struct dates *dates, struct bytes text, struct moment *out_moment)
{
    char narrowed[TEXT_MAX_BYTES];
    struct date_parts parts = {0};
    if (dates->iso_first && read_iso(text, &parts) && parts_to_moment(dates, &parts, out_moment))
        return true;
    if (text.len > TEXT_MAX_BYTES)
        return false;
    if (!is_ascii(text))
        text = narrow(text, narrowed);
    for (size_t i = 0; i < dates->format_count; i++) {
        if (date_format_read(dates->formats[i], text, &parts) &&
            parts_to_moment(dates, &parts, out_moment))
            return true;
    }
    if (read_serial(dates, text, out_moment))
        return true;
    return (read_compact(text, &parts) || read_written(text, &parts)) &&
           parts_to_moment(dates, &parts, out_moment);
}

/* Whether the formats leave 2001-02-03 04:05:06 to the built-in form or read it alike. Its numbers are all different
 * and could each be any field, so a format that swaps two shows itself. */
static bool formats_agree(const struct dates *dates)
{
    static const char *const probes[] = {"2001-02-03 04:05:06", "2001-02-03T04:05:06"};
    for (size_t p = 0; p < sizeof probes / sizeof *probes; p++) {
        for (size_t i = 0; i < dates->format_count; i++) {
            struct date_parts parts = {0};
            if (!date_format_read(dates->formats[i], bytes_from_z(probes[p]), &parts))
                continue;
            if (parts.year != 2001 || parts.month != 2 || parts.day != 3 || parts.hour != 4 ||
                parts.minute != 5 || parts.second != 6 || parts.has_offset)
                return false;
        }
    }
    return true;
}

int dates_new(const struct zone *zone, const struct bytes *formats, size_t format_count,
              struct dates **out_dates, struct err *err)
{
    struct dates *dates = mem_calloc(1, sizeof *dates);
    if (dates == NULL)
        return err_set(err, ERR_NOMEM, "could not make a date reader");
    dates->zone = zone;
    dates->formats = formats;
    dates->format_count = format_count;
    dates->iso_first = formats_agree(dates);
    *out_dates = dates;
    return OK;
}

void dates_free(struct dates *dates)
{
    mem_free(dates);
}
