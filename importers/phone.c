#include "importers/phone.h"

#include "base/utf8.h"

#include <string.h>

/* A run of digits, with single spaces and hyphens inside, that no mask touches. */
struct run {
    char digits[24];
    size_t len;
    bool spoilt;
};

static bool is_mobile(struct bytes digits)
{
    return digits.len == 11 && digits.ptr[0] == '1' && digits.ptr[1] >= '3';
}

/* 0xx(x) and seven or eight digits, or these alone. */
static bool is_landline(struct bytes digits)
{
    bool area = digits.len > 0 && digits.ptr[0] == '0';
    return area ? digits.len >= 10 && digits.len <= 12 && digits.ptr[1] != '0'
                : (digits.len == 7 || digits.len == 8) && digits.ptr[0] > '1';
}

/* The number behind +86, 86 or a 0 dialled before a mobile number. */
static struct bytes without_prefix(struct bytes digits)
{
    static const char *const prefixes[] = {"0086", "86", "0"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct bytes prefix = bytes_from_z(prefixes[i]);
        struct bytes rest = {digits.ptr + prefix.len, digits.len - prefix.len};
        if (bytes_starts_with(digits, prefix) && is_mobile(rest))
            return rest;
    }
    return digits;
}

/* What a run holds; empty for no number. */
static struct bytes run_number(const struct run *run, bool *out_mobile)
{
    struct bytes digits = without_prefix((struct bytes){run->digits, run->len});
    *out_mobile = is_mobile(digits);
    return !run->spoilt && (*out_mobile || is_landline(digits)) ? digits : BYTES_NONE;
}

static uint32_t take_narrow(struct bytes *cell)
{
    uint32_t c = utf8_take(cell);
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x2010 || c == 0x2014 ? '-' : c;
}

/* Whether a number is whole, so that what follows a space or hyphen begins another (or is an extension). */
static bool is_whole(const struct run *run)
{
    bool mobile = false;
    struct bytes number = run_number(run, &mobile);
    return number.len > 0 && (mobile || (number.ptr[0] == '0' ? number.len >= 11 : true));
}

/* The next run; false at the end of the cell. */
static bool next_run(struct bytes *cell, struct run *out_run)
{
    struct run run = {0};
    while (cell->len > 0) {
        struct bytes before = *cell;
        uint32_t c = take_narrow(cell);
        if (c == '*' || c == 'X' || c == 'x' || c == '#') {
            run.spoilt = true;
        } else if (c >= '0' && c <= '9') {
            if (run.len < sizeof run.digits)
                run.digits[run.len++] = (char)c;
            else
                run.spoilt = true;
        } else if (run.len > 0 || run.spoilt) {
            bool joins = c == '-' || c == ' ' || c == '(' || c == ')';
            if (!joins || is_whole(&run)) {
                *cell = before;
                (void)take_narrow(cell);
                break;
            }
        }
    }
    *out_run = run;
    return run.len > 0 || run.spoilt;
}

/* Exactly one mobile number and nothing else, as most cells are. */
static bool is_bare_mobile(struct bytes cell)
{
    if (!is_mobile(cell))
        return false;
    bool digits = true;
    for (size_t i = 0; i < cell.len; i++)
        digits = digits && cell.ptr[i] >= '0' && cell.ptr[i] <= '9';
    return digits;
}

struct bytes phone_read(struct bytes cell, char out[PHONE_MAX_BYTES])
{
    if (is_bare_mobile(cell)) {
        memcpy(out, cell.ptr, cell.len);
        return (struct bytes){out, cell.len};
    }
    struct run run;
    struct bytes best = BYTES_NONE;
    bool mobile = false;
    while (!mobile && next_run(&cell, &run)) {
        struct bytes number = run_number(&run, &mobile);
        if (number.len > 0 && (mobile || best.len == 0)) {
            memcpy(out, number.ptr, number.len);
            best = (struct bytes){out, number.len};
        }
    }
    return best;
}
