#include "importers/dates.h"

#include "importers/date_scan.h"

#include <string.h>

/* A format while it is read: the fields so far, and the part of the day until the hour is known. */
struct format_state {
    struct date_parts parts;
    const struct day_part *day_part; /* NULL: none yet */
    bool half_clock;
};

static bool read_year_of_century(struct bytes *text, int *out_year)
{
    int year = 0;
    if (!scan_number(text, 2, 2, &year))
        return false;
    *out_year = year + (year < 69 ? 2000 : 1900); /* as POSIX has it */
    return true;
}

static bool read_fraction(struct bytes *text)
{
    int dropped = 0;
    return scan_number(text, 1, 9, &dropped);
}

/* One simple directive. */
static bool read_directive(char directive, struct bytes *text, struct format_state *state)
{
    struct date_parts *parts = &state->parts;
    parts->has_time = parts->has_time || strchr("HIMS", directive) != NULL;
    switch (directive) {
    case 'Y':
        return scan_number(text, 4, 4, &parts->year);
    case 'y':
        return read_year_of_century(text, &parts->year);
    case 'm':
        return scan_number(text, 1, 2, &parts->month);
    case 'b':
    case 'B':
        return scan_month_name(text, &parts->month);
    case 'e':
        scan_blanks(text);
        return scan_number(text, 1, 2, &parts->day);
    case 'd':
        return scan_number(text, 1, 2, &parts->day);
    case 'I':
        state->half_clock = true;
        return scan_number(text, 1, 2, &parts->hour);
    case 'H':
        return scan_number(text, 1, 2, &parts->hour);
    case 'M':
        return scan_number(text, 1, 2, &parts->minute);
    case 'S':
        return scan_number(text, 1, 2, &parts->second);
    case 'f':
        return read_fraction(text);
    case 'p':
        return scan_day_part(text, &state->day_part);
    case 'z':
        parts->has_offset = true;
        return scan_offset(text, &parts->offset_s);
    default:
        return scan_byte(text, '%'); /* date_format_check has let through nothing else */
    }
}

/* What a directive for several stands for; empty for a simple one. */
static struct bytes expansion(char directive)
{
    switch (directive) {
    case 'T':
        return BYTES_LIT("%H:%M:%S");
    case 'R':
        return BYTES_LIT("%H:%M");
    case 'F':
        return BYTES_LIT("%Y-%m-%d");
    case 'D':
        return BYTES_LIT("%m/%d/%y");
    default:
        return BYTES_NONE;
    }
}

/* Simple directives, white space and bytes that stand for themselves. */
static bool read_simple(struct bytes format, struct bytes *text, struct format_state *state)
{
    while (format.len > 0) {
        char c = format.ptr[0];
        size_t len = 1;
        if (c == '%' && format.len > 1) {
            len = 2;
            if (!read_directive(format.ptr[1], text, state))
                return false;
        } else if (c == ' ') {
            scan_blanks(text);
        } else if (!scan_byte(text, c)) {
            return false;
        }
        format = (struct bytes){format.ptr + len, format.len - len};
    }
    return true;
}

bool date_format_read(struct bytes format, struct bytes text, struct date_parts *out_parts)
{
    struct format_state state = {0};
    while (format.len > 0) {
        bool directive = format.ptr[0] == '%' && format.len > 1;
        struct bytes step = {format.ptr, directive ? 2 : 1};
        struct bytes expanded = directive ? expansion(format.ptr[1]) : BYTES_NONE;
        if (!read_simple(expanded.len > 0 ? expanded : step, &text, &state))
            return false;
        format = (struct bytes){format.ptr + step.len, format.len - step.len};
    }
    struct date_parts *parts = &state.parts;
    if (text.len > 0 || (state.half_clock && state.day_part == NULL && parts->hour > 12))
        return false;
    if (state.half_clock && state.day_part != NULL &&
        !day_part_hour(state.day_part, parts->hour, &parts->hour))
        return false;
    *out_parts = *parts;
    return true;
}

int date_format_check(struct bytes format, struct err *err)
{
    bool year = false;
    bool month = false;
    bool day = false;
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%')
            continue;
        i++;
        char c = i < format.len ? format.ptr[i] : '\0';
        if (c == '\0' || strchr("YymdebBHIMSfpzTRFD%", c) == NULL)
            return err_set(err, ERR_PROFILE, "unknown directive in date format \"" BYTES_FMT "\"",
                           BYTES_ARG(format));
        year = year || strchr("YyFD", c) != NULL;
        month = month || strchr("mbBFD", c) != NULL;
        day = day || strchr("deFD", c) != NULL;
    }
    if (!year || !month || !day)
        return err_set(err, ERR_PROFILE,
                       "date format \"" BYTES_FMT "\" lacks the year, the month or the day",
                       BYTES_ARG(format));
    return OK;
}
